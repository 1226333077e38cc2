"""An organisation with a system that may subscribe, two persons of the registry, and a list of both."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from dancu.exchange import feeding
from dancu.kernel.personal_id import PersonalId
from dancu.kernel.warrants import Field
from dancu.population import api as population
from dancu.reconcile.kept import usecases
from dancu.reconcile.kept.domain import Ground, Link, Stated, ToldEvent
from tests.factories.approvals import a_document, an_approval
from tests.factories.people import NOW, NUMBER, a_grant
from tests.population.scene import until_all_is_readable

OTHER = "046090000502"
NEW_NUMBER = "046090000510"
OFFICER = "canbo01"


def kept_grant(client_id: str = "he-thong", **more: Any) -> Any:
    return a_grant(client_id, **{"may_subscribe": True, **more})


def stated(**more: Any) -> Stated:
    defaults: dict[str, Any] = {
        "name": "Hội viên Hội Nông dân",
        "profile": "associations",
        "client_id": "he-thong",
        "integration_code": "REST",
        "procedure": "1.001193",
        "ground": Ground.CONSENT,
        "document": "Quyết định 12/QĐ-HND",
    }
    return Stated(**{**defaults, **more})


def a_list(**more: Any) -> UUID:
    return usecases.make_list("H57", OFFICER, stated(**more), now=NOW).id


def linked(list_id: UUID, *pairs: tuple[str, str], since: datetime = NOW, round_code: str = "DS-1") -> int:
    links = [Link(reference, int(number)) for reference, number in pairs or (("HV-1", NUMBER), ("HV-2", OTHER))]
    return usecases.link(list_id, links, round_code=round_code, since=since, by=OFFICER, now=NOW)


def died(number: str = NUMBER, now: datetime = NOW) -> None:
    population.register_death(int(number), an_approval(), a_document("Trích lục khai tử"), died_on=date(2026, 11, 1), now=now)


def renamed(name: str = "Trần Văn Mới", number: str = NUMBER, now: datetime = NOW) -> None:
    population.correct_person(int(number), {"full_name": name}, an_approval(), a_document(), now=now)


def renumbered(number: str = NUMBER) -> None:
    population.replace_number(int(number), PersonalId.parse(NEW_NUMBER), an_approval(), a_document(), now=NOW)


def moved(number: str = NUMBER) -> None:
    home = population.Place("L2-2025", "46..19789", "12 Lê Lợi")
    population.form_household(home, {int(number): "01"}, an_approval(), a_document(), valid_from=date(2026, 11, 20), now=NOW)


def brought(days: int = 0) -> int:
    """The workers of both rooms have run."""
    until_all_is_readable()
    feeding.write_changes(now=lambda: NOW + timedelta(days=days))
    return usecases.take_changes(now=NOW + timedelta(days=days))


def received(list_id: UUID, officer: str = OFFICER) -> list[tuple[str, str]]:
    return [(each.reference, each.kind) for each in news(list_id, officer)]


def news(list_id: UUID, officer: str = OFFICER) -> list[ToldEvent]:
    return usecases.receive(list_id, officer, now=NOW)


EVERYTHING = frozenset({Field.FULL_NAME, Field.BIRTH_DATE, Field.PERMANENT_RESIDENCE, Field.PERSONAL_ID})
