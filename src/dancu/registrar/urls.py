"""Addresses of the registry officer's room. No number of a person stands in any of them."""

from django.urls import path

from dancu.registrar.pages import decide, lists, person, search, write
from dancu.registrar.pages.elsewhere import of_our_registry

urlpatterns = [
    path("dan-cu", of_our_registry(search.start_page), name="registry"),
    path("dan-cu/tra-cuu", of_our_registry(search.search_page), name="registry-search"),
    path("dan-cu/mo", of_our_registry(search.open_page), name="registry-open"),
    path("dan-cu/nguoi/<str:handle>", of_our_registry(person.person_page), name="registry-person"),
    path("dan-cu/nguoi/<str:handle>/trich-luc", of_our_registry(person.extract_page), name="registry-extract"),
    path("dan-cu/nguoi/<str:handle>/de-nghi/<slug:slug>", of_our_registry(write.new_request_page), name="registry-new-request"),
    path("dan-cu/de-nghi", of_our_registry(lists.queue_page), name="registry-requests"),
    path("dan-cu/de-nghi/<uuid:request_id>", of_our_registry(decide.request_page), name="registry-request"),
    path("dan-cu/de-nghi/<uuid:request_id>/sua", of_our_registry(write.edit_request_page), name="registry-edit-request"),
    path("dan-cu/de-nghi/<uuid:request_id>/tep", of_our_registry(decide.file_page), name="registry-file"),
]
