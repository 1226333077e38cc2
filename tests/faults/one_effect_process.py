"""The process under test of `one_effect`: receives messages with many hands, or sends steps and dies at chosen moments.

    python -m tests.faults.one_effect_process receive|deliver '{…}'

Effects are rows and sums in tables of the test's own; `plant` names a fault that is put in on purpose.
"""

from __future__ import annotations

import json
import os
import random
import signal
import sys
import time
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from hashlib import sha256
from typing import Any

HANDS, ACCOUNTS = 16, 50
SOURCE = "lab"


def messages(size: int, seed: int) -> list[tuple[str, int, int]]:
    """Name, account, amount in đồng."""
    drawn = random.Random(seed)
    return [(f"m{at}", drawn.randrange(ACCOUNTS), drawn.randrange(1_000, 50_000_000)) for at in range(size)]


def receive(order: Mapping[str, Any]) -> dict[str, Any]:
    """Every message one to five times, shuffled, many at a time; then some once more with another amount."""
    from django.db import connection

    drawn = random.Random(order["seed"] + 1)
    all_ = messages(order["size"], order["seed"])
    copies = [each for each in all_ for _ in range(drawn.randint(1, 5))]
    drawn.shuffle(copies)
    changed = [(name, account, amount + 1) for name, account, amount in drawn.sample(all_, max(1, len(all_) // 10))]
    if order.get("plant") == "no_unique_index":
        _without_unique_index()
    began = time.monotonic()

    def work(share: list[tuple[str, int, int]]) -> list[str]:
        try:
            return [_do_once(*each) for each in share]
        finally:
            connection.close()

    with ThreadPoolExecutor(HANDS) as pool:
        told = [each for share in pool.map(work, [copies[at::HANDS] for at in range(HANDS)]) for each in share]
        refused = [each for share in pool.map(work, [changed[at::HANDS] for at in range(HANDS)]) for each in share]
    return {
        "delivered": len(copies),
        "seconds": time.monotonic() - began,
        "first": told.count("First"),
        "repeats_answered": told.count("Repeat:done"),
        "changed": len(changed),
        "changed_refused": refused.count("OtherContent"),
    }


def _do_once(name: str, account: int, amount: int) -> str:
    """The effect, its receipt and the news of it in one transaction, as a room does it."""
    from django.db import connection, transaction

    from dancu.kernel import clock
    from dancu.notices import api as notices

    now = clock.now()
    with transaction.atomic():
        receipt = notices.once(SOURCE, name, sha256(f"{name} {account} {amount}".encode()).digest(), now=now)
        if isinstance(receipt, notices.Repeat):
            return f"Repeat:{(receipt.result or b'').decode()}"
        if isinstance(receipt, notices.OtherContent):
            return "OtherContent"
        with connection.cursor() as cursor:
            cursor.execute("insert into lab_effect (name, account, amount) values (%s, %s, %s)", [name, account, amount])
        payload = {"account": account, "amount": amount}
        notices.send(notices.Step("lab.pay", name, payload, "H57", "lab", destination=f"lab-{account % 4}"), now=now)
        notices.keep_result(SOURCE, name, b"done")
    return "First"


_LOOKS_FIRST = """insert into notices_inbox (source, message_id, digest, at)
select v.* from (values (%s, %s, %s::bytea, %s::timestamptz)) as v (s, m, d, at)
where not exists (select from notices_inbox i where i.source = v.s and i.message_id = v.m)"""


def _any_receipt(source: str, message_id: str) -> tuple[bytes, bytes | None]:
    """Where the index is gone there may be two."""
    from dancu.notices.models import Inbox

    digest, result = Inbox.objects.filter(source=source, message_id=message_id).values_list("digest", "result")[:1][0]
    return bytes(digest), None if result is None else bytes(result)


def _without_unique_index() -> None:
    """The planted fault: nobody but a look beforehand keeps two apart."""
    from django.db import connection

    from dancu.notices.store import steps

    with connection.cursor() as cursor:
        cursor.execute("alter table notices_inbox drop constraint notices_inbox_pkey")
        cursor.execute("alter table notices_step drop constraint notices_step_once")
    steps._RECEIVE = _LOOKS_FIRST
    steps.get_receipt = _any_receipt
    steps._ADD = steps._ADD.replace("on conflict (kind, key) do nothing", "")


def deliver(order: Mapping[str, Any]) -> dict[str, Any]:
    """Send what is due until nothing is left; the process kills itself at moments drawn from the seed."""
    from django.db import connection, transaction

    from dancu.kernel import clock
    from dancu.kernel.errors import Unavailable
    from dancu.notices import api as notices

    drawn = random.Random(order["seed"])
    deadly, plant, offset = order["deadly"], order.get("plant", ""), timedelta(seconds=order["offset"])
    intervals: list[float] = []
    last = time.monotonic()

    def pay(delivery: notices.Delivery) -> notices.Outcome:
        nonlocal last
        _die(drawn, deadly)
        with transaction.atomic():
            known = notices.First() if plant == "no_inbox" else notices.once("pay", str(delivery.step_id), b"", now=delivery.now)
            if isinstance(known, notices.First):
                values = [delivery.key, delivery.payload["account"], delivery.payload["amount"]]
                with connection.cursor() as cursor:
                    cursor.execute("insert into lab_paid (name, account, amount) values (%s, %s, %s)", values)
        _die(drawn, deadly)
        intervals.append(time.monotonic() - last)
        last = time.monotonic()
        return notices.Delivered()

    def poisonous(delivery: notices.Delivery) -> notices.Outcome:
        match delivery.payload["poison"]:
            case "rejected":
                return notices.Rejected("lab.wrong", "30/02")
            case "raises":
                raise KeyError("x")
            case "deep":
                return notices.Failed(str(_deep(0)), destination=False)
            case "down":
                raise Unavailable("lab.down", "")
            case _:
                os.kill(os.getpid(), signal.SIGKILL)
                raise AssertionError("unreachable")

    def handle(delivery: notices.Delivery) -> notices.Outcome:
        return poisonous(delivery) if "poison" in delivery.payload else pay(delivery)

    if plant == "never_set_aside":
        _never_set_aside()
    tally = notices.deliver_due({"lab.pay": handle}, lambda: clock.now() + offset)
    return {"done": tally.done, "again": tally.again, "quarantined": tally.quarantined, "intervals": intervals}


def _die(drawn: random.Random, deadly: float) -> None:
    if drawn.random() < deadly:
        os.kill(os.getpid(), signal.SIGKILL)


def _deep(level: int) -> int:
    return _deep(level + 1) + 1


def _never_set_aside() -> None:
    """The planted fault: what does not work is tried for ever."""
    from dancu.notices.domain.delivery import Next, Verdict
    from dancu.notices.usecases import deliver as usecase

    honest = usecase.judge

    def judge(*given: Any) -> Verdict:
        verdict = honest(*given)
        return verdict if verdict.next is Next.DONE else Verdict(Next.AGAIN, given[4], verdict.code)

    usecase.judge = judge


if __name__ == "__main__":
    os.environ["DJANGO_SETTINGS_MODULE"] = "dancu.project.settings"
    import django

    django.setup()
    print(json.dumps({"receive": receive, "deliver": deliver}[sys.argv[1]](json.loads(sys.argv[2]))))
