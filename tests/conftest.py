"""One private PostgreSQL for the whole run, one migrated template database, a copy for every worker.

With DATABASE_OWNER_URL and DATABASE_URL given, that server is used instead of ours.
"""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit
from uuid import uuid4

import psycopg
import pytest
from psycopg import sql

from dancu.cli.launcher.postgres import PostgresServer, Urls

TEMPLATE = "dancu_template"
pytest_plugins = ["tests.emptied"]


def pytest_configure(config: pytest.Config) -> None:
    if not hasattr(config, "workerinput"):
        _start(config)
    worker = os.environ.get("PYTEST_XDIST_WORKER", "main")
    os.environ["DATABASE_OWNER_URL"] = _with_database(os.environ["DANCU_TEST_OWNER"], f"dancu_test_{worker}")
    # Tests inside Django run as owner, so that they can clean up; tests of rights use the role addresses.
    os.environ["DATABASE_URL"] = os.environ["DATABASE_OWNER_URL"]
    os.environ["DJANGO_SETTINGS_MODULE"] = "dancu.project.settings"
    import django

    django.setup()
    from django.conf import settings

    # A worker inherits the environment of the controller and may have read the settings before this line.
    settings.DATABASES["default"]["NAME"] = f"dancu_test_{worker}"


def _start(config: pytest.Config) -> None:
    home = Path(tempfile.mkdtemp(prefix="dancu-test-", dir="/var/tmp"))
    home.chmod(0o755)
    config._dancu_home = home  # type: ignore[attr-defined]
    os.environ["DANCU_HOME"] = str(home)
    (home / "keys").mkdir()
    (home / "keys" / "secrets.key").write_bytes(os.urandom(32))
    (home / "keys" / "django.key").write_text("test" * 12)
    if given := os.environ.get("DATABASE_OWNER_URL"):
        os.environ.update(
            DANCU_TEST_OWNER=given,
            DANCU_TEST_WEB=os.environ["DATABASE_URL"],
            DANCU_TEST_GATEWAY=os.environ.get("DATABASE_GATEWAY_URL", os.environ["DATABASE_URL"]),
        )
    else:
        server = PostgresServer(home, fast=True)
        server.start()
        config._dancu_server = server  # type: ignore[attr-defined]
        urls = server.urls("postgres")
        os.environ.update(DANCU_TEST_OWNER=urls.owner, DANCU_TEST_WEB=urls.web, DANCU_TEST_GATEWAY=urls.gateway)
    _migrate_template()


def _migrate_template() -> None:
    import subprocess
    import sys

    with psycopg.connect(os.environ["DANCU_TEST_OWNER"], autocommit=True) as connection:
        connection.execute(sql.SQL("drop database if exists {} with (force)").format(sql.Identifier(TEMPLATE)))
        connection.execute(sql.SQL("create database {}").format(sql.Identifier(TEMPLATE)))
    environment = {
        **os.environ,
        **{
            variable: _with_database(os.environ[name], TEMPLATE)
            for variable, name in (
                ("DATABASE_OWNER_URL", "DANCU_TEST_OWNER"),
                ("DATABASE_URL", "DANCU_TEST_WEB"),
                ("DATABASE_GATEWAY_URL", "DANCU_TEST_GATEWAY"),
            )
        },
    }
    subprocess.run([sys.executable, "-m", "dancu.cli.main", "migrate"], env=environment, check=True)


def pytest_unconfigure(config: pytest.Config) -> None:
    import shutil

    if server := getattr(config, "_dancu_server", None):
        server.stop()
    if home := getattr(config, "_dancu_home", None):
        shutil.rmtree(home, ignore_errors=True)


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Files with long tests first, whole: the short ones fill what time is left on every core."""
    long = {each.path for each in items if each.get_closest_marker("slow") or each.get_closest_marker("browser")}
    items.sort(key=lambda each: each.path not in long)


@pytest.fixture(scope="session")
def django_db_setup(django_db_blocker: pytest.FixtureRequest) -> Iterator[None]:
    """The worker's copy of the template stands in for Django's test database."""
    name = urlsplit(os.environ["DATABASE_URL"]).path.lstrip("/")
    copy_database(name)
    yield
    from django.db import connections

    connections.close_all()
    drop_database(name)


@pytest.fixture(autouse=True)
def nobody_s_work() -> Iterator[None]:
    """A test begins with no reach, also after one that ran a command in this process: that says it for the whole process."""
    from dancu.kernel.reach import NOBODY, acting

    with acting(NOBODY):
        yield


@pytest.fixture(scope="module")
def folder() -> Path:
    """A folder for instances that also the database's own user may enter, whoever else runs tests on this machine."""
    made = Path(tempfile.mkdtemp(prefix="at-", dir=os.environ["DANCU_HOME"]))
    made.chmod(0o755)
    return made


@pytest.fixture(scope="session")
def filled_template() -> Iterator[str]:
    """A database with a few persons and one connected system, made once and copied for each test with processes."""
    from tests.gateway.process import fill

    name = f"dancu_filled_{uuid4().hex[:12]}"
    copy_database(name)
    fill(urls_of(name))
    yield name
    drop_database(name)


@pytest.fixture
def fresh_database(filled_template: str) -> Iterator[Urls]:
    """A filled database of its own for tests with processes: addresses by role."""
    name = f"dancu_fresh_{uuid4().hex[:12]}"
    copy_database(name, filled_template)
    yield urls_of(name)
    drop_database(name)


def urls_of(name: str) -> Urls:
    return Urls(*(_with_database(os.environ[v], name) for v in ("DANCU_TEST_OWNER", "DANCU_TEST_WEB", "DANCU_TEST_GATEWAY")))


def copy_database(name: str, template: str = TEMPLATE) -> None:
    with psycopg.connect(os.environ["DANCU_TEST_OWNER"], autocommit=True) as connection:
        connection.execute(sql.SQL("drop database if exists {} with (force)").format(sql.Identifier(name)))
        connection.execute("select pg_advisory_lock(6)")  # one copy of the template at a time
        connection.execute(sql.SQL("create database {} template {}").format(sql.Identifier(name), sql.Identifier(template)))


def drop_database(name: str) -> None:
    with psycopg.connect(os.environ["DANCU_TEST_OWNER"], autocommit=True) as connection:
        connection.execute(sql.SQL("drop database if exists {} with (force)").format(sql.Identifier(name)))


def _with_database(url: str, name: str) -> str:
    parts = urlsplit(url)
    return urlunsplit((parts.scheme, parts.netloc, f"/{name}", parts.query, ""))
