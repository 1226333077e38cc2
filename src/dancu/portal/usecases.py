"""What a citizen does on her own pages: read who looked at her data, one entry of it, all of it as a file."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from itertools import islice
from pathlib import Path
from uuid import UUID

from dancu.identity.api import Citizen
from dancu.kernel import clock
from dancu.kernel.clock import VIET_NAM, local
from dancu.kernel.errors import NotAllowed
from dancu.kernel.personal_id import PersonalId
from dancu.kernel.reach import SYSTEM, acting
from dancu.ledger.api import Affected, EntryProof, Position
from dancu.population import api as population
from dancu.portal import book, reference
from dancu.portal.domain.display import DisplayPolicy, Item, LedgerLine, Shown, Sort, Whose, decide, first_day, whose_dossier
from dancu.procedures import api as procedures
from dancu.reconcile import api as reconcile

PAGE_LENGTH = 25
EXPORT_MAX = 10_000
DRAWN_MAX = 200  # the newest lines the picture is drawn from: for nearly everybody these are all
LISTS_SHOWN = 20
SCANNED_MAX = 1_000  # entries looked through for one page where filters leave few; the next page goes on from there


@dataclass(frozen=True, slots=True)
class Wanted:
    """What the citizen asked to see; empty is everything (*bộ lọc*)."""

    kind: str = ""
    organisation: str = ""
    first_day: date | None = None
    last_day: date | None = None

    def takes(self, line: Shown) -> bool:
        return self.kind in ("", line.kind) and self.organisation in ("", line.organisation)


@dataclass(frozen=True, slots=True)
class LinesPage:
    """A page of lines, newest first, and the place the next one starts after (*trang kết quả*)."""

    lines: tuple[Shown, ...]
    next: Position | None = None


@dataclass(frozen=True, slots=True)
class Picture:
    """The newest looks by month and by organisation (*số lượt theo tháng, theo cơ quan*)."""

    by_month: tuple[tuple[date, int], ...] = ()
    by_organisation: tuple[tuple[str, int], ...] = ()
    since: date | None = None
    is_cut: bool = False  # there are older ones

    @property
    def total(self) -> int:
        return sum(count for _month, count in self.by_month)


def read_overview(citizen: Citizen, wanted: Wanted, after: Position | None, *, now: datetime) -> tuple[LinesPage, Picture]:
    """A page of who looked at her data (*ai đã xem dữ liệu của tôi*); with the first one the picture of the newest looks."""
    if after is not None:
        return read_page(citizen, wanted, after, now=now), Picture()
    reader = _reader(citizen, now)
    newest = list(islice(_shown_lines(reader, Wanted(), None), DRAWN_MAX))
    picture = _picture(reader, newest)
    if wanted != Wanted():
        return read_page(citizen, wanted, after, now=now), picture
    first = newest[:PAGE_LENGTH]
    more = book.place_of(first[-1].reference) if len(newest) > PAGE_LENGTH else None
    return LinesPage(tuple(first), more), picture


def read_page(citizen: Citizen, wanted: Wanted, after: Position | None, *, now: datetime, length: int = PAGE_LENGTH) -> LinesPage:
    """A page of lines (*các lượt xem*). Full while there is more: what is not shown leaves no gap.

    Only where filters leave few of very many a page may be short and still have a next one.
    """
    found: list[Shown] = []
    last: Shown | None = None
    for scanned, line in enumerate(_shown_lines(_reader(citizen, now), wanted, after)):
        if len(found) == length or scanned == SCANNED_MAX:
            assert last is not None
            return LinesPage(tuple(found), book.place_of(last.reference))
        last = line
        if wanted.takes(line):
            found.append(line)
    return LinesPage(tuple(found))


def read_all(citizen: Citizen, wanted: Wanted, *, now: datetime) -> Iterator[Shown]:
    """Every line, for a file (*tải toàn bộ*)."""
    yield from islice(filter(wanted.takes, _shown_lines(_reader(citizen, now), wanted, None)), EXPORT_MAX)


def first_day_shown(look: Affected) -> date | None:
    """The first day its person may see a look here, seals aside; None where no rule shows it (*ngày được hiển thị*)."""
    policy = reference.policy_today(local(clock.now()).date())
    purpose_class = policy.class_of(Sort(look.kind, look.system, look.procedure, look.purpose))
    if not any((look.kind, purpose_class.name, whose) in policy.rules for whose in Whose):
        return None
    return first_day(look.at, purpose_class)


def read_line(citizen: Citizen, entry: UUID, *, now: datetime) -> Shown:
    """One line (*một lượt xem*). Raises `NotFound`, the same for what is not there, not hers or not to be seen."""
    reader = _reader(citizen, now)
    found = book.line_of(citizen, reader.numbers, entry, now=now)
    shown = next(_decided([found] if found else [], reader), None)
    if shown is None:
        raise book.no_entry()
    return shown


def read_lists(citizen: Citizen, home: Path, *, now: datetime) -> list[reconcile.ComparedIn]:
    """The lists in which a record led to her, the newest first (*danh sách có bạn đã được đối soát*). Raises `NotAllowed`."""
    reader = _reader(citizen, now)
    with acting(SYSTEM):  # every organisation's rounds are looked through, for her numbers alone
        found = [each for number in reader.numbers for each in reconcile.was_compared(number, home)]
    return sorted(set(found), key=lambda each: each.at, reverse=True)[:LISTS_SHOWN]


def read_proof(citizen: Citizen, entry: UUID, *, now: datetime) -> EntryProof | None:
    """The proof of one look, to check and to keep (*bằng chứng của một lượt xem*); None while the tree has not taken it.

    Raises `NotFound` as `read_line`, and `NotAllowed` where the entry's own words would tell somebody else's act.
    What was erased is proved without an opening, to whoever knows its reference: it says nothing about anybody.
    """
    erased = read_erased(citizen, entry, now=now)
    line = erased or read_line(citizen, entry, now=now)
    if not line.has_proof:
        raise NotAllowed(
            "portal.proof_tells",
            "Mục này nằm trong hồ sơ không phải của bạn. Bằng chứng ghi nguyên văn việc của người khác nên không tải được.",
            "This look belongs to a dossier that is not yours. Its proof would tell somebody else's act.",
        )
    return book.proof_of(line.reference, opens_dossier=line.whose is Whose.HERS and Item.DOSSIER in line.items)


def read_erased(citizen: Citizen, entry: UUID, *, now: datetime) -> Shown | None:
    """An entry whose personal part was erased, as far as nobody's act is told by it (*mục đã xoá phần cá nhân*)."""
    found = book.erased_line(entry)
    if found is None:
        return None
    whose = whose_dossier(found.dossier_no, None, frozenset())
    decision = decide(found, _policy(citizen, now), local(now).date(), whose)
    return decision if isinstance(decision, Shown) else None


def check_level(citizen: Citizen, *, now: datetime) -> None:
    """May this account ask about a person? Raises `NotAllowed` with where to raise its level."""
    _policy(citizen, now)


def _picture(reader: _Reader, newest: Sequence[Shown]) -> Picture:
    looks = [line for line in newest if reader.policy.is_look(line.purpose_class) and not line.is_own_deed]
    if not looks:
        return Picture()
    by_month = Counter(local(line.at).date().replace(day=1) for line in looks)
    by_organisation = Counter(line.organisation for line in looks if line.organisation)
    ranked = sorted(by_organisation.items(), key=lambda each: (-each[1], each[0]))
    return Picture(tuple(sorted(by_month.items())), tuple(ranked), local(looks[-1].at).date(), len(newest) == DRAWN_MAX)


def _shown_lines(reader: _Reader, wanted: Wanted, after: Position | None) -> Iterator[Shown]:
    """All lines that are shown, newest first, in the days that are wanted."""
    before = _start(wanted, after)
    since = _start_of(wanted.first_day) if wanted.first_day else None
    while True:
        lines = book.lines_about(reader.citizen, reader.numbers, before=before, now=reader.now)
        fresh = [line for line in lines if since is None or line.at >= since]
        yield from _decided(fresh, reader)
        if len(fresh) < book.CHUNK:
            return
        before = book.place_of(lines[-1].reference)


def _decided(lines: Sequence[LedgerLine], reader: _Reader) -> Iterator[Shown]:
    """The lines that are shown. Whose dossier stands behind each is asked once for all."""
    if not lines:
        return
    with acting(SYSTEM):  # whose dossier it is has to be known so as not to be told
        behind = procedures.dossiers_behind([line.reference for line in lines])
        named = procedures.applicants_of([(line.organisation, line.dossier_no) for line in lines if line.dossier_no])
    hers = frozenset(number.digits for number in reader.numbers)
    today = local(reader.now).date()
    for line in lines:
        dossier = behind.get(line.reference)
        number = dossier.number if dossier else line.dossier_no
        applicant = dossier.applicant_number if dossier else named.get((line.organisation, line.dossier_no))
        decision = decide(replace(line, dossier_no=number), reader.policy, today, whose_dossier(number, applicant, hers))
        if isinstance(decision, Shown):
            yield decision


@dataclass(frozen=True, slots=True)
class _Reader:
    """Who reads, under which policy, under which numbers she is found, when."""

    citizen: Citizen
    policy: DisplayPolicy
    numbers: tuple[PersonalId, ...]
    now: datetime


def _reader(citizen: Citizen, now: datetime) -> _Reader:
    return _Reader(citizen, _policy(citizen, now), population.numbers_of_person(citizen.personal_id), now)


def _policy(citizen: Citizen, now: datetime) -> DisplayPolicy:
    policy = reference.policy_today(local(now).date())
    if citizen.level < policy.level_min:
        raise NotAllowed(
            "portal.level",
            "Trang này cần tài khoản định danh mức độ 2. Tới Công an phường, xã để nâng mức độ tài khoản, không mất phí.",
            "This page needs an account of level 2. Go to any commune police office to raise the level, free of charge.",
        )
    return policy


def _start(wanted: Wanted, after: Position | None) -> Position | None:
    """Where reading begins: after the page before, or at the end of the last day asked for."""
    if wanted.last_day is None:
        return after
    end = book.end_of(_start_of(wanted.last_day + timedelta(days=1)))
    return min(after, end, key=lambda place: (place.at, place.id)) if after else end


def _start_of(day: date) -> datetime:
    return datetime.combine(day, time.min, VIET_NAM)
