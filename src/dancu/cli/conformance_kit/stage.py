"""Where one dialect's checks are played: the line to the candidate, the persons, and what was seen so far."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import TypeVar

from dancu.cli.conformance_kit.agreed import Agreed
from dancu.cli.conformance_kit.asking import Asked, Key, about
from dancu.cli.conformance_kit.checks import Failed, Skipped, shown
from dancu.cli.conformance_kit.persons import Cast, Persona
from dancu.cli.conformance_kit.reading import Found, Kind
from dancu.cli.conformance_kit.tongues import Tongue
from dancu.cli.conformance_kit.wire import Call, Reply, Wire

T = TypeVar("T")
LIMIT_HINT = (
    "Máy chủ giới hạn số lần hỏi sai về một người thì người mẫu đã hết lượt hôm nay: "
    "chạy lại ngày mai hoặc dùng người mẫu khác (--personas)."
)


class Stage:
    """One candidate, one dialect. Answers that many checks look at are asked for once."""

    def __init__(self, wire: Wire, agreed: Agreed, cast: Cast, tongue: Tongue, turn: int = 0) -> None:
        self.wire, self.agreed, self.cast, self.tongue, self.turn = wire, agreed, cast, tongue, turn
        self.absent: tuple[Persona, ...] = ()  # whom the roll call did not find
        self.said = ""  # what was sent last, in words
        self.seconds: list[float] = []  # how long answers about persons took
        self.seen: list[Reply] = []
        self._kept: dict[str, object] = {}

    @property
    def unknown(self) -> Persona:
        """Somebody with a number that nobody has."""
        return self.cast.unknown[self.turn % len(self.cast.unknown)]

    def for_misses(self) -> Persona:
        """A person to make false statements about, another for each dialect. Raises `Skipped` when there is none left."""
        others = self.cast.others
        if not others:
            raise Skipped("Chưa kiểm được: không còn người mẫu nào để hỏi sai. " + LIMIT_HINT)
        return others[self.turn % len(others)]

    async def call_the_roll(self) -> None:
        """Look for everybody once, so that one who is not there fails one check and not all of them."""
        try:
            await self.plain()
        except Skipped:
            return
        answers = [(person, (await self.ask(about(person)))[1]) for person in self.cast.others]
        self.absent = tuple(person for person, found in answers if found.kind is not Kind.CITIZEN)
        self.cast = self.cast.without(self.absent)

    async def send(self, call: Call, words: str) -> Reply:
        """One call. Raises `NoAnswer`."""
        self.said = words
        reply = await self.wire.send(call)
        self.seen.append(reply)
        return reply

    async def ask(self, asked: Asked, key: Key = Key.RIGHT) -> tuple[Reply, Found]:
        """One question as the dialect sends it."""
        return await self.ask_as(self.tongue.call(asked, key), asked.words)

    async def ask_as(self, call: Call, words: str) -> tuple[Reply, Found]:
        """One question that a check has written down itself."""
        reply = await self.send(call, words)
        self.seconds.append(reply.seconds)
        return reply, self.tongue.read(reply)

    async def plain(self) -> Reply:
        """The answer about the plain persona, which most rules of form look at. Raises `Skipped` where she is not found."""
        asked = about(self.cast.plain)

        async def ask() -> tuple[Reply, Found]:
            return await self.ask(asked)

        reply, found = await self.once("plain", ask)
        self.said = asked.words
        if found.kind is not Kind.CITIZEN:
            raise Skipped(f"Chưa kiểm được: câu hỏi thường chưa có công dân trong câu trả lời (xem {self.tongue.name}.found).")
        return reply

    async def nobody(self) -> Reply:
        """The answer about a number that nobody has."""
        asked = about(self.unknown, f"tra cứu số không có ai mang {self.unknown.hint}")

        async def ask() -> Reply:
            return (await self.ask(asked))[0]

        reply = await self.once("nobody", ask)
        self.said = asked.words
        return reply

    async def once(self, name: str, ask: Callable[[], Awaitable[T]]) -> T:
        """What `ask` gives, asked for the first time only."""
        if name not in self._kept:
            self._kept[name] = await ask()
        return self._kept[name]  # type: ignore[return-value]  # kept under this name by the same caller

    async def must_find(self, asked: Asked, persona: Persona, mend: str) -> tuple[Reply, Found]:
        """Ask, and fail where this persona is not in the answer."""
        reply, found = await self.ask(asked)
        self.require_found(reply, found, persona, mend)
        return reply, found

    def require_found(self, reply: Reply, found: Found, persona: Persona, mend: str) -> None:
        wanted = f"HTTP {self.tongue.ok} và đúng người mẫu {persona.hint}"
        if reply.status != self.tongue.ok or found.kind is not Kind.CITIZEN:
            raise Failed(shown(reply), wanted, mend)
        if found.number not in ("", persona.number):
            raise Failed("một công dân khác", wanted, mend)

    def require_refused(self, reply: Reply, found: Found, what: str, mend: str) -> None:
        """Fail where a citizen was told, or the server broke."""
        if found.kind is Kind.CITIZEN:
            raise Failed(f"HTTP {reply.status} có công dân", what, mend)
        if reply.status >= 500 and found.kind is not Kind.REFUSED:
            raise Failed(shown(reply), what, f"{mend}; từ chối trong lời của hợp đồng, không để lộ lỗi nội bộ")
        if reply.is_html:
            raise Failed(f"một trang HTML (HTTP {reply.status})", what, "trả lời trong dạng của hợp đồng, không phải trang web")
