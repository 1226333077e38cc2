"""What a citizen does on her own pages: read who looked at her data, one entry of it, all of it as a file."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from uuid import UUID

from dancu.identity.api import Citizen
from dancu.kernel.clock import VIET_NAM, local
from dancu.kernel.errors import NotAllowed
from dancu.kernel.personal_id import PersonalId
from dancu.kernel.reach import SYSTEM, acting
from dancu.ledger.api import EntryProof, Position
from dancu.population import api as population
from dancu.portal import book, reference
from dancu.portal.domain.display import DisplayPolicy, Item, LedgerLine, Shown, Sort, Whose, decide, is_visible, whose_dossier
from dancu.procedures import api as procedures

PAGE_LENGTH = 25
EXPORT_MAX = 10_000
SCANNED_MAX = 20_000  # entries looked through for one page when filters leave few
MONTHS_SHOWN = 12


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
    """Looks that are shown, by month and by organisation, since a day (*số lượt theo tháng, theo cơ quan*)."""

    since: date
    by_month: tuple[tuple[date, int], ...]
    by_organisation: tuple[tuple[str, int], ...]

    @property
    def total(self) -> int:
        return sum(count for _month, count in self.by_month)


def read_page(citizen: Citizen, wanted: Wanted, after: Position | None, *, now: datetime, length: int = PAGE_LENGTH) -> LinesPage:
    """A page of who looked at her data (*ai đã xem dữ liệu của tôi*). Full while there is more: what is not shown leaves no gap."""
    shown: list[Shown] = []
    for line in _shown_lines(citizen, wanted, after, now):
        shown.append(line)
        if len(shown) > length:
            return LinesPage(tuple(shown[:length]), book.place_of(shown[length - 1].reference))
    return LinesPage(tuple(shown))


def read_all(citizen: Citizen, wanted: Wanted, *, now: datetime) -> Iterator[Shown]:
    """Every line, for a file (*tải toàn bộ*)."""
    for count, line in enumerate(_shown_lines(citizen, wanted, None, now)):
        if count >= EXPORT_MAX:
            return
        yield line


def read_line(citizen: Citizen, entry: UUID, *, now: datetime) -> Shown:
    """One line (*một lượt xem*). Raises `NotFound`, the same for what is not there, not hers or not to be seen."""
    policy = _policy(citizen, now)
    found = book.line_of(citizen, _numbers(citizen), entry, now=now)
    shown = next(iter(_decided([found] if found else [], citizen, policy, now)), None)
    if shown is None:
        raise book.no_entry()
    return shown


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


def read_picture(citizen: Citizen, *, now: datetime) -> Picture:
    """How many looks are shown, by month and organisation, over a year (*số lượt theo tháng, theo cơ quan*)."""
    policy, today = _policy(citizen, now), local(now).date()
    months = _months_until(today)
    by_month, by_organisation = Counter[date](), Counter[str]()
    for tally in book.tallies_of(_numbers(citizen), _start_of(months[0]), now=now):
        sort = Sort(tally.kind, tally.system, tally.procedure, tally.purpose)
        if policy.class_of(sort).is_look and is_visible(sort, tally.day, policy, today):
            by_month[tally.day.replace(day=1)] += tally.count
            by_organisation[tally.organisation] += tally.count
    ranked = sorted(by_organisation.items(), key=lambda each: (-each[1], each[0]))
    return Picture(months[0], tuple((month, by_month[month]) for month in months), tuple(ranked))


def _shown_lines(citizen: Citizen, wanted: Wanted, after: Position | None, now: datetime) -> Iterator[Shown]:
    policy, numbers = _policy(citizen, now), _numbers(citizen)
    before, scanned = _start(wanted, after), 0
    since = _start_of(wanted.first_day) if wanted.first_day else None
    while scanned < SCANNED_MAX:
        lines = book.lines_about(citizen, numbers, before=before, now=now)
        fresh = [line for line in lines if since is None or line.at >= since]
        yield from (shown for shown in _decided(fresh, citizen, policy, now) if wanted.takes(shown))
        if len(fresh) < book.CHUNK:
            return
        scanned += len(lines)
        before = book.place_of(lines[-1].reference)


def _decided(lines: Sequence[LedgerLine], citizen: Citizen, policy: DisplayPolicy, now: datetime) -> Iterator[Shown]:
    """The lines that are shown. Whose dossier stands behind each is asked once for all."""
    with acting(SYSTEM):  # whose dossier it is has to be known so as not to be told
        behind = procedures.dossiers_behind([line.reference for line in lines])
        named = procedures.applicants_of([(line.organisation, line.dossier_no) for line in lines if line.dossier_no])
    hers = frozenset(number.digits for number in _numbers(citizen))
    today = local(now).date()
    for line in lines:
        dossier = behind.get(line.reference)
        number = dossier.number if dossier else line.dossier_no
        applicant = dossier.applicant_number if dossier else named.get((line.organisation, line.dossier_no))
        decision = decide(replace(line, dossier_no=number), policy, today, whose_dossier(number, applicant, hers))
        if isinstance(decision, Shown):
            yield decision


def _policy(citizen: Citizen, now: datetime) -> DisplayPolicy:
    policy = reference.policy_today(local(now).date())
    if citizen.level < policy.level_min:
        raise NotAllowed(
            "portal.level",
            "Trang này cần tài khoản định danh mức độ 2. Tới Công an phường, xã để nâng mức độ tài khoản, không mất phí.",
            "This page needs an account of level 2. Go to any commune police office to raise the level, free of charge.",
        )
    return policy


def _numbers(citizen: Citizen) -> tuple[PersonalId, ...]:
    return population.numbers_of_person(citizen.personal_id)


def _start(wanted: Wanted, after: Position | None) -> Position | None:
    """Where reading begins: after the page before, or at the end of the last day asked for."""
    if wanted.last_day is None:
        return after
    end = book.end_of(_start_of(wanted.last_day + timedelta(days=1)))
    return min(after, end, key=lambda place: (place.at, place.id)) if after else end


def _start_of(day: date) -> datetime:
    return datetime.combine(day, time.min, VIET_NAM)


def _months_until(today: date) -> list[date]:
    """The first days of the last months, the oldest first."""
    months = [today.replace(day=1)]
    while len(months) < MONTHS_SHOWN:
        year, month = months[0].year, months[0].month - 1
        months.insert(0, date(year if month else year - 1, month or 12, 1))
    return months
