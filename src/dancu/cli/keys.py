"""`dancu keys`: public keys that systems sign messages with, and all registered keys and certificates: list, revoke."""

from __future__ import annotations

import getpass
import json
from datetime import timedelta
from pathlib import Path

import typer

from dancu.cli.command import run_app, start_django
from dancu.kernel.signing import ED25519, ES256, MessageKey, PublicKey

app = typer.Typer(add_completion=False, pretty_exceptions_enable=False, help="Keys of the systems that ask.")


def run(arguments: list[str]) -> None:
    run_app(app, "keys", arguments)


@app.command()
def generate(
    out: Path = typer.Argument(..., help="New file for the private key (JWK), readable by its owner only."),
    algorithm: str = typer.Option(ED25519, help=f"{ED25519} or {ES256}."),
) -> None:
    """Make a key pair, for a system: the private half into a file, the public half to the screen. Needs no database."""
    if algorithm not in (ED25519, ES256):
        raise typer.BadParameter(f"{ED25519} or {ES256}, not {algorithm!r}")
    key = MessageKey.generate(algorithm)
    try:
        key.write(out)
    except FileExistsError:
        typer.echo(f"{out} is there already: keys are not overwritten.", err=True)
        raise typer.Exit(1) from None
    typer.echo(json.dumps(key.public.as_jwk()))


@app.command("import")
def import_key(
    client_id: str,
    file: Path = typer.Argument(..., exists=True, dir_okay=False, help="Public key: JWK or PEM, Ed25519 or P-256."),
    kid: str = typer.Option("", help="Its name; the file's own, or the key's thumbprint."),
    days: int = typer.Option(730, min=1, max=3650, help="How long it may sign."),
) -> None:
    """Register the public key a system signs with; prints its kid. An earlier key goes on until it ends or is revoked."""
    key = PublicKey.parse(file.read_bytes(), kid)
    start_django()
    from dancu.kernel import clock
    from dancu.onboarding import api as onboarding

    now = clock.now()
    added = onboarding.add_message_key(client_id, key, by=getpass.getuser(), now=now, not_after=now + timedelta(days=days))
    typer.echo(added.kid)


@app.command("list")
def list_keys(
    client_id: str = typer.Argument("", help="One system; all when not given."),
    expiring: int = typer.Option(0, min=0, help="Only those that end within so many days."),
    as_json: bool = typer.Option(False, "--json"),
) -> None:
    """Keys and certificates, with when they end and why they were revoked."""
    start_django()
    from dancu.kernel import clock
    from dancu.onboarding import api as onboarding

    before = clock.now() + timedelta(days=expiring) if expiring else None
    for key in onboarding.keys_of(client_id, expiring_before=before):
        ends = f"{key.not_after:%Y-%m-%d}" if key.not_after else ""
        if as_json:
            told = {"client_id": key.client_id, "kind": key.kind, "kid": key.kid, "state": key.state, "not_after": ends}
            typer.echo(json.dumps({**told, "subject": key.subject, "serial": key.serial, "reason": key.reason}, ensure_ascii=False))
        else:
            typer.echo(f"{key.client_id:<20} {key.kind:<8} {key.state:<8} {ends:<10}  {key.kid}  {key.subject or key.reason}")


@app.command(context_settings={"ignore_unknown_options": True})  # a kid may begin with a hyphen
def revoke(
    client_id: str,
    kid: str = typer.Argument(..., help="kid of a message key, SHA-256 fingerprint of a certificate."),
    reason: str = typer.Option(..., help="Why; its owner is told."),
) -> None:
    """Take a key or certificate back: refused by every gateway within seconds."""
    start_django()
    from dancu.kernel import clock
    from dancu.onboarding import api as onboarding

    onboarding.revoke_key(client_id, kid, reason=reason, by=getpass.getuser(), now=clock.now())


@app.command()
def require(
    client_id: str,
    signed: bool = typer.Option(False, help="Only signed messages are taken from it."),
    mutual_tls: bool = typer.Option(False, help="Only connections with its certificate are taken."),
) -> None:
    """Say what a system must show from now on; without an option: neither."""
    start_django()
    from msgspec.structs import replace

    from dancu.kernel import clock
    from dancu.onboarding import api as onboarding

    profile = replace(onboarding.get_system(client_id).profile, is_signed=signed, is_mutual=mutual_tls)
    onboarding.set_profile(client_id, profile, by=getpass.getuser(), now=clock.now())
