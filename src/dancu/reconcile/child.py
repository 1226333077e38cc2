"""A process of its own for one round: the worker stays free, and whatever happens here ends here.

It ends with the worker that began it: whoever takes the round up again goes on where it stood.
"""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from uuid import UUID

_running: list[subprocess.Popen[bytes]] = []
NICENESS = 10


def begin(round_id: UUID) -> None:
    """Begin a process for a round; those that ended are buried."""
    _running[:] = [each for each in _running if each.poll() is None]
    command = [sys.executable, "-m", "dancu.reconcile.child", str(round_id)]
    _running.append(subprocess.Popen(command, stdin=subprocess.DEVNULL))


def main(round_id: UUID) -> None:
    worker, told = os.getppid(), []
    for name in (signal.SIGTERM, signal.SIGINT):
        signal.signal(name, lambda *_said: told.append(True))
    os.nice(NICENESS)
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "dancu.project.settings")
    import django

    django.setup()
    from django.conf import settings

    from dancu.kernel import clock
    from dancu.kernel.reach import SYSTEM, acting
    from dancu.reconcile.usecases.working import work_on

    with acting(SYSTEM):
        work_on(round_id, settings.CONFIG, clock.now, lambda: not told and os.getppid() == worker)


if __name__ == "__main__":
    main(UUID(sys.argv[1]))
