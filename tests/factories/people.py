"""Plain functions that make test data with telling defaults. Everybody here is invented."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any

from dancu.kernel.claims import PersonClaim
from dancu.kernel.dates import PartialDate
from dancu.kernel.personal_id import PersonalId
from dancu.kernel.warrants import SENSITIVE_FIELDS, Actor, Field
from dancu.onboarding.domain import ConnectionState, Grant, InformationSystem, Standing

NOW = datetime(2026, 11, 24, 3, 0, tzinfo=UTC)  # Tuesday, 10:00 in Viet Nam
NUMBER = "046090000101"
NAME = "Trần Văn Hòa"
BORN = "1990-05-17"
EVERYDAY = frozenset(Field) - SENSITIVE_FIELDS


def a_claim(number: str = NUMBER, name: str = NAME, born: str = BORN) -> PersonClaim:
    return PersonClaim(name, PartialDate.parse(born), PersonalId.parse(number))


def a_system(client_id: str = "he-thong", state: ConnectionState = ConnectionState.OFFICIAL, **more: Any) -> InformationSystem:
    return InformationSystem(client_id, "H57", "Hệ thống thử", state, **more)


def a_grant(client_id: str = "he-thong", integration_code: str = "REST", procedure: str = "1.001193", **more: Any) -> Grant:
    defaults: dict[str, Any] = {
        "fields": EVERYDAY,
        "purpose": "Đăng ký khai sinh",
        "legal_basis": "Luật Hộ tịch",
        "valid_from": date(2020, 1, 1),
    }
    return Grant(client_id, integration_code, procedure, **{**defaults, **more})


def a_standing(system: InformationSystem | None = None, grant: Grant | None = None, *, listed: bool = True) -> Standing:
    return Standing(system or a_system(), grant or a_grant(), listed)


def an_actor(officer: str = "canbo01") -> Actor:
    return Actor("H57", "he-thong", officer)


def a_person_row(number: str = NUMBER, name: str = NAME, born: str = BORN, **more: Any) -> dict[str, Any]:
    """A row of the load format."""
    return {"personal_id": number, "full_name": name, "birth_date": born, "sex": "1", "ethnicity": "1", **more}
