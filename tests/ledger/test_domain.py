"""The canonical bytes of an entry, read and made again by another program; commitments that open with their own salt only.

The order of the fields is frozen: whoever verifies a leaf in ten years has nothing but the bytes.
"""

from __future__ import annotations

import hashlib
import json
from datetime import UTC, datetime, timedelta, timezone
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dancu.ledger.domain import Act, ActKind, SealedEntry, commitment, moment_of, seal
from dancu.ledger.tree import leaf_hash

AT = datetime(2026, 11, 24, 3, 0, 0, 123_987, tzinfo=UTC)
ORDER = ["v", "id", "at", "kind", "outcome", "organisation", "system", "procedure", "integration", "purpose", "basis"]
ORDER += ["fields", "defaulted", "subject", "officer", "dossier"]
VALUES = ("046090000101", "canbo01", "H57-261124-0042")


def an_act(**more: object) -> Act:
    subject, officer, dossier = VALUES
    given = {"subject": subject, "dossier_no": dossier, "purpose": "Đăng ký khai sinh", "procedure": "1.001193", **more}
    return Act(ActKind.VERIFY, "match", "H57", "he-thong", officer, **given)  # type: ignore[arg-type]


def salts_of(entry: SealedEntry) -> list[bytes]:
    return [entry.salts[i : i + 32] for i in (0, 32, 64)]


def commitments_of(entry: SealedEntry) -> list[str]:
    body = json.loads(entry.body)
    return [body["subject"], body["officer"], body["dossier"]]


def test_the_body_is_these_very_bytes() -> None:
    entry = seal(an_act(fields=("full_name", "sex")), AT, bytes(range(106)))

    subject, officer, dossier = (
        hashlib.sha256(bytes(range(start, start + 32)) + value.encode()).hexdigest()
        for start, value in zip((10, 42, 74), VALUES, strict=True)
    )
    assert entry.body.decode() == (
        '{"v":1,"id":"01a20b7e-f7fb-7000-9102-030405060708","at":"2026-11-24T03:00:00.123Z","kind":"verify","outcome":"match",'
        '"organisation":"H57","system":"he-thong","procedure":"1.001193","integration":"","purpose":"Đăng ký khai sinh",'
        f'"basis":"","fields":["full_name","sex"],"defaulted":[],"subject":"{subject}","officer":"{officer}","dossier":"{dossier}"}}'
    )


@given(st.builds(an_act, purpose=st.text(), legal_basis=st.text(), procedure=st.text(), fields=st.lists(st.text(), max_size=3)))
def test_another_json_writer_makes_the_same_bytes(act: Act) -> None:
    body = seal(act, AT).body

    read = json.loads(body)
    assert list(read) == ORDER
    assert json.dumps(read, ensure_ascii=False, separators=(",", ":")).encode() == body


def test_the_leaf_is_that_of_a_merkle_tree() -> None:
    body = seal(an_act(), AT).body

    assert leaf_hash(body) == hashlib.sha256(b"\0" + body).digest()
    assert leaf_hash(body) != leaf_hash(body + b" ")


def test_each_commitment_opens_with_its_own_salt_and_value_only() -> None:
    entry = seal(an_act(), AT)

    opened = [
        [[commitment(salt, value) == shown for shown in commitments_of(entry)] for salt in salts_of(entry)] for value in VALUES
    ]
    assert opened == [[[i == j == k for k in range(3)] for j in range(3)] for i in range(3)]
    assert len(set(salts_of(entry))) == 3


def test_two_looks_at_one_person_cannot_be_linked_by_their_bytes() -> None:
    one, other = seal(an_act(), AT), seal(an_act(), AT)

    assert one.reference != other.reference
    assert not set(commitments_of(one)) & set(commitments_of(other))


def test_what_there_is_not_has_no_commitment() -> None:
    entry = seal(an_act(subject="", dossier_no=""), AT)

    assert [bool(shown) for shown in commitments_of(entry)] == [False, True, False]
    assert len(entry.salts) == 96


@pytest.mark.parametrize("zone", [UTC, timezone(timedelta(hours=7))])
def test_the_reference_carries_the_moment_to_the_millisecond(zone: timezone) -> None:
    entry = seal(an_act(), AT.astimezone(zone))

    assert moment_of(UUID(entry.reference)) == entry.at == AT.replace(microsecond=123_000)
    assert UUID(entry.reference).version == 7
    assert json.loads(entry.body)["at"] == "2026-11-24T03:00:00.123Z"
