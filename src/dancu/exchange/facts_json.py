"""Granted facts as the JSON of our own contract: only granted items appear, codes as issued, dates as ISO 8601."""

from __future__ import annotations

from typing import Any

from dancu.kernel.areas import Address
from dancu.population.domain import PersonFacts, Relative


def facts_as_json(facts: PersonFacts) -> dict[str, Any]:
    """Every item that was granted; an item that is absent was not granted, an empty one is not known."""
    told: dict[str, Any] = {"personal_id": facts.personal_id.digits if facts.personal_id else None}
    plain = (
        "full_name",
        "other_name",
        "ethnicity",
        "religion",
        "nationality",
        "blood_type",
        "old_id_no",
        "temporary_absence",
        "residence_file_no",
        "household_relation",
        "household_book_no",
        "phone",
        "email",
    )
    for name in plain:
        if (value := getattr(facts, name)) is not None:
            told[name] = value
    if facts.birth_date is not None:
        told["birth_date"] = facts.birth_date.iso
    for name in ("sex", "marital_status"):
        if (code := getattr(facts, name)) is not None:
            told[name] = int(code)
    for name in (
        "birth_place",
        "birth_registration",
        "home_town",
        "permanent_residence",
        "temporary_residence",
        "current_residence",
    ):
        if (address := getattr(facts, name)) is not None:
            told[name] = _address(address)
    told.update(_composed(facts))
    return told


def _composed(facts: PersonFacts) -> dict[str, Any]:
    told: dict[str, Any] = {}
    if facts.id_cards is not None:
        told["id_cards"] = [
            {"kind": c.kind, "number": c.number, "issued_on": c.issued_on, "issued_by": c.issued_by, "expires_on": c.expires_on}
            for c in facts.id_cards
        ]
    if facts.relatives is not None:
        told["relatives"] = {role: _relative(r) for role, r in facts.relatives.items()}
    if facts.household_head is not None:
        told["household_head"] = _relative(facts.household_head)
    if facts.life_status is not None:
        told["life_status"] = facts.life_status.name.lower()
        told["life_status_on"] = facts.life_status_on
    if facts.attached:
        told["attached"] = dict(facts.attached)
    return told


def _address(address: Address) -> dict[str, str]:
    area = address.area
    return {
        "units_version": area.version if area else "",
        "province": area.province if area else "",
        "district": area.district if area else "",
        "commune": area.commune if area else "",
        "detail": address.detail,
        "country": address.country,
    }


def _relative(relative: Relative) -> dict[str, str]:
    return {
        "full_name": relative.full_name,
        "personal_id": relative.personal_id,
        "old_id_no": relative.old_id_no,
        "nationality": relative.nationality,
        "relation": relative.relation,
    }
