"""What a person may know: in which lists a record led to her. Answered for herself alone, by the portal."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from dancu.kernel.personal_id import PersonalId
from dancu.reconcile import folders, store, work

ROUNDS_LOOKED_AT = 500  # the newest


@dataclass(frozen=True, slots=True)
class ComparedIn:
    """A round in which a record led to the person (*lượt đối soát danh sách*)."""

    organisation: str
    purpose: str
    legal_basis: str
    at: datetime
    reference: str  # of the round


def was_compared(person: PersonalId, home: Path) -> list[ComparedIn]:
    """The rounds a person was compared in, the newest first (*ai đã đối soát tôi*).

    The caller's reach must hold every organisation: it asks for the person herself and tells nobody else.
    """
    rounds = store.compared_rounds(ROUNDS_LOOKED_AT)
    found = [each for each in rounds if work.was_compared(folders.round_folder(home, each.id), person.digits)]
    lists = store.lists_by_id(list({each.list_id for each in found}))
    return [
        ComparedIn(each.organisation, of.purpose, of.legal_basis, each.finished_at, each.code)
        for each in found
        if (of := lists.get(each.list_id)) is not None and each.finished_at is not None
    ]
