"""A program of the field that asks the national service, as well made as one can be; planted faults override one habit each.

It knows nothing of the kit but the address, the agreement and the list of persons that an integrator reads on the screen.
"""

from __future__ import annotations

import asyncio
import base64
import hashlib
import time
from collections.abc import Sequence
from itertools import count
from xml.sax.saxutils import escape

import aiohttp

SECONDS = 8.0
ATTEMPTS = 3


class Program:
    """Asks about one person after the other; sends again, with the same id, what was not answered."""

    def __init__(self, root: str, client: str, secret: str, officer: str = "canbo01") -> None:
        self.root, self.client, self.secret, self.officer = root, client, secret, officer
        self.path, self._ids = "/dich-vu/dan-cu", count(1)
        self.seconds, self.attempts = SECONDS, ATTEMPTS

    async def look_up_all(self, people: Sequence[tuple[str, str, str]]) -> None:
        async with aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=self.seconds)) as session:
            for number, name, born in people:
                await self.look_up(session, number, name, born)

    async def look_up(self, session: aiohttp.ClientSession, number: str, name: str, born: str) -> str:
        request_id = self.request_id()
        for attempt in range(self.attempts):
            status, retry_after, body = await self.send(
                session, self.body(self.id_again(request_id, attempt), number, name, born), number
            )
            if status == 200 and self.is_answer(body):
                return body
            await asyncio.sleep(self.wait(retry_after, attempt))
        return ""

    # -- habits that a planted fault overrides ---------------------------------------------------------------------

    def request_id(self) -> str:
        return f"MOTCUA{next(self._ids):04d}"

    def id_again(self, request_id: str, attempt: int) -> str:
        return request_id

    def is_answer(self, body: str) -> bool:
        """An envelope, with or without a citizen."""
        return "Envelope" in body

    def wait(self, retry_after: str, attempt: int) -> float:
        return float(retry_after or 0) + 0.05 * (attempt + 1)

    def stamp(self) -> str:
        return str(int(time.time() * 1000))

    def digest(self, stamp: str) -> str:
        return hashlib.sha256(f"{self.path}{self.client}{stamp}{self.secret}".encode()).hexdigest()

    def headers(self) -> dict[str, str]:
        stamp = self.stamp()
        pair = base64.b64encode(f"{self.client}:{self.digest(stamp)}".encode()).decode()
        return {"Content-Type": "application/xml", "Timestamp": stamp, "Authorization": f"Basic {pair}"}

    def name(self, name: str) -> str:
        return name.upper()

    def birth(self, born: str) -> str:
        name = "Nam" if len(born) == 4 else "NgayThangNam"
        return f"<dan:{name}>{born}</dan:{name}>"

    def fields(self, request_id: str, number: str, name: str, born: str) -> dict[str, str]:
        return {
            "MaYeuCau": request_id,
            "MaDVC": "1.001193",
            "MaTichHop": "037",
            "MaCanBo": self.officer,
            "SoDinhDanh": number,
            "HoVaTen": escape(self.name(name)),
            "NgayThangNamSinh": self.birth(born),
        }

    def envelope(self, inner: str) -> str:
        return (
            '<?xml version="1.0" encoding="UTF-8"?><soapenv:Envelope xmlns:soapenv="http://schemas.xmlsoap.org/soap/envelope/" '
            f'xmlns:dan="http://dancuquocgia.bca"><soapenv:Header/><soapenv:Body>{inner}</soapenv:Body></soapenv:Envelope>'
        )

    def body(self, request_id: str, number: str, name: str, born: str) -> bytes:
        inner = "".join(f"<dan:{each}>{value}</dan:{each}>" for each, value in self.fields(request_id, number, name, born).items())
        return self.envelope(f"<dan:TraCuuThongTinCongDan>{inner}</dan:TraCuuThongTinCongDan>").encode()

    def url(self, number: str) -> str:
        return self.root + self.path

    async def send(self, session: aiohttp.ClientSession, body: bytes, number: str) -> tuple[int, str, str]:
        try:
            async with session.post(self.url(number), data=body, headers=self.headers()) as response:
                return response.status, response.headers.get("Retry-After", ""), await response.text()
        except TimeoutError:
            return 0, "", ""
