"""Speaks with the service of results: the addresses of `reconcile/http.py`, by a key of the list. Standard library only."""

from __future__ import annotations

import json
import ssl
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from http.client import HTTPException
from pathlib import Path
from typing import Any, cast
from urllib.parse import urlsplit

from dancu.kernel.errors import Conflict, DancuError, Invalid, NotAllowed, NotFound, TooMany, Unavailable

PIECE_BYTES = 8 * 1024 * 1024
BEGUN = ("queued", "comparing", "paused", "done")
_HELD = (*BEGUN, "waiting", "mapping")  # the file is there
TRIES, WAIT_SECONDS = 6, 2.0
_BLOCK = 1024 * 1024
_LOCAL = ("localhost", "127.0.0.1", "::1")
_KINDS: dict[int, type[DancuError]] = {403: NotAllowed, 404: NotFound, 409: Conflict, 422: Invalid, 429: TooMany}


class Service:
    """A service of results (*dịch vụ đối soát*). A line that breaks is tried again; a refusal is raised as the service says it."""

    def __init__(self, address: str, secret: str, *, ca: Path | None = None, sleep: Callable[[float], None] = time.sleep) -> None:
        """Raises `Invalid` for an address without encryption, unless it is this machine's own."""
        parts = urlsplit(address)
        if parts.scheme != "https" and not (parts.scheme == "http" and parts.hostname in _LOCAL):
            raise Invalid(
                "service.address",
                "Địa chỉ dịch vụ phải bắt đầu bằng https:// (chỉ máy này mới được dùng http://).",
                "The address of the service begins with https:// (http:// for this machine only).",
                field="service",
            )
        self._root, self._secret, self._sleep = address.rstrip("/"), secret, sleep
        context = ssl.create_default_context(cafile=str(ca) if ca else None)
        # A redirect could carry the key elsewhere: none is followed.
        self._opener = urllib.request.build_opener(urllib.request.HTTPSHandler(context=context), _NoRedirect())

    def list(self) -> dict[str, Any]:
        """The list the key opens."""
        return self._told("GET", "list")

    def send(self, file: Path, digest: str, progress: Callable[[int, int], None] = lambda done, of: None) -> None:
        """Send a file, from where the service has it (*gửi tệp*)."""
        size = file.stat().st_size
        with file.open("rb") as opened:
            at = self._offset(digest)
            if at > size:
                self._told("DELETE", f"files/{digest}")
                at = 0
            while at < size:
                opened.seek(at)
                try:
                    at = int(self._told("PUT", f"files/{digest}?offset={at}", opened.read(PIECE_BYTES))["offset"])
                except Conflict:  # a piece whose answer was lost is there already
                    at = self._offset(digest)
                progress(at, size)

    def _offset(self, digest: str) -> int:
        return int(self._told("GET", f"files/{digest}")["offset"])

    def start(self, digest: str, name: str, mapping: dict[str, int], scope: str, grouped_by: str = "") -> dict[str, Any]:
        """Begin a round with a file that was sent (*bắt đầu đợt đối soát*); the round it began before, if it did."""
        if before := self.begun(digest):
            return before
        asked = {"sha256": digest, "file_name": name, "mapping": mapping, "scope": scope, "grouped_by": grouped_by}
        return self._told("POST", "rounds", json.dumps(asked).encode(), "application/json")

    def begun(self, digest: str) -> dict[str, Any] | None:
        """The round a file began, if it did and was not given up."""
        return self._round_of(digest, BEGUN)

    def holds(self, digest: str) -> bool:
        """Is a round there that has this file, begun or not?"""
        return self._round_of(digest, _HELD) is not None

    def _round_of(self, digest: str, states: tuple[str, ...]) -> dict[str, Any] | None:
        return next((each for each in self.list()["rounds"] if each["sha256"] == digest and each["state"] in states), None)

    def round(self, round_id: str) -> dict[str, Any]:
        return self._told("GET", f"rounds/{round_id}")

    def act(self, round_id: str, act: str) -> dict[str, Any]:
        return self._told("POST", f"rounds/{round_id}/{act}", b"{}", "application/json")

    def fetch(self, round_id: str, what: str, to: Path) -> None:
        """A file of results; under its name only once it is whole."""
        unfinished = to.with_name(to.name + ".unfinished")

        def read(answer: Any) -> None:
            with unfinished.open("wb") as file:
                for block in _blocks(answer):
                    file.write(block)
                if file.tell() != int(answer.headers.get("Content-Length", file.tell())):
                    raise ConnectionError("cut off")

        self._asked("GET", f"rounds/{round_id}/results/{what}", None, "", read)
        unfinished.replace(to)

    def _told(self, method: str, path: str, body: bytes | None = None, kind: str = "application/octet-stream") -> dict[str, Any]:
        return cast(dict[str, Any], self._asked(method, path, body, kind, json.load))

    def _asked(self, method: str, path: str, body: bytes | None, kind: str, read: Callable[[Any], Any]) -> Any:
        for trial in range(TRIES):
            asked = urllib.request.Request(f"{self._root}/api/reconcile/{path}", body, method=method)  # noqa: S310 - checked above
            asked.add_header("Authorization", f"Bearer {self._secret}")
            if body is not None:
                asked.add_header("Content-Type", kind)
            try:
                with self._opener.open(asked, timeout=120) as answer:
                    return read(answer)
            except urllib.error.HTTPError as failure:
                if failure.code < 500 or trial == TRIES - 1:
                    raise _refusal(failure) from None
            except (OSError, HTTPException, ValueError):
                if trial == TRIES - 1:
                    raise _unreachable() from None
            self._sleep(WAIT_SECONDS * 2**trial)
        raise AssertionError("tried or raised")


class _NoRedirect(urllib.request.HTTPRedirectHandler):
    def redirect_request(self, *given: Any, **more: Any) -> None:
        return None


def _blocks(answer: Any) -> Iterator[bytes]:
    while block := answer.read(_BLOCK):
        yield block


def _refusal(failure: urllib.error.HTTPError) -> DancuError:
    """What the service says, as it says it."""
    try:
        told = json.load(failure)
        kind = _KINDS.get(failure.code, Unavailable)
        return kind(str(told["code"]), str(told["title"]), str(told["title_en"]), field=str(told.get("field", "")))
    except (ValueError, KeyError, TypeError):
        return _unreachable(f"HTTP {failure.code}")


def _unreachable(why: str = "") -> Unavailable:
    more = f" ({why})" if why else ""
    return Unavailable(
        "service.unreachable",
        f"Không liên lạc được với dịch vụ đối soát{more}. Phần đã gửi vẫn được giữ; bạn chạy lại lệnh để gửi tiếp.",
        f"The service cannot be reached{more}. What was sent is kept; run the command again to go on.",
    )
