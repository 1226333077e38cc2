"""Addresses of the identity room."""

from django.urls import path

from dancu.identity import citizen_pages, pages
from dancu.identity.glass import pages as glass
from dancu.identity.proposals import pages as proposals

urlpatterns = [
    path("dang-nhap", pages.sign_in_page, name="sign-in"),
    path("xac-nhan-lai", pages.proof_page, name="prove"),
    path("dang-xuat", pages.sign_out_page, name="sign-out"),
    path("quyen/truy-cap-khan", glass.openings_page, name="glass"),
    path("quyen/truy-cap-khan/<uuid:opening>", glass.opening_page, name="glass-review"),
    path("quyen/de-xuat", proposals.proposals_page, name="proposals"),
    path("quyen/de-xuat/<uuid:proposal>", proposals.proposal_page, name="proposal"),
    path("dan/dang-nhap", citizen_pages.citizen_sign_in_page, name="citizen-sign-in"),
    path("dan/dang-xuat", citizen_pages.citizen_sign_out_page, name="citizen-sign-out"),
]
