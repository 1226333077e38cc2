"""The promises the platform makes about faults, each with the test that anyone can run and replay by its seed."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Promise:
    """One row: what is promised, which function tries it (size, seed → Finding), and the two sizes."""

    name: str
    words: str
    limit: str
    test: str  # module:function
    unit: str
    quick: int
    full: int


PROMISES = (
    Promise(
        "R1",
        "what was answered survives a kill of the database",
        "0 lost; first write within 10 s",
        "tests.faults.kills:acknowledged",
        "requests",
        20_000,
        210_000,
    ),
    Promise(
        "R15",
        "as many ledger entries as answers on the wire",
        "difference 0",
        "tests.faults.kills:complete",
        "disclosures",
        20_000,
        100_000,
    ),
    Promise(
        "R2",
        "a sender killed between the effect and its mark makes no second effect",
        "0 double, 0 missing",
        "tests.faults.one_effect:killed_senders",
        "steps",
        200,
        10_000,
    ),
    Promise(
        "R3",
        "a message has one effect however often it comes",
        "0 double effects; sums equal to the đồng; other content refused",
        "tests.faults.one_effect:duplicates",
        "messages",
        5_000,
        100_000,
    ),
    Promise(
        "R8",
        "poison is set aside and holds up nobody",
        "all set aside with evidence; others' p99 at most twice",
        "tests.faults.one_effect:poison",
        "steps",
        2_000,
        20_000,
    ),
)
