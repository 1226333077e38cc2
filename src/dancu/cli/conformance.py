"""`dancu conformance`: plays a client against a candidate server, or the service for a candidate client. No Django, no database."""

from __future__ import annotations

import asyncio
import signal
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from urllib.parse import urlsplit

import typer

from dancu.cli.conformance_kit.agreed import PATHS, Agreed
from dancu.cli.conformance_kit.persons import DEMO, Cast, read_cast
from dancu.cli.conformance_kit.playing import DIALECTS, Gone, Wanted, play
from dancu.cli.conformance_kit.report import Telling, catalogue, steps_table, sum_of
from dancu.cli.conformance_kit.scenario import Pace
from dancu.cli.conformance_kit.wire import SECONDS, Wire
from dancu.kernel.errors import DancuError
from dancu.kernel.signing import MessageKey
from dancu.onboarding.conformance import ConformanceResult, encode_result, sign_result

app = typer.Typer(add_completion=False, pretty_exceptions_enable=False)
ALL = "all"
_USUAL = Agreed("", "")  # what is taken where nothing is said: as in the demonstration
PASSED, FAILED, UNUSABLE = 0, 1, 2


def run(arguments: list[str]) -> None:
    app(args=arguments, prog_name="dancu conformance")  # not by `command`, which knows Django


@dataclass(frozen=True, slots=True)
class Output:
    """Where the result goes."""

    as_json: bool
    file: Path | None
    key: MessageKey | None

    def write(self, result: ConformanceResult) -> None:
        """Show it, keep it, and end with 0 or 1."""
        if self.file:
            text = sign_result(result, self.key).encode() if self.key else encode_result(result)
            try:
                self.file.write_bytes(text + b"\n")
            except OSError as failure:
                raise _unusable(f"Không ghi được kết quả vào {self.file} ({failure.strerror}).") from None
        typer.echo(encode_result(result).decode() if self.as_json else sum_of(result))
        raise typer.Exit(PASSED if result.holds else FAILED)


@app.command()
def conformance(
    url: str = typer.Argument("", help="Address of the candidate server; none with --serve."),
    dialect: list[str] = typer.Option([ALL], help=f"{ALL}, or some of {', '.join(DIALECTS)}; repeatable."),
    client_id: str = typer.Option("", help="System the kit asks as, or the candidate has to ask as."),
    secret_file: Path | None = typer.Option(None, help="File with its secret; - for stdin."),
    network_client: str = typer.Option("", help="System that addresses without credentials name; the same one by default."),
    officer: str = typer.Option(_USUAL.officer, help="Account on the approved list."),
    procedure: str = typer.Option(_USUAL.procedure, help="MaDVC."),
    integration_code: str = typer.Option(_USUAL.code, help="MaTichHop of look-ups."),
    verify_code: str = typer.Option(_USUAL.verify_code, help="MaTichHop and MaDichVu of verifications."),
    rest_code: str = typer.Option(_USUAL.rest_code, help="integration_code of our own contract."),
    purpose: str = typer.Option(_USUAL.purpose, help="As granted; our own contract."),
    legal_basis: str = typer.Option(_USUAL.legal_basis, help="As granted; our own contract."),
    service_url: str = typer.Option("", help="String hashed as serviceUrl; the path of each call by default."),
    error_code: str = typer.Option("text", help="How this registration reads error_code: text or number."),
    path: list[str] = typer.Option([], help="CONTRACT=PATH where the candidate serves one elsewhere; repeatable."),
    personas: str = typer.Option(DEMO, help="demo, or a JSON file of persons the candidate knows."),
    seconds: float = typer.Option(SECONDS, min=0.1, max=120, help="Limit of one call."),
    ca: Path | None = typer.Option(None, help="PEM file that the server's certificate is checked against."),
    certificate: Path | None = typer.Option(None, help="PEM file with a client certificate and its key."),
    only: list[str] = typer.Option([], help="Id of a check; the others are skipped. Repeatable."),
    skip: list[str] = typer.Option([], help="Id of a check to skip. Repeatable."),
    show_list: bool = typer.Option(False, "--list", help="Show every check and end."),
    serve: bool = typer.Option(False, "--serve", help="Play the national service (SOAP) for a candidate client."),
    host: str = typer.Option("127.0.0.1", help="With --serve."),
    port: int = typer.Option(8020, min=0, max=65535, help="With --serve; 0 for any that is free."),
    until_complete: bool = typer.Option(False, help="With --serve: end by itself when the scenario is through."),
    as_json: bool = typer.Option(False, "--json", help="The document on stdout instead of the list."),
    out: Path | None = typer.Option(None, help="Write the document; signed where --sign-with is given."),
    sign_with: Path | None = typer.Option(None, help="Private message key, as `dancu keys generate` makes it."),
) -> None:
    """Check a candidate against the contracts of the field. Exit 0 all passed, 1 something failed, 2 it could not be looked at."""
    dialects = DIALECTS if ALL in dialect else tuple(dict.fromkeys(dialect))
    if unknown := [each for each in dialects if each not in DIALECTS]:
        raise _unusable(f"Không có kiểu kết nối {', '.join(unknown)}; có: {', '.join(DIALECTS)}, {ALL}.")
    if show_list:
        typer.echo(catalogue(dialects))
        return
    try:
        output = Output(as_json, out, _key(sign_with, out))
        cast = read_cast(personas)
        agreed = Agreed(
            client_id,
            _secret(client_id, secret_file),
            officer,
            procedure,
            integration_code,
            verify_code,
            rest_code,
            purpose,
            legal_basis,
            network_client,
            service_url,
            error_code=_either(error_code, "text", "number"),
            paths=_paths(path),
        )
        if serve:
            _serve(agreed, cast, (host, port, until_complete), output)
        wanted = Wanted(dialects, frozenset(only), frozenset(skip))
        if missing := wanted.unknown():
            raise _unusable(f"Không có phép kiểm tra {', '.join(missing)}. Xem danh sách: dancu conformance --list.")
        output.write(asyncio.run(_play(Wire(_address(url), seconds, ca, certificate), agreed, cast, wanted, output)))
    except DancuError as failure:
        raise _unusable(failure.message) from None
    except Gone as failure:
        raise _unusable(failure.sentence) from None


async def _play(wire: Wire, agreed: Agreed, cast: Cast, wanted: Wanted, output: Output) -> ConformanceResult:
    tell = (lambda _: None) if output.as_json else Telling(typer.echo)
    async with wire:
        return await play(wire, agreed, cast, wanted, lambda: datetime.now(UTC), tell)


def _serve(agreed: Agreed, cast: Cast, where: tuple[str, int, bool], output: Output) -> None:
    """Until Ctrl-C, or until the scenario is through; then the document. Ends the command."""
    from dancu.cli.conformance_kit.serving import Service, serve

    service, began = Service(agreed, cast, Pace()), datetime.now(UTC)
    host, port, until_complete = where

    def ready(at: int) -> None:
        typer.echo(steps_table(service.steps, agreed, f"http://{host}:{at}"), err=output.as_json)
        sys.stdout.flush()

    async def answer() -> None:
        stop = asyncio.Event()
        for each in (signal.SIGINT, signal.SIGTERM):
            asyncio.get_running_loop().add_signal_handler(each, stop.set)
        await serve(service, host, port, ready, until_complete, stop)

    try:
        asyncio.run(answer())
    except OSError as failure:
        raise _unusable(f"Không mở được cổng {port} trên {host} ({failure.strerror}). Chọn cổng khác bằng --port.") from None
    result = service.judged(datetime.now(UTC), began)
    if not output.as_json:
        tell = Telling(typer.echo)
        for each in result.checks:
            tell(each)
    output.write(result)


def _secret(client_id: str, file: Path | None) -> str:
    """The secret, from a file: a command line can be read by every user of the machine."""
    if not client_id or file is None:
        raise _unusable("Cần --client-id và --secret-file (tệp có mã bí mật được cấp; - để đọc từ stdin).")
    try:
        secret = (sys.stdin.read() if str(file) == "-" else file.read_text(encoding="utf-8")).strip()
    except (OSError, UnicodeDecodeError):
        raise _unusable(f"Không đọc được tệp mã bí mật {file}.") from None
    if not secret:
        raise _unusable(f"Tệp mã bí mật {file} rỗng.")
    return secret


def _key(file: Path | None, out: Path | None) -> MessageKey | None:
    if file is None:
        return None
    if out is None:
        raise _unusable("Có --sign-with thì cần --out: kết quả đã ký được ghi vào tệp.")
    try:
        return MessageKey.parse(file.read_bytes())
    except OSError:
        raise _unusable(f"Không đọc được khoá ký {file}.") from None


def _address(url: str) -> str:
    try:
        parts = urlsplit(url)
        parts.port  # noqa: B018 - raises for one that is no number
    except ValueError:
        raise _unusable(f"Không đọc được địa chỉ {url!r}.") from None
    if parts.scheme not in ("http", "https") or not parts.hostname:
        raise _unusable("Cần địa chỉ của hệ thống được kiểm tra, dạng https://may-chu hoặc https://may-chu/duong-dan.")
    if parts.username or parts.password or parts.query or parts.fragment:
        raise _unusable("Địa chỉ không được có tài khoản, tham số hay dấu #: dùng --client-id, --secret-file và --path.")
    return url


def _paths(given: Sequence[str]) -> dict[str, str]:
    found = {}
    for each in given:
        name, equals, path = each.partition("=")
        if not equals or name not in PATHS or (path and not path.startswith("/")):
            raise _unusable(f"--path phải dạng TÊN=/đường-dẫn, TÊN là một trong {', '.join(PATHS)}; nhận được {each!r}.")
        found[name] = path
    return found


def _either(given: str, *known: str) -> str:
    if given not in known:
        raise _unusable(f"--error-code là {' hoặc '.join(known)}, không phải {given!r}.")
    return given


def _unusable(sentence: str) -> typer.Exit:
    typer.echo(sentence, err=True)
    return typer.Exit(UNUSABLE)
