"""The signed statement an epoch begins with: where each log was closed, and what of it was lost. Pure."""

from __future__ import annotations

import base64
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from dancu.kernel.errors import Invalid
from dancu.ledger.logs import Head, parse_origin
from dancu.ledger.notes import VerifierKey, parse_checkpoint, parse_note, verify_note

_GIVEN_UP, _UNKNOWN = "given-up", "unknown"


@dataclass(frozen=True, slots=True)
class Closing:
    """How one log ended (*việc đóng một quyển sổ*)."""

    epoch: int  # the one that began
    reason: str
    origin: str
    closed: Head | None  # None: given up, none of its leaves were kept
    signed: Head | None  # what had been signed; None: nobody knew

    @property
    def is_given_up(self) -> bool:
        return self.closed is None

    @property
    def is_gone(self) -> bool:
        """Is there nothing of it any more under its own name?"""
        return self.closed is None or self.closed.size == 0

    @property
    def has_lost(self) -> bool:
        """Is it not whole any more, as far as is known?"""
        return self.closed is None or self.signed is None or self.signed.size > self.closed.size

    def admits(self, kept: Head) -> bool:
        """Does it own up to this head: as signed, or as what cannot be known?"""
        return self.signed is None or kept.size < self.signed.size or kept == self.signed


def write_statement(book: str, epoch: int, moment: str, reason: str, lines: Sequence[str]) -> str:
    return "".join(f"{line}\n" for line in (f"{book}/epoch", str(epoch), moment, reason, *lines))


def line_of(origin: str, closed: Head | None, signed: Head | None) -> str:
    return f"{origin} {_told(closed) if closed else _GIVEN_UP} {_told(signed) if signed else _UNKNOWN}"


def read_statement(text: str, keys: Iterable[VerifierKey]) -> list[Closing]:
    """What it says of each log, if a key of its book signed it. Raises `Invalid`."""
    note = parse_note(text)
    opening, epoch, _moment, reason, *lines = [*note.text.split("\n"), "", "", ""]
    book = opening.removesuffix("/epoch")
    if opening == book or not (epoch.isascii() and epoch.isdecimal()):
        raise _unreadable()
    if not any(verify_note(note, key) for key in keys if key.name == book):
        raise Invalid(
            "ledger.signature", f"Tuyên bố kỳ {epoch} không mang chữ ký đúng.", f"The statement of epoch {epoch} is unsigned."
        )
    closings = [_closing(line, int(epoch), reason) for line in lines if line]
    if any(parse_origin(each.origin)[0] != book or parse_origin(each.origin)[2] >= each.epoch for each in closings):
        raise _unreadable()
    return closings


def _closing(line: str, epoch: int, reason: str) -> Closing:
    origin, *told = line.split(" ")
    is_given_up = told[:1] == [_GIVEN_UP]
    split = 1 if is_given_up else 2
    closed, signed = told[:split], told[split:]
    return Closing(
        epoch,
        reason,
        origin,
        None if is_given_up else _head(origin, closed),
        None if signed == [_UNKNOWN] else _head(origin, signed),
    )


def _head(origin: str, told: Sequence[str]) -> Head:
    if len(told) != 2:
        raise _unreadable()
    head = parse_checkpoint("".join(f"{line}\n" for line in (origin, *told)))
    return Head(head.origin, head.size, head.root)


def _told(head: Head) -> str:
    return f"{head.size} {base64.b64encode(head.root).decode()}"


def _unreadable() -> Invalid:
    return Invalid("ledger.statement", "Tuyên bố mở kỳ sổ không đọc được.", "The statement of an epoch cannot be read.")
