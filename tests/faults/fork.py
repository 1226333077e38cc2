"""An operator who has the signing key shows two trees, or an older one, to a witness and to somebody who kept a head.

Every case is tried on a real witness process, over the wire, and on the offline verifier with a kept head: both must refuse.
A log that only grows goes through the same steps and must be refused by neither.
"""

from __future__ import annotations

import base64
import http.client
import random
import shutil
import tempfile
from collections.abc import Callable, Sequence
from pathlib import Path

from dancu.ledger.notes import Note, parse_checkpoint, sign_note
from dancu.ledger.outside.published import published_at
from dancu.ledger.outside.verifying import LogFlaw, check_log
from dancu.ledger.tree import leaf_hash
from tests.faults.finding import Control, Finding
from tests.ledger.published_log import BOOK, PublishedLog
from tests.ledger.witness_process import WitnessProcess

HONEST_PER_FORK = 4  # a false alarm must be seen as easily as a miss
CONTROL_CASES = 20

Alter = Callable[[PublishedLog, PublishedLog, random.Random], None]


def changed(old: PublishedLog, new: PublishedLog, chance: random.Random) -> None:
    """One entry of the past is another, and the log went on."""
    at = chance.randrange(len(old.leaves))
    new.extend([*old.leaves[:at], leaf_hash(b"changed"), *old.leaves[at + 1 :]]).grow(chance.randint(0, 300), "new")


def dropped(old: PublishedLog, new: PublishedLog, chance: random.Random) -> None:
    """One entry is gone, and as many or more came after."""
    at = chance.randrange(len(old.leaves))
    new.extend([*old.leaves[:at], *old.leaves[at + 1 :]]).grow(chance.randint(1, 300), "new")


def inserted(old: PublishedLog, new: PublishedLog, chance: random.Random) -> None:
    """One entry was slipped into the past."""
    at = chance.randrange(len(old.leaves))
    new.extend([*old.leaves[:at], leaf_hash(b"slipped in"), *old.leaves[at:]]).grow(chance.randint(0, 300), "new")


def swapped(old: PublishedLog, new: PublishedLog, chance: random.Random) -> None:
    """Two neighbours changed places."""
    at = chance.randrange(len(old.leaves) - 1)
    new.extend([*old.leaves[:at], old.leaves[at + 1], old.leaves[at], *old.leaves[at + 2 :]]).grow(chance.randint(0, 300), "new")


def split(old: PublishedLog, new: PublishedLog, chance: random.Random) -> None:
    """From some moment on, two stories."""
    new.extend(old.leaves[: chance.randrange(len(old.leaves))])
    new.grow(len(old.leaves) - len(new.leaves) + chance.randint(0, 300), "the other story")


def rolled_back(old: PublishedLog, new: PublishedLog, chance: random.Random) -> None:
    """An old backup: the newest entries are gone."""
    new.extend(old.leaves[: chance.randrange(len(old.leaves))])


ALTERATIONS: tuple[Alter, ...] = (changed, dropped, inserted, swapped, split, rolled_back)


class Stage:
    """One witness, and a new log for every case."""

    def __init__(self, folder: Path, module: str = "dancu.cli.main") -> None:
        self.folder, self._number = folder, 0
        key = PublishedLog(folder / "key").key
        self.witness = WitnessProcess(folder / "witness", [key], module=module).start()
        self._connection = http.client.HTTPConnection("127.0.0.1", self.witness.port, timeout=20)

    def log(self) -> PublishedLog:
        self._number += 1
        return PublishedLog(self.folder / f"log{self._number}", origin=f"{BOOK}/2026h2/e{self._number}")

    def other(self, log: PublishedLog) -> PublishedLog:
        return PublishedLog(self.folder / "other", origin=log.origin)

    def signs(self, note: Note, old: int, proof: Sequence[bytes]) -> bool:
        lines = [base64.b64encode(step).decode() for step in proof]
        self._connection.request("POST", "/add-checkpoint", "\n".join([f"old {old}", *lines, "", str(note)]).encode())
        response = self._connection.getresponse()
        body = response.read()
        assert response.status in (200, 409, 422), response.status
        return response.status == 200 and bool(body)

    def clear(self) -> None:
        for each in self.folder.glob("log*"):
            shutil.rmtree(each) if each.is_dir() else each.unlink()
        shutil.rmtree(self.folder / "other", ignore_errors=True)

    def stop(self) -> None:
        self._connection.close()
        self.witness.stop()


def try_alteration(stage: Stage, alter: Alter, chance: random.Random) -> tuple[bool, bool]:
    """Did the witness sign the second tree, and was the second tree sound to somebody who kept the first head?"""
    log = stage.log().grow(chance.choice((2, 5, 255, 256, 257, chance.randint(2, 2_000))))
    other = stage.other(log)
    kept, size = log.head(), len(log.leaves)
    assert stage.signs(kept, 0, [])
    alter(log, other, chance)
    signed = _signed_somehow(stage, log, other, size, chance)
    verdict, _ = check_log(published_at(str(other.publish())), log.key, kept=[parse_checkpoint(kept.text)])
    stage.clear()
    return signed, not set(verdict.flaws) & {LogFlaw.FORK, LogFlaw.ROLLED_BACK}


def _signed_somehow(stage: Stage, log: PublishedLog, other: PublishedLog, size: int, chance: random.Random) -> bool:
    """The best lies an operator can tell: his own proof, the honest one, another old size, none at all."""
    lies: list[tuple[int, list[bytes]]] = [(0, []), (size, []), (size, [chance.randbytes(32)])]
    if len(other.leaves) >= size:
        lies.append((size, other.tree().consistency(size)))
        honest = (
            PublishedLog(stage.folder / "log-honest", origin=log.origin).extend(log.leaves).grow(len(other.leaves) - size, "new")
        )
        lies.append((size, honest.tree().consistency(size)))
    else:
        lies += [(len(other.leaves), []), (len(other.leaves), log.tree().consistency(len(other.leaves)))]
    return any([stage.signs(other.head(), min(old, len(other.leaves)), proof) for old, proof in lies])


def false_alarm(stage: Stage, chance: random.Random) -> bool:
    """An honest log that grew: is it refused by the witness or by the verifier?"""
    log = stage.log().grow(chance.randint(1, 1_000))
    kept, size = log.head(), len(log.leaves)
    refused = not stage.signs(kept, 0, [])
    log.grow(chance.randint(0, 400), "new")
    refused |= not stage.signs(log.head(), size, log.tree().consistency(size))
    verdict, _ = check_log(published_at(str(log.publish())), log.key, kept=[parse_checkpoint(kept.text)])
    stage.clear()
    return refused or bool(verdict.flaws)


def run(size: int, seed: int) -> Finding:
    """R14: a fork or a roll-back by whoever holds the signing key is signed by no witness and passes no kept head."""
    chance, folder = random.Random(seed), Path(tempfile.mkdtemp(prefix="dancu-fork-"))
    stages = [Stage(folder / "guarded"), Stage(folder / "careless", "tests.faults.careless_witness")]
    try:
        tried = [try_alteration(stages[0], ALTERATIONS[number % len(ALTERATIONS)], chance) for number in range(size)]
        alarms = sum(false_alarm(stages[0], chance) for _ in range(max(1, size // HONEST_PER_FORK)))
        careless = [try_alteration(stages[1], ALTERATIONS[number % len(ALTERATIONS)], chance)[0] for number in range(CONTROL_CASES)]
    finally:
        for stage in stages:
            stage.stop()
        shutil.rmtree(folder)
    signed, passed = sum(each[0] for each in tried), sum(each[1] for each in tried)
    return Finding(
        signed == passed == alarms == 0,
        f"of {size:,} forks and roll-backs {signed} were signed by the witness and {passed} passed a verifier with a kept head; "
        f"{alarms} false alarms over {max(1, size // HONEST_PER_FORK):,} honest logs",
        (
            Control(
                "a witness that does not check consistency",
                all(careless),
                f"it signed both trees in {sum(careless)} of {CONTROL_CASES} cases",
            ),
            Control("a verifier that kept no head", _unkept_passes(seed), "the same fork, sound to whoever has no memory"),
        ),
    )


def _unkept_passes(seed: int) -> bool:
    """Without a kept head nothing is wrong with the second tree: what finds the fork is the memory, nothing else."""
    chance, folder = random.Random(seed), Path(tempfile.mkdtemp(prefix="dancu-fork-"))
    try:
        log, other = PublishedLog(folder / "log").grow(300), PublishedLog(folder / "other")
        changed(log, other, chance)
        verdict, _ = check_log(published_at(str(other.publish(sign_note(other.head().text, other.signer)))), log.key)
        return not verdict.flaws
    finally:
        shutil.rmtree(folder)
