"""One step of the worker, or one act of the registry, in a process of its own: run against any database, and killed at will."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

from dancu.cli.launcher.postgres import Urls

ROOT = Path(__file__).resolve().parents[2]


def worker(urls: Urls, what: str, **order: Any) -> dict[str, Any]:
    """Do one thing and give what it told."""
    environment = {**os.environ, "DATABASE_URL": urls.web, "DATABASE_OWNER_URL": urls.owner, "DATABASE_GATEWAY_URL": urls.gateway}
    environment["PYTHONPATH"] = os.pathsep.join([str(ROOT / "src"), str(ROOT)])
    told = subprocess.run(
        [sys.executable, "-m", "tests.exchange.worker", what, json.dumps(order)],
        cwd=ROOT,
        env=environment,
        capture_output=True,
        text=True,
    )
    assert told.returncode == 0, told.stderr[-2000:]
    found: dict[str, Any] = json.loads(told.stdout.splitlines()[-1])
    return found


def _main(what: str, order: dict[str, Any]) -> dict[str, Any]:
    os.environ["DJANGO_SETTINGS_MODULE"] = "dancu.project.settings"
    import django

    django.setup()
    from dancu.kernel.reach import act_as_system

    act_as_system()
    does = {"write": _write, "correct": _correct, "lists": _lists, "deliver": _deliver, "flag": _flag, "replace": _replace}
    return does[what](**order)


def _lists(rows: int = 3) -> dict[str, Any]:
    from dancu.exchange import list_running
    from dancu.kernel import clock

    return {"steps": list_running.run_lists(now=clock.now, rows=rows)}


def _deliver(seconds: int = 0) -> dict[str, Any]:
    from datetime import timedelta

    from dancu.kernel import clock
    from dancu.notices import api as notices
    from dancu.notices.tasks import handlers

    tally = notices.deliver_due(handlers(), lambda: clock.now() + timedelta(seconds=seconds))
    return {"done": tally.done, "again": tally.again, "quarantined": tally.quarantined}


def _flag(number: int, flags: int) -> dict[str, Any]:
    from tests.factories.approvals import a_document, an_approval

    from dancu.kernel import clock
    from dancu.population import api as population

    population.set_flags(number, population.Flag(flags), an_approval(), a_document(), now=clock.now())
    return {}


def _replace(number: int, new: int) -> dict[str, Any]:
    from tests.factories.approvals import a_document, an_approval

    from dancu.kernel import clock
    from dancu.kernel.personal_id import PersonalId
    from dancu.population import api as population

    population.replace_number(number, PersonalId(new), an_approval(), a_document(), now=clock.now())
    return {}


def _write() -> dict[str, Any]:
    from tests.population.scene import until_all_is_readable

    from dancu.exchange import feeding
    from dancu.kernel import clock

    until_all_is_readable()
    return {"read": feeding.write_changes(now=clock.now)}


def _correct(number: int, items: dict[str, Any]) -> dict[str, Any]:
    from tests.factories.approvals import a_document, an_approval

    from dancu.kernel import clock
    from dancu.population import api as population

    population.correct_person(number, items, an_approval(), a_document(), now=clock.now())
    return {}


if __name__ == "__main__":
    print(json.dumps(_main(sys.argv[1], json.loads(sys.argv[2]))))
