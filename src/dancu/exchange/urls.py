"""Addresses of the connections' room. No number of a person stands in any of them."""

from django.urls import path

from dancu.exchange.pages import connections, traffic, trial

urlpatterns = [
    path("ket-noi", connections.connections_page, name="connections"),
    path("ket-noi/he-thong/<str:client_id>", connections.connection_page, name="connection"),
    path("ket-noi/he-thong/<str:client_id>/thu-nghiem", trial.trial_page, name="trial"),
    path("ket-noi/luu-luong", traffic.usage_page, name="usage"),
    path("ket-noi/luu-luong.csv", traffic.usage_file, name="usage-file"),
]
