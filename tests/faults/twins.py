"""Two worlds that differ only in other tenants' rows: one tenant's day must read the same in both, byte for byte.

What is random or tells the time is taken out of the answers first. Planted: one policy gone from a world whose pages
forget their filter; with the filter forgotten and the policies in place the two days must still be the same.
"""

from __future__ import annotations

import difflib
import random
import secrets
from collections.abc import Sequence
from contextlib import ExitStack
from datetime import UTC, datetime
from typing import Any

from dancu.cli.launcher.postgres import Urls
from tests.faults.finding import Control, Finding
from tests.faults.matrix import ALL_TENANTS, without_policy, world
from tests.faults.surroundings import filled_server, laboratory
from tests.faults.tenants import PERSON, TENANTS, dossier_number, identity
from tests.faults.visits import in_process

# Full of others, of which some have more than one dossier; and the tenant alone. The other unit of the same organisation
# has its dossier in both, for the desk sees it; its registrar (minus: there is none) asks for something in one of them.
CROWDED = {**ALL_TENANTS, "parent": 3, "sibling": 4, "child": 2}
ALONE = {"own": 1, "unit": -1}
OTHERS = ("unit", "parent", "child", "sibling", "none")
CONTROL_REQUESTS = 60
Request = tuple[str, str, str, dict[str, Any]]  # who, method, path, sent


def run(size: int, seed: int) -> Finding:
    """Ask `size` requests in both worlds."""
    with laboratory(), filled_server(f"twins-{secrets.token_hex(3)}") as server, ExitStack() as stack:
        now = datetime.now(UTC)
        full, alone = (stack.enter_context(world(server, tenants, now))[0] for tenants in (CROWDED, ALONE))
        asked = requests(size, random.Random(seed), now)
        pairs = _both(full, alone, now, asked)
        different = differences(asked, *pairs)
        held, caught = _careless(server, now, requests(CONTROL_REQUESTS, random.Random(seed), now))
    told = sum(answer.startswith("200") for answer in pairs[0])
    figure = (
        f"{len(different)} of {size:,} answers differ ({told} were pages); "
        f"{len(held)} of {CONTROL_REQUESTS} when the pages forget every filter"
    )
    for line in [*different[:3], *held[:3]]:
        figure += f"\n       {line}"
    control = Control("the policy of dossiers is gone and the pages forget their filter", bool(caught), f"{len(caught)} answers")
    return Finding(not different and not held and told > size // 4, figure, (control,))


def _careless(server: Any, now: datetime, asked: Sequence[Request]) -> tuple[list[str], list[str]]:
    """With forgetful pages in fresh worlds: what differs with the policies, and with one of them gone."""
    found = []
    for gone in (False, True):
        with world(server, CROWDED, now) as (full, _), world(server, ALONE, now) as (alone, _), ExitStack() as stack:
            if gone:
                stack.enter_context(without_policy(full, "procedures_dossier"))
            found.append(differences(asked, *_both(full, alone, now, asked, ["filters"])))
    return found[0], found[1]


def _both(full: Urls, alone: Urls, now: datetime, asked: Sequence[Request], without: Sequence[str] = ()) -> tuple[list[str], ...]:
    order = {"do": "twin", "now": now.isoformat(), "requests": list(asked), "without": list(without)}
    return in_process(full, order), in_process(alone, order)


def differences(asked: Sequence[Request], ones: Sequence[str], others: Sequence[str]) -> list[str]:
    """Which requests were answered differently, each with its first differing line."""
    found = []
    for request, one, other in zip(asked, ones, others, strict=True):
        if one != other:
            lines = [
                line for line in difflib.unified_diff(other.splitlines(), one.splitlines(), n=0, lineterm="") if line[:1] in "+-"
            ]
            found.append(f"{request[:3]}: {' | '.join(lines[2:6])[:300]}")
    return found


def requests(size: int, chance: random.Random, now: datetime) -> list[Request]:
    """A day of the tenant's desk and registrar: lists, her own rows, guesses at others', searches, forms."""
    return [chance.choice(_SORTS)(chance, now) for _ in range(size)]


def _whose(chance: random.Random) -> str:
    return chance.choice(["own", *OTHERS])


def _list(chance: random.Random, now: datetime) -> Request:
    which = chance.choice(["open", "today", "overdue", "pending", "all", "drafts"])
    return "xem.motcua", "GET", "/mot-cua/ho-so", {"loc": which}


def _dossier(chance: random.Random, now: datetime) -> Request:
    whose = _whose(chance)
    number = dossier_number(whose, now) if whose in TENANTS else f"{TENANTS['sibling'][0]}-261121-{chance.randrange(100):04d}"
    tail = chance.choice(["", "", "/phieu/tiep-nhan", "/mo-khan"])
    return "xem.motcua", "GET", f"/mot-cua/ho-so/{number}{tail}", {}


def _act(chance: random.Random, now: datetime) -> Request:
    number = dossier_number(_whose_other(chance), now)
    return (
        "xem.motcua",
        "POST",
        f"/mot-cua/ho-so/{number}",
        {"action": chance.choice(["start", "refuse", "compare"]), "reason": "thử"},
    )


def _whose_other(chance: random.Random) -> str:
    return chance.choice(["parent", "child", "sibling"])


def _form(chance: random.Random, now: datetime) -> Request:
    whose = _whose(chance)
    path = f"/mot-cua/to-khai/{identity(whose, 'draft')}"
    if chance.random() < 0.5:
        return "xem.motcua", "GET", path, {}
    return (
        "xem.motcua",
        "POST",
        "/mot-cua/to-khai",
        {"key": str(identity(_whose_other(chance), "draft")), **_KEYS, "later": "mất mạng"},
    )


_KEYS = {"number": f"{PERSON:012d}", "name": "Trần Văn Hòa", "birth_date": "17/05/1990", "procedure": "1.004222", "shown": "1"}


def _look(chance: random.Random, now: datetime) -> Request:
    return "xem.motcua", "POST", "/mot-cua", {**_KEYS, "name": chance.choice(["Trần Văn Hòa", "Trần Văn Hoa", "Ai Khác"])}


def _queue(chance: random.Random, now: datetime) -> Request:
    return "xem.dancu", "GET", chance.choice(["/dan-cu", "/dan-cu/de-nghi"]), {"loc": chance.choice(["soan", "gui", "xong"])}


def _request(chance: random.Random, now: datetime) -> Request:
    path = f"/dan-cu/de-nghi/{identity(_whose(chance), chance.choice(['drafted', 'submitted']))}"
    if chance.random() < 0.3:
        return "xem.dancu", "POST", path, {"action": chance.choice(["withdraw", "approve"]), "digest": "0" * 64, "text": "thử xem"}
    return "xem.dancu", "GET", path + chance.choice(["", "/sua", "/tep"]), {}


def _person(chance: random.Random, now: datetime) -> Request:
    if chance.random() < 0.5:
        return "xem.dancu", "GET", "/dan-cu/nguoi/HANDLE", {}
    return "xem.dancu", "POST", "/dan-cu/tra-cuu", {"text": "Trần Văn Hòa 1990", "case_no": "H57.12-261124-0007"}


def _elsewhere(chance: random.Random, now: datetime) -> Request:
    path = chance.choice(["/quyen/truy-cap-khan", f"/quyen/truy-cap-khan/{identity(_whose(chance), 'glass')}", "/thong-bao"])
    return chance.choice(["xem.motcua", "xem.dancu"]), "GET", path, {}


_SORTS = (_list, _list, _dossier, _dossier, _act, _form, _look, _queue, _queue, _request, _request, _person, _elsewhere)
