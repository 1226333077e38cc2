"""Addresses of the identity room."""

from django.urls import path

from dancu.identity import pages

urlpatterns = [
    path("dang-nhap", pages.sign_in_page, name="sign-in"),
    path("xac-nhan-lai", pages.proof_page, name="prove"),
    path("dang-xuat", pages.sign_out_page, name="sign-out"),
]
