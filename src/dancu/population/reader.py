"""Facts from the view `population.person_facts`, without a framework: the statements and how a row becomes values.

The gateway runs them over asyncpg, the back office over its own connection; both get the same values.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import date
from functools import lru_cache
from typing import Any, NamedTuple, Protocol

import msgspec

from dancu.kernel.areas import Address, AreaCode
from dancu.kernel.claims import PersonClaim
from dancu.kernel.dates import PartialDate
from dancu.kernel.personal_id import PersonalId
from dancu.kernel.warrants import Field, Warrant
from dancu.ledger.domain import Act, ActKind
from dancu.population.domain import (
    MEMBER_FIELDS,
    HouseholdFacts,
    IdCard,
    LifeStatus,
    MaritalStatus,
    NumberState,
    PersonFacts,
    Relative,
    Sex,
)

# A 9-digit number is not unique; more candidates than this are not told apart by name and birth date anyway.
OLD_ID_CANDIDATES_MAX = 20

KEY_COLUMNS = (
    "personal_no, number_state, successor_no, full_name, birth_year, birth_month, birth_day, "
    "life_status, sex, old_id_no, nationality, marital_status, flags"
)
WIDE_COLUMNS = KEY_COLUMNS + (
    ", other_name, birth_place_version, birth_place_code, birth_place_detail, birth_registration_version, "
    "birth_registration_code, birth_registration_detail, home_town_version, home_town_code, home_town_detail, "
    "ethnicity, religion, blood_type, id_cards, relatives, permanent_version, permanent_code, permanent_detail, "
    "temporary_version, temporary_code, temporary_detail, current_version, current_code, current_detail, "
    "temporary_absence, residence_file_no, household_relation, household_head, household_book_no, "
    "life_status_on, phone, email, attached"
)


def by_numbers(columns: str) -> str:
    """Select by 12-digit numbers; one parameter, `bigint[]`."""
    return (
        f"select {columns} from unnest($1::bigint[]) as asked(no) "  # noqa: S608 - our own column lists
        "join population.person_facts on personal_no = asked.no"
    )


def by_old_numbers(columns: str) -> str:
    """Select by 9-digit numbers of the old card; one parameter, `text[]`. Several persons may share one."""
    return (
        f"select {columns} from unnest($1::text[]) as asked(no) "  # noqa: S608 - our own column lists
        "join population.person_facts on old_id_no = asked.no and old_id_no <> ''"
    )


HOUSEHOLDS = """
select own.personal_no, h.version, h.code, h.detail, h.residence_file_no, m.personal_no, m.relation
from (
    select distinct on (personal_no) personal_no, household_no from population_membership
    where personal_no = any($1::bigint[]) and withdrawn_at is null and valid_from <= $2 and (valid_to is null or valid_to > $2)
    order by personal_no, kind
) as own
join population_household h on h.household_no = own.household_no
cross join lateral (
    select personal_no, relation from population_membership
    where household_no = own.household_no and withdrawn_at is null and valid_from <= $2 and (valid_to is null or valid_to > $2)
    order by relation, personal_no limit $3
) as m
order by m.relation, m.personal_no"""  # permanent before temporary, the head (01) first


class HouseholdRead(NamedTuple):
    """A household as its rows stand, before it is decided what of it is told."""

    version: str
    code: str
    detail: str
    residence_file_no: str
    members: list[tuple[int, str]]  # number and relation to the head


class PersonRow(NamedTuple):
    """The narrow row of a comparison, in the order of `KEY_COLUMNS`. Never leaves the deciding code."""

    personal_no: int
    number_state: int
    successor_no: int | None
    full_name: str
    birth_year: int
    birth_month: int
    birth_day: int
    life_status: int | None  # of `domain.LifeStatus`; None where a hub above does not say
    sex: int
    old_id_no: str
    nationality: str
    marital_status: int
    flags: int = 0  # of `domain.Flag`


class Connection(Protocol):
    """What we need of an asyncpg connection."""

    async def fetch(self, query: str, *arguments: object) -> Sequence[Any]: ...


class FoundPersons(NamedTuple):
    """Rows by the number they were asked under. A wide row holds the columns of `WIDE_COLUMNS`."""

    by_number: dict[int, Sequence[Any]]
    by_old_number: dict[str, list[Sequence[Any]]]


NUMBERS_NARROW, NUMBERS_WIDE = by_numbers(KEY_COLUMNS), by_numbers(WIDE_COLUMNS)
OLD_NARROW, OLD_WIDE = by_old_numbers(KEY_COLUMNS), by_old_numbers(WIDE_COLUMNS)


async def rows_for(
    connection: Connection,
    warrants: Sequence[Warrant],
    numbers: Sequence[int],
    old_numbers: Sequence[str],
    columns: str = KEY_COLUMNS,
) -> FoundPersons:
    """Read the persons a batch asks for; nothing of it may leave before the batch is recorded. One warrant per question."""
    assert len(warrants) == len(numbers) + len(old_numbers), "no warrant, no read"
    wide = columns is WIDE_COLUMNS
    found = FoundPersons({}, {})
    if numbers:
        for row in await connection.fetch(NUMBERS_WIDE if wide else NUMBERS_NARROW, numbers):
            found.by_number[row[0]] = row
    if old_numbers:
        asked = sorted(set(old_numbers))
        for row in await connection.fetch(OLD_WIDE if wide else OLD_NARROW, asked):
            candidates = found.by_old_number.setdefault(row[9], [])
            if len(candidates) < OLD_ID_CANDIDATES_MAX:
                candidates.append(row)
    return found


async def households_of(
    connection: Connection, warrants: Sequence[Warrant], numbers: Sequence[int], day: date, members_max: int
) -> dict[int, HouseholdRead]:
    """The households in which persons live on a day, by their numbers. One warrant per person; who is in none is left out."""
    assert len(warrants) == len(numbers), "no warrant, no read"
    found: dict[int, HouseholdRead] = {}
    for row in await connection.fetch(HOUSEHOLDS, numbers, day, members_max):
        household = found.setdefault(row[0], HouseholdRead(row[1], row[2], row[3], row[4], []))
        household.members.append((row[5], row[6]))
    return found


def household_facts(read: HouseholdRead, warrant: Warrant, members: Sequence[PersonFacts], *, is_whole: bool) -> HouseholdFacts:
    """The granted items of a household, with what may be told of its members."""
    area = area_of(read.version, read.code)
    return HouseholdFacts(
        read.residence_file_no if Field.RESIDENCE_FILE_NO in warrant.fields else None,
        Address(area, read.detail, "VN" if area else "") if Field.PERMANENT_RESIDENCE in warrant.fields else None,
        tuple(members),
        is_whole,
    )


def member_facts(row: PersonRow, relation: str, warrant: Warrant) -> PersonFacts:
    """What may be told of somebody as a member of a household; a narrow row is enough."""
    granted = warrant.fields & MEMBER_FIELDS
    return PersonFacts(
        personal_id=PersonalId(row.personal_no) if Field.PERSONAL_ID in granted else None,
        full_name=row.full_name if Field.FULL_NAME in granted else None,
        birth_date=PartialDate(row.birth_year, row.birth_month, row.birth_day) if Field.BIRTH_DATE in granted else None,
        sex=Sex(row.sex) if Field.SEX in granted else None,
        old_id_no=row.old_id_no if Field.OLD_ID_NO in granted else None,
        household_relation=relation if Field.HOUSEHOLD_RELATION in granted else None,
    )


class Judged(Protocol):
    """What a pure judgement says about the candidates: the person whose keys agree, if any, and how to record it."""

    @property
    def person(self) -> PersonRow | None: ...
    @property
    def fields(self) -> Mapping[Field, Any] | None: ...
    @property
    def recorded_outcome(self) -> str: ...


def consultation_act(claim: PersonClaim, warrant: Warrant, kind: ActKind, judgement: Judged) -> Act:
    """The look as the ledger keeps it, the same for every reader."""
    confirmed = field_names(frozenset(judgement.fields)) if judgement.fields else ()
    disclosed = field_names(warrant.fields) if kind is ActKind.DISCLOSE and judgement.person else confirmed
    return _act(warrant, kind, judgement.recorded_outcome, subject_of(claim, judgement.person), disclosed)


def warranted_act(warrant: Warrant, kind: ActKind, outcome: str, subject: str, fields: frozenset[Field]) -> Act:
    """A look under a warrant that needs no claim: a search, an opening by number."""
    return _act(warrant, kind, outcome, subject, field_names(fields))


def _act(warrant: Warrant, kind: ActKind, outcome: str, subject: str, fields: tuple[str, ...]) -> Act:
    return Act(
        kind,
        outcome,
        warrant.actor.organisation,
        warrant.actor.system,
        warrant.actor.officer,
        subject,
        warrant.purpose,
        warrant.legal_basis,
        warrant.procedure,
        warrant.integration_code,
        warrant.dossier_no,
        fields,
        warrant.defaulted,
        None,
        warrant.sealed_days,
        "",
        warrant.via,
        warrant.peer,
    )


def subject_of(claim: PersonClaim, person: PersonRow | None) -> str:
    """Whose entry it is: the number asked about, or the person an old number led to."""
    if claim.personal_id is not None:
        return claim.personal_id.digits
    # A hub above may say that the keys agree without telling the number behind an old one.
    return f"{person.personal_no:012d}" if person is not None and person.personal_no else f"cmnd:{claim.old_id_no}"


@lru_cache(maxsize=1024)
def field_names(fields: frozenset[Field]) -> tuple[str, ...]:
    return tuple(sorted(fields))


def key_row(row: Sequence[Any]) -> PersonRow:
    return PersonRow(*row[:13])


def facts_from_row(row: Sequence[Any], granted: frozenset[Field], claim: PersonClaim) -> PersonFacts:
    """The granted items of a wide row; everything else stays None. Who asked by the number knows it already."""
    return granted_facts(row, granted | {Field.PERSONAL_ID} if claim.personal_id is not None else granted)


def granted_facts(row: Sequence[Any], granted: frozenset[Field]) -> PersonFacts:
    """The granted items of a wide row that was read under a warrant."""
    items: dict[str, Any] = {
        "personal_id": PersonalId(row[0]) if Field.PERSONAL_ID in granted else None,
        "number_state": NumberState(row[1]),
        "successor": PersonalId(row[2]) if row[2] else None,
    }
    for field, fill in _ITEMS.items():
        if field in granted:
            fill(row, items)
    return PersonFacts(**items)


def still_granted(facts: PersonFacts, warrant: Warrant) -> PersonFacts:
    """Of facts that were told before, the items this warrant gives."""
    names = [name for field in warrant.fields for name in _PARTS.get(field, (field.value,))]
    kept = {name: getattr(facts, name) for name in names}
    return PersonFacts(number_state=facts.number_state, successor=facts.successor, **kept)


def _address(row: Sequence[Any], start: int) -> Address:
    version, code, detail = row[start : start + 3]
    area = area_of(version, code)
    return Address(area, detail, "VN" if area else "")  # of a place told in words only nobody knows the country


def area_of(version: str, code: str) -> AreaCode | None:
    """`code` is province, district, commune joined by dots (`46..19753`); empty parts are unknown or abolished."""
    if not code:
        return None
    parts = [*code.split("."), "", ""][:3]
    return AreaCode(version, *parts)


def _relative(value: dict[str, str | None]) -> Relative:
    return Relative(
        value.get("full_name") or "",
        value.get("personal_id") or "",
        value.get("old_id_no") or "",
        value.get("nationality") or "",
        value.get("relation") or "",
    )


def _json(value: Any) -> Any:  # asyncpg hands jsonb over as text, psycopg as values
    return msgspec.json.decode(value) if isinstance(value, str | bytes) else value


def _card(value: dict[str, str | None]) -> IdCard:
    def day(name: str) -> date | None:
        text = value.get(name)
        return date.fromisoformat(text) if text else None

    kind, number, issued_by = (value.get(name) or "" for name in ("kind", "number", "issued_by"))
    return IdCard(kind, number, day("issued_on"), issued_by, day("expires_on"))


def _setter(name: str, value: Callable[[Sequence[Any]], Any]) -> Callable[[Sequence[Any], dict[str, Any]], None]:
    def fill(row: Sequence[Any], items: dict[str, Any]) -> None:
        items[name] = value(row)

    return fill


def _fill_household(row: Sequence[Any], items: dict[str, Any]) -> None:
    items["household_head"] = _relative(_json(row[40]))
    items["household_book_no"] = row[41]


def _fill_life_status(row: Sequence[Any], items: dict[str, Any]) -> None:
    items["life_status"] = LifeStatus(row[7])
    items["life_status_on"] = row[42]


def _fill_contact(row: Sequence[Any], items: dict[str, Any]) -> None:
    items["phone"], items["email"] = row[43], row[44]


_ITEMS: dict[Field, Callable[[Sequence[Any], dict[str, Any]], None]] = {
    Field.FULL_NAME: _setter("full_name", lambda row: row[3]),
    Field.BIRTH_DATE: _setter("birth_date", lambda row: PartialDate(row[4], row[5], row[6])),
    Field.SEX: _setter("sex", lambda row: Sex(row[8])),
    Field.OLD_ID_NO: _setter("old_id_no", lambda row: row[9]),
    Field.NATIONALITY: _setter("nationality", lambda row: row[10]),
    Field.MARITAL_STATUS: _setter("marital_status", lambda row: MaritalStatus(row[11])),
    Field.OTHER_NAME: _setter("other_name", lambda row: row[13]),
    Field.BIRTH_PLACE: _setter("birth_place", lambda row: _address(row, 14)),
    Field.BIRTH_REGISTRATION: _setter("birth_registration", lambda row: _address(row, 17)),
    Field.HOME_TOWN: _setter("home_town", lambda row: _address(row, 20)),
    Field.ETHNICITY: _setter("ethnicity", lambda row: f"{row[23]:02d}"),
    Field.RELIGION: _setter("religion", lambda row: f"{row[24]:02d}"),
    Field.BLOOD_TYPE: _setter("blood_type", lambda row: f"{row[25]:02d}"),
    Field.ID_CARDS: _setter("id_cards", lambda row: tuple(_card(c) for c in _json(row[26]))),
    Field.RELATIVES: _setter("relatives", lambda row: {k: _relative(v) for k, v in _json(row[27]).items()}),
    Field.PERMANENT_RESIDENCE: _setter("permanent_residence", lambda row: _address(row, 28)),
    Field.TEMPORARY_RESIDENCE: _setter("temporary_residence", lambda row: _address(row, 31)),
    Field.CURRENT_RESIDENCE: _setter("current_residence", lambda row: _address(row, 34)),
    Field.TEMPORARY_ABSENCE: _setter("temporary_absence", lambda row: row[37]),
    Field.RESIDENCE_FILE_NO: _setter("residence_file_no", lambda row: row[38]),
    Field.HOUSEHOLD_RELATION: _setter("household_relation", lambda row: row[39]),
    Field.HOUSEHOLD: _fill_household,
    Field.LIFE_STATUS: _fill_life_status,
    Field.CONTACT: _fill_contact,
    Field.ATTACHED: _setter("attached", lambda row: _json(row[45])),
}
_PARTS = {  # items that are more than one value, or named otherwise than their field
    Field.HOUSEHOLD: ("household_head", "household_book_no"),
    Field.LIFE_STATUS: ("life_status", "life_status_on"),
    Field.CONTACT: ("phone", "email"),
}
