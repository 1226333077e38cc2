"""The numbers one person has had: what was replaced leads to its successor. Numbers only, nothing about the person."""

from __future__ import annotations

from django.db import connection

from dancu.kernel.personal_id import PersonalId

NUMBERS_MAX = 50  # of one person; a ring of successors cannot run on either

_NUMBERS = """
with recursive ahead(no, step) as (
    values (%(number)s::bigint, 0)
    union
    select p.successor_no, step + 1 from ahead join population_person p on p.personal_no = ahead.no
    where p.successor_no is not null and step < %(most)s
), behind(no, step) as (
    select no, 0 from ahead
    union
    select p.personal_no, step + 1 from behind join population_person p on p.successor_no = behind.no where step < %(most)s
)
select distinct no from behind order by no limit %(most)s
"""


def numbers_of_person(number: PersonalId) -> tuple[PersonalId, ...]:
    """Every number that leads to the person with this one, itself among them (*các số của một người*).

    For whoever is that person: entries about her stand under the number of their day. It tells no fact and takes no warrant.
    """
    with connection.cursor() as cursor:
        cursor.execute(_NUMBERS, {"number": number.number, "most": NUMBERS_MAX})
        return tuple(PersonalId(row[0]) for row in cursor.fetchall())
