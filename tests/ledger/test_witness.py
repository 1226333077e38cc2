"""What a witness signs, refuses and remembers (C2SP tlog-witness)."""

from __future__ import annotations

import base64
import stat
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from dancu.kernel.errors import Conflict, Invalid
from dancu.ledger.notes import Checkpoint, Note, cosigned_at, parse_note, sign_note
from dancu.ledger.outside.witness import EVIDENCE_MAX, KEY_FILE, FollowedLog, Witness, name_of, read_followed_logs, signer_of
from tests.ledger.published_log import BOOK, ORIGIN, PublishedLog

WHEN = datetime(2026, 11, 2, 3, 4, 5, tzinfo=UTC)
NAME = "nhan-chung.vidu.vn"
Start = Callable[[], Witness]


@pytest.fixture
def log(tmp_path: Path) -> PublishedLog:
    return PublishedLog(tmp_path / "log")


@pytest.fixture
def start(tmp_path: Path, log: PublishedLog) -> Iterator[Start]:
    """Starts the witness on its folder, also again."""
    running: list[Witness] = []

    def begin() -> Witness:
        for each in running:
            each.close()
        folder = tmp_path / "witness"
        running.append(Witness(folder, signer_of(folder, NAME), [FollowedLog(log.key, BOOK)]))
        return running[-1]

    yield begin
    for each in running:
        each.close()


@pytest.fixture
def witness(start: Start) -> Witness:
    return start()


def shown(note: Note, old: int = 0, proof: list[bytes] | None = None) -> bytes:
    lines = [base64.b64encode(step).decode() for step in proof or []]
    return "\n".join([f"old {old}", *lines, "", str(note)]).encode()


def grown(log: PublishedLog, old: int) -> bytes:
    return shown(log.head(), old, log.tree().consistency(old) if old else [])


def test_the_first_head_and_what_continues_it_are_signed(log: PublishedLog, witness: Witness):
    for old, more in ((0, 5), (5, 300), (305, 0), (305, 7)):
        answer = witness.add_checkpoint(grown(log.grow(more), old), WHEN)

        assert (answer.status, answer.content_type) == (200, "text/plain; charset=utf-8")
        signed = parse_note(f"{log.head().text}\n{answer.body}")
        assert cosigned_at(signed, witness.key) == int(WHEN.timestamp())
    assert [(head.origin, head.size) for head, _, _ in witness.heads()] == [(ORIGIN, 312)]


def test_another_old_size_is_told_the_right_one(log: PublishedLog, witness: Witness):
    witness.add_checkpoint(grown(log.grow(5), 0), WHEN)

    answer = witness.add_checkpoint(grown(log.grow(5), 3), WHEN)

    assert (answer.status, answer.body, answer.content_type) == (409, "5\n", "text/x.tlog.size")
    assert witness.evidence() == []


def test_a_fork_is_refused_and_kept_with_both_heads(log: PublishedLog, witness: Witness, tmp_path: Path):
    witness.add_checkpoint(grown(log.grow(10), 0), WHEN)
    other = PublishedLog(tmp_path / "other").grow(8).grow(6, "khác")

    answer = witness.add_checkpoint(shown(other.head(), 10, other.tree().consistency(10)), WHEN)

    assert answer.status == 422
    [name] = witness.evidence()
    kept = witness.find_evidence(name) or ""
    assert name.startswith("inconsistent-")
    assert str(log.head()) in kept
    assert str(other.head()) in kept
    assert witness.heads()[0][0].size == 10


def test_two_heads_of_one_size_are_a_fork_whatever_old_size_is_said(log: PublishedLog, witness: Witness, tmp_path: Path):
    witness.add_checkpoint(grown(log.grow(10), 0), WHEN)
    other = PublishedLog(tmp_path / "other").grow(9).grow(1, "khác")

    for old in (0, 10):
        answer = witness.add_checkpoint(shown(other.head(), old), WHEN)
        assert (answer.status, answer.body) == (409, "10\n")
    assert [name.partition("-")[0] for name in witness.evidence()] == ["fork"]


def test_a_roll_back_is_refused_and_kept(log: PublishedLog, witness: Witness):
    old = log.grow(10).head()
    witness.add_checkpoint(grown(log.grow(10), 0), WHEN)

    answer = witness.add_checkpoint(shown(old, 0), WHEN)

    assert (answer.status, answer.body) == (409, "20\n")
    assert [name.partition("-")[0] for name in witness.evidence()] == ["older"]


@pytest.mark.parametrize("size", [0, 1])
def test_an_empty_log_can_be_signed_and_has_one_root(log: PublishedLog, witness: Witness, size: int):
    assert witness.add_checkpoint(grown(log, 0), WHEN).status == 200
    assert witness.add_checkpoint(grown(log.grow(1), 0), WHEN).status == 200
    wrong = sign_note(Checkpoint(f"{BOOK}/2027h1/e1", 0, bytes(32)).text, log.signer)
    assert witness.add_checkpoint(shown(wrong), WHEN).status == 409


def test_unknown_logs_unknown_keys_and_nonsense_are_told_apart(log: PublishedLog, witness: Witness, tmp_path: Path):
    stranger = PublishedLog(tmp_path / "stranger", bytes(32)).grow(3)
    elsewhere = PublishedLog(tmp_path / "elsewhere", origin="so.khac.vn/so/2026h2/e1").grow(3)
    beside = PublishedLog(tmp_path / "beside", origin=f"{BOOK}-khac/2026h2/e1").grow(3)
    log.grow(3)

    assert witness.add_checkpoint(grown(elsewhere, 0), WHEN).status == 404
    assert witness.add_checkpoint(grown(beside, 0), WHEN).status == 404, "a longer name is another log"
    assert witness.add_checkpoint(grown(stranger, 0), WHEN).status == 403
    assert witness.add_checkpoint(shown(log.head(), 4), WHEN).status == 400
    for body in (
        b"",
        b"old\n\n",
        b"old 01\n\nx",
        b"old -1\n\nx",
        b"\xff",
        b"old 0\n!\n\n" + str(log.head()).encode(),
        b"x" * 70_000,
    ):
        assert witness.add_checkpoint(body, WHEN).status == 400
    too_long = shown(log.head(), 0, [bytes(32)] * 64)
    assert witness.add_checkpoint(too_long, WHEN).status == 400
    assert witness.add_checkpoint(shown(log.head(), 0, [bytes(32)]), WHEN).status == 422, "from nothing no proof is needed"
    assert [name.partition("-")[0] for name in witness.evidence()] == ["inconsistent"]


def test_it_remembers_across_a_restart_and_keeps_its_key(log: PublishedLog, start: Start, tmp_path: Path):
    first = start()
    first.add_checkpoint(grown(log.grow(10), 0), WHEN)
    again = start()
    other = PublishedLog(tmp_path / "other").grow(9).grow(4, "khác")

    assert again.key == first.key
    assert again.add_checkpoint(grown(other, 10), WHEN).status == 422
    assert again.add_checkpoint(grown(log.grow(2), 10), WHEN).status == 200
    assert stat.S_IMODE((tmp_path / "witness" / KEY_FILE).stat().st_mode) == 0o600


@pytest.mark.parametrize("damage", [lambda text: "", lambda text: text[:-20], lambda text: text.replace("\n10\n", "\n11\n")])
def test_a_damaged_memory_stops_it_instead_of_starting_from_nothing(
    log: PublishedLog, start: Start, tmp_path: Path, damage: Callable[[str], str]
):
    start().add_checkpoint(grown(log.grow(10), 0), WHEN)
    [file] = (tmp_path / "witness" / "heads").iterdir()
    file.write_text(damage(file.read_text()))

    with pytest.raises(Invalid):
        start()


def test_the_memory_of_one_log_is_not_taken_for_another(log: PublishedLog, start: Start, tmp_path: Path):
    start().add_checkpoint(grown(log.grow(10), 0), WHEN)
    [file] = (tmp_path / "witness" / "heads").iterdir()
    file.rename(file.with_name(f"{name_of('other')}.note"))

    with pytest.raises(Invalid):
        start()


def test_two_processes_cannot_share_a_folder(log: PublishedLog, witness: Witness, tmp_path: Path):
    folder = tmp_path / "witness"

    with pytest.raises(Conflict):
        Witness(folder, signer_of(folder, NAME), [FollowedLog(log.key, BOOK)])


def test_evidence_of_one_kind_cannot_crowd_out_another(log: PublishedLog, witness: Witness, tmp_path: Path):
    folder = tmp_path / "witness" / "evidence"
    for number in range(EVIDENCE_MAX):
        (folder / f"older-{number}.txt").write_text("")
    older = log.grow(5).head()
    witness.add_checkpoint(grown(log.grow(5), 0), WHEN)

    witness.add_checkpoint(shown(older), WHEN)
    witness.add_checkpoint(shown(PublishedLog(tmp_path / "other").grow(10, "khác").head()), WHEN)

    assert len([name for name in witness.evidence() if name.startswith("older-")]) == EVIDENCE_MAX
    assert len([name for name in witness.evidence() if name.startswith("fork-")]) == 1


def test_the_answer_goes_out_after_the_memory_is_on_disk(log: PublishedLog, witness: Witness, monkeypatch: pytest.MonkeyPatch):
    synced: list[int] = []
    from dancu.ledger.outside import witness as module

    monkeypatch.setattr(module.os, "fsync", synced.append)
    witness.add_checkpoint(grown(log.grow(10), 0), WHEN)

    assert len(synced) == 2, "the file and its folder"


@pytest.mark.parametrize("text", ["", "[[log]]\nkey = 'x'\n", "log = 7\n", "[[log]]\norigin = 'a'\n", "\x00"])
def test_a_list_of_logs_that_cannot_be_used_is_refused(tmp_path: Path, text: str):
    (tmp_path / "logs.toml").write_text(text)

    with pytest.raises(Invalid):
        read_followed_logs(tmp_path / "logs.toml")


def test_a_list_of_logs_names_keys_and_where_needed_origins(tmp_path: Path, log: PublishedLog):
    (tmp_path / "logs.toml").write_text(f'[[log]]\nkey = "{log.key}"\n\n[[log]]\nkey = "{log.key}"\norigin = "khac.vn"\n')

    assert read_followed_logs(tmp_path / "logs.toml") == [FollowedLog(log.key, BOOK), FollowedLog(log.key, "khac.vn")]
