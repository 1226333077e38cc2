"""Reading notes, checkpoints, keys, proofs and requests from strangers: any text gives a value or `Invalid`, in bounded memory."""

from __future__ import annotations

import tracemalloc
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from dancu.kernel.errors import Invalid
from dancu.ledger.notes import (
    SIGNATURES_MAX,
    Checkpoint,
    FileSigner,
    Note,
    key_of,
    parse_checkpoint,
    parse_key,
    parse_note,
    sign_note,
    verify_note,
)
from dancu.ledger.outside.witness import REQUEST_BYTES_MAX, parse_request
from dancu.ledger.proofs import check_proof, read_proof

MEMORY_BYTES_MAX = 32 * 1024 * 1024
# Text made of the pieces notes are made of reaches further than random characters do.
PIECES = st.sampled_from(
    [
        "\n",
        "\n\n",
        "— ",
        "—",
        " ",
        "a",
        "log/2026h2",
        "+",
        "AAAAAAA=",
        "A" * 43 + "=",
        "old 0\n",
        "old 7\n",
        "0",
        "7",
        "٧",
        "\t",
        "\r",
        "\ud800",
    ]
)
LIKE_NOTES = st.lists(PIECES | st.text(max_size=5), max_size=40).map("".join)
SIGNED = "log\n7\n" + "A" * 43 + "=\n\n— a AAAAAAA=\n"


@given(LIKE_NOTES)
@example(SIGNED)
def test_any_text_is_a_note_or_is_not(text: str):
    try:
        note = parse_note(text)
    except Invalid:
        return
    assert parse_note(str(note)) == note
    assert note.text.endswith("\n")
    assert 0 < len(note.signatures) <= SIGNATURES_MAX


@given(LIKE_NOTES)
@example("log\n7\n" + "A" * 43 + "=\n")
def test_any_text_is_a_checkpoint_or_is_not(text: str):
    try:
        head = parse_checkpoint(text)
    except Invalid:
        return
    assert parse_checkpoint(head.text) == head


@given(LIKE_NOTES)
def test_any_text_is_a_key_or_is_not(text: str):
    try:
        key = parse_key(text)
    except Invalid:
        return
    assert parse_key(str(key)) == key


@given(st.binary(max_size=300) | LIKE_NOTES.map(lambda text: text.encode("utf-8", "surrogatepass")))
@example(b"old 0\n\n" + SIGNED.encode())
def test_any_bytes_are_a_request_or_are_not(body: bytes):
    try:
        request = parse_request(body)
    except Invalid:
        return
    assert request.old >= 0


@given(st.binary(max_size=300))
@example(b'{"v":1,"entry":"[[[","index":0,"path":[],"checkpoint":""}')
def test_any_bytes_are_a_proof_or_are_not(body: bytes):
    try:
        check_proof(read_proof(body), parse_key("PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW"))
    except Invalid:
        return


NAMES = st.text(st.characters(exclude_categories=["Cs", "Cc", "Z"], exclude_characters="+"), min_size=1, max_size=20)
LINES = st.text(st.characters(exclude_categories=["Cs", "Cc"]), min_size=1, max_size=20)


@given(
    name=NAMES,
    origin=LINES,
    size=st.integers(0, 10**19 - 1),
    root=st.binary(min_size=32, max_size=32),
    more=st.lists(LINES, max_size=3),
)
def test_whatever_is_signed_is_read_back(tmp_path_factory: pytest.TempPathFactory, name, origin, size, root, more):
    file = tmp_path_factory.mktemp("key") / "k"
    file.write_bytes(root)
    signer = FileSigner(name, file)
    head = Checkpoint(origin, size, root, tuple(more))

    note = parse_note(str(sign_note(head.text, signer)))

    assert parse_checkpoint(note.text) == head
    assert verify_note(note, parse_key(str(key_of(signer))))


@pytest.mark.parametrize("spoilt", ["log\t\n", "log\r\n", "log\x00\n", "log\ud800\n"])
def test_control_characters_and_half_characters_are_refused(spoilt: str):
    with pytest.raises(Invalid):
        parse_note(SIGNED.replace("log\n", spoilt))


def test_digits_of_other_scripts_are_no_size():
    with pytest.raises(Invalid):
        parse_checkpoint(parse_note(SIGNED).text.replace("7", "٧"))


HUGE: list[tuple[Callable[[str], object], str]] = [
    (parse_note, "a\n" * 4_000_000 + SIGNED),
    (parse_note, "a\n\n" + "— a AAAAAAA=\n" * 400_000),
    (parse_checkpoint, "log\n7\n" + "A" * 8_000_000 + "\n"),
    (parse_key, "a+00000000+" + "A" * 8_000_000),
    (lambda text: parse_request(text.encode()), "old 0\n" + "A" * 8_000_000 + "\n\n" + SIGNED),
    (read_proof, '{"v":1,"entry":"' + "a" * 8_000_000 + '"}'),
]


@pytest.mark.parametrize(("read", "text"), HUGE, ids=["text", "signatures", "root", "key", "request", "proof"])
def test_memory_stays_bounded_whatever_is_sent(read: Callable[[str], object], text: str):
    tracemalloc.start()
    try:
        with pytest.raises(Invalid):
            read(text)
        assert tracemalloc.get_traced_memory()[1] < MEMORY_BYTES_MAX
    finally:
        tracemalloc.stop()


def test_a_note_with_as_many_signatures_as_allowed_is_read():
    text = "a\n\n" + "— a AAAAAAA=\n" * SIGNATURES_MAX

    assert len(parse_note(text).signatures) == SIGNATURES_MAX
    assert len(text.encode()) < REQUEST_BYTES_MAX
    with pytest.raises(Invalid):
        parse_note(text + "— a AAAAAAA=\n")


def test_adding_a_signature_twice_keeps_one(tmp_path: Path):
    note = parse_note(SIGNED)

    assert Note(note.text, note.signatures).with_signatures(note.signatures) == note
