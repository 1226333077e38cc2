"""The worker process: background jobs on PostgreSQL."""

from __future__ import annotations

import os


def main() -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "dancu.project.settings")
    import django

    django.setup()
    from django.core.management import call_command

    call_command("procrastinate", "worker", "--concurrency=2", "--delete-jobs=successful")


if __name__ == "__main__":
    main()
