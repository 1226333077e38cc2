"""The oracle's side of the pipe. Nothing of ours is imported here, and nothing of ours imports the library."""

from __future__ import annotations

import sys

from pymerkle import InmemoryTree


def answer(tree: InmemoryTree, question: str) -> str:
    kind, *numbers = question.split()
    first, *rest = map(int, numbers)
    if kind == "root":
        return str(tree.get_root(first).hex())
    if kind == "inclusion":
        path = tree.prove_inclusion(first + 1, rest[0]).path[1:]  # the library's path begins with the leaf itself
    else:
        # The library cuts consistency proofs in a way of its own; the cuts here are the RFC's, the hashes the library's.
        path = [tree._get_root(start, end) for start, end in subproof(first, 0, rest[0], True)]
    return " ".join(step.hex() for step in path)


def subproof(old: int, start: int, end: int, whole: bool) -> list[tuple[int, int]]:
    """SUBPROOF of RFC 9162, 2.1.4.1, as ranges of leaves; `old` counts from `start`."""
    width = end - start
    if old == width:
        return [] if whole else [(start, end)]
    half = 1
    while half * 2 < width:
        half *= 2
    if old <= half:
        return [*subproof(old, start, start + half, whole), (start + half, end)]
    return [*subproof(old - half, start + half, end, False), (start, start + half)]


def main() -> None:
    tree = InmemoryTree(algorithm="sha256")
    tree.append_entries([b"%d" % index for index in range(int(sys.argv[1]))])
    print("ready", flush=True)
    asked: list[str] = []
    for line in sys.stdin:
        if line.strip():
            asked.append(line)
            continue
        print("\n".join(answer(tree, question) for question in asked), flush=True)
        asked = []


if __name__ == "__main__":
    main()
