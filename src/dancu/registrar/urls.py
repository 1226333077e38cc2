"""Addresses of the registry officer's room. No number of a person stands in any of them."""

from django.urls import path

from dancu.registrar.pages import decide, lists, person, search, write

urlpatterns = [
    path("dan-cu", search.start_page, name="registry"),
    path("dan-cu/tra-cuu", search.search_page, name="registry-search"),
    path("dan-cu/mo", search.open_page, name="registry-open"),
    path("dan-cu/nguoi/<str:handle>", person.person_page, name="registry-person"),
    path("dan-cu/nguoi/<str:handle>/trich-luc", person.extract_page, name="registry-extract"),
    path("dan-cu/nguoi/<str:handle>/de-nghi/<slug:slug>", write.new_request_page, name="registry-new-request"),
    path("dan-cu/de-nghi", lists.queue_page, name="registry-requests"),
    path("dan-cu/de-nghi/<uuid:request_id>", decide.request_page, name="registry-request"),
    path("dan-cu/de-nghi/<uuid:request_id>/sua", write.edit_request_page, name="registry-edit-request"),
    path("dan-cu/de-nghi/<uuid:request_id>/tep", decide.file_page, name="registry-file"),
]
