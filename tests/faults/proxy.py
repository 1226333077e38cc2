"""A network that misbehaves on demand, between a client and a server of TCP or of a Unix socket.

Faults apply to what the server answers, or with `toward="server"` to what the client says. They may be changed while
connections are open. Everything is drawn from a seed; nothing leaves this machine.

    with FaultProxy(("127.0.0.1", 5432)) as proxy:
        connect(port=proxy.port)
        proxy.fault = Fault("drip")
"""

from __future__ import annotations

import asyncio
import contextlib
import random
import socket
import struct
import threading
from dataclasses import dataclass
from types import TracebackType
from typing import Literal

Kind = Literal["none", "latency", "drip", "half_open", "reset", "truncated", "duplicated", "garbage", "silent"]
KINDS: tuple[Kind, ...] = ("none", "latency", "drip", "half_open", "reset", "truncated", "duplicated", "garbage", "silent")
Target = tuple[str, int] | str  # host and port, or the path of a Unix socket
_CHUNK = 65536


@dataclass(frozen=True)
class Fault:
    """What goes wrong: `after` bytes pass unharmed first.

    latency: every chunk waits `seconds`. drip: one byte each `seconds`. half_open: the other side ended, nobody is told.
    reset: RST. truncated: ends in the middle. duplicated: every chunk twice. garbage: bytes nobody sent. silent: nothing comes.
    """

    kind: Kind = "none"
    after: int = 0
    seconds: float = 1.0
    toward: Literal["client", "server"] = "client"


class FaultProxy:
    """Listens on a port of its own while the `with` block lasts; counts connections and bytes."""

    def __init__(self, target: Target, fault: Fault = Fault(), seed: int = 0) -> None:
        self.target, self.fault, self.port = target, fault, 0
        self.connections, self.passed = 0, 0
        self._random = random.Random(seed)
        self._loop = asyncio.new_event_loop()
        self._ready, self._thread = threading.Event(), threading.Thread(target=self._run, name="fault-proxy", daemon=True)

    def __enter__(self) -> FaultProxy:
        self._thread.start()
        assert self._ready.wait(10), "the proxy does not listen"
        return self

    def __exit__(self, kind: type[BaseException] | None, failure: BaseException | None, trace: TracebackType | None) -> None:
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(10)

    def cut(self) -> None:
        """Reset every connection that is open now."""
        self._loop.call_soon_threadsafe(lambda: [_reset(writer) for writer in list(self._writers)])

    def _run(self) -> None:
        asyncio.set_event_loop(self._loop)
        self._writers: set[asyncio.StreamWriter] = set()
        server = self._loop.run_until_complete(asyncio.start_server(self._serve, "127.0.0.1", 0))
        self.port = server.sockets[0].getsockname()[1]
        self._ready.set()
        self._loop.run_forever()
        server.close()
        tasks = asyncio.all_tasks(self._loop)
        for task in tasks:
            task.cancel()
        self._loop.run_until_complete(asyncio.gather(*tasks, return_exceptions=True))
        for writer in self._writers:
            writer.transport.abort()
        self._loop.run_until_complete(asyncio.sleep(0))
        self._loop.close()

    async def _serve(self, client_in: asyncio.StreamReader, client_out: asyncio.StreamWriter) -> None:
        self.connections += 1
        self._writers.add(client_out)
        try:
            server_in, server_out = await self._connect()
        except OSError:
            client_out.transport.abort()
            return
        self._writers.add(server_out)
        try:
            await asyncio.gather(self._pass(client_in, server_out, "server"), self._pass(server_in, client_out, "client"))
        except (ConnectionError, OSError):
            for writer in (client_out, server_out):
                writer.transport.abort()
        finally:
            self._writers -= {client_out, server_out}

    async def _connect(self) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
        if isinstance(self.target, str):
            return await asyncio.open_unix_connection(self.target)
        return await asyncio.open_connection(*self.target)

    async def _pass(self, source: asyncio.StreamReader, sink: asyncio.StreamWriter, toward: str) -> None:
        seen = 0
        while data := await source.read(_CHUNK):
            fault = self.fault
            if fault.toward != toward:
                fault = Fault()
            whole = max(min(fault.after - seen, len(data)), 0) if fault.kind != "none" else len(data)
            seen += len(data)
            await self._write(sink, data[:whole])
            if whole < len(data) and not await self._harm(fault, sink, data[whole:]):
                return
        if self.fault.kind not in ("half_open", "silent") or self.fault.toward != toward:
            with contextlib.suppress(OSError):
                sink.write_eof()

    async def _harm(self, fault: Fault, sink: asyncio.StreamWriter, data: bytes) -> bool:
        """Pass the rest as the fault does; False when nothing more goes this way."""
        match fault.kind:
            case "latency":
                await asyncio.sleep(fault.seconds)
                await self._write(sink, data)
            case "drip":
                for at in range(len(data)):
                    await self._write(sink, data[at : at + 1])
                    await asyncio.sleep(fault.seconds)
            case "duplicated":
                await self._write(sink, data + data)
            case "garbage":
                await self._write(sink, self._random.randbytes(len(data)))
            case "reset":
                _reset(sink)
                return False
            case "truncated":
                await self._write(sink, data[: len(data) // 2])
                sink.close()
                return False
            case "half_open" | "silent":
                pass  # taken and never delivered; the connection stays open
        return True

    async def _write(self, sink: asyncio.StreamWriter, data: bytes) -> None:
        if data:
            sink.write(data)
            await sink.drain()
            self.passed += len(data)


def _reset(writer: asyncio.StreamWriter) -> None:
    """RST instead of FIN."""
    found = writer.get_extra_info("socket")
    if found is not None:
        with contextlib.suppress(OSError):
            found.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    writer.transport.abort()
