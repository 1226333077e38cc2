"""The offline verifier, run as an outsider runs it: a process of its own, files and public keys, nothing else."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import msgspec
import pytest
from typer.testing import CliRunner

from dancu.cli.ledger import app
from dancu.ledger.domain import Act, ActKind, seal
from dancu.ledger.layout import tile_path
from dancu.ledger.logs import Head
from dancu.ledger.notes import COSIGNATURE, FileSigner, Note, cosign, key_of, sign_note
from dancu.ledger.proofs import EntryProof, Flaw, Opening, check_proof, read_proof
from dancu.ledger.statements import line_of, write_statement
from dancu.ledger.tree import leaf_hash
from tests.ledger.published_log import PublishedLog

WHEN = datetime(2026, 11, 2, 3, 4, 5, tzinfo=UTC)
ACT = Act(ActKind.VERIFY, "match", "H57", "mot-cua", "canbo01", subject="0" * 12, purpose="Khai sinh", dossier_no="H57-1")


def run(*arguments: object) -> tuple[int, str]:
    done = CliRunner().invoke(app, ["verify", *map(str, arguments)])
    return done.exit_code, done.output


@pytest.fixture
def log(tmp_path: Path) -> PublishedLog:
    return PublishedLog(tmp_path / "log")


@pytest.fixture
def witness(tmp_path: Path) -> FileSigner:
    (tmp_path / "w.key").write_bytes(b"w" * 32)
    return FileSigner("nhan-chung.vidu.vn", tmp_path / "w.key")


def seen(note: Note, witness: FileSigner) -> Note:
    return note.with_signatures([cosign(note.text, witness, WHEN)])


def proof_in(log: PublishedLog, note: Callable[[Note], Note] = lambda note: note) -> EntryProof:
    entry = seal(ACT, WHEN)
    log.grow(300).extend([leaf_hash(entry.body)]).grow(700)
    salts = entry.salts.hex()
    openings = {"subject": Opening(ACT.subject, salts[:64]), "officer": Opening(ACT.officer, salts[64:128])}
    path = [step.hex() for step in log.tree().inclusion(300)]
    return EntryProof(1, entry.body.decode(), 300, path, str(note(log.head())), openings)


def write(folder: Path, proof: object) -> Path:
    file = folder / "bang-chung.json"
    file.write_bytes(msgspec.json.encode(proof))
    return file


def test_a_sound_proof_says_what_it_proves_and_what_not(log: PublishedLog, witness: FileSigner, tmp_path: Path):
    file = write(tmp_path, proof_in(log, partial(seen, witness=witness)))

    code, told = run(file, "--key", log.key, "--witness", key_of(witness, COSIGNATURE), "--quorum", 1)

    assert code == 0, told
    assert "✓ Bằng chứng đúng" in told
    assert "Đứng thứ 301 trong sổ so.vidu.vn/so/2026h2/e1 khi sổ có 1.001 bút toán" in told
    assert "1 nhân chứng đã ký: nhan-chung.vidu.vn" in told
    assert "Không chứng minh" in told
    assert ACT.subject not in told, "what is opened stays in the file"


def test_each_flaw_is_named_and_exits_with_one(log: PublishedLog, witness: FileSigner, tmp_path: Path):
    proof = proof_in(log)
    replace = msgspec.structs.replace
    other = PublishedLog(tmp_path / "other", bytes(32))
    flawed = {
        Flaw.SIGNATURE: (proof, other.key),
        Flaw.PATH: (replace(proof, entry=proof.entry.replace("Khai sinh", "Khai tử")), log.key),
        Flaw.OPENING: (replace(proof, openings={"subject": Opening("1" * 12, proof.openings["subject"].salt)}), log.key),
        Flaw.WITNESSES: (proof, log.key),
    }

    for flaw, (altered, key) in flawed.items():
        asked = ["--witness", key_of(witness, COSIGNATURE), "--quorum", 1] if flaw == Flaw.WITNESSES else []
        code, told = run(write(tmp_path, altered), "--key", key, "--json", *asked)

        assert (code, json.loads(told)["flaws"]) == (1, [flaw]), told


def test_a_value_cannot_be_cut_anew_between_salt_and_value(log: PublishedLog):
    proof = proof_in(log)
    opened = proof.openings["subject"]
    shifted = Opening(opened.value[1:], opened.salt + opened.value[0].encode().hex())

    checked = check_proof(msgspec.structs.replace(proof, openings={"subject": shifted}), log.key)

    assert checked.flaws == (Flaw.OPENING,)


@pytest.mark.parametrize("text", ["", "{}", "[" * 100_000, '{"v":2}', '"\ud800"', b"\xff\xfe", b"{" * 5_000_000])
def test_what_is_no_proof_exits_with_two(tmp_path: Path, log: PublishedLog, text: str | bytes):
    file = tmp_path / "x.json"
    file.write_bytes(text if isinstance(text, bytes) else text.encode("utf-8", "surrogatepass"))

    assert run(file, "--key", log.key)[0] == 2


def test_a_wrong_key_or_a_missing_file_exits_with_two(tmp_path: Path, log: PublishedLog, witness: FileSigner):
    folder = log.grow(3).publish()

    assert run(tmp_path / "none.json", "--key", log.key)[0] == 2
    assert run(folder, "--key", "x+y")[0] == 2
    assert run(folder, "--key", key_of(witness, COSIGNATURE))[0] == 2, "a witness's key is not a log's"
    assert run(folder, "--key", log.key, "--quorum", 1)[0] == 2, "more asked than named"
    (tmp_path / "log.pub").write_text(f"{log.key}\n")
    assert run(folder, "--key", tmp_path / "log.pub")[0] == 0


@pytest.mark.parametrize("size", [0, 1, 255, 256, 257, 70_000])
def test_a_sound_log_of_any_size(log: PublishedLog, size: int):
    code, told = run(log.grow(size).publish(), "--key", log.key, "--json")

    assert code == 0, told
    assert json.loads(told)["size"] == size


def flip(file: Path, at: int = 40) -> None:
    content = bytearray(file.read_bytes())
    content[at] ^= 1
    file.write_bytes(content)


@pytest.mark.parametrize(
    ("level", "number", "width", "flaws"),
    [(0, 3, 256, ["tile", "root"]), (0, 273, 112, ["root"]), (1, 0, 256, ["tile"]), (1, 1, 17, ["tile"]), (2, 0, 1, ["tile"])],
)
def test_one_bit_in_any_tile_is_found(log: PublishedLog, level: int, number: int, width: int, flaws: list[str]):
    folder = log.grow(70_000).publish()
    flip(folder / tile_path(level, number, width), 20)

    code, told = run(folder, "--key", log.key, "--json")

    assert (code, json.loads(told)["flaws"]) == (1, flaws)


def test_a_missing_tile_is_named(log: PublishedLog):
    folder = log.grow(1000).publish()
    (folder / tile_path(0, 1)).unlink()

    code, told = run(folder, "--key", log.key)

    assert code == 1
    assert "0/1" in told


def test_entries_handed_to_an_auditor_must_be_those_of_the_tree(log: PublishedLog):
    folder = log.grow(300).publish()
    for number, (first, end) in enumerate([(0, 256), (256, 300)]):
        bodies = [f"{place}".encode() for place in range(first, end)]
        file = folder / tile_path(0, number, end - first).replace("tile/0", "tile/entries")
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(b"".join(len(body).to_bytes(2, "big") + body for body in bodies))

    assert run(folder, "--key", log.key)[0] == 0
    flip(file, 60)
    code, told = run(folder, "--key", log.key, "--json")

    assert (code, json.loads(told)["flaws"], json.loads(told)["places"]) == (1, ["entry"], ["entries/1"])


def test_a_folder_of_several_logs_is_checked_log_by_log(tmp_path: Path):
    export, memory = tmp_path / "export", tmp_path / "kept"
    logs = [PublishedLog(export / shard / "e1", origin=f"so.vidu.vn/so/{shard}/e1") for shard in ("2026h1", "2026h2")]
    for log in logs:
        log.grow(300).publish()
    asked = (export, "--key", logs[0].key, "--remember", memory, "--json")

    assert run(*asked)[0] == run(*asked)[0] == 0
    assert sorted(path.name for path in memory.iterdir()) == ["2026h1-e1.note", "2026h2-e1.note"]
    PublishedLog(export / "2026h1" / "e1", origin=logs[0].origin).grow(200).publish()
    code, told = run(*asked)

    assert (code, [json.loads(line)["flaws"] for line in told.splitlines()]) == (1, [["rolled_back"], []])
    assert run(tmp_path / "export" / "2026h1" / "e1" / "tile", "--key", logs[0].key)[0] == 2


@pytest.fixture
def export(tmp_path: Path) -> Callable[[str], PublishedLog]:
    return lambda shard: PublishedLog(tmp_path / "export" / shard / "e1", origin=f"so.vidu.vn/so/{shard}/e1")


def test_a_remembered_log_that_is_gone_from_the_export_is_rolled_back(tmp_path: Path, export: Callable[[str], PublishedLog]):
    logs = [export("2026h1").grow(30), export("2026h2").grow(300)]
    for log in logs:
        log.publish()
    asked = (tmp_path / "export", "--key", logs[0].key, "--remember", tmp_path / "kept")
    assert run(*asked)[0] == 0

    for gone, left in ((logs[1], [[], ["rolled_back"]]), (logs[0], [["rolled_back"], ["rolled_back"]])):
        shutil.rmtree(gone.folder)
        code, told = run(*asked, "--json")
        assert (code, [json.loads(line)["flaws"] for line in told.splitlines()]) == (1, left)
    assert "so.vidu.vn/so/2026h2/e1 không còn" in run(*asked)[1]
    heads = {log.origin: Head(log.origin, len(log.leaves), log.tree().root()) for log in logs}
    lines = [line_of(origin, None, head) for origin, head in heads.items()]
    stranger = PublishedLog(tmp_path / "stranger", bytes(32)).signer
    for signer, exits in ((stranger, 1), (logs[0].signer, 0)):
        statement = sign_note(write_statement("so.vidu.vn/so", 2, "2026-11-24T02:30:00Z", "sao lưu", lines), signer)
        (tmp_path / "export" / "epoch-2").write_text(str(statement), encoding="utf-8")
        assert run(*asked)[0] == exits
    assert "đã bị bỏ khi mở kỳ 2: sao lưu" in run(*asked)[1], "it stays listed"


def test_an_export_is_remembered_in_a_folder_from_its_first_log_on(tmp_path: Path, export: Callable[[str], PublishedLog]):
    log, kept = export("2026h1").grow(30), tmp_path / "kept"
    asked = (log.publish().parent.parent, "--key", log.key, "--remember", kept)
    assert run(*asked)[0] == 0
    assert [file.name for file in kept.iterdir()] == ["2026h1-e1.note"]
    export("2026h2").grow(3).publish()

    assert run(*asked)[0] == 0
    assert sorted(file.name for file in kept.iterdir()) == ["2026h1-e1.note", "2026h2-e1.note"]


def test_a_head_remembered_in_a_file_moves_into_the_folder_of_several(tmp_path: Path, export: Callable[[str], PublishedLog]):
    log, kept = export("2026h1").grow(30), tmp_path / "kept"
    assert run(log.publish(), "--key", log.key, "--remember", kept)[0] == 0
    export("2026h2").grow(3).publish()
    asked = (tmp_path / "export", "--key", log.key, "--remember", kept)

    code, told = run(*asked)

    assert (code, sorted(file.name for file in kept.iterdir())) == (0, ["2026h1-e1.note", "2026h2-e1.note"])
    assert "30 bút toán đầu vẫn như lúc bạn giữ điểm kiểm" in told
    shutil.rmtree(kept)
    kept.write_text("của người khác")
    assert run(*asked)[0] == 2
    assert kept.read_text() == "của người khác"


def test_a_full_tile_stands_in_for_a_partial_one_that_was_removed(log: PublishedLog):
    note = log.grow(300).head()
    log.publish()
    folder = log.grow(400).publish(note)
    (folder / tile_path(0, 1, 44)).unlink()

    assert run(folder, "--key", log.key)[0] == 0


def test_the_remembered_head_finds_growth_fork_and_rollback(log: PublishedLog, tmp_path: Path):
    memory = tmp_path / "kept"
    asked = ("--key", log.key, "--remember", memory, "--json")

    assert run(log.grow(300).publish(), *asked)[0] == 0
    assert json.loads(run(log.grow(400).publish(), *asked)[1])["compared_with"] == [300]
    kept = memory.read_text()
    forked = PublishedLog(tmp_path / "forked").grow(500).grow(900, "khác").publish()
    shrunk = PublishedLog(tmp_path / "shrunk").grow(699).publish()

    for folder, flaw in ((forked, "fork"), (shrunk, "rolled_back")):
        code, told = run(folder, *asked)
        assert (code, json.loads(told)["flaws"]) == (1, [flaw])
    assert memory.read_text() == kept, "what is refused is not remembered"


def test_two_trees_of_one_size_are_a_fork_and_both_kept_heads_count(log: PublishedLog, tmp_path: Path):
    old, memory = tmp_path / "old", tmp_path / "kept"
    old.write_text(str(log.grow(300).head()))
    other = PublishedLog(tmp_path / "forked").grow(200).grow(200, "khác")
    memory.write_text(str(other.head()))
    same_size = PublishedLog(tmp_path / "same").grow(299).grow(1, "khác")

    assert json.loads(run(same_size.publish(), "--key", log.key, "--checkpoint", old, "--json")[1])["flaws"] == ["fork"]
    assert run(other.publish(), "--key", log.key, "--remember", memory)[0] == 0
    both = ("--key", log.key, "--remember", memory, "--checkpoint", old)
    assert run(other.publish(), *both)[0] == 1


def test_a_kept_head_of_another_log_or_without_signature_is_not_compared(log: PublishedLog, tmp_path: Path):
    folder, old = log.grow(10).publish(), tmp_path / "old"
    for text in (
        str(PublishedLog(tmp_path / "else", origin="so.vidu.vn/so/2026h1/e1").grow(3).head()),
        str(PublishedLog(tmp_path / "stranger", bytes(32)).grow(3).head()),
    ):
        old.write_text(text)
        assert run(folder, "--key", log.key, "--checkpoint", old)[0] == 2


@pytest.fixture
def site(log: PublishedLog) -> Iterator[str]:
    class Quiet(SimpleHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        disable_nagle_algorithm = True

        def log_message(self, *_: object) -> None:
            pass

    log.folder.mkdir(exist_ok=True)
    server = ThreadingHTTPServer(("127.0.0.1", 0), partial(Quiet, directory=str(log.folder)))
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}/"
    server.shutdown()
    server.server_close()


def test_a_log_behind_an_address(log: PublishedLog, site: str):
    log.grow(66_000).publish()

    assert run(site, "--key", log.key)[0] == 0
    flip(log.folder / tile_path(0, 200))
    assert run(site, "--key", log.key)[0] == 1
    assert run("http://127.0.0.1:9/", "--key", log.key)[0] == 2


def test_the_verifier_needs_neither_django_nor_a_database_driver(log: PublishedLog):
    folder = log.grow(300).publish()
    code = (
        "import sys\nfor name in ('django', 'psycopg', 'asyncpg', 'starlette', 'polars'): sys.modules[name] = None\n"
        f"from dancu.cli.main import main\nmain(['ledger', 'verify', {str(folder)!r}, '--key', {str(log.key)!r}])"
    )

    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)

    assert (done.returncode, done.stderr) == (0, "")
    assert "✓" in done.stdout


def test_reading_a_proof_back_gives_the_same(log: PublishedLog):
    proof = proof_in(log)

    assert read_proof(msgspec.json.encode(proof)) == proof
