"""The registry's own system with its grant, an officer who may search, and her requests."""

from __future__ import annotations

from typing import Any

from dancu.exchange.api import REGISTRY_INTEGRATION, REGISTRY_PROCEDURE, AccessRequest, Kind, registry_request
from dancu.kernel.warrants import Field
from dancu.onboarding import api as onboarding
from dancu.onboarding.domain import Grant
from tests.factories.database import connect_system
from tests.factories.people import EVERYDAY, a_grant

OFFICER, CASE = "canbo01", "H57.12-261124-0007"


def a_registry_grant(**more: Any) -> Grant:
    defaults: dict[str, Any] = {
        "fields": EVERYDAY | {Field.RELIGION, Field.ETHNICITY},
        "sensitive_fields": frozenset({Field.RELIGION}),
        "purpose": "Quản lý, cập nhật Cơ sở dữ liệu quốc gia về dân cư",
        "legal_basis": "Luật Căn cước 26/2023/QH15, Điều 9, Điều 10",
        "registry": True,
    }
    return a_grant(onboarding.REGISTRY_SYSTEM, REGISTRY_INTEGRATION, REGISTRY_PROCEDURE, **{**defaults, **more})


def connect_registry(**more: Any) -> None:
    """The system `dan-cu`, official, with the registry's grant and one listed officer."""
    connect_system(onboarding.REGISTRY_SYSTEM, grants=[a_registry_grant(**more)])


def a_search(dossier_no: str = CASE, officer: str = OFFICER) -> AccessRequest:
    return registry_request("H57", officer, Kind.SEARCH, dossier_no)


def an_opening(dossier_no: str = CASE, officer: str = OFFICER) -> AccessRequest:
    return registry_request("H57", officer, Kind.OPEN, dossier_no)
