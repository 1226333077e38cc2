"""Who was compared can be asked, and proven against a root that says nobody's number."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from dancu.kernel.errors import NotFound
from dancu.ledger.tree import leaf_hash, node_hash
from dancu.reconcile.running.commitment import open_cell, prove, verify_cell, verify_member, was_compared
from tests.reconcile.running.jobs import AN, BINH, CHI, OLD, SALT, done, job

LINES = [
    ("k1", OLD[AN], "Trần Thị An", "03/02/1993"),
    ("k2", BINH, "Ai Đó", "01/01/1950"),
    ("k3", AN, "Trần Thị An", "03/02/1993"),
    ("k4", "079099999999", "Võ Văn Một", "1980"),
]


@pytest.fixture
def made(tmp_path: Path) -> Path:
    return done(job(tmp_path, LINES))


def root_of(made: Path) -> bytes:
    return bytes.fromhex(json.loads((made / "commitment.json").read_text(encoding="utf-8"))["root"])


def test_everybody_a_record_led_to_was_compared_and_nobody_else(made: Path) -> None:
    assert [was_compared(made, number) for number in (AN, BINH, CHI, "079099999999")] == [True, True, False, False]
    assert np.load(made / "compared.npy").tolist() == sorted(map(int, (AN, BINH)))


def test_a_proof_leads_from_the_opened_cell_to_the_root(made: Path) -> None:
    proof = prove(made, AN)

    assert proof is not None
    opening = open_cell(made, proof.cell)
    assert verify_cell(proof, root_of(made))
    assert verify_member(proof, opening, AN, root_of(made))


def test_nobody_else_is_proven_by_it(made: Path) -> None:
    proof = prove(made, AN)
    assert proof is not None
    opening, root = open_cell(made, proof.cell), root_of(made)

    neighbour = f"{int(AN) + 1:012d}"
    added = replace(opening, sequences=(*opening.sequences, int(neighbour[-6:])))

    assert not verify_member(proof, opening, neighbour, root)
    assert not verify_member(proof, added, neighbour, root)
    assert not verify_member(proof, opening, BINH, root)
    assert not verify_member(proof, replace(opening, salt=bytes(32)), AN, root)
    assert not verify_member(replace(proof, digest=bytes(32)), opening, AN, root)
    assert not verify_member(proof, opening, AN, bytes(32))


def test_who_was_not_compared_has_no_proof(made: Path) -> None:
    assert prove(made, CHI) is None


def test_the_root_is_that_of_the_leaves_and_its_salt_is_not_told(made: Path) -> None:
    leaves = [leaf.tobytes() for leaf in np.load(made / "commitment.npy")]

    assert [int.from_bytes(leaf[:4], "big") for leaf in leaves] == sorted({int(AN[:6]), int(BINH[:6])})
    assert root_of(made) == node_hash(*map(leaf_hash, leaves))
    assert SALT not in (made / "commitment.json").read_text(encoding="utf-8")


def test_another_salt_gives_another_root(tmp_path: Path, made: Path) -> None:
    other = done(job(tmp_path / "other", LINES, salt="6b" * 32))

    assert root_of(other) != root_of(made)


def test_before_the_results_nobody_can_say(tmp_path: Path) -> None:
    folder = job(tmp_path, LINES)

    with pytest.raises(NotFound):
        was_compared(folder, AN)
