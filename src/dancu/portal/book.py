"""What the portal takes from the ledger, in one place: entries about one person, the proof of one, the counts of a day."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from django.utils.crypto import salted_hmac

from dancu.identity.api import Citizen
from dancu.kernel.errors import Conflict, NotFound
from dancu.kernel.personal_id import PersonalId
from dancu.ledger import api as ledger
from dancu.ledger.api import DayFigures, EntryAbout, EntryProof, Position
from dancu.portal.domain.display import LedgerLine

CHUNK = 200
DAYS_SHOWN = 7


def lines_about(
    citizen: Citizen, numbers: Sequence[PersonalId], *, before: Position | None, now: datetime, limit: int = CHUNK
) -> list[LedgerLine]:
    """Entries about her, newest first; sealed ones are not among them."""
    return [_line(entry, citizen) for entry in ledger.entries_about(_texts(numbers), before, limit, now=now)]


def line_of(citizen: Citizen, numbers: Sequence[PersonalId], reference: UUID, *, now: datetime) -> LedgerLine | None:
    """One entry, if it is about her and not sealed."""
    entry = _entry_of(numbers, reference, now)
    return _line(entry, citizen) if entry else None


def number_under(numbers: Sequence[PersonalId], reference: UUID, *, now: datetime) -> PersonalId:
    """Under which of her numbers an entry stands. Raises `NotFound`."""
    entry = _entry_of(numbers, reference, now)
    if entry is None:
        raise no_entry()
    return PersonalId.parse(entry.subject)


def erased_line(reference: UUID) -> LedgerLine | None:
    """An entry that says nothing about anybody any more; None where there is none, or where it still says something.

    The canonical body tells whether a dossier was named, not which: so it stands here as some dossier, nobody's.
    """
    try:
        entry = ledger.entry_by_reference(str(reference))
    except NotFound:
        return None
    body = entry.body
    if entry.subject is not None or not body["subject"]:
        return None
    return _told(str(entry.id), entry.at, body, dossier_no="?" if body["dossier"] else "")


def proof_of(reference: str, *, opens_dossier: bool) -> EntryProof | None:
    """The proof of an entry, opened for her number, and for the dossier where it is hers; None while the tree has not taken it."""
    try:
        return ledger.prove(reference, {"subject", "dossier"} if opens_dossier else {"subject"})
    except Conflict as failure:
        if failure.code == "ledger.not_in_tree":
            return None
        raise


def latest_days() -> list[DayFigures]:
    """The last signed days of the whole country."""
    return ledger.latest_days(DAYS_SHOWN)


def place_of(line_reference: str) -> Position:
    """Where the list goes on after a line."""
    return Position.parse(line_reference)


def end_of(day_after: datetime) -> Position:
    """Where the list of everything before a moment begins."""
    return Position(day_after, UUID(int=0))


def no_entry() -> NotFound:
    """The same for what is not there, not hers, or not to be seen."""
    return NotFound(
        "portal.no_entry",
        "Không có mục nào của bạn mang mã này. Về danh sách để xem các mục của bạn.",
        "No entry of yours has this code. Go back to the list.",
    )


def _entry_of(numbers: Sequence[PersonalId], reference: UUID, now: datetime) -> EntryAbout | None:
    """The newest entry that is not newer than the reference: the very one, or she has none of that name."""
    if reference.int >> 80 > _MOMENT_MAX:
        return None
    after = Position.parse(str(UUID(int=reference.int + 1)))
    found = ledger.entries_about(_texts(numbers), after, 1, now=now)
    return found[0] if found and found[0].reference == str(reference) else None


_MOMENT_MAX = int((datetime(9998, 1, 1) - datetime(1970, 1, 1)) / timedelta(milliseconds=1))


def _line(entry: EntryAbout, citizen: Citizen) -> LedgerLine:
    officer = _pseudonym(citizen, entry.body["organisation"], entry.officer)
    return _told(
        entry.reference, entry.at, entry.body, officer=officer, dossier_no=entry.dossier_no, sealed_until=entry.sealed_until
    )


def _told(
    reference: str,
    at: datetime,
    body: Mapping[str, Any],
    *,
    officer: str = "",
    dossier_no: str = "",
    sealed_until: date | None = None,
) -> LedgerLine:
    return LedgerLine(
        reference,
        at,
        kind=body["kind"],
        outcome=body["outcome"],
        organisation=body["organisation"],
        system=body["system"],
        procedure=body["procedure"],
        purpose=body["purpose"],
        legal_basis=body["basis"],
        fields=tuple(body["fields"]),
        officer=officer,
        dossier_no=dossier_no,
        sealed_until=sealed_until,
    )


def _pseudonym(citizen: Citizen, organisation: str, officer: str) -> str:
    """The same officer has the same short name for one citizen, and another one for every other citizen."""
    if not officer:
        return ""
    return salted_hmac("dancu.portal.officer", f"{citizen.id}|{organisation}|{officer}", algorithm="sha256").hexdigest()[:6].upper()


def _texts(numbers: Sequence[PersonalId]) -> list[str]:
    return [number.digits for number in numbers]
