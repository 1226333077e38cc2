"""Pages with the guard taken out: a dossier is committed before its actions. Only the control of the kill test serves them."""

from __future__ import annotations

import time
from typing import Any

from dancu.project.wsgi import application as application  # what the server is told to serve; sets Django up first

LATE_SECONDS = 0.1


def split() -> None:
    from django.db import connection

    from dancu.procedures import store

    append = store._append

    def append_later(*given: Any) -> None:
        assert connection.connection is not None
        connection.connection.commit()
        time.sleep(LATE_SECONDS)
        append(*given)

    store._append = append_later


split()
