"""`dancu exchange`: systems, grants, accounts, by script; and why a request is refused."""

from __future__ import annotations

import getpass
import json
import secrets
from datetime import datetime
from pathlib import Path

import typer

from dancu.cli import exchange_feed, traffic
from dancu.cli.command import run_app, start_django
from dancu.kernel.sealing import SealingKey

app = typer.Typer(add_completion=False, pretty_exceptions_enable=False, help="Who may ask what.")
client = typer.Typer(help="Systems that ask.")
app.add_typer(client, name="client")
watermark = typer.Typer(help="Persons who do not exist, planted to notice who asks for them.")
app.add_typer(watermark, name="watermark")
app.add_typer(exchange_feed.app, name="feed")
app.command()(traffic.usage)
app.command()(traffic.events)


def run(arguments: list[str]) -> None:
    run_app(app, "exchange", arguments)


@client.command()
def add(
    client_id: str,
    organisation: str = typer.Option(..., help="Official code of the owner."),
    name: str = typer.Option(""),
    service_url: list[str] = typer.Option([], help="String the client hashes as serviceUrl; repeatable."),
    strict: bool = typer.Option(False, help="Refuse by SOAP fault instead of an empty answer."),
    skew_seconds: int = typer.Option(600, min=1, max=86400),
    official: bool = typer.Option(False, help="Open the connection at once."),
    secret: str | None = typer.Option(None, help="Take this secret instead of a fresh one."),
    via: str = typer.Option("", help="The hub it asks through, and only through; its own id is then HUB.SYSTEM."),
) -> None:
    """Register a system; prints its secret, once."""
    start_django()
    from dancu.kernel import clock
    from dancu.onboarding import api as onboarding

    now, by = clock.now(), getpass.getuser()
    profile = onboarding.ErrorProfile.STRICT if strict else onboarding.ErrorProfile.COMPATIBLE
    system = onboarding.InformationSystem(
        client_id,
        organisation,
        name or client_id,
        onboarding.ConnectionState.REGISTERED,
        tuple(service_url),
        skew_seconds,
        profile,
        via=via,
    )
    shown = onboarding.register_system(system, key=_key(), by=by, now=now, secret=secret)
    if official:
        onboarding.set_state(client_id, onboarding.ConnectionState.OFFICIAL, reason="opened at registration", by=by, now=now)
    typer.echo(shown)


@client.command()
def grant(
    client_id: str,
    integration_code: str = typer.Option(..., help="MaTichHop, or REST."),
    procedure: str = typer.Option(..., help="MaDVC."),
    purpose: str = typer.Option(...),
    legal_basis: str = typer.Option(...),
    field: list[str] = typer.Option([], help="Granted field; repeatable; all that are not sensitive when none is given."),
    sensitive: list[str] = typer.Option([], help="Sensitive field that may leave unmasked; repeatable."),
    verify_only: bool = typer.Option(False),
    dossier_required: bool = typer.Option(False),
    exact_only: bool = typer.Option(False),
    explain: bool = typer.Option(False),
    registry: bool = typer.Option(False, help="Search, and open by number alone: for the registry's own pages (dan-cu) only."),
    protected: bool = typer.Option(False, help="With --registry: protected persons are shown too."),
    volume_per_day: int = typer.Option(0, min=0, help="New persons a day it needs; limits on extraction are scaled by it."),
    officer_per_day: int = typer.Option(0, min=0, help="The same for one account, where one account asks for many."),
    emergency: bool = typer.Option(False, help="Answered also while the ledger is hours behind."),
    sealed_days: int = typer.Option(0, min=0, help="A covert act: shown to its person so many days later."),
    subscribe: bool = typer.Option(False, help="It may subscribe to persons and is told of their changes."),
    list_max: int = typer.Option(0, min=0, max=1_000_000, help="The most persons one list by criteria may hold; 0: no lists."),
    valid_from: datetime = typer.Option("2000-01-01", formats=["%Y-%m-%d"]),
    valid_to: datetime | None = typer.Option(None, formats=["%Y-%m-%d"]),
    propose_as: str = typer.Option("", help="Only propose it, as this operator account: another decides at /quyen/de-xuat."),
    reason: str = typer.Option("", help="With --propose-as: why; who decides reads it."),
) -> None:
    """Grant a system what it may learn for one procedure; done alone, the ledger says so."""
    start_django()
    from dancu.kernel import clock
    from dancu.kernel.warrants import SENSITIVE_FIELDS, Field
    from dancu.onboarding import api as onboarding

    if unknown := sorted({*field, *sensitive} - set(Field)):
        raise typer.BadParameter(f"no such field: {', '.join(unknown)}; known are {', '.join(sorted(Field))}")
    fields = frozenset(Field(f) for f in field) or frozenset(Field) - SENSITIVE_FIELDS
    unmasked = frozenset(Field(f) for f in sensitive)
    given = onboarding.Grant(
        client_id,
        integration_code,
        procedure,
        fields | unmasked,
        purpose,
        legal_basis,
        valid_from.date(),
        valid_to.date() if valid_to else None,
        dossier_required,
        unmasked,
        not verify_only,
        not exact_only,
        explain,
        registry=registry,
        protected=protected,
        emergency=emergency,
        sealed_days=sealed_days,
        volume_per_day=volume_per_day,
        officer_per_day=officer_per_day,
        may_subscribe=subscribe,
        list_max=list_max,
    )
    if propose_as:
        _propose(propose_as, onboarding.GRANT, onboarding.grant_as_content(given), reason)
        return
    onboarding.grant(given, by=getpass.getuser(), now=clock.now())
    typer.echo(f"granted {len(fields | unmasked)} fields to {client_id}", err=True)


@client.command("subscriber-check")
def subscriber_check(
    client_id: str,
    volume_per_day: int = typer.Option(0, min=0, help="New subscribers a day; limits on extraction are scaled by it."),
    valid_from: datetime = typer.Option("2000-01-01", formats=["%Y-%m-%d"]),
    valid_to: datetime | None = typer.Option(None, formats=["%Y-%m-%d"]),
) -> None:
    """Grant an operator the check of a new subscriber in its shops: yes or no, never a fact."""
    start_django()
    from dancu.exchange.api import subscriber_grant
    from dancu.kernel import clock
    from dancu.onboarding import api as onboarding

    until = valid_to.date() if valid_to else None
    given = subscriber_grant(client_id, valid_from.date(), until, volume_per_day=volume_per_day)
    onboarding.grant(given, by=getpass.getuser(), now=clock.now())
    typer.echo(f"granted {given.integration_code} {given.procedure} to {client_id}", err=True)


@client.command()
def revoke(client_id: str, integration_code: str = typer.Option(...), procedure: str = typer.Option(...)) -> None:
    """Take a grant back."""
    start_django()
    from dancu.kernel import clock
    from dancu.onboarding import api as onboarding

    onboarding.revoke_grant(client_id, integration_code, procedure, by=getpass.getuser(), now=clock.now())


@client.command()
def open(
    client_id: str,
    propose_as: str = typer.Option("", help="Only propose it, as this operator account: another decides at /quyen/de-xuat."),
    reason: str = typer.Option("opened by the operator", help="Why; it is kept."),
) -> None:
    """Make the connection official; reopening done alone, the ledger says so."""
    if not propose_as:
        _set_state(client_id, "official", reason)
        return
    start_django()
    from dancu.onboarding import api as onboarding

    _propose(propose_as, onboarding.REOPEN, onboarding.reopening_as_content(client_id, reason), reason)


@client.command()
def trial(client_id: str) -> None:
    """Open the trial of a registered system, once; prints the secret that it uses in the trial and nowhere else."""
    start_django()
    from dancu.exchange.api import trial_secret_of
    from dancu.onboarding import api as onboarding

    if onboarding.get_system(client_id).state is not onboarding.ConnectionState.TRIAL:
        _set_state(client_id, "trial", "opened by the operator")
    typer.echo(trial_secret_of(client_id, key=_key()))


def _propose(account: str, act: str, content: dict[str, object], reason: str) -> None:
    """As an operator who shows her password: what stands behind a proposal is a human, not a shell."""
    from dancu.identity.api import SignInRefused, propose, sign_in
    from dancu.kernel import clock

    password = typer.prompt(f"password of {account}", hide_input=True, err=True)
    officer = sign_in(account, password, "", now=clock.now())
    if isinstance(officer, SignInRefused) or "operator" not in officer.roles:
        typer.echo("This account may not propose.", err=True)
        raise typer.Exit(1)
    proposed = propose(officer, act, content, reason, now=clock.now())
    typer.echo(f"proposed: /quyen/de-xuat/{proposed.id}", err=True)


@client.command()
def suspend(client_id: str, reason: str = typer.Option(..., help="Why; it is kept.")) -> None:
    """Close the traffic of a system within seconds."""
    _set_state(client_id, "suspended", reason)


@client.command()
def quota(client_id: str, per_second: int = typer.Option(..., min=0, help="Calls a second; 0 for the usual number.")) -> None:
    """Say how many calls a second a system may send; more are refused at once."""
    start_django()
    from msgspec.structs import replace

    from dancu.kernel import clock
    from dancu.onboarding import api as onboarding

    profile = replace(onboarding.get_system(client_id).profile, rate_per_second=per_second)
    onboarding.set_profile(client_id, profile, by=getpass.getuser(), now=clock.now())


@client.command()
def accounts(organisation: str, account: list[str] = typer.Argument(...), remove: bool = typer.Option(False)) -> None:
    """Put accounts on the approved list of an organisation, or take them off."""
    start_django()
    from dancu.kernel import clock
    from dancu.onboarding import api as onboarding

    change = onboarding.remove_accounts_for if remove else onboarding.list_accounts_for
    change(organisation, account, by=getpass.getuser(), now=clock.now())


@client.command()
def profile(
    client_id: str,
    units: str | None = typer.Option(None, help="Version of units in answers, for example L3-2021; empty: as recorded."),
    error_code: str | None = typer.Option(None, help="How its error_code is written: 00, 0 or number."),
    network: list[str] = typer.Option([], help="From where it may call without credentials; repeatable; empty: nowhere."),
    officer: str | None = typer.Option(None, help="Account that stands in where a contract names none."),
    procedure: str | None = typer.Option(None, help="The same for the procedure."),
    integration_code: str | None = typer.Option(None, help="The same for the integration code."),
    x_road_client: str | None = typer.Option(None, help="The only X-Road-Client it may send."),
    shadow_url: str | None = typer.Option(None, help="The service it uses now, to run beside it and compare (song-song)."),
) -> None:
    """Set what differs on this system's wire; what is not named stays as it is. Prints the whole."""
    start_django()
    from dancu.kernel import clock
    from dancu.onboarding import api as onboarding

    named: dict[str, object] = {
        "units": units,
        "error_code": error_code,
        "networks": tuple(filter(None, network)) if network else None,
        "officer": officer,
        "procedure": procedure,
        "integration_code": integration_code,
        "x_road_client": x_road_client,
        "shadow_url": shadow_url,
    }
    made = onboarding.changed_profile(client_id, {name: value for name, value in named.items() if value is not None})
    onboarding.set_profile(client_id, made, by=getpass.getuser(), now=clock.now())
    typer.echo(json.dumps(onboarding.profile_as_json(made), ensure_ascii=False))


@client.command("list")
def list_systems(as_json: bool = typer.Option(False, "--json")) -> None:
    """Every system with its state and grants."""
    start_django()
    from dancu.onboarding import api as onboarding

    for system, grants in onboarding.systems_with_grants():
        uses = [f"{g.integration_code}:{g.procedure}{' (registry)' if g.registry else ''}" for g in grants]
        if as_json:
            typer.echo(
                json.dumps(
                    {
                        "client_id": system.client_id,
                        "organisation": system.organisation,
                        "state": system.state,
                        "error_profile": system.error_profile,
                        "profile": onboarding.profile_as_json(system.profile),
                        "grants": uses,
                    },
                    ensure_ascii=False,
                )
            )
        else:
            typer.echo(f"{system.client_id:<20} {system.organisation:<14} {system.state:<11} {', '.join(uses)}")


@app.command()
def shadow(
    client_id: str,
    days: int = typer.Option(30, min=1, max=400, help="So many days back."),
    as_json: bool = typer.Option(False, "--json"),
) -> None:
    """What running beside the service in use (song-song) has shown: how many answers were the same, which elements differ."""
    start_django()
    from datetime import timedelta

    from dancu.exchange import api as exchange
    from dancu.kernel import clock

    report = exchange.shadow_report(client_id, clock.local(clock.now()).date() - timedelta(days=days))
    lines = [
        {"operation": operation, "difference": kind, "element": path, "calls": calls}
        for (operation, kind, path), calls in report.differing.items()
    ]
    told = {"compared": report.compared, "same": report.same, "left_out": report.left_out, "differing": lines}
    if as_json:
        typer.echo(json.dumps({"client_id": client_id, **told}, ensure_ascii=False))
        return
    typer.echo(f"{report.compared} compared, {report.same} the same ({report.share_same:.2%}), {report.left_out} left out")
    for line in lines:
        typer.echo(f"{line['calls']:>8}  {line['difference']:<10} {line['operation']:<32} {line['element']}")


@watermark.command("add")
def add_watermarks(
    count: int = typer.Option(..., min=1, help="How many persons, one in a cell of numbers where possible."),
    seed: str = typer.Option("", help="The same seed on the same registry gives the same persons; by chance when not given."),
) -> None:
    """Plant persons among those of the registry; whoever asks for one raises an alarm. Prints how many stand."""
    start_django()
    from dancu.exchange import api as exchange
    from dancu.kernel import clock

    standing = exchange.plant_watermarks(count, seed or secrets.token_hex(16), key=_key(), by=getpass.getuser(), now=clock.now())
    typer.echo(f"{standing} planted persons stand", err=True)


@app.command()
def explain(
    request: Path = typer.Argument(..., exists=True, dir_okay=False, help="The XML body the client sends."),
    authorization: str = typer.Option("", help="Value of its Authorization header."),
    timestamp: str = typer.Option("", help="Value of its Timestamp header."),
    url: list[str] = typer.Option([], help="Address it posts to, or its path; repeatable. The running gateway when not given."),
) -> None:
    """Tell an integrator which part of the hash or of the body is wrong."""
    start_django()
    from dancu.exchange.api import trial_secret_of
    from dancu.gateway.callers import service_urls
    from dancu.gateway.dialects import national_auth, national_request
    from dancu.kernel import clock
    from dancu.kernel.errors import DancuError
    from dancu.onboarding import api as onboarding

    wrong: list[str] = []
    try:
        national_request.to_claim(national_request.parse_request(request.read_bytes()))
    except DancuError as failure:
        wrong.append(f"Nội dung: {failure.message}")
    if authorization:
        given = national_auth.parse_basic(authorization)
        if given is None:
            wrong.append("Authorization phải là Basic base64(user:hash).")
        else:
            system = onboarding.get_system(given[0])
            is_tried = system.state is onboarding.ConnectionState.TRIAL
            wrong += national_auth.explain(
                trial_secret_of(given[0], key=_key()) if is_tried else onboarding.secret_of(given[0], key=_key()),
                given[0],
                timestamp,
                given[1],
                tuple(dict.fromkeys(s for address in _addresses(url) for s in service_urls(system.service_urls, address))),
                age_seconds=national_auth.timestamp_age_seconds(timestamp, clock.now()),
                skew_seconds=system.skew_seconds,
            )
    for sentence in wrong:
        typer.echo(f"✕ {sentence}")
    if wrong:
        raise typer.Exit(1)
    typer.echo("✓ Không thấy lỗi.")


def _set_state(client_id: str, state: str, reason: str) -> None:
    start_django()
    from dancu.kernel import clock
    from dancu.onboarding import api as onboarding

    onboarding.set_state(client_id, onboarding.ConnectionState(state), reason=reason, by=getpass.getuser(), now=clock.now())


def _addresses(given: list[str]) -> list[str]:
    """Full addresses of what was given; a path alone, or nothing, is completed with the running gateway's."""
    from dancu.kernel.config import read_config

    config = read_config()
    gateway = f"http://{config.host}:{config.gateway_port}"
    return [f"{gateway}{url}" if url.startswith("/") else url for url in given or ["/soap", "/soap/dan-cu"]]


def _key() -> SealingKey:
    from dancu.kernel.config import read_config

    return SealingKey.from_folder(read_config().key_dir)
