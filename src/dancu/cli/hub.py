"""`dancu hub`: connect a province's hub to a national one. Each side runs its commands and hands the other a file."""

from __future__ import annotations

import contextlib
import getpass
import json
import os
from pathlib import Path

import typer

from dancu.cli.command import find_database, run_app, start_django
from dancu.cli.hub_papers import Connection, Offer, OfferedSystem, check_offer, read_paper, write_paper
from dancu.kernel.config import Config, read_config
from dancu.kernel.errors import Conflict, Invalid
from dancu.kernel.signing import MessageKey, PublicKey

app = typer.Typer(add_completion=False, pretty_exceptions_enable=False, help="A province's hub and the national one.")
SECRET_FILE, PEER_FILE, OWN_FILE = "upstream.secret", "upstream.pub", "messages.key"


def run(arguments: list[str]) -> None:
    run_app(app, "hub", arguments)


@app.command()
def offer(
    key_only: bool = typer.Option(False, help="Only the key, for a first connection before any system is registered."),
) -> None:
    """At the province: print what the national operator admits. Makes keys/messages.key where there is none."""
    if not key_only:
        start_django()
    else:
        with contextlib.suppress(typer.Exit):
            find_database()
    config = read_config()
    own = _own_key(config)
    systems, accounts = ([], {}) if key_only else _offered()
    typer.echo(write_paper(Offer(config.installation, own.public.as_jwk(), systems, accounts)))
    _say(f"{len(systems)} systems, {sum(map(len, accounts.values()))} accounts; key {own.kid}: read it to the national operator")


def _offered() -> tuple[list[OfferedSystem], dict[str, list[str]]]:
    """Official systems with grants, without the registry's own pages, and the accounts of their organisations."""
    from dancu.onboarding import api as onboarding

    systems = [
        OfferedSystem(system.client_id, system.organisation, system.name, grants)
        for system, grants in onboarding.systems_with_grants()
        if system.state is onboarding.ConnectionState.OFFICIAL
        and not system.via
        and system.client_id != onboarding.REGISTRY_SYSTEM
        and grants
    ]
    owners = sorted({system.organisation for system in systems})
    return systems, {owner: onboarding.accounts_of(owner) for owner in owners}


@app.command()
def admit(
    hub: str = typer.Argument(..., help="The id the province's hub gets here, such as hub-h57."),
    file: Path = typer.Argument(..., exists=True, dir_okay=False, help="What the province printed with `dancu hub offer`."),
    organisation: str = typer.Option(..., help="Official code of the province; only systems of it and below it are admitted."),
    address: str = typer.Option("", help="Where the province reaches the SOAP of this hub; its own address when not given."),
    changes: bool = typer.Option(False, help="Also do what the offer changes for what stands here; else it is only told."),
    show_secret: bool = typer.Option(False, help="Print the secret again, when it was lost on the way."),
) -> None:
    """At the national hub: register hub, key, systems, grants, accounts; print how to connect. Again, it adds what is new."""
    offered = read_paper(file, Offer, "dancu hub offer")
    check_offer(offered, organisation)
    start_django()
    from dancu.cli.hub_admission import Admission

    config = read_config()
    own = _own_key(config)
    admission = Admission(hub, organisation, config.key_dir, getpass.getuser(), changes)
    secret = admission.admit(offered)
    for sentence in admission.done or ["nothing is new"]:
        _say(sentence)
    _say(f"key of the province {offered.public_key.kid}, of this hub {own.kid}: compare both by telephone")
    told = secret or (admission.secret_again() if show_secret else "")
    address = address or f"http://{config.host}:{config.gateway_port}/soap/dan-cu"
    typer.echo(write_paper(Connection(hub, config.installation, address, own.public.as_jwk(), told)))


@app.command()
def connect(
    file: Path = typer.Argument(..., exists=True, dir_okay=False, help="What the national operator got from `dancu hub admit`."),
    replace: bool = typer.Option(False, help="Take another key of the national hub than the one known here."),
) -> None:
    """At the province: keep secret and key of the national hub, print the settings. It takes effect with the next start."""
    told = read_paper(file, Connection, "dancu hub admit")
    with contextlib.suppress(typer.Exit):
        find_database()
    folder = read_config().key_dir
    folder.mkdir(parents=True, mode=0o700, exist_ok=True)
    peer = folder / PEER_FILE
    if peer.is_file() and PublicKey.parse(peer.read_bytes()).kid != told.public_key.kid and not replace:
        raise Conflict(
            "hub.key",
            f"Khoá của hub cấp trên khác khoá đã lưu ở {peer}. Gọi điện đối chiếu, rồi chạy lại với --replace.",
            f"The key of the hub above is another than the one in {peer}. Compare by telephone, then run again with --replace.",
        )
    if not told.secret and not (folder / SECRET_FILE).is_file():
        raise Invalid(
            "hub.secret",
            "Tệp không có mã bí mật và ở đây cũng chưa có. Nhờ phía quốc gia chạy lại dancu hub admit với --show-secret.",
            "The file holds no secret and none is kept here. Ask for `dancu hub admit … --show-secret`.",
        )
    _own_key(read_config())
    _write(peer, _as_text(told.public_key))
    if told.secret:
        _write(folder / SECRET_FILE, told.secret + "\n")
    for name, value in settings_of(told).items():
        typer.echo(f"{name}={value}")
    _say(f"key of the national hub {told.public_key.kid}: compare it by telephone; then start again with the settings above")


def settings_of(told: Connection) -> dict[str, str]:
    """What the province's processes are started with."""
    return {
        "DANCU_PROFILE": "tinh",
        "DANCU_UPSTREAM_URL": told.address,
        "DANCU_UPSTREAM_STYLE": "hub",
        "DANCU_UPSTREAM_CLIENT": told.hub,
        "DANCU_UPSTREAM_NAME": told.installation,
    }


def _as_text(key: PublicKey) -> str:
    return json.dumps(key.as_jwk()) + "\n"


def _own_key(config: Config) -> MessageKey:
    config.key_dir.mkdir(parents=True, mode=0o700, exist_ok=True)
    with contextlib.suppress(FileExistsError):
        MessageKey.generate().write(config.key_dir / OWN_FILE)
        _say(f"made {config.key_dir / OWN_FILE}; the gateway signs with it from its next start")
    key = MessageKey.from_folder(config.key_dir)
    assert key is not None
    return key


def _write(file: Path, text: str) -> None:
    """Whole or not at all, and never readable by others, not even for a moment."""
    beside = file.with_name(f"{file.name}.new")
    beside.unlink(missing_ok=True)
    with os.fdopen(os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="utf-8") as opened:
        opened.write(text)
    beside.replace(file)


def _say(sentence: str) -> None:
    typer.echo(f"dancu: {sentence}", err=True)
