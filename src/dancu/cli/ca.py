"""`dancu ca`: certificates of the systems that ask. A demonstration's own authority, and the import of real certificates."""

from __future__ import annotations

import getpass
from pathlib import Path

import typer
from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding

from dancu.cli.command import run_app, start_django
from dancu.kernel import clock
from dancu.kernel.config import read_config
from dancu.kernel.errors import NotFound

app = typer.Typer(add_completion=False, pretty_exceptions_enable=False, help="Certificates of the systems that ask.")
_FOLDER = typer.Option(None, help="Folder of the demonstration's authority; `ca` in the home folder.")


def run(arguments: list[str]) -> None:
    run_app(app, "ca", arguments)


@app.command()
def init(name: str = typer.Option("dancu demo CA", help="Its name."), folder: Path | None = _FOLDER) -> None:
    """Make the demonstration's authority; prints where its root certificate lies."""
    from dancu.kernel.authority import Authority

    Authority.create(_folder(folder), name, clock.now())
    typer.echo(_folder(folder) / "ca.crt")


@app.command()
def issue(
    client_id: str,
    out: Path = typer.Argument(..., help="File for the certificate."),
    request: Path | None = typer.Option(None, exists=True, dir_okay=False, help="Signing request (CSR) of the system."),
    key_out: Path | None = typer.Option(None, help="Without a request: new file for a fresh private key."),
    days: int = typer.Option(90, min=1, max=825),
    folder: Path | None = _FOLDER,
) -> None:
    """Issue a certificate for a registered system and register it; prints its fingerprint. The same again renews it."""
    if (request is None) == (key_out is None):
        raise typer.BadParameter("give --request, or --key-out for a fresh key")
    start_django()
    from dancu.kernel.authority import Authority, private_pem, write_new
    from dancu.onboarding import api as onboarding

    authority, now = Authority(_folder(folder)), clock.now()
    onboarding.get_system(client_id)
    if request is not None:
        issued = authority.issue(request.read_bytes(), client_id, now, days)
    else:
        issued, key = authority.issue_with_key(client_id, now, days)
        assert key_out is not None
        write_new(key_out, private_pem(key))
    added = onboarding.add_certificate(client_id, [issued], [authority.certificate], by=getpass.getuser(), now=now)
    out.write_bytes(issued.public_bytes(Encoding.PEM))
    typer.echo(added.kid)


@app.command()
def serve(
    host: str,
    out: Path = typer.Argument(..., help="File for the certificate."),
    key_out: Path = typer.Argument(..., help="New file for its private key."),
    folder: Path | None = _FOLDER,
) -> None:
    """Issue a certificate for the front of a demonstration. Needs no database."""
    from dancu.kernel.authority import Authority, private_pem, write_new

    issued, key = Authority(_folder(folder)).serve(host, clock.now())
    write_new(key_out, private_pem(key))
    out.write_bytes(issued.public_bytes(Encoding.PEM))


@app.command()
def revoke(
    client_id: str,
    fingerprint: str,
    reason: str = typer.Option(..., help="Why; its owner is told."),
    folder: Path | None = _FOLDER,
) -> None:
    """Take a certificate back: every gateway refuses it within seconds; put on the list too where the authority is ours."""
    start_django()
    from dancu.kernel.authority import Authority
    from dancu.onboarding import api as onboarding

    now = clock.now()
    revoked = onboarding.revoke_key(client_id, fingerprint, reason=reason, by=getpass.getuser(), now=now)
    try:
        authority = Authority(_folder(folder))
    except NotFound:
        return
    if revoked.issuer == authority.certificate.subject.rfc4514_string():
        authority.revoke(int(revoked.serial, 16), now)


@app.command()
def crl(out: Path, folder: Path | None = _FOLDER) -> None:
    """Write the list of what the demonstration's authority took back, for the front."""
    from dancu.kernel.authority import Authority

    out.write_bytes(Authority(_folder(folder)).revocations(clock.now()))


@app.command("import")
def import_certificate(
    client_id: str,
    certificate: Path = typer.Argument(..., exists=True, dir_okay=False, help="PEM; those between it and the root may follow."),
    roots: Path = typer.Option(..., exists=True, dir_okay=False, help="Trusted roots, PEM."),
    crl_file: Path | None = typer.Option(None, "--crl", exists=True, dir_okay=False, help="Its issuer's revocation list, PEM."),
) -> None:
    """Register a real certificate once its chain holds; prints its fingerprint."""
    start_django()
    from dancu.kernel.certificates import read_certificates, read_revocations
    from dancu.onboarding import api as onboarding

    chain: list[x509.Certificate] = read_certificates(certificate.read_bytes())
    added = onboarding.add_certificate(
        client_id,
        chain,
        read_certificates(roots.read_bytes()),
        by=getpass.getuser(),
        now=clock.now(),
        revocations=read_revocations(crl_file.read_bytes()) if crl_file else None,
    )
    typer.echo(added.kid)


def _folder(given: Path | None) -> Path:
    return given or read_config().home / "ca"
