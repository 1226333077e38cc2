"""`dancu front`: write the nginx that ends TLS, asks clients for their certificates and hands these to the gateway."""

from __future__ import annotations

import os
import secrets
from pathlib import Path

import typer

from dancu.cli.command import run_app
from dancu.cli.launcher.front import FrontFiles, front_configuration, secret_line
from dancu.kernel.config import read_config

app = typer.Typer(add_completion=False, pretty_exceptions_enable=False)


def run(arguments: list[str]) -> None:
    run_app(app, "front", arguments)


@app.command()
def front(
    out: Path = typer.Option(..., help="Folder for nginx.conf and the secret it includes."),
    cert: Path = typer.Option(..., exists=True, dir_okay=False, help="The server's certificate with its chain, PEM."),
    key: Path = typer.Option(..., exists=True, dir_okay=False, help="Its private key, PEM."),
    client_ca: Path = typer.Option(..., exists=True, dir_okay=False, help="Roots of clients' certificates, PEM."),
    crl: Path | None = typer.Option(None, exists=True, dir_okay=False, help="Revocation list; the gateway's own counts anyway."),
    listen: str = typer.Option("8443", help="Port, or address:port."),
    gateway: str = typer.Option("", help="host:port of the gateway; that of the configuration when not given."),
    server_name: str = typer.Option("_"),
) -> None:
    """Write nginx.conf and a fresh shared secret; start with `nginx -p FOLDER -c nginx.conf`. Restart the gateway once."""
    config = read_config()
    out.mkdir(mode=0o700, parents=True, exist_ok=True)
    (out / "logs").mkdir(exist_ok=True)
    secret = _shared_secret(config.front_secret_file)
    _write(out / "front-secret.conf", secret_line(secret), 0o600)
    files = FrontFiles(str(cert.resolve()), str(key.resolve()), str(client_ca.resolve()), str(crl.resolve()) if crl else "")
    text = front_configuration(files, listen=listen, gateway=gateway or f"{config.host}:{config.gateway_port}", name=server_name)
    _write(out / "nginx.conf", text, 0o644)
    typer.echo(f"nginx -p {out.resolve()} -c nginx.conf")


def _shared_secret(file: Path) -> str:
    """The secret the gateway knows; made where there is none, readable by its owner only."""
    if not file.is_file():
        file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        _write(file, secrets.token_hex(32) + "\n", 0o600)
    return file.read_text().strip()


def _write(file: Path, text: str, mode: int) -> None:
    handle = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, mode)
    with os.fdopen(handle, "w", encoding="utf-8") as opened:
        opened.write(text)
    file.chmod(mode)
