"""The promises the platform makes about faults, each with the test that anyone can run and replay by its seed."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Promise:
    """One row: what is promised, which function tries it (size, seed → Finding), the two sizes."""

    name: str
    words: str
    limit: str
    test: str  # module:function
    unit: str
    quick: int
    full: int
    is_timed: bool = False  # measures time itself: nothing else runs beside it


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
        "R2",
        "no half state when pages or gateway are killed",
        "0 half states",
        "tests.faults.app_kills:whole",
        "kills",
        20,
        200,
    ),
    Promise(
        "R5",
        "a dead or hung database: refused soon, nothing told",
        "p99 ≤ 2 s, none over 5 s, back within 10 s",
        "tests.faults.down:fails_closed",
        "seconds of each outage",
        8,
        60,
        is_timed=True,
    ),
    Promise(
        "R9",
        "a request sent again, altered or elsewhere has no effect",
        "0 effects",
        "tests.faults.replays:no_second_effect",
        "replays",
        3_000,
        10_000,
    ),
    Promise(
        "R11",
        "no page shows or changes a row out of its officer's reach",
        "0 leaks; every address, visitor and kind of neighbour",
        "tests.faults.matrix:run",
        "cells",
        800,
        12_000,
    ),
    Promise(
        "R11-TWIN",
        "a tenant's day reads the same whatever other tenants have",
        "0 differences",
        "tests.faults.twins:run",
        "requests",
        120,
        1_000,
    ),
    Promise(
        "R12",
        "the database itself holds every tenant's rows",
        "0 tables without a forced policy; 0 rows told out of reach",
        "tests.faults.policies:real",
        "probes",
        2_000,
        50_000,
    ),
    Promise(
        "R13",
        "what a rogue partner with valid keys learns before it is closed",
        "≤ 1,000 unknown persons; fast ones within 500 misses or 5 minutes",
        "tests.faults.extraction:bounded",
        "questions a strategy",
        20_000,
        200_000,
    ),
    Promise(
        "R13-TIME",
        "the time and size of a miss do not tell which key was wrong",
        "AUC ≤ 0.55",
        "tests.faults.timing:alike",
        "samples of each kind",
        800,
        10_000,
        is_timed=True,
    ),
    Promise(
        "R14",
        "who edits the ledger as superuser is found from outside",
        "every edit within 60 s; 0 false alarms",
        "tests.faults.tamper:found",
        "edits",
        40,
        1_000,
        is_timed=True,
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
        "R21",
        "no person in logs, files or tables that are not theirs",
        "0 traces",
        "tests.faults.leaks:no_trace",
        "canary persons",
        500,
        10_000,
    ),
    Promise(
        "R22",
        "no protected act by one human",
        "0 effects, whatever accounts, roles, units and delegations",
        "tests.faults.four_eyes:run",
        "histories",
        1_000,
        10_000,
    ),
    Promise(
        "R14-FORK",
        "a second tree or an older one, signed with the log's own key, is refused by witnesses and found by a kept head",
        "100 % refused; 0 false alarms",
        "tests.faults.fork:run",
        "forks",
        120,
        1_000,
    ),
    Promise(
        "R14-TREE",
        "the tree hash is that of RFC 9162",
        "0 differences from two independent implementations",
        "tests.faults.tree_oracle:run",
        "cases",
        20_000,
        1_000_000,
    ),
    Promise(
        "R2-SENDER",
        "a sender killed between the effect and its mark makes no second effect",
        "0 double, 0 missing",
        "tests.faults.one_effect:killed_senders",
        "steps",
        150,
        10_000,
    ),
    Promise(
        "R3",
        "a message has one effect however often it comes",
        "0 double effects; sums equal to the đồng; other content refused",
        "tests.faults.one_effect:duplicates",
        "messages",
        4_000,
        100_000,
    ),
    Promise(
        "R8",
        "poison is set aside and holds up nobody",
        "all set aside with evidence; others' p99 at most twice",
        "tests.faults.one_effect:poison",
        "steps",
        1_500,
        20_000,
        is_timed=True,
    ),
)
