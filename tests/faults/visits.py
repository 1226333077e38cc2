"""Visits to the pages with the rights of the pages, in a process of its own: `python -m tests.faults.visits JSON`.

The order says which database role to be, what to seed or to visit, and which guards to take out first.
"""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

from dancu.cli.launcher.postgres import Urls
from tests.faults.tenants import (
    CITIZEN,
    PASSWORD,
    PERSON,
    TENANTS,
    VISITORS,
    dossier_number,
    identity,
    marks,
    seed_tenant,
    seed_visitors,
)

METHODS = ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE")
NOBODY, EVERYONE = "nobody", ("nobody", *VISITORS, "citizen")
TARGETS = ("own", "unit", "sibling", "parent", "child", "none")


def in_process(urls: Urls, order: dict[str, Any], *, owner: bool = False) -> Any:
    """Run an order in a process that knows only its own address; what it prints last is its answer."""
    environment = {
        **os.environ,
        "DATABASE_URL": urls.owner if owner else urls.web,
        "DATABASE_OWNER_URL": urls.owner,
        "DJANGO_SETTINGS_MODULE": "dancu.project.settings",
    }
    command = [sys.executable, "-m", "tests.faults.visits"]
    done = subprocess.run(command, input=json.dumps(order), env=environment, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr[-2000:]
    return json.loads(done.stdout.splitlines()[-1])


def main() -> None:
    order = json.loads(sys.stdin.read())
    import django

    django.setup()
    import logging

    import structlog

    logging.disable(logging.CRITICAL)
    structlog.configure(logger_factory=structlog.PrintLoggerFactory(file=sys.stderr))
    for name in order.get("without", ()):
        _take_out(name)
    print(json.dumps({"seed": _seed, "cells": _cells, "twin": _twin}[order["do"]](order)))


def _take_out(guard: str) -> None:
    """Remove one guard, as a mistake would."""
    if guard == "filters":
        _forget_filters()
    elif guard == "table":
        from dancu.identity import actions

        true = actions.may

        def anybody(officer: Any, action: str, target: Any = None, *, on: Any) -> Any:
            row = actions.action_on(action, on)
            assert row is not None
            said = true(officer, action, target, on=on)
            return said if isinstance(said, actions.Allowed) else actions.Allowed(row, max(row.roles.values()))

        actions.may = anybody
    else:
        raise LookupError(guard)


def _forget_filters() -> None:
    """Every question of the desk and the registry office forgets whose rows it is about."""
    from django.db.models import QuerySet

    true = QuerySet.filter
    forgotten = {"organisation", "author_unit", "officer"}

    def careless(rows: Any, *conditions: Any, **named: Any) -> Any:
        if rows.model._meta.app_label in ("procedures", "registrar"):
            named = {name: value for name, value in named.items() if name not in forgotten}
        return true(rows, *conditions, **named)

    QuerySet.filter = careless  # type: ignore[method-assign]


def _seed(order: dict[str, Any]) -> Any:
    from dancu.kernel.reach import act_as_system

    act_as_system()
    now = datetime.fromisoformat(order["now"])
    seed_visitors(now)
    for tenant in TENANTS:
        if tenant in order["tenants"]:
            dossiers = order["tenants"][tenant]
            seed_tenant(tenant, now, dossiers=abs(dossiers), asks=dossiers > 0)
    return {}


class Visitors:
    """A browser for each visitor, signed in when first needed and again after signing out."""

    def __init__(self) -> None:
        self._browsers: dict[str, Any] = {}

    def browser(self, who: str) -> Any:
        from django.test import Client

        if who not in self._browsers:
            browser = Client(raise_request_exception=False, headers={"host": "localhost"})
            if who == "citizen":
                answer = browser.post("/dan/dang-nhap", {"so": CITIZEN, "mat_khau": PASSWORD})
                assert answer.status_code == 302, answer.content.decode()[-1500:]
            elif who != NOBODY:
                answer = browser.post("/dang-nhap", {"tai_khoan": who, "mat_khau": PASSWORD})
                assert answer.status_code == 302, answer.content.decode()[-1500:]
            self._browsers[who] = browser
        return self._browsers[who]

    def forget(self, who: str) -> None:
        self._browsers.pop(who, None)

    def handle(self, who: str) -> str:
        """The address part of a person's page in this visitor's session."""
        from dancu.identity.store import find_credentials
        from dancu.kernel import clock
        from dancu.kernel.reach import SYSTEM, acting
        from dancu.registrar.handles import Look, handle_of
        from dancu.registrar.pages.session import _key

        session = self.browser(who).session
        if "officer" not in session:
            return "khong-co"
        with acting(SYSTEM):
            found = find_credentials(who)
        assert found is not None
        look = Look(PERSON, "H57.12-261124-0007")
        return handle_of(look, f"{found[0].id}:{session['since']}", _key(), now=clock.now())


def routes() -> list[tuple[str, str]]:
    """Every address of the pages with what it says about its access."""
    from django.urls import get_resolver

    from tests.house.test_access import routes as all_routes

    return [(route, page.access) for route, page in all_routes(get_resolver().url_patterns)]  # type: ignore[attr-defined]


def path_to(route: str, target: str, visitors: Visitors, who: str, day: datetime) -> str:
    """The address of the target's row on this route; what does not exist for `none` and for rows the world has not."""
    known = target in TENANTS
    values = {
        "number": dossier_number(target, day) if known else "H57.12-261121-9999",
        "draft_id": str(identity(target, "draft")),
        "request_id": str(identity(target, "submitted")),
        "opening": str(identity(target, "glass")),
        "handle": visitors.handle(who if target == "own" else "xem.haivai" if who != "xem.haivai" else "xem.dancu"),
        "slug": "dieu-chinh",
        "slip": "tiep-nhan",
        "path": "ui/base.css",
    }
    return "/" + re.sub(r"<(?:\w+:)?(\w+)>", lambda found: values.get(found[1], str(identity(target, found[1]))), route)


def body_for(who: str, target: str, day: datetime) -> dict[str, str]:
    """What a form may carry about the target's rows; and who she is, where a form asks for that."""
    return {
        **({"tai_khoan": who, "mat_khau": PASSWORD} if who in VISITORS else {}),
        **({"so": CITIZEN, "mat_khau": PASSWORD} if who == "citizen" else {}),
        "key": str(identity(target, "draft")),
        "id": str(identity(target, "submitted")),
        "action": "approve",
        "verdict": "accepted",
        "digest": "0" * 64,
        "text": "đã xem xét kỹ",
        "number": dossier_number(target, day) if target in TENANTS else "",
        "later": "mất kết nối",
        "shown": "1",
    }


def _cells(order: dict[str, Any]) -> Any:
    """Visit the cells asked for; what each answered and which marks stood in it."""
    visitors, now = Visitors(), datetime.fromisoformat(order["now"])
    access = dict(routes())
    if not order["cells"]:
        return {"routes": sorted(access.items())}
    texts = [mark.text for mark in marks()]
    told = []
    for route, method, who, target in order["cells"]:
        browser = visitors.browser(who)
        path, data = path_to(route, target, visitors, who, now), body_for(who, target, now)
        if method in ("GET", "HEAD"):
            answer = getattr(browser, method.lower())(path, {"loc": "all", "id": data["id"]})
        elif method == "POST":
            answer = browser.post(path, data)
        else:
            answer = browser.generic(method, path)
        content = b"".join(answer.streaming_content) if answer.streaming else answer.content
        content += answer.get("Location", "").encode()
        told.append([answer.status_code, [text for text in texts if text.encode() in content], answer.get("Location", "")])
        if "dang-xuat" in route or "dang-nhap" in route:
            visitors.forget(who)
    return told


def _twin(order: dict[str, Any]) -> Any:
    """One tenant's day in a world: the same requests in each, answers with what is random taken out."""
    from dancu.kernel import clock

    visitors, start = Visitors(), datetime.fromisoformat(order["now"])
    moving = _moving(start + timedelta(minutes=1))
    clock.now = lambda: next(moving)
    answers = []
    for who, method, path, data in order["requests"]:
        browser = visitors.browser(who)
        path = path.replace("HANDLE", visitors.handle(who))
        answer = browser.post(path, data) if method == "POST" else browser.get(path, data)
        text = f"{answer.status_code} {answer.get('Location', '')}\n{answer.content.decode()}"
        answers.append(_without_chance(text))
    return answers


def _moving(at: datetime) -> Iterator[datetime]:
    while True:
        at += timedelta(milliseconds=20)
        yield at


_CHANCE = (
    (re.compile(r'(name="csrfmiddlewaretoken" value=")\w+'), r"\1…"),
    (re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}"), "…uuid…"),
    (re.compile(r"(/dan-cu/nguoi/)[\w-]{40,}"), r"\1…"),
    (re.compile(r'(name="person" value=")[\w-]{40,}'), r"\1…"),
    (re.compile(r"\d\d:\d\d(:\d\d)?"), "…time…"),
    (re.compile(r"\d{4}-\d\d-\d\dT[\w:.+-]+"), "…moment…"),
)


def _without_chance(text: str) -> str:
    for pattern, instead in _CHANCE:
        text = pattern.sub(instead, text)
    return text


if __name__ == "__main__":
    main()


__all__ = ["EVERYONE", "METHODS", "TARGETS", "UTC", "in_process"]
