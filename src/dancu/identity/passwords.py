"""Password hashing: Argon2id in the 19 MiB profile (OWASP), two at once, so that a storm cannot saturate the machine."""

from __future__ import annotations

import threading

from django.contrib.auth.hashers import Argon2PasswordHasher

AT_ONCE_MAX = 2
_turns = threading.BoundedSemaphore(AT_ONCE_MAX)


class CounterArgon2Hasher(Argon2PasswordHasher):
    """Django's hasher with our costs: about 30 ms on an office server."""

    time_cost = 2
    memory_cost = 19 * 1024
    parallelism = 1

    def verify(self, password: str, encoded: str) -> bool:
        with _turns:
            return bool(super().verify(password, encoded))

    def encode(self, password: str, salt: str) -> str:
        with _turns:
            return str(super().encode(password, salt))
