"""Bodies in JSON, as forms and as queries, and what can be wrong with one: types, nesting, names, numbers without end."""

from __future__ import annotations

import json
import random
from collections.abc import Callable
from typing import Any
from urllib.parse import quote, quote_plus

from tests.faults.fuzz.values import DATES, LONE, odd_text, odd_value

Members = list[tuple[str, Any]]


class Verbatim(str):
    """JSON as it is written, not a value."""


def written(members: Members, chance: random.Random) -> str:
    """JSON by hand, so that a name may come twice and a number may be what no library writes."""
    separators = chance.choice(((",", ":"), (", ", ": "), (" ,\n\t", " :\r\n")))
    pairs = (f"{_one(name, chance)}{separators[1]}{_one(value, chance)}" for name, value in members)
    return "{" + separators[0].join(pairs) + "}"


def _one(value: Any, chance: random.Random) -> str:
    return (
        str(value) if isinstance(value, Verbatim) else json.dumps(value, ensure_ascii=chance.random() < 0.5 or not _is_plain(value))
    )


def _is_plain(value: Any) -> bool:
    return not isinstance(value, str) or not any(0xD800 <= ord(c) < 0xE000 for c in value)


def _deep(chance: random.Random) -> Verbatim:
    depth = chance.choice((3, 100, 1_000, 20_000))
    return Verbatim(chance.choice(("[" * depth + "]" * depth, '{"a":' * depth + "1" + "}" * depth)))


def odd_json(chance: random.Random) -> Any:
    """In place of any value."""
    made: tuple[Callable[[], Any], ...] = (
        lambda: odd_value(chance),
        lambda: odd_value(chance),
        lambda: chance.choice(LONE),
        lambda: chance.choice((None, True, False, 0, -1, 1, 1.5, [], {}, [None], {"": None}, [[1]], ["1"], {"a": {"b": []}})),
        lambda: Verbatim(
            chance.choice(("1e999", "-1e999", "NaN", "Infinity", "01", "1.", "9" * 5_000, "-0", "1e-400", "0x10", "'a'", '"\\x00"'))
        ),
        lambda: Verbatim('"' + "\\u0000" * chance.choice((1, 3)) + '"'),
        lambda: 2 ** chance.choice((31, 53, 63, 64, 127, 1_000)),
        lambda: [odd_text(chance)] * chance.choice((1, 300)),
        lambda: {odd_text(chance)[:200]: odd_text(chance)},
        lambda: _deep(chance),
    )
    return chance.choice(made)()


def _value(members: Members, chance: random.Random) -> Members:
    if members:
        at = chance.randrange(len(members))
        members[at] = (members[at][0], odd_json(chance))
    return members


def _date(members: Members, chance: random.Random) -> Members:
    for at, (name, _) in enumerate(members):
        if any(part in name.lower() for part in ("birth", "ngay", "dob", "nam")):
            drawn = chance.choice(DATES)
            members[at] = (name, drawn if chance.random() < 0.8 else {"NgayThangNam": drawn, "Nam": odd_json(chance)})
    return members


def _twice(members: Members, chance: random.Random) -> Members:
    if members:
        name, value = chance.choice(members)
        members.insert(chance.randrange(len(members)), (name, odd_json(chance) if chance.random() < 0.5 else value))
    return members


def _drop(members: Members, chance: random.Random) -> Members:
    return [each for each in members if chance.random() < 0.7]


def _unknown(members: Members, chance: random.Random) -> Members:
    name = chance.choice(
        (
            "__proto__",
            "constructor",
            "",
            "personal_id ",
            "$",
            "a.b",
            "046000000007",
            "Nguyễn Văn Thử 7",
            odd_text(chance)[:300],
            chance.choice(LONE),
        )
    )
    return [*members, (name, odd_json(chance))]


def _case(members: Members, chance: random.Random) -> Members:
    return [(chance.choice((str.upper, str.lower, str.title, str.swapcase))(name), value) for name, value in members]


def _many(members: Members, chance: random.Random) -> Members:
    return [*members, *((f"m{n}", n) for n in range(chance.choice((100, 201, 9_000))))]


def _shuffle(members: Members, chance: random.Random) -> Members:
    chance.shuffle(members)
    return members


PARTS: tuple[tuple[str, Callable[[Members, random.Random], Members]], ...] = (
    ("value", _value),
    ("value", _value),
    ("value", _value),
    ("date", _date),
    ("twice", _twice),
    ("drop", _drop),
    ("unknown", _unknown),
    ("case", _case),
    ("many", _many),
    ("shuffle", _shuffle),
)

# -- queries and forms ------------------------------------------------------------------------------------------------


def as_query(members: Members, chance: random.Random) -> str:
    """`a=1&b=2`, by either way of escaping, and now and then with none or with wrong escapes."""
    how = chance.random()
    if how < 0.8:
        write = quote if chance.random() < 0.5 else quote_plus
        return "&".join(f"{write(str(name), errors='replace')}={write(_flat(value), errors='replace')}" for name, value in members)
    odd = ("%", "%zz", "%00", "%ff", "%c0%80", "%ed%a0%80", "%u0041", "+", ";", "==", "&&", "%25%30%30", "#a", "?", "%0d%0aX: y")
    pairs = [f"{quote(str(name), errors='replace')}={quote(_flat(value), errors='replace')}" for name, value in members]
    if pairs:
        at = chance.randrange(len(pairs))
        pairs[at] += chance.choice(odd)
    return chance.choice(("&", "&&", "&amp;", ";")).join(pairs)


def _flat(value: Any) -> str:
    return (value if isinstance(value, str) else json.dumps(value))[:20_000]
