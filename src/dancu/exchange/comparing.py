"""How what was stated agrees with the registry, item by item: pure, the same for desk and gateway."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum

from dancu.kernel.dates import PartialDate
from dancu.kernel.errors import Invalid
from dancu.kernel.names import canonical_name, folded_name
from dancu.kernel.warrants import Field
from dancu.population.reader import PersonRow


class Comparison(StrEnum):
    """How one stated item agrees (*đối sánh*): case, composition and tone placement are exact, missing marks folded."""

    EXACT = "exact"
    FOLDED = "folded"
    DIFFERS = "differs"


def compare_names(stated: str, recorded: str) -> Comparison:
    """Compare two names (*đối sánh họ tên*)."""
    if stated == recorded or stated.casefold() == recorded.casefold():
        return Comparison.EXACT
    if canonical_name(stated) == canonical_name(recorded):
        return Comparison.EXACT
    return Comparison.FOLDED if folded_name(stated) == folded_name(recorded) else Comparison.DIFFERS


def compare_dates(stated: PartialDate, year: int, month: int, day: int) -> Comparison:
    """Compare birth dates (*đối sánh ngày sinh*); agreement at the coarser precision of the two is folded."""
    if stated.year == year and stated.month == month and stated.day == day:
        return Comparison.EXACT
    same_month = not stated.month or not month or stated.month == month
    same_day = not stated.day or not day or stated.day == day
    return Comparison.FOLDED if stated.year == year and same_month and same_day else Comparison.DIFFERS


STATABLE_FIELDS = frozenset({Field.SEX, Field.OLD_ID_NO, Field.NATIONALITY, Field.MARITAL_STATUS})


def compare_stated(stated: Mapping[Field, str], row: PersonRow) -> Mapping[Field, Comparison]:
    """Yes or no for items beside the three keys (*đối chiếu từng trường*)."""
    recorded = {
        Field.SEX: str(row.sex),
        Field.OLD_ID_NO: row.old_id_no,
        Field.NATIONALITY: row.nationality,
        Field.MARITAL_STATUS: str(row.marital_status),
    }
    return {
        field: Comparison.EXACT if value.strip().upper() == recorded[field].upper() else Comparison.DIFFERS
        for field, value in stated.items()
    }


def check_stated(stated: Mapping[Field, str]) -> None:
    """Raises `Invalid` for an item that cannot be compared by yes or no."""
    for field in stated:
        if field not in STATABLE_FIELDS:
            raise Invalid(
                "stated.field",
                f"Trường {field} không đối chiếu được bằng có/không.",
                f"The field {field} cannot be verified by yes or no.",
                field=f"stated.{field}",
            )
