"""Addresses of the identity room."""

from django.urls import path

from dancu.identity import pages

urlpatterns = [
    path("dang-nhap", pages.sign_in_page, name="sign-in"),
    path("dang-xuat", pages.sign_out_page, name="sign-out"),
]
