"""No half state: what belongs together stands together or not at all, however often pages and gateway are killed.

At the desk a dossier, its actions and the entry of the look it rests on; at the gateway the kept answer and its entry.
Every request is repeated until it is answered, under its draft or its key: it must have one effect.
"""

from __future__ import annotations

import random
import threading
import time
from dataclasses import dataclass

import psycopg

from tests.faults.desk import DeskOfficer, WebProcess
from tests.faults.finding import Control, Finding
from tests.faults.kills import run_under_kills
from tests.faults.surroundings import filled_server, laboratory

OFFICERS = 4
# Dossiers that miss a part, have one twice, or whose state is not what their actions say.
_HALF = """
select count(*) from procedures_dossier d
left join lateral (
    select count(*) as n, max(sequence) as last, count(*) filter (where kind = 'receive') as received,
           bool_or(kind = 'process') as processed
    from procedures_dossieraction a where a.organisation = d.organisation and a.number = d.number
) a on true
where a.n = 0 or a.n <> a.last or a.received <> 1 or (d.state = 4) <> a.processed or d.state not in (2, 4)
"""
_ORPHANS = """
select count(*) from procedures_dossieraction a
where not exists (select 1 from procedures_dossier d where d.organisation = a.organisation and d.number = a.number)
"""
# The look a form rests on names its entry: the form may be missing (the look was recorded, the page died), never the entry.
_UNRECORDED = """
select count(*) from procedures_draft f, jsonb_each(f.persons) p
where not exists (select 1 from ledger_entry e where e.id::text = p.value->>'reference')
"""


@dataclass(frozen=True)
class DeskRun:
    """What the officers were told, and what is wrong in the database."""

    received: int
    told_wrong: int
    twice: int
    half: int
    kills: int
    repeated: int
    wrong: list[str]

    @property
    def is_whole(self) -> bool:
        return not (self.told_wrong or self.twice or self.half or self.wrong)


def desk_under_kills(seed: int, dossiers: int, kills: int, app: str = "dancu.project.wsgi:application") -> DeskRun:
    """Needs a laboratory."""
    chance = random.Random(seed)
    with filled_server(f"desk-{seed}") as server:
        web, stop = WebProcess(server.urls(), app), threading.Event()
        web.start()
        officers = [DeskOfficer(web.port, dossiers // OFFICERS, stop) for _ in range(OFFICERS)]
        try:
            for officer in officers:
                officer.start()
            for _ in range(kills):
                if not any(officer.is_alive() for officer in officers):
                    break
                time.sleep(chance.uniform(0.1, 0.8))
                web.kill()
                web.start()
            for officer in officers:
                officer.join()
        finally:
            stop.set()
            web.stop()
        with psycopg.connect(server.urls().owner) as connection:
            rows = connection.execute("select draft_id::text, number from procedures_dossier").fetchall()
            half = sum(_count(connection, query) for query in (_HALF, _ORPHANS, _UNRECORDED))
    told = {draft: number for officer in officers for draft, number in officer.received.items()}
    stored = dict(rows)
    return DeskRun(
        len(told),
        sum(stored.get(draft) != number for draft, number in told.items()),
        len(rows) - len({number for _, number in rows}) + len(rows) - len(stored),
        half,
        kills,
        sum(officer.repeated for officer in officers),
        [wrong for officer in officers for wrong in officer.wrong],
    )


def whole(size: int, seed: int) -> Finding:
    """R2: `size` kills, half of them of the pages, half of the gateway."""
    with laboratory():
        desk = desk_under_kills(seed, dossiers=size * 10, kills=size // 2)
        gateway = run_under_kills(seed, max(4_000, size * 160), size - size // 2, victims=("gateway",))
        split = desk_under_kills(seed, dossiers=120, kills=5, app="tests.faults.splits_commit:application")
    return Finding(
        desk.is_whole and gateway.is_complete and gateway.kept == gateway.added,
        f"desk: {desk.received:,} dossiers, {desk.half} half, {desk.twice} double over {desk.kills} kills "
        f"({desk.repeated:,} repeats); gateway: {gateway.added:,} entries, {gateway.kept:,} kept answers over {gateway.kills} kills"
        + "".join(f"; {each}" for each in desk.wrong[:3]),
        (Control("a dossier committed before its actions", split.half > 0, f"{split.half} half states"),),
    )


def _count(connection: psycopg.Connection[tuple[int]], query: str) -> int:
    row = connection.execute(query).fetchone()
    assert row is not None
    return row[0]
