"""Signed notes: the published example, and what must not pass."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest

from dancu.kernel.errors import Invalid
from dancu.ledger.notes import (
    COSIGNATURE,
    Checkpoint,
    FileSigner,
    cosign,
    cosigned_at,
    key_of,
    opened_checkpoint,
    parse_checkpoint,
    parse_key,
    parse_note,
    sign_note,
    verify_note,
)

# The example of golang.org/x/mod/sumdb/note, from which C2SP signed-note grew.
PETER = "PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW"
SAID = (
    "If you think cryptography is the answer to your problem,\n"
    "then you don't know what your problem is.\n"
    "\n"
    "— PeterNeumann x08go/ZJkuBS9UG/SffcvIAQxVBtiFupLLr8pAcElZInNIuGUgYN1FFYC2pZSNXgKvqfqdngotpRZb6KE6RyyBwJnAM=\n"
)
WHEN = datetime(2026, 11, 2, 3, 4, 5, tzinfo=UTC)


@pytest.fixture
def signer(tmp_path: Path) -> FileSigner:
    file = tmp_path / "ledger.key"
    file.write_bytes(bytes(range(32)))
    return FileSigner("so.example.vn/2026h2", file)


def test_the_published_example_verifies_and_is_written_back_unchanged():
    note = parse_note(SAID)

    assert verify_note(note, parse_key(PETER))
    assert str(note) == SAID
    assert str(parse_key(PETER)) == PETER


def test_a_changed_text_or_signature_does_not_verify():
    key = parse_key(PETER)

    assert not verify_note(parse_note(SAID.replace("answer", "Answer")), key)
    assert not verify_note(parse_note(SAID.replace("ZJku", "ZJkv")), key)


def test_a_checkpoint_signed_here_opens_and_another_key_does_not(signer: FileSigner, tmp_path: Path):
    head = Checkpoint(signer.name, 7, bytes(32), ("ngày 2026-11-02",))
    other = tmp_path / "other.key"
    other.write_bytes(bytes(32))
    text = str(sign_note(head.text, signer))

    assert opened_checkpoint(text, [key_of(signer)]) == head
    stranger = key_of(FileSigner(signer.name, other))
    assert opened_checkpoint(text, [stranger, key_of(signer)]) == head, "a book whose key was changed has two"
    for keys in ([stranger], []):
        with pytest.raises(Invalid):
            opened_checkpoint(text, keys)


def test_a_witness_vouches_for_text_and_second_and_its_signature_is_not_a_logs(signer: FileSigner):
    note = sign_note(Checkpoint("log", 7, bytes(32)).text, signer)
    seen = note.with_signatures([cosign(note.text, signer, WHEN)])
    witness = key_of(signer, COSIGNATURE)

    assert cosigned_at(seen, witness) == int(WHEN.timestamp())
    assert cosigned_at(note, witness) is None
    assert cosigned_at(seen, key_of(signer)) is None
    assert seen.with_signatures([cosign(note.text, signer, WHEN)]) == seen
    later = seen.signatures[1].value[:7] + b"\xff" + seen.signatures[1].value[8:]
    forged = note.with_signatures([type(seen.signatures[1])(witness.name, witness.hash, later)])
    assert cosigned_at(forged, witness) is None


@pytest.mark.parametrize(
    "text",
    ["", "a\n", "a\n\n", "a\n\n— x\n", "a\n\n— x !!!!\n", "a\n\n— x+y AAAAAAA=\n", "a\n\n- x AAAAAAA=\n"],
)
def test_what_is_no_note_is_said_to_be_none(text: str):
    with pytest.raises(Invalid):
        parse_note(text)


@pytest.mark.parametrize("text", ["", "log\n7\n", "log\n07\nAAAA\n", "log\n7\nAAAA\n", "\n7\n" + "A" * 43 + "=\n"])
def test_what_is_no_checkpoint_is_said_to_be_none(text: str):
    with pytest.raises(Invalid):
        parse_checkpoint(text)


@pytest.mark.parametrize("text", ["", "a+b", "a+00000000+AAAA", PETER.replace("c74f20a3", "c74f20a4"), "a b+00000000+" + "A" * 44])
def test_what_is_no_key_is_said_to_be_none(text: str):
    with pytest.raises(Invalid):
        parse_key(text)
