"""The bytes of a call: as clients send it, in chunks, and cut, doubled, pipelined or garbled where HTTP itself is concerned."""

from __future__ import annotations

import random
import re
from collections.abc import Callable
from dataclasses import dataclass

from tests.faults.fuzz.call import Call

Chance = random.Random
PIPELINED = 8
HOSTS = (b"[::1", b"a b", b"x" * 9_000, b"\xff", b"127.0.0.1:99999", b'"><a>', b"a\x01b")


@dataclass(frozen=True)
class Sent:
    """What goes over the wire."""

    pieces: tuple[bytes, ...]
    answers: int = 1  # at most so many come back
    is_plain: bool = True  # one whole request that must be answered and may share a connection
    method: str = "POST"


def target_of(call: Call) -> bytes:
    return (f"{call.path}?{call.query}" if call.query else call.path).encode(errors="replace")


def _line(call: Call, version: bytes = b"HTTP/1.1") -> bytes:
    return call.method.encode() + b" " + target_of(call) + b" " + version + b"\r\n"


def _fields(call: Call, *more: tuple[bytes, bytes], host: bytes = b"127.0.0.1") -> bytes:
    named = ((b"Host", host), *call.headers, *more) if host else (*call.headers, *more)
    return b"".join(name + b": " + value + b"\r\n" for name, value in named)


def _length(call: Call) -> tuple[bytes, bytes]:
    return b"Content-Length", b"%d" % len(call.body)


def plain(call: Call) -> Sent:
    """As any client sends it."""
    head = _line(call) + _fields(call, *((_length(call),) if call.body or call.method != "GET" else ()))
    is_plain = not re.search(rb"[\s\x00-\x1f\x7f-\xff]", target_of(call)) and call.method != "CONNECT"
    return Sent((head + b"\r\n" + call.body,), is_plain=is_plain, method=call.method)


def _chunks(body: bytes, chance: Chance) -> bytes:
    size = chance.choice((1, 7, 100, 4_000, 70_000))
    body = body[:2_000] if size == 1 else body
    parts = [body[at : at + size] for at in range(0, len(body), size)]
    return b"".join(b"%x\r\n" % len(part) + part + b"\r\n" for part in parts) + b"0\r\n\r\n"


def _chunked(call: Call, chance: Chance) -> Sent:
    return _odd(call, _fields(call, (b"Transfer-Encoding", b"chunked")) + b"\r\n" + _chunks(call.body, chance))


def _chunks_wrong(call: Call, chance: Chance) -> Sent:
    whole = _chunks(call.body, chance)
    wrong = chance.choice((
        whole.replace(b"0\r\n\r\n", b""),
        whole.replace(b"0\r\n\r\n", b"0\r\nX-Trailer: 1\r\n\r\n"),
        b"ffffffffffffffff\r\n" + whole,
        b"-1\r\n" + whole,
        b"zz\r\n" + whole,
        b"5;a=" + b"x" * 9_000 + b"\r\nabcde\r\n" + whole,
        whole.replace(b"\r\n", b"\n"),
        b"0\r\n\r\n",
        b"7fffffff\r\n" + call.body,
    ))  # fmt: skip
    coding = chance.choice((b"chunked", b"gzip, chunked", b"Chunked", b"chunked, chunked", b"identity", b"x"))
    return _odd(call, _fields(call, (b"Transfer-Encoding", coding)) + b"\r\n" + wrong)


def _both_lengths(call: Call, chance: Chance) -> Sent:
    named = [(b"Transfer-Encoding", b"chunked"), _length(call)]
    chance.shuffle(named)
    return _odd(call, _fields(call, *named) + b"\r\n" + _chunks(call.body, chance))


def _length_wrong(call: Call, chance: Chance) -> Sent:
    right = len(call.body)
    said = chance.choice(
        (
            b"%d" % (right + 5),
            b"%d" % max(0, right - 5),
            b"-1",
            b"+%d" % right,
            b"0x10",
            b"",
            b"%d, %d" % (right, right),
            b"9" * 30,
            b"262145",
            b"1e3",
            b" 5 5",
        )
    )
    more = [(b"Content-Length", said)]
    if chance.random() < 0.3:
        more.append(_length(call))
    return _odd(call, _fields(call, *more) + b"\r\n" + call.body)


def _cut(call: Call, chance: Chance) -> Sent:
    whole = plain(call).pieces[0]
    return Sent((whole[: chance.randrange(1, len(whole))],), is_plain=False, method=call.method)


def _pieces(call: Call, chance: Chance) -> Sent:
    whole = plain(call).pieces[0]
    cuts = sorted(chance.sample(range(1, len(whole)), min(len(whole) - 1, chance.choice((1, 3, 12)))))
    parts = tuple(whole[a:b] for a, b in zip([0, *cuts], [*cuts, len(whole)], strict=True))
    return Sent(parts, is_plain=False, method=call.method)


def _pipelined(call: Call, chance: Chance) -> Sent:
    times = chance.choice((2, 3, PIPELINED, PIPELINED + 3, 40))
    end = chance.choice((b"", b"", b"x", b"GET / HTTP/1.1\r\n", b"\0" * 40))
    return Sent((plain(call).pieces[0] * times + end,), answers=times + 1, is_plain=False, method=call.method)


def _line_wrong(call: Call, chance: Chance) -> Sent:
    target, method = target_of(call), call.method.encode()
    line = chance.choice((
        method + b" " + target + b" HTTP/1.0\r\n",
        method + b" " + target + b" HTTP/2.0\r\n",
        method + b" " + target + b" HTTP/9.9\r\n",
        method + b" " + target + b"\r\n",
        method + b"  " + target + b"  HTTP/1.1\r\n",
        method.lower() + b" " + target + b" HTTP/1.1\r\n",
        method + b" http://127.0.0.1" + target + b" HTTP/1.1\r\n",
        method + b" //x@y:99999" + target + b" HTTP/1.1\r\n",
        method + b" * HTTP/1.1\r\n",
        method + b" " + target + b"#x HTTP/1.1\r\n",
        method + b" x HTTP/1.1\r\n",
        b"\r\n\r\n" + _line(call),
        b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
        b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03" + bytes(40),
        b"\0" * 200,
        method + b" /" + b"a" * 70_000 + b" HTTP/1.1\r\n",
    ))  # fmt: skip
    return _odd(call, _fields(call, _length(call)) + b"\r\n" + call.body, line)


def _fields_wrong(call: Call, chance: Chance) -> Sent:
    right = _fields(call, _length(call))
    wrong = chance.choice((
        right.replace(b": ", b" : "),
        right.replace(b": ", b":"),
        right.replace(b"\r\n", b"\n"),
        right.replace(b"\r\n", b"\r"),
        right + b" folded\r\n",
        right + b"no colon here\r\n",
        right + b": empty name\r\n",
        right + b"X: a\0b\r\n",
        right + b"X\xff: a\r\n",
        right + b"Host: another\r\n",
        right + b"X: " + b"v" * 70_000 + b"\r\n",
        right + b"X: v\r\n" * 9_000,
        right + b"Connection: close, upgrade\r\nUpgrade: websocket\r\n",
        right + b"Connection: Upgrade, HTTP2-Settings\r\nUpgrade: h2c\r\nHTTP2-Settings: AAMAAABkAAQAAP__\r\n",
        _fields(call, _length(call), host=b""),
        _fields(call, _length(call), host=chance.choice(HOSTS)),
    ))  # fmt: skip
    return _odd(call, wrong + b"\r\n" + call.body)


def _odd(call: Call, rest: bytes, line: bytes = b"") -> Sent:
    return Sent(((line or _line(call)) + rest,), answers=PIPELINED + 2, is_plain=False, method=call.method)


FRAMES: tuple[tuple[str, Callable[[Call, Chance], Sent]], ...] = (
    ("chunked", _chunked),
    ("chunks wrong", _chunks_wrong),
    ("both lengths", _both_lengths),
    ("length wrong", _length_wrong),
    ("cut short", _cut),
    ("in pieces", _pieces),
    ("pipelined", _pipelined),
    ("request line", _line_wrong),
    ("fields", _fields_wrong),
)


def framed(call: Call, chance: Chance) -> Sent:
    """The call on the wire: as it should be, or not."""
    if chance.random() >= 0.05:
        return plain(call)
    name, frame = chance.choice(FRAMES)
    call.wrong.append(name)
    return frame(call, chance)
