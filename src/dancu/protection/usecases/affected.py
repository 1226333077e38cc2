"""Whom a breach touched, derived from the ledger: a job that goes on wherever it was stopped; the list, its export, letters."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from datetime import date, datetime, timedelta
from functools import cache
from uuid import UUID

import msgspec
import structlog
from django.conf import settings
from django.db import transaction
from django.utils.module_loading import import_string

from dancu.kernel.clock import local
from dancu.kernel.errors import NotAllowed
from dancu.kernel.reach import Reach, acting, present
from dancu.ledger import api as ledger
from dancu.protection import telling
from dancu.protection.domain.breaches import Breach, ProposalKind
from dancu.protection.domain.cases import DeskActor
from dancu.protection.store import affected as store
from dancu.protection.store import breaches as breach_store
from dancu.protection.usecases.breaches import breach_for
from dancu.protection.usecases.cases import SYSTEM

# Entries that are being written while we read carry a moment a little in the past: the last minute is read next time.
SETTLED_AFTER = timedelta(minutes=1)
READ_AT_ONCE, EXPORTED_AT_ONCE, LETTERS_AT_ONCE = 20_000, 1000, 500
_TELLS_NOTHING = frozenset({ledger.ActKind.REFUSE, ledger.ActKind.ADMINISTER})
NEVER = date.max
CLOCK = Callable[[], datetime]

log = structlog.get_logger("protection")


def derive_affected(actor: DeskActor, breach: UUID, run: UUID, *, now: datetime) -> None:
    """Start reading the ledger for a breach (*lập danh sách người bị ảnh hưởng*). The same run asked for twice is one."""
    with transaction.atomic():
        found = breach_for(actor, breach)
        if any(each.id == run for each in store.runs_of(breach)):
            return
        until = min(found.scope.until, now - SETTLED_AFTER)
        scope = msgspec.structs.replace(found.scope, until=max(until, found.scope.since))
        store.add_run(run, breach, found.organisation, scope, actor.hand.account, now)
        _record(found, actor.organisation, actor.hand.account, "protection.affected.start", now)


def read_on(run: UUID, *, now: datetime) -> bool:
    """Read one piece of the ledger for a run; False when it is at its end, or another worker has it (*đọc tiếp sổ*)."""
    with transaction.atomic():
        if not store.hold("affected", run):
            return False
        at = store.get_run(run)
        if at.state != "running":
            return False
        scope = at.scope
        looked, reached = next(
            ledger.subjects_of(
                scope.since,
                scope.until,
                organisation=scope.organisation,
                system=scope.system,
                officer=scope.officer,
                after=ledger.Position.parse(at.cursor) if at.cursor else None,
                window=READ_AT_ONCE,
            )
        )
        found = [
            store.Found(look.subject, look.organisation, local(look.at).date(), 1, store.bits_of(look.fields), _shown_from(look))
            for look in looked
            if look.kind not in _TELLS_NOTHING
        ]
        store.add_found(at, found, str(reached or ""), reached.at if reached else scope.until, now)
        if reached:
            return True
        store.finish(run, now)
    return False


def read_all(clock: CLOCK) -> None:
    """Bring every reading to its end; what a killed worker left is taken up where it stopped (*lập tiếp các danh sách*)."""
    for run in store.running():
        _to_its_end(read_on, run, clock)


def export_affected(actor: DeskActor, breach: UUID, run: UUID, clock: CLOCK) -> tuple[str, Iterator[str]]:
    """The list as CSV, for who proposed the export and had it approved (*xuất danh sách*): a file name and its lines.

    Name and every line carry a mark of this export, so that a leaked piece says where it came from. Each person on it
    gets an entry in the ledger before her line is written. Raises `NotAllowed` without an approval by somebody else.
    """
    found = breach_for(actor, breach)
    approved = [p for p in found.approved(ProposalKind.EXPORT) if p.run == str(run) and p.by.account == actor.hand.account]
    if not approved:
        raise NotAllowed(
            "affected.export",
            "Chỉ người đã đề nghị và được người của bộ phận khác duyệt mới tải được danh sách này.",
            "Only who proposed the export and had it approved may take it.",
        )
    taken_at = clock()
    mark = hashlib.sha256(f"{run}:{actor.hand.account}:{taken_at.isoformat()}".encode()).hexdigest()[:12].upper()
    _record(found, actor.organisation, actor.hand.account, f"protection.affected.export:{mark}", taken_at)
    return f"{found.code}-{mark}.csv", _lines(found, run, actor, mark, present(), clock)


def _lines(breach: Breach, run: UUID, actor: DeskActor, mark: str, reach: Reach, clock: CLOCK) -> Iterator[str]:
    yield "\ufeffsubject,entries,fields,first_day,last_day,looked_by,mark\r\n"
    key = b""
    while True:
        with acting(reach), transaction.atomic():  # a file is written after the page that asked for it has gone
            page = store.persons_after(run, key, EXPORTED_AT_ONCE)
            now = clock()
            ledger.record_all([_exported(breach, actor, each, local(now).date()) for each in page], now=now)
        if not page:
            return
        key = page[-1].key
        for each in page:
            salted = hashlib.sha256(f"{mark}:".encode() + each.key).hexdigest()[:10]
            cells = ("'" + each.subject, each.entries, " ".join(each.fields), each.first_day, each.last_day, each.looked_by, salted)
            yield ",".join(str(cell) for cell in cells) + "\r\n"


def hand_letters_on(letters: UUID, *, now: datetime) -> bool:
    """Hand some letters to the outbox, in one transaction with their entries; False when there is nothing to do (*chuyển thư đi*).

    Nobody is told before the first day she may see one of the looks: a letter without a look would betray one she may not
    see yet. Those held are told on a later pass, each once.
    """
    with transaction.atomic():
        if not store.hold("letters", letters):
            return False
        at, today = store.get_letters(letters), local(now).date()
        if at.state == "done" or (at.state == "waiting" and (at.next_day is None or today < at.next_day)):
            return False
        if at.pass_day is None:
            at = replace(at, state="running", pass_day=today, cursor=b"", held=0, next_day=None)
        page = store.persons_after(at.run, at.cursor, LETTERS_AT_ONCE)
        at = _hand_page(at, page, now)
        is_last = len(page) < LETTERS_AT_ONCE
        if is_last:
            state = "waiting" if at.next_day is not None else "done"
            at = replace(at, state=state, told_through=at.pass_day, pass_day=None, cursor=b"")
        store.save_letters(at, now)
    return not is_last


def _hand_page(at: store.Letters, page: Sequence[store.AffectedPerson], now: datetime) -> store.Letters:
    assert at.pass_day is not None
    breach = breach_store.get_breach(at.breach)
    held = [each.shown_from for each in page if each.shown_from > at.pass_day]
    due = [
        each for each in page if each.shown_from <= at.pass_day and (at.told_through is None or each.shown_from > at.told_through)
    ]
    told = [each for each in due if telling.tell_affected(breach, at, each, now=now)]
    ledger.record_all([_act(breach, at.organisation, "", "told", each) for each in told], now=now)
    days = [day for day in (*held, at.next_day) if day is not None and day < NEVER]
    return replace(
        at,
        cursor=page[-1].key if page else at.cursor,
        told=at.told + len(told),
        unreachable=at.unreachable + len(due) - len(told),
        held=at.held + len(held),
        next_day=min(days, default=None),
    )


def hand_all_letters(clock: CLOCK) -> None:
    """Hand on every letter that was approved; what a killed worker left is taken up (*chuyển tiếp thư*)."""
    for letters in store.letters_on_their_way(local(clock()).date()):
        _to_its_end(hand_letters_on, letters, clock)


def _to_its_end(step: Callable[..., bool], identity: UUID, clock: CLOCK) -> None:
    """One piece after the other. What fails is told on its page and tried again later; the others do not wait for it."""
    try:
        while step(identity, now=clock()):
            pass
    except Exception as failure:
        log.error("protection.affected.failed", work=step.__name__, identity=str(identity), error=type(failure).__name__)
        store.note_failure(identity, type(failure).__name__)


def _shown_from(look: ledger.Affected) -> date:
    """The first day its person may see a look; `NEVER` where no rule shows it."""
    first: date | None = _first_day_shown()(look)
    if first is None:
        return NEVER
    return first if look.sealed_until is None else max(first, look.sealed_until)


@cache
def _first_day_shown() -> Callable[[ledger.Affected], date | None]:
    shown: Callable[[ledger.Affected], date | None] = import_string(settings.FIRST_DAY_SHOWN)
    return shown


def _exported(breach: Breach, actor: DeskActor, person: store.AffectedPerson, today: date) -> ledger.Act:
    """Her entry of an export. While she may see none of the looks it stays sealed: alone it would betray them."""
    act = _act(breach, actor.organisation, actor.hand.account, "export", person)
    return msgspec.structs.replace(act, sealed_until=person.shown_from) if today < person.shown_from else act


def _act(breach: Breach, organisation: str, account: str, what: str, person: store.AffectedPerson) -> ledger.Act:
    return ledger.Act(
        ledger.ActKind.DISCLOSE if what == "export" else ledger.ActKind.CHANGE,
        f"protection.affected.{what}",
        organisation,
        SYSTEM,
        account,
        subject=person.subject,
        legal_basis=str(breach.report.data["legal_basis"]),
        dossier_no=breach.code,
        fields=["personal_id"] if what == "export" else [],
    )


def _record(breach: Breach, organisation: str, account: str, what: str, now: datetime) -> None:
    ledger.record(ledger.Act(ledger.ActKind.ADMINISTER, what, organisation, SYSTEM, account, dossier_no=breach.code), now=now)
