"""`dancu witness`: watches the logs of others and signs that they only grow. No Django, no database."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Awaitable, Callable, MutableMapping
from datetime import UTC, datetime
from html import escape
from pathlib import Path
from typing import Any

import typer

from dancu.kernel import clock
from dancu.ledger.outside.witness import REQUEST_BYTES_MAX, Answer, Witness, name_of, read_followed_logs, signer_of

app = typer.Typer(add_completion=False, pretty_exceptions_enable=False)
Scope = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[MutableMapping[str, Any]]]
Send = Callable[[MutableMapping[str, Any]], Awaitable[None]]
HTML = "text/html; charset=utf-8"
WAITING_MAX = 64  # connections at once; a witness has a handful of callers


def run(arguments: list[str]) -> None:
    app(args=arguments, prog_name="dancu witness")  # not by `command`, which knows Django


@app.command()
def witness(
    home: Path = typer.Option(..., help="Folder of this witness: its key, the last heads, evidence."),
    name: str = typer.Option(..., help="Name it signs with, like an address without https: nhan-chung.vidu.vn"),
    logs: Path | None = typer.Option(None, help="TOML list of the logs it follows; HOME/logs.toml by default."),
    host: str = typer.Option("127.0.0.1"),
    port: int = typer.Option(8010, min=1, max=65535),
    show_key: bool = typer.Option(False, "--show-key", help="Print the verifier key and end."),
) -> None:
    """Sign heads of logs that only grow; refuse and keep whatever forks or shrinks."""
    signer = signer_of(home, name)
    if show_key:
        from dancu.ledger.notes import COSIGNATURE, key_of

        typer.echo(str(key_of(signer, COSIGNATURE)))
        return
    followed = read_followed_logs(logs or home / "logs.toml")
    keeper = Witness(home, signer, followed)
    typer.echo(str(keeper.key))
    typer.echo(f"http://{host}:{port}/ follows {', '.join(log.origin for log in followed)}", err=True)
    serve(keeper, host, port)


def serve(keeper: Witness, host: str, port: int) -> None:
    """Answer until SIGTERM or Ctrl-C. Heads, drips and connections without end are cut off as at the gateway."""
    import uvicorn

    from dancu.gateway.protocol import BoundedProtocol

    config = uvicorn.Config(
        Application(keeper),
        host=host,
        port=port,
        http=BoundedProtocol,
        ws="none",
        lifespan="off",
        access_log=False,
        log_level="error",
        server_header=False,
        proxy_headers=False,
        limit_concurrency=WAITING_MAX,
        timeout_keep_alive=75,
        timeout_graceful_shutdown=5,
    )
    with contextlib.suppress(KeyboardInterrupt):
        uvicorn.Server(config).run()
    keeper.close()


class Application:
    """The ASGI application of a witness."""

    def __init__(self, keeper: Witness) -> None:
        self._keeper = keeper

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            return
        if scope["path"] == "/add-checkpoint":
            answer = await self._add(scope, receive)
        elif scope["method"] not in ("GET", "HEAD"):
            answer = Answer(405, "GET\n")
        elif scope["path"] == "/":
            answer = Answer(200, page(self._keeper), HTML)
        else:
            answer = self._kept(scope["path"])
        await _send(send, answer, with_body=scope["method"] != "HEAD")

    async def _add(self, scope: Scope, receive: Receive) -> Answer:
        if scope["method"] != "POST":
            return Answer(405, "POST\n")
        body = bytearray()
        more = True
        while more:
            message = await receive()
            if message["type"] == "http.disconnect":
                return Answer(400)
            body += message.get("body", b"")
            more = bool(message.get("more_body"))
            if len(body) > REQUEST_BYTES_MAX:
                return Answer(413, "too long\n")
        return await asyncio.to_thread(self._keeper.add_checkpoint, bytes(body), clock.now())

    def _kept(self, path: str) -> Answer:
        """`/heads/NAME`: the last head of a log, to be kept and compared; `/evidence/NAME`: what was refused."""
        for head, note, _ in self._keeper.heads():
            if path == f"/heads/{name_of(head.origin)}":
                return Answer(200, str(note))
        if path.startswith("/evidence/") and (text := self._keeper.find_evidence(path.removeprefix("/evidence/"))) is not None:
            return Answer(200, text)
        return Answer(404, "not found\n")


def page(keeper: Witness) -> str:
    """What this witness saw, for anybody who comes by."""
    rows = "".join(
        f'<tr><td><a href="/heads/{name_of(head.origin)}">{escape(head.origin)}</a>'
        f"<td>{f'{head.size:,}'.replace(',', '.')}<td><code>{head.root.hex()}</code>"
        f"<td>{clock.local(datetime.fromtimestamp(second, UTC)):%d/%m/%Y %H:%M:%S}"
        for head, _, second in keeper.heads()
    )
    kept = keeper.evidence()
    words = "".join(f'<li><a href="/evidence/{name}">{escape(name)}</a>' for name in kept[-20:])
    return f"""<!doctype html><html lang="vi"><meta charset="utf-8"><meta name="viewport" content="width=device-width">
<title>Nhân chứng {escape(keeper.key.name)}</title>
<h1>Nhân chứng {escape(keeper.key.name)}</h1>
<p>Chỉ ký khi sổ lớn thêm mà không sửa phần đã ký. Khoá kiểm tra: <code>{escape(str(keeper.key))}</code></p>
<table><caption>Lần ký gần nhất của từng sổ</caption>
<tr><th>Sổ<th>Số mục<th>Băm gốc<th>Lúc ký (giờ Việt Nam)</tr>{rows}</table>
<h2>Đã từ chối và giữ làm chứng cứ: {len(kept)}</h2><ul>{words}</ul>
"""


async def _send(send: Send, answer: Answer, *, with_body: bool) -> None:
    body = answer.body.encode()
    headers = [
        (b"content-type", answer.content_type.encode()),
        (b"content-length", str(len(body)).encode()),
        (b"cache-control", b"no-store"),
        (b"x-content-type-options", b"nosniff"),
        (b"content-security-policy", b"default-src 'none'"),
    ]
    await send({"type": "http.response.start", "status": answer.status, "headers": headers})
    await send({"type": "http.response.body", "body": body if with_body else b""})
