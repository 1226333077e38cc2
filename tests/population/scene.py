"""A few invented people with every kind of item, what the registry then holds, and the command line as an operator runs it."""

from __future__ import annotations

import io
import json
import time
from pathlib import Path
from typing import Any

import pytest
from django.db import connection

from dancu.cli.main import main
from dancu.population.api import LoadResult, load_persons
from dancu.synth.api import write_persons
from tests.factories.people import NOW, a_person_row

OLD_NUMBER, NEW_NUMBER = "046090000105", "046090000104"
PEOPLE: list[dict[str, Any]] = [
    a_person_row(
        permanent_version="L2-2025",
        permanent_code="46..19789",
        permanent_detail="12 Lê Lợi",
        old_id_no="191000101",
        relatives=json.dumps({"father": {"full_name": "Trần Văn Bốn", "personal_id": "046060000110"}}, ensure_ascii=False),
        id_cards=json.dumps([{"kind": "cccd_chip", "number": "046090000101", "issued_on": "2021-05-10"}]),
    ),
    a_person_row("046155000102", "Lê Thị Năm Sinh", "1955", sex="2", ethnicity=""),
    a_person_row("046048000103", "Phạm Khuất", "1948-07-19", life_status="1", life_status_on="2023-03-15"),
    a_person_row(NEW_NUMBER, "Phạm Văn Mới", "1990-01-02"),
    a_person_row(OLD_NUMBER, "Phạm Văn Mới", "1990-01-02", number_state="1", successor=NEW_NUMBER),
]


def registry() -> list[dict[str, Any]]:
    """Everything the readers can see, in the order of the numbers."""
    with connection.cursor() as cursor:
        cursor.execute("select * from population.person_facts order by personal_no")
        names = [column.name for column in cursor.description]
        return [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]


def loaded(file: Path) -> tuple[LoadResult, list[str]]:
    """Load a file; give the result and the rejected lines."""
    rejects = io.StringIO()
    return load_persons(file, now=NOW, rejects=rejects), rejects.getvalue().splitlines()


def load_rows(rows: list[dict[str, Any]], folder: Path, ending: str = ".csv") -> tuple[LoadResult, list[str]]:
    file = folder / f"persons{ending}"
    write_persons(rows, file)
    return loaded(file)


def dancu(capsys: pytest.CaptureFixture[str], *arguments: object) -> tuple[int, str, str]:
    """Run `dancu …`; give its exit code and what it said on both ways out."""
    capsys.readouterr()
    with pytest.raises(SystemExit) as ended:
        main([str(argument) for argument in arguments])
    said = capsys.readouterr()
    return int(ended.value.code or 0), said.out, said.err


def until_all_is_readable(seconds: float = 60) -> None:
    """Wait until every transaction that began before now has ended, also those of tests in other databases of this server."""
    deadline = time.monotonic() + seconds
    with connection.cursor() as cursor:
        cursor.execute("select pg_current_xact_id()::text::bigint")
        mine = cursor.fetchone()[0]
        while time.monotonic() < deadline:
            cursor.execute("select pg_snapshot_xmin(pg_current_snapshot())::text::bigint")
            if cursor.fetchone()[0] > mine:
                return
            time.sleep(0.01)
    raise AssertionError("an older transaction does not end")
