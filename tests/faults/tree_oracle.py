"""The tree hash against two independent ones: a library under GPLv3+ in a process of its own, and the RFC's own recursion.

The library, pymerkle, is needed for this test only and never ships. `python -m tests.faults.tree_oracle --cases 1000000`.
"""

from __future__ import annotations

import argparse
import random
import subprocess
import sys
from collections.abc import Callable, Iterator, Sequence
from functools import lru_cache

from dancu.ledger.tree import (
    EMPTY_ROOT,
    HASH_BYTES,
    Grower,
    Tree,
    leaf_hash,
    node_hash,
    verify_consistency,
    verify_inclusion,
)
from tests.faults.finding import Control, Finding

LEAVES = 66_000  # past 65,536: the smallest tree whose third level has a tile
BATCH = 2_000
EDGES = (1, 2, 3, 255, 256, 257, 511, 512, 513, 65_535, 65_536, 65_537, LEAVES)

Roots = Callable[[int], bytes]


def entry(index: int) -> bytes:
    return b"%d" % index


class Oracle:
    """The library behind a pipe: one question a line, one answer a line."""

    def __init__(self) -> None:
        self._process = subprocess.Popen(
            [sys.executable, "-m", "tests.faults.tree_oracle_process", str(LEAVES)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        if self._answers(1) != ["ready"]:
            raise RuntimeError("the oracle does not start: pymerkle belongs to the requirements of the tests")

    def ask(self, questions: Sequence[str]) -> list[str]:
        assert self._process.stdin is not None
        self._process.stdin.write("".join(f"{question}\n" for question in questions) + "\n")
        self._process.stdin.flush()
        return self._answers(len(questions))

    def _answers(self, count: int) -> list[str]:
        assert self._process.stdout is not None
        return [self._process.stdout.readline().rstrip("\n") for _ in range(count)]

    def stop(self) -> None:
        self._process.stdin.close()  # type: ignore[union-attr]
        self._process.wait(10)
        self._process.stdout.close()  # type: ignore[union-attr]


class Ours:
    """Our tree over tiles, at any size up to the largest."""

    def __init__(self) -> None:
        self.leaves = [leaf_hash(entry(index)) for index in range(LEAVES)]
        self._tiles = {(tile.level, tile.number): tile.hashes for tile in Grower().extend(self.leaves)}
        self._trees: dict[int, Tree] = {}

    def tree(self, size: int) -> Tree:
        if len(self._trees) > 200:
            self._trees.clear()
        if size not in self._trees:
            self._trees[size] = Tree(size, lambda level, number, width: self._tiles[level, number][: width * HASH_BYTES])
        return self._trees[size]

    def root(self, size: int) -> bytes:
        return self.tree(size).root()

    def answer(self, question: str) -> str:
        kind, *numbers = question.split()
        first, *rest = map(int, numbers)
        if kind == "root":
            return self.root(first).hex()
        if kind == "grow":  # the same root from a tree resumed at its right edge
            return self._grown(first, rest[0]).hex()
        if kind == "inclusion":
            return " ".join(step.hex() for step in self.tree(rest[0]).inclusion(first))
        return " ".join(step.hex() for step in self.tree(rest[0]).consistency(first))

    def _grown(self, size: int, from_size: int) -> bytes:
        edge = []
        for level in range(8):
            count = from_size >> (8 * level)
            if count:
                number = (count - 1) // 256
                edge.append((level, number, count - number * 256))
        grower = Grower([_tile(level, number, self._tiles[level, number][: width * HASH_BYTES]) for level, number, width in edge])
        grower.extend(self.leaves[from_size:size])
        return grower.root()


def _tile(level: int, number: int, hashes: bytes):  # type: ignore[no-untyped-def]
    from dancu.ledger.tree import Tile

    return Tile(level, number, hashes)


def questions(chance: random.Random, count: int) -> Iterator[str]:
    """Sizes of every magnitude, often at an edge; every fourth question is of one kind."""
    for place in range(count):
        size = chance.choice(EDGES) if chance.random() < 0.2 else min(LEAVES, int(2 ** chance.uniform(0, 16.02)))
        kind = place % 4
        if kind == 0:
            yield f"root {size}"
        elif kind == 1:
            yield f"inclusion {chance.randrange(size)} {size}"
        elif kind == 2:
            yield f"consistency {chance.randint(1, size)} {size}"
        else:
            yield f"grow {size} {max(0, size - int(2 ** chance.uniform(0, 9)))}"


def the_answer_verifies(ours: Ours, chance: random.Random, question: str, answer: str) -> bool:
    """The oracle's proof convinces our verifier, and the same proof with one bit changed does not."""
    kind, *numbers = question.split()
    if kind not in ("inclusion", "consistency"):
        return True
    first, size = map(int, numbers)
    proof = [bytes.fromhex(step) for step in answer.split()]

    def holds(steps: list[bytes]) -> bool:
        if kind == "inclusion":
            return verify_inclusion(first, size, ours.leaves[first], steps, ours.root(size))
        return verify_consistency(first, size, ours.root(first), ours.root(size), steps)

    if not holds(proof):
        return False
    if not proof:
        return not holds([bytes(HASH_BYTES)])
    at, bit = chance.randrange(len(proof)), chance.randrange(256)
    changed = proof[at][: bit // 8] + bytes([proof[at][bit // 8] ^ 1 << bit % 8]) + proof[at][bit // 8 + 1 :]
    return not holds([*proof[:at], changed, *proof[at + 1 :]]) and not holds(proof[:-1])


@lru_cache(maxsize=200_000)
def by_the_book(start: int, end: int) -> bytes:
    """MTH of RFC 9162, 2.1.1, word for word."""
    if end - start == 0:
        return EMPTY_ROOT
    if end - start == 1:
        return leaf_hash(entry(start))
    half = 1
    while half * 2 < end - start:
        half *= 2
    return node_hash(by_the_book(start, start + half), by_the_book(start + half, end))


def last_node_twice(size: int) -> bytes:
    """The planted fault: a level with an odd number of nodes takes its last one twice, as other trees do."""
    level = [leaf_hash(entry(index)) for index in range(size)]
    while len(level) > 1:
        level += level[-1:] * (len(level) % 2)
        level = [node_hash(level[at], level[at + 1]) for at in range(0, len(level), 2)]
    return level[0] if level else EMPTY_ROOT


def without_prefix(size: int) -> bytes:
    """The other planted fault: inner nodes without their own prefix, so that a node can be passed off as a leaf."""
    import hashlib

    level = [leaf_hash(entry(index)) for index in range(size)]
    while len(level) > 1:
        level = [
            hashlib.sha256(b"".join(level[at : at + 2])).digest() if at + 1 < len(level) else level[at]
            for at in range(0, len(level), 2)
        ]
    return level[0] if level else EMPTY_ROOT


def differences(oracle: Oracle, size: int, seed: int) -> tuple[int, str]:
    """How many of so many cases differ, and the first that does."""
    chance, ours, wrong, first = random.Random(seed), Ours(), 0, ""
    asked = questions(chance, size)
    while batch := [question for _, question in zip(range(BATCH), asked, strict=False)]:
        for question, answer in zip(batch, oracle.ask([_as_asked(q) for q in batch]), strict=True):
            if ours.answer(question) != answer or not the_answer_verifies(ours, chance, question, answer):
                wrong, first = wrong + 1, first or question
    for number in EDGES + tuple(chance.sample(range(LEAVES), min(300, size))):
        if ours.root(number) != by_the_book(0, number):
            wrong, first = wrong + 1, first or f"root {number} by the RFC's recursion"
    return wrong, first


def _as_asked(question: str) -> str:
    return f"root {question.split()[1]}" if question.startswith("grow") else question


def _caught(oracle: Oracle, seed: int, wrong_root: Roots) -> int:
    """How many of three hundred sizes tell a wrong tree hash from the oracle's."""
    sizes = random.Random(seed).sample(range(1, 2_000), 300)
    answers = oracle.ask([f"root {size}" for size in sizes])
    return sum(wrong_root(size).hex() != answer for size, answer in zip(sizes, answers, strict=True))


def run(size: int, seed: int) -> Finding:
    """The tree hash is that of RFC 9162: no difference from two independent implementations."""
    oracle = Oracle()
    try:
        wrong, first = differences(oracle, size, seed)
        twice, bare = _caught(oracle, seed, last_node_twice), _caught(oracle, seed, without_prefix)
    finally:
        oracle.stop()
    return Finding(
        wrong == 0,
        f"{wrong} differences in {size:,} cases of roots, audit paths, consistency proofs and resumed growth"
        + (f"; first: {first}" if first else ""),
        (
            Control("the last odd node taken twice", twice > 250, f"{twice} of 300 sizes differ"),
            Control("inner nodes without their prefix", bare > 250, f"{bare} of 300 sizes differ"),
        ),
    )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--cases", type=int, default=20_000)
    parser.add_argument("--seed", type=int, default=random.SystemRandom().randrange(1, 10**6))
    given = parser.parse_args()
    found = run(given.cases, given.seed)
    print(found.figure, f"seed {given.seed}", *(f"planted: {c.fault}: {c.seen}" for c in found.controls), sep="\n")
    sys.exit(0 if found.is_believed else 1)


if __name__ == "__main__":
    main()
