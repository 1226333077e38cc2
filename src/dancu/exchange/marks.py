"""How the exchange remembers whom an organisation asked about without keeping the number: a keyed hash.

Twelve digits are guessed in minutes under any hash without a key; this key lies outside the database.
"""

from __future__ import annotations

from cryptography.hazmat.primitives.ciphers.aead import AESSIV

from dancu.kernel.sealing import SealingKey

_PRIME = 2**61 - 1

# Misses of an organisation about a number: marks, how many, the day.
ADD_ATTEMPT = """insert into exchange_attempt as kept (mark, day, in_day, since, in_thirty_days)
select m, $3, n, $3, n from unnest($1::bigint[], $2::int[]) as missed(m, n)
on conflict (mark) do update set day = excluded.day,
    in_day = case when kept.day = excluded.day then kept.in_day else 0 end + excluded.in_day,
    since = case when kept.since > excluded.day - 30 then kept.since else excluded.day end,
    in_thirty_days = case when kept.since > excluded.day - 30 then kept.in_thirty_days else 0 end + excluded.in_thirty_days
returning mark, in_day, in_thirty_days"""


class SubjectMarks:
    """The synthetic tag of AES-SIV (RFC 5297) over organisation and subject, cut to 63 bits (*dấu đối tượng*).

    Two among a hundred million marks meet by chance once in two thousand organisations; then one person too few counts as new.
    """

    def __init__(self, key: SealingKey) -> None:
        self._encrypt = AESSIV(key.derived("exchange subject marks")).encrypt
        self._lines: dict[str, tuple[int, int]] = {}

    def mark(self, organisation: str, subject: str) -> int:
        """`subject` as the ledger keeps it: twelve digits, or `cmnd:` and nine."""
        return int.from_bytes(self._encrypt(f"{organisation}\0{subject}".encode(), None)[:8]) >> 1

    def is_sampled(self, organisation: str, subject: str, every: int) -> bool:
        """Whether she is among the one in `every` that stand for all; cheaper than a mark.

        A secret line over a prime field (Carter and Wegman 1979): any set of persons chosen without knowing it is sampled evenly.
        """
        if (line := self._lines.get(organisation)) is None:
            drawn = self._encrypt(f"sample\0{organisation}".encode(), None)
            line = self._lines[organisation] = (int.from_bytes(drawn[:8]) % (_PRIME - 1) + 1, int.from_bytes(drawn[8:]) % _PRIME)
        number = int(subject) if subject.isdigit() else self.mark(organisation, subject)
        return (line[0] * number + line[1]) % _PRIME % every == 0
