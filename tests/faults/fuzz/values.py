"""What is put where a client puts a name, a number, a date: right values, nearly right ones, and what nobody foresaw."""

from __future__ import annotations

import random
from dataclasses import dataclass

from tests.faults.place import person_at

PERSONS = 20_000


@dataclass(frozen=True)
class Keys:
    """The three keys of a person who exists, as the contracts write them."""

    number: str
    name: str
    born: str  # yyyymmdd


def keys_of(chance: random.Random) -> Keys:
    """Somebody; mostly told rightly, now and then with one key of somebody else."""
    number, name, born = person_at(chance.randint(1, PERSONS))
    if chance.random() < 0.08:
        other = person_at(chance.randint(1, PERSONS))
        number, name, born = chance.choice(((number, other[1], born), (number, name, other[2]), (other[0], name, born)))
    return Keys(number, name, born.replace("-", ""))


TEXTS = (
    "",
    " ",
    "\t\r\n",
    "\u0000",
    "a\u0000b",
    "\u0001\u0008\u000b\u001f",
    "\u007f\u0085\u00a0\u2028\u2029",
    "\ufeff\u200b\u200d\u2060",
    "\ufffe\uffff",
    "\U0001f600\U0010ffff",
    "\u202e\u0644\u0627",
    "e\u0301\u0323" * 40,
    "a" + "\u0301" * 400,
    "\ufdfa" * 120,
    "ßŉİıſK",
    "０４６０９００００１０１",
    "٠٤٦٠٩٠٠٠٠١٠١",
    "046 090-000.101",
    "046000000007\n",
    "-1",
    "1e309",
    "NaN",
    "9" * 400,
    "'; drop table population_person; --",
    '" or 1=1 --',
    "%s%d%n {0} {x!r} ${jndi:ldap://x} {{7*7}}",
    "../../../../etc/passwd",
    "\r\nSet-Cookie: a=b\r\n\r\n",
    "<script>alert(1)</script>",
    "]]>",
    "&lt;&amp;&#0;&#xD800;",
    "x" * 499,
    "x" * 500,
    "x" * 501,
    "ơ" * 5_000,
    "x" * 70_000,
    "null",
    "true",
    "[]",
    "{}",
)
LONE = ("\ud800", "a\udfffb", "\udc00\ud800")  # halves of a pair: JSON can write them, nothing can store them
DATES = (
    "30/02/1990",
    "19900230",
    "1990-02-30",
    "31/04/1990",
    "19000229",
    "29/02/1900",
    "00000000",
    "99999999",
    "0000",
    "00001",
    "19901301",
    "19900001",
    "1990-1-1",
    "1/1/1990",
    "05/1990",
    "1990-05",
    "1990",
    "0001",
    "9999",
    "10000",
    "-1990",
    "+1990",
    "1990-05-17T00:00:00+07:00",
    "1990-05-17Z",
    "17-05-1990",
    "17.05.1990",
    "1990/05/17",
    "90",
    "١٩٩٠٠٥١٧",
    "１９９０",
    "1990\u00a0",
    "1 9 9 0",
    "641520000",
    "641520000000",
    "",
    "00/00/1990",
    "xx/05/1990",
    "1990-05-17 " * 30,
)
NUMBERS = (
    "04600000000",
    "0460000000077",
    "046000000007 ",
    "046.000.000.007",
    "0",
    "000000000000",
    "999999999999",
    "123456789",
    "12345678",
    "-46000000007",
)


def odd_text(chance: random.Random) -> str:
    drawn = chance.choice(TEXTS)
    if chance.random() < 0.25:
        letters = [
            chr(chance.choice((chance.randrange(32), chance.randrange(0x500), chance.randrange(0xE000, 0x11000)))) for _ in range(9)
        ]
        drawn += "".join(letters)
    return drawn


def odd_value(chance: random.Random) -> str:
    """In place of any value."""
    return chance.choice((odd_text, odd_text, lambda c: c.choice(DATES), lambda c: c.choice(NUMBERS)))(chance)


def is_storable(text: str) -> bool:
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True
