"""Security events as a monitoring centre reads them: Common Event Format in a syslog line of RFC 5424. Pure."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from typing import Any

from dancu.kernel.config import VERSION

_FILE = Path(__file__).parent / "data" / "security_events.toml"
USUAL_SEVERITY = 5
FACILITY = 13  # log audit
LINE_MAX = 2048  # every receiver of RFC 5424 takes so many bytes
_UNPRINTABLE = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029]")


@dataclass(frozen=True, slots=True)
class SecurityEvent:
    """One thing a monitoring centre is told (*sự kiện an ninh*): of systems and networks, never of a person."""

    kind: str  # one of our own words
    at: datetime
    count: int = 1
    fields: Mapping[str, str] = field(default_factory=dict)  # CEF's own names: `shost`, `cs1`, …


@dataclass(frozen=True, slots=True)
class KindWords:
    """How a kind of event is told (*loại sự kiện an ninh*)."""

    says: str
    severity: int
    severity_of_many: int


@cache
def kinds() -> Mapping[str, KindWords]:
    """Every kind we have words for."""
    said = _table()["kind"]
    return {
        name: KindWords(row["says"], row["severity"], row.get("severity_of_many", row["severity"])) for name, row in said.items()
    }


def words_of(kind: str) -> KindWords | None:
    """The words of a kind: its own, those of its first word (`signature.time`), of its last (`rest.unauthenticated`)."""
    known = kinds()
    return known.get(kind) or known.get(kind.partition(".")[0]) or known.get(kind.rpartition(".")[2])


@cache
def _table() -> Mapping[str, Any]:  # a file of ours, read by its names
    return tomllib.loads(_FILE.read_text(encoding="utf-8"))


def severity_of(event: SecurityEvent) -> int:
    """From 0 to 10."""
    words = words_of(event.kind)
    if words is None:
        return USUAL_SEVERITY
    return words.severity_of_many if event.count >= _table()["many"] else words.severity


def cef_text(event: SecurityEvent) -> str:
    """`CEF:0|dancu|exchange|…`: pipes of the head and equal signs of the fields are escaped, nothing breaks the line."""
    words = words_of(event.kind)
    head = ("dancu", "exchange", VERSION, event.kind, words.says if words else event.kind, str(severity_of(event)))
    fields = {"rt": str(int(event.at.timestamp() * 1000)), "cnt": str(event.count), **event.fields}
    said = " ".join(f"{name}={_escaped(value, '=')}" for name, value in fields.items())
    return "|".join(["CEF:0", *(_escaped(each, "|") for each in head), said])


def syslog_line(event: SecurityEvent, host: str, process: str) -> bytes:
    """One message of RFC 5424; longer than every receiver takes, it is cut between two characters."""
    severity = severity_of(event)
    level = 2 if severity >= 9 else 3 if severity >= 7 else 4 if severity >= 4 else 6  # critical, error, warning, informational
    at = event.at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%f") + "Z"
    head = f"<{FACILITY * 8 + level}>1 {at} {_name(host, 255)} dancu {_name(process, 128)} {_name(event.kind, 32)} - "
    return (head + cef_text(event)).encode()[:LINE_MAX].decode(errors="ignore").encode()


def framed(line: bytes) -> bytes:
    """With its length in front, as RFC 5425 and RFC 6587 count: what stands inside can never end it."""
    return b"%d %s" % (len(line), line)


def _escaped(text: str, special: str) -> str:
    clean = _UNPRINTABLE.sub(" ", text)
    return clean.replace("\\", "\\\\").replace(special, f"\\{special}")


def _name(text: str, length: int) -> str:
    """As RFC 5424 writes names: printable ASCII without blanks, `-` for nothing."""
    return re.sub(r"[^\x21-\x7e]", "", text)[:length] or "-"
