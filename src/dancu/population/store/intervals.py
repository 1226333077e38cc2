"""Relations, households, memberships and residence: rows with an interval that are brought and withdrawn, never edited."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.db import connection

from dancu.kernel.errors import Conflict
from dancu.population.families import HouseholdRow, MembershipRow, RelationRow, ResidenceRow
from dancu.population.models import Household, Membership, Relation, Residence
from dancu.population.store.rules import told_as_conflict

_NEXT_HOUSEHOLD = 0x686F75  # our own advisory lock
ROWS_MAX = 1000  # of one person, household or address
_MODELS: Mapping[type[Any], Any] = {MembershipRow: Membership, RelationRow: Relation, ResidenceRow: Residence}
# Who the row belongs to, its own content, and its interval: what a copy of the row needs.
_CONTENT: Mapping[type[Any], tuple[str, ...]] = {
    MembershipRow: ("household_no", "personal_no", "relation", "kind", "valid_from", "valid_to"),
    RelationRow: ("personal_no", "kind", "other_no", "valid_from", "valid_to"),
    ResidenceRow: (
        "personal_no", "kind", "version", "code", "detail", "address_key", "household_no", "valid_from", "valid_to",
    ),
}  # fmt: skip
Row = MembershipRow | RelationRow | ResidenceRow


def bring(rows: Sequence[Row], request: UUID, now: datetime) -> None:
    """Insert rows of one kind in one statement. Raises `Conflict` with the rule that the database holds against them."""
    if not rows:
        return
    kind = type(rows[0])
    columns = _CONTENT[kind]
    table, marks = _MODELS[kind]._meta.db_table, ", ".join(["%s"] * (len(columns) + 2))
    values = [value for row in rows for value in (*(getattr(row, name) for name in columns), now, request)]
    statement = f"insert into {table} ({', '.join(columns)}, recorded_at, request_id) values " + ", ".join(  # noqa: S608
        [f"({marks})"] * len(rows)
    )
    with connection.cursor() as cursor, told_as_conflict():
        cursor.execute(statement, values)


def withdraw(rows: Sequence[Row], request: UUID, now: datetime) -> None:
    """Take rows out of force; they stay to be seen."""
    for row in rows:
        model = _MODELS[type(row)]
        key = {"household_no": row.household_no} if isinstance(row, MembershipRow) else {"personal_no": row.personal_no}
        model.objects.filter(id=row.id, withdrawn_at=None, **key).update(withdrawn_at=now, withdrawn_request=request)


def undo(request: UUID, by: UUID, now: datetime) -> None:
    """Withdraw what a request brought and bring again what it withdrew. Raises `Conflict` when later rows stand against it."""
    for kind, model in _MODELS.items():
        brought = list(model.objects.filter(request_id=request).exclude(withdrawn_request=request)[:ROWS_MAX])
        taken = list(model.objects.filter(withdrawn_request=request)[:ROWS_MAX])
        withdraw([_standing(_row(kind, each)) for each in brought], by, now)
        again = [_row(kind, each) for each in taken]
        bring(again, by, now)
        if kind is MembershipRow:
            lived_in = {row.household_no for row in again if row.valid_to is None}
            Household.objects.filter(pk__in=lived_in).update(dissolved_on=None)


def _standing(row: Row) -> Row:
    """The row itself, or its like that came back when what had withdrawn it was taken back."""
    if not row.is_withdrawn:
        return row
    kind = type(row)
    alike = _MODELS[kind].objects.filter(withdrawn_at=None, **{name: getattr(row, name) for name in _CONTENT[kind]}).first()
    if alike is None:
        raise Conflict(
            "interval.changed_later",
            "Một thay đổi sau đó đã sửa tiếp đăng ký này. Thu hồi thay đổi sau đó trước, rồi thu hồi lần này.",
            "A later change rests on this registration. Take the later change back first, then this one.",
        )
    found: Row = _row(kind, alike)
    return found


def relations_of(number: int) -> list[RelationRow]:
    """Rows that belong to the person or point at her, withdrawn ones too."""
    own = Relation.objects.filter(personal_no=number).order_by("id")[:ROWS_MAX]
    others = Relation.objects.filter(other_no=number).order_by("personal_no", "id")[:ROWS_MAX]
    return [_row(RelationRow, each) for each in [*own, *others]]


def residences_of(number: int) -> list[ResidenceRow]:
    return [_row(ResidenceRow, each) for each in Residence.objects.filter(personal_no=number).order_by("id")[:ROWS_MAX]]


def memberships_of(number: int) -> list[MembershipRow]:
    return [_row(MembershipRow, each) for each in Membership.objects.filter(personal_no=number).order_by("id")[:ROWS_MAX]]


def members_of(household_no: int) -> list[MembershipRow]:
    return [_row(MembershipRow, each) for each in Membership.objects.filter(household_no=household_no).order_by("id")[:ROWS_MAX]]


def find_household(household_no: int) -> HouseholdRow | None:
    row = Household.objects.filter(pk=household_no).first()
    return _household(row) if row else None


def lock_household(household_no: int) -> HouseholdRow | None:
    row = Household.objects.select_for_update().filter(pk=household_no).first()
    return _household(row) if row else None


def households_at(address_key: int) -> list[HouseholdRow]:
    return [_household(row) for row in Household.objects.filter(address_key=address_key).order_by("household_no")[:ROWS_MAX]]


def residences_at(address_key: int, day: date) -> list[ResidenceRow]:
    """Who is registered at an address on a day, by residence."""
    rows = Residence.objects.filter(address_key=address_key, withdrawn_at=None, valid_from__lte=day).exclude(valid_to__lte=day)
    return [_row(ResidenceRow, each) for each in rows.order_by("personal_no")[:ROWS_MAX]]


def add_household(household: HouseholdRow, now: datetime) -> None:
    with connection.cursor() as cursor, told_as_conflict():
        cursor.execute(
            "insert into population_household (household_no, version, code, detail, address_key, residence_file_no, formed_on,"
            " recorded_at) values (%s, %s, %s, %s, %s, %s, %s, %s)",
            [
                household.household_no,
                household.version,
                household.code,
                household.detail,
                household.address_key,
                household.residence_file_no,
                household.formed_on,
                now,
            ],
        )


def next_household_no() -> int:
    """One more than the greatest; whoever else asks waits until this transaction ends."""
    with connection.cursor() as cursor:
        cursor.execute("select pg_advisory_xact_lock(%s)", [_NEXT_HOUSEHOLD])
    greatest = Household.objects.order_by("-household_no").values_list("household_no", flat=True).first()
    return (greatest or 0) + 1


def dissolve_household(household_no: int, day: date | None) -> None:
    Household.objects.filter(pk=household_no).update(dissolved_on=day)


def _row(kind: type[Any], row: Any) -> Any:
    names = ("id", *_CONTENT[kind], "recorded_at", "withdrawn_at", "request_id", "withdrawn_request")
    return kind(**{name: getattr(row, name) for name in names})


def _household(row: Household) -> HouseholdRow:
    return HouseholdRow(
        row.household_no,
        row.version,
        row.code,
        row.detail,
        row.address_key,
        row.residence_file_no,
        row.formed_on,
        row.dissolved_on,
    )
