"""The process under test of `feed_order`: persons change, changes are written and pushed, and it dies at chosen moments.

    python -m tests.faults.feed_process prepare|live '{…}'

`plant` names a fault that is put in on purpose.
"""

from __future__ import annotations

import json
import os
import random
import signal
import sys
from collections.abc import Callable, Mapping
from datetime import date, timedelta
from typing import Any
from uuid import uuid4

PERSONS = (46090000101, 46155000102, 46190000104, 46070000106, 46171000107)
FLAGGED = PERSONS[-2:]  # these are sealed and unsealed on the way
SUBSCRIBERS = ("s-0", "s-1", "s-2", "poison")
PURPOSE, BASIS, PROCEDURE = "Cập nhật dữ liệu", "Luật Căn cước", "1.001193"


def prepare(order: Mapping[str, Any]) -> dict[str, Any]:
    """Systems with a grant and an address, each subscribed to every person. No sequencer runs here: the ledger counts as behind."""
    from dancu.exchange.models import Subscriber, Subscription, SubscriptionMark
    from dancu.exchange.pushing import keys
    from dancu.exchange.subscriptions import Sealed
    from dancu.kernel import clock
    from dancu.kernel.config import read_config
    from dancu.kernel.sealing import SealingKey
    from dancu.kernel.warrants import SENSITIVE_FIELDS, Field
    from dancu.onboarding import api as onboarding

    now, key = clock.now(), SealingKey.from_folder(read_config().key_dir)
    state = onboarding.ConnectionState
    for client in SUBSCRIBERS:
        onboarding.register_system(
            onboarding.InformationSystem(client, "H57", client, state.REGISTERED), key=key, by="lab", now=now
        )
        onboarding.set_state(client, state.OFFICIAL, reason="lab", by="lab", now=now)
        fields = frozenset(Field) - SENSITIVE_FIELDS
        grant = onboarding.Grant(
            client, "REST", PROCEDURE, fields, PURPOSE, BASIS, date(2020, 1, 1), may_subscribe=True, emergency=True
        )
        onboarding.grant(grant, by="lab", now=now)
        Subscriber.objects.create(client_id=client, webhook=f"{order['root']}/{client}")
        for number in PERSONS:
            new, mark = uuid4(), keys().mark(number)
            Subscription.objects.create(
                id=new,
                client_id=client,
                organisation="H57",
                integration_code="REST",
                procedure=PROCEDURE,
                purpose=PURPOSE,
                legal_basis=BASIS,
                subject_ref=f"P{PERSONS.index(number)}",
                mark=mark,
                sealed=keys().seal(new, Sealed(number, "canbo01")),
                at=now,
            )
            SubscriptionMark.objects.create(mark=mark, subscription_id=new)
    onboarding.list_accounts_for("H57", ["canbo01"], by="lab", now=now)
    return {}


def live(order: Mapping[str, Any]) -> dict[str, Any]:
    """Some changes, in between the worker's steps; with luck it lives to the end."""
    from dancu.exchange import feeding
    from dancu.kernel import clock
    from dancu.notices import api as notices
    from dancu.notices.tasks import handlers
    from tests.population.scene import until_all_is_readable

    luck = random.Random(order["seed"])
    _make_deadly(luck, order["deadly"])
    _plant(order.get("plant", ""), luck)
    later = timedelta(seconds=order["offset"])
    for _ in range(order["acts"]):
        _act(luck)
        if luck.random() < 0.4:
            feeding.write_changes(now=clock.now)
        if luck.random() < 0.3:
            notices.deliver_due(handlers(), lambda: clock.now() + later)
    if not order["acts"]:
        for number in FLAGGED:
            _set_flags(number, 0)
        until_all_is_readable()
    written = feeding.write_changes(now=clock.now)
    tally = notices.deliver_due(handlers(), lambda: clock.now() + later)
    return {"written": written, "done": tally.done, "quarantined": tally.quarantined}


def _act(luck: random.Random) -> None:
    from dancu.kernel import clock
    from dancu.population import api as population
    from tests.factories.approvals import a_document, an_approval

    number = luck.choice(PERSONS)
    if number in FLAGGED and luck.random() < 0.4:
        _set_flags(number, luck.choice((0, 2, 4)))
        return
    name = f"Người {luck.choice('ABCDEGHK')}{luck.choice('aáàảãạ')}n {luck.choice(('Một', 'Hai', 'Ba'))} {luck.randrange(10**6)}"
    letters = "".join(each for each in name if not each.isdigit()) + "abcdefghij"[luck.randrange(10)] * (1 + luck.randrange(5))
    items: dict[str, Any] = luck.choice(({"full_name": letters}, {"other_name": letters}, {"religion": luck.randrange(1, 9)}))
    try:
        population.correct_person(number, items, an_approval(), a_document(), now=clock.now())
    except population_errors():
        return


def population_errors() -> tuple[type[Exception], ...]:
    from dancu.kernel.errors import Conflict

    return (Conflict,)  # nothing would change


def _set_flags(number: int, flags: int) -> None:
    from dancu.kernel import clock
    from dancu.population import api as population
    from tests.factories.approvals import a_document, an_approval

    try:
        population.set_flags(number, population.Flag(flags), an_approval(), a_document(), now=clock.now())
    except population_errors():
        return


def _make_deadly(luck: random.Random, deadly: float) -> None:
    """Before and after the lines of a batch, after the ledger entry and before the answer, after the answer and before its mark."""
    from dancu.exchange import feeding, pushing

    def maybe(function: Callable[..., Any]) -> Callable[..., Any]:
        def inner(*given: Any, **named: Any) -> Any:
            _perhaps_die(luck, deadly)
            told = function(*given, **named)
            _perhaps_die(luck, deadly)
            return told

        return inner

    if deadly:
        feeding.add_lines = maybe(feeding.add_lines)  # the places where a worker must be able to die
        pushing._told = maybe(pushing._told)
        pushing._judged = maybe(pushing._judged)


def _perhaps_die(luck: random.Random, deadly: float) -> None:
    if luck.random() < deadly:
        os.kill(os.getpid(), signal.SIGKILL)


def _plant(plant: str, luck: random.Random) -> None:
    from dataclasses import replace

    from dancu.exchange import feeding
    from dancu.population import api as population

    if plant == "cursor_before_lines":
        write = feeding.write_changes

        def hasty(**named: Any) -> int:
            population.consume(feeding.CONSUMER, lambda news: None, 2)
            return write(**named)

        feeding.write_changes = hasty  # type: ignore[assignment]
    if plant == "no_order":
        step = feeding.push_step
        feeding.push_step = lambda *given: replace(step(*given), order_key="")  # type: ignore[assignment]


if __name__ == "__main__":
    os.environ["DJANGO_SETTINGS_MODULE"] = "dancu.project.settings"
    import django

    django.setup()
    from dancu.kernel.reach import act_as_system

    act_as_system()
    print(json.dumps({"prepare": prepare, "live": live}[sys.argv[1]](json.loads(sys.argv[2]))))
