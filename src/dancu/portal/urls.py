"""Addresses of a citizen's own pages. No personal number stands in any of them."""

from django.urls import path

from dancu.portal import pages

urlpatterns = [
    path("cua-toi", pages.overview_page, name="own"),
    path("cua-toi/tep-csv", pages.file_page, name="own-file"),
    path("cua-toi/muc/<uuid:entry>", pages.line_page, name="own-line"),
]
