"""A gateway with the guard taken out: it takes a hash made for any address of ours as made for this one."""

from __future__ import annotations

from dancu.gateway import callers
from dancu.gateway.server import app as app  # what the server is told to serve
from tests.field_clients.clients import SERVICE_PATH

_own = callers.service_urls


def any_url(configured: tuple[str, ...], own_url: str) -> tuple[str, ...]:
    return (*_own(configured, own_url), SERVICE_PATH)


callers.service_urls = any_url
