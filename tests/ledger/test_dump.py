"""Whoever gets hold of a backup: the entries alone name nobody, and no backup gives away a secret without the key file."""

from __future__ import annotations

import os
import re
from pathlib import Path

import psycopg
import pytest

from dancu.kernel.sealing import SealingKey
from dancu.onboarding import reader
from tests.gateway.process import BASIS, CLIENT, PURPOSE, SECRET, GatewayProcess
from tests.ledger.book import DOSSIER, OFFICER, OPERATOR, PERSON, UNKNOWN_OLD_ID, dump, entries, traces
from tests.ledger.conftest import Book

pytestmark = pytest.mark.slow
ENTRIES = ("--table=ledger_entry", "--table=ledger_entry_*")
DETAILS = ("--table=ledger_entrydetail", "--table=ledger_entrydetail_*")
ABOUT_PEOPLE = [PERSON["personal_id"], PERSON["full_name"], PERSON["old_id_no"], UNKNOWN_OLD_ID, OFFICER, DOSSIER, OPERATOR]


def sealed_secret(book: Book, client_id: str) -> bytes:
    with psycopg.connect(book.urls.owner) as connection:
        row = connection.execute("select secret_sealed from onboarding_system where client_id = %s", [client_id]).fetchone()
    assert row is not None
    return bytes(row[0])


def test_a_dump_of_the_entries_names_neither_person_nor_officer_nor_dossier(book: Book) -> None:
    dumped = dump(book.urls.owner, *ENTRIES)

    written = entries(book.urls.owner)
    assert "ledger_entrydetail" not in dumped
    assert all(entry.body.hex() in dumped for entry in written)  # everything is there
    assert traces(dumped, ABOUT_PEOPLE) == []
    assert traces(dumped, [entry.salts.hex() for entry in written]) == []


def test_the_same_search_finds_them_in_the_details_and_finds_what_entries_may_say(book: Book) -> None:
    details = [PERSON["personal_id"], UNKNOWN_OLD_ID, OFFICER, DOSSIER, OPERATOR]

    assert traces(dump(book.urls.owner, *DETAILS), details) == details
    assert traces(dump(book.urls.owner, *ENTRIES), [CLIENT, PURPOSE, BASIS]) == [CLIENT, PURPOSE, BASIS]


def test_kept_answers_and_the_gates_tables_tell_nothing_about_a_person(book: Book) -> None:
    dumped = dump(book.urls.owner, "--table=exchange_*", "--table=onboarding_system", "--table=onboarding_grant")

    assert "kept" in dumped  # the key of the answer that was kept
    assert traces(dumped, ABOUT_PEOPLE) == []


def test_a_full_dump_holds_no_secret_of_a_system_and_not_the_key(book: Book) -> None:
    key = (Path(os.environ["DANCU_HOME"]) / "keys" / "secrets.key").read_bytes()
    dumped = dump(book.urls.owner)

    assert len(book.shown_secret) >= 32
    assert traces(dumped, [CLIENT, "he-thong-hai", sealed_secret(book, CLIENT).hex()]) != []
    assert traces(dumped, [SECRET, book.shown_secret, key.hex()]) == []


def test_a_sealed_secret_opens_with_the_key_file_for_its_own_system_only(book: Book) -> None:
    ours = SealingKey.from_folder(Path(os.environ["DANCU_HOME"]) / "keys")
    sealed = sealed_secret(book, "he-thong-hai")

    assert reader.open_secret(ours, "he-thong-hai", sealed) == book.shown_secret
    for key, owner in ((SealingKey(bytes(32)), "he-thong-hai"), (ours, CLIENT)):
        with pytest.raises(ValueError, match="does not open"):
            reader.open_secret(key, owner, sealed)


def test_without_the_key_file_nothing_is_unsealed(book: Book, tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError):
        SealingKey.from_folder(tmp_path)


@pytest.mark.parametrize("item", ["procedure", "integration_code", "purpose", "legal_basis"])
def test_what_a_refused_caller_wrote_in_the_wrong_place_does_not_stand_for_ever(book: Book, item: str) -> None:
    gateway = GatewayProcess(book.urls.gateway)
    gateway.start()
    try:
        status, _ = gateway.ask(**{item: f"{PERSON['full_name']}, {PERSON['personal_id']}"})
    finally:
        gateway.stop()

    with psycopg.connect(book.urls.owner) as connection:
        body = connection.execute("select body from ledger_entry order by at desc, id desc limit 1").fetchone()
    assert body is not None
    assert (status, re.findall(PERSON["personal_id"], bytes(body[0]).decode())) == (403, [])
