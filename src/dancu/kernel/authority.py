"""A certificate authority for demonstrations and rehearsals: one root in a folder. Real installations import real ones."""

from __future__ import annotations

import json
import os
from datetime import datetime, timedelta
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

from dancu.kernel.certificates import check_key
from dancu.kernel.errors import Conflict, Invalid, NotFound

ROOT_DAYS, CLIENT_DAYS, LIST_DAYS = 3650, 90, 30
_BACKDATED = timedelta(minutes=5)  # clocks differ
_ONLY_CA = {name: False for name in ("content_commitment", "data_encipherment", "encipher_only", "decipher_only")}


class Authority:
    """The demonstration's root (*nơi cấp chứng thư mẫu*): `ca.key`, `ca.crt`, and which serials it took back."""

    def __init__(self, folder: Path) -> None:
        """Raises `NotFound` where none was made."""
        self._folder = folder
        try:
            self._key = serialization.load_pem_private_key((folder / "ca.key").read_bytes(), None)
            self.certificate = x509.load_pem_x509_certificate((folder / "ca.crt").read_bytes())
        except FileNotFoundError:
            raise NotFound(
                "ca.none", f"Chưa có nơi cấp chứng thư mẫu trong {folder}.", f"There is no authority in {folder}: `dancu ca init`."
            ) from None
        assert isinstance(self._key, ec.EllipticCurvePrivateKey)
        self._signer = self._key

    @classmethod
    def create(cls, folder: Path, name: str, now: datetime) -> Authority:
        """Make a new root. Raises `Conflict` where there is one."""
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        key = ec.generate_private_key(ec.SECP256R1())
        subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name[:64])])
        builder = _builder(subject, subject, key.public_key(), now, now + timedelta(days=ROOT_DAYS))
        usage = x509.KeyUsage(
            digital_signature=True, key_encipherment=False, key_agreement=False, key_cert_sign=True, crl_sign=True, **_ONLY_CA
        )
        root = (
            builder.add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
            .add_extension(usage, critical=True)
            .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
            .sign(key, SHA256())
        )
        try:
            write_new(folder / "ca.key", private_pem(key))
        except FileExistsError:
            raise Conflict("ca.exists", f"Đã có nơi cấp trong {folder}.", f"There is an authority in {folder} already.") from None
        (folder / "ca.crt").write_bytes(root.public_bytes(serialization.Encoding.PEM))
        return cls(folder)

    def issue(self, request: bytes, client_id: str, now: datetime, days: int = CLIENT_DAYS) -> x509.Certificate:
        """A client's certificate for a signing request (PEM). Its name is the client id, whatever the request says."""
        return self._sign(check_request(request).public_key(), client_id, now, days)

    def issue_with_key(
        self, client_id: str, now: datetime, days: int = CLIENT_DAYS
    ) -> tuple[x509.Certificate, ec.EllipticCurvePrivateKey]:
        """The same with a fresh key, for who cannot make a request."""
        key = ec.generate_private_key(ec.SECP256R1())
        return self._sign(key.public_key(), client_id, now, days), key

    def serve(self, host: str, now: datetime, days: int = CLIENT_DAYS) -> tuple[x509.Certificate, ec.EllipticCurvePrivateKey]:
        """A server's certificate, for the front of a demonstration."""
        key = ec.generate_private_key(ec.SECP256R1())
        return self._sign(key.public_key(), host, now, days, usage=ExtendedKeyUsageOID.SERVER_AUTH), key

    def revoke(self, serial: int, now: datetime) -> None:
        """Put a serial on the list."""
        taken = self._taken()
        taken.setdefault(f"{serial:x}", now.isoformat())
        (self._folder / "revoked.json").write_text(json.dumps(taken))

    def revocations(self, now: datetime) -> bytes:
        """The list of what was taken back, PEM."""
        builder = x509.CertificateRevocationListBuilder().issuer_name(self.certificate.subject).last_update(now - _BACKDATED)
        builder = builder.next_update(now + timedelta(days=LIST_DAYS))
        for serial, at in self._taken().items():
            row = x509.RevokedCertificateBuilder().serial_number(int(serial, 16)).revocation_date(datetime.fromisoformat(at))
            builder = builder.add_revoked_certificate(row.build())
        return builder.sign(self._signer, SHA256()).public_bytes(serialization.Encoding.PEM)

    def _taken(self) -> dict[str, str]:
        try:
            told: dict[str, str] = json.loads((self._folder / "revoked.json").read_text())
        except FileNotFoundError:
            return {}
        return told

    def _sign(
        self, key: object, name: str, now: datetime, days: int, usage: x509.ObjectIdentifier = ExtendedKeyUsageOID.CLIENT_AUTH
    ) -> x509.Certificate:
        subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name[:64])])
        ends = min(now + timedelta(days=days), self.certificate.not_valid_after_utc)
        issued = (
            _builder(subject, self.certificate.subject, key, now, ends)
            .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
            .add_extension(x509.ExtendedKeyUsage([usage]), critical=False)
            .add_extension(x509.SubjectAlternativeName([x509.DNSName(name)]), critical=False)
            .add_extension(x509.AuthorityKeyIdentifier.from_issuer_public_key(self._signer.public_key()), critical=False)
            .sign(self._signer, SHA256())
        )
        check_key(issued)
        return issued


def check_request(request: bytes) -> x509.CertificateSigningRequest:
    """A signing request in PEM, signed by its own key. Raises `Invalid`."""
    try:
        wanted = x509.load_pem_x509_csr(request)
    except ValueError:
        raise Invalid(
            "ca.request", "Không đọc được yêu cầu cấp (CSR) dạng PEM.", "This is no signing request in PEM.", field="request"
        ) from None
    if not wanted.is_signature_valid:
        raise Invalid(
            "ca.request", "Yêu cầu cấp không do khoá của nó ký.", "The request is not signed by its own key.", field="request"
        )
    return wanted


def private_pem(key: ec.EllipticCurvePrivateKey) -> bytes:
    """A private key as servers read it."""
    form = serialization.PrivateFormat.PKCS8
    return key.private_bytes(serialization.Encoding.PEM, form, serialization.NoEncryption())


def _builder(subject: x509.Name, issuer: x509.Name, key: object, now: datetime, ends: datetime) -> x509.CertificateBuilder:
    builder = x509.CertificateBuilder().subject_name(subject).issuer_name(issuer)
    builder = builder.public_key(key).serial_number(x509.random_serial_number())  # type: ignore[arg-type]
    return builder.not_valid_before(now - _BACKDATED).not_valid_after(ends)


def write_new(file: Path, content: bytes) -> None:
    """A new file only its owner may read. Raises `FileExistsError`."""
    handle = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(handle, "wb") as opened:
        opened.write(content)
