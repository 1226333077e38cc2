"""Whose connections an officer may see."""

from __future__ import annotations

from typing import cast

from django.http import HttpRequest

from dancu.identity.api import OfficerRequest, Scope, demand


def root_of(request: HttpRequest, action: str) -> str:
    """The organisation whose systems, and those of the organisations below it, are shown; empty for all."""
    if demand(request, action).scope is Scope.NATION:
        return ""
    return cast(OfficerRequest, request).officer.organisation_code
