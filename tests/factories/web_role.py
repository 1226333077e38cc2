"""The pages' own database role inside Django: tests run as the owner, whom no policy holds; isolation is tried as the pages."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from urllib.parse import parse_qs, unquote, urlsplit


@contextmanager
def web_role() -> Iterator[None]:
    """From here on Django's connection is that of the pages. Only in tests that commit: another session sees nothing else."""
    from django.db import connection

    parts = urlsplit(os.environ["DANCU_TEST_WEB"])
    asked = {
        "USER": unquote(parts.username or ""),
        "PASSWORD": unquote(parts.password or ""),
        "HOST": parse_qs(parts.query).get("host", [parts.hostname or ""])[0],
        "PORT": str(parts.port or ""),
    }
    before = {name: connection.settings_dict[name] for name in asked}
    connection.close()
    connection.settings_dict.update(asked)
    try:
        yield
    finally:
        connection.close()
        connection.settings_dict.update(before)
