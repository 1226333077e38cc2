"""Certificates as they come in: read, checked up to a trusted root, named. `cryptography` does all that is X.509."""

from __future__ import annotations

from datetime import datetime

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.x509 import verification
from cryptography.x509.oid import ExtendedKeyUsageOID

from dancu.kernel.errors import Invalid

RSA_BITS_MIN = 2048
PEM_LENGTH_MAX = 65_536


def read_certificates(pem: bytes) -> list[x509.Certificate]:
    """A certificate and what follows it in the file, PEM. Raises `Invalid`."""
    if b"PRIVATE KEY" in pem:
        raise Invalid(
            "certificate.private",
            "Tệp có khoá bí mật. Chỉ nộp chứng thư; khoá bí mật giữ lại ở hệ thống của đơn vị.",
            "The file holds a private key. Hand in the certificate only.",
            field="certificate",
        )
    try:
        if len(pem) > PEM_LENGTH_MAX:
            raise ValueError
        return x509.load_pem_x509_certificates(pem)
    except ValueError:
        raise Invalid(
            "certificate.form", "Không đọc được chứng thư: cần dạng PEM.", "This is no certificate in PEM.", field="certificate"
        ) from None


def read_revocations(pem: bytes) -> x509.CertificateRevocationList:
    """A revocation list, PEM. Raises `Invalid`."""
    try:
        return x509.load_pem_x509_crl(pem)
    except ValueError:
        raise Invalid(
            "certificate.crl", "Không đọc được danh sách thu hồi: cần dạng PEM.", "This is no revocation list in PEM.", field="crl"
        ) from None


def check_chain(
    certificate: x509.Certificate,
    between: list[x509.Certificate],
    roots: list[x509.Certificate],
    now: datetime,
    revocations: x509.CertificateRevocationList | None = None,
) -> None:
    """Does the certificate lead to a trusted root, today, for a client? Raises `Invalid`, saying what does not hold."""
    check_key(certificate)
    # Organisations' certificates often have no alternative name; what they must have is leave to be a client's.
    ends = verification.ExtensionPolicy.permit_all().may_be_present(
        x509.ExtendedKeyUsage, verification.Criticality.AGNOSTIC, _must_be_a_clients
    )
    policy = verification.PolicyBuilder().store(verification.Store(roots)).time(now)
    policy = policy.extension_policies(ca_policy=verification.ExtensionPolicy.webpki_defaults_ca(), ee_policy=ends)
    try:
        chain = policy.build_client_verifier().verify(certificate, between).chain
    except verification.VerificationError as failure:
        raise Invalid(
            "certificate.chain",
            "Chứng thư không dẫn tới một chứng thư gốc được tin cậy, hết hạn, hoặc không dùng được cho máy khách.",
            f"The certificate does not verify: {str(failure)[:300]}",
            field="certificate",
        ) from None
    if revocations is not None:
        _check_not_revoked(certificate, chain, revocations, now)


def _must_be_a_clients(_: object, __: x509.Certificate, usage: x509.ExtendedKeyUsage | None) -> None:
    if usage is not None and ExtendedKeyUsageOID.CLIENT_AUTH not in usage:
        raise ValueError("not a client's certificate")


def check_key(certificate: x509.Certificate) -> None:
    key = certificate.public_key()
    if isinstance(key, rsa.RSAPublicKey) and key.key_size >= RSA_BITS_MIN:
        return
    if isinstance(key, ec.EllipticCurvePublicKey) and key.curve.key_size >= 256:
        return
    raise Invalid(
        "certificate.key",
        "Khoá của chứng thư phải là RSA từ 2048 bit hoặc ECDSA từ P-256.",
        "The certificate's key must be RSA of 2048 bits or ECDSA P-256, at least.",
        field="certificate",
    )


def _check_not_revoked(
    certificate: x509.Certificate, chain: list[x509.Certificate], revocations: x509.CertificateRevocationList, now: datetime
) -> None:
    issuer = chain[1] if len(chain) > 1 else chain[0]
    ends = revocations.next_update_utc
    if revocations.issuer != issuer.subject or not revocations.is_signature_valid(issuer.public_key()):  # type: ignore[arg-type]
        raise Invalid(
            "certificate.crl",
            "Danh sách thu hồi không do nơi cấp chứng thư này ký.",
            "The revocation list is not signed by the issuer of this certificate.",
            field="crl",
        )
    if ends is not None and ends <= now:
        raise Invalid("certificate.crl", "Danh sách thu hồi đã cũ.", "The revocation list is out of date.", field="crl")
    if revocations.get_revoked_certificate_by_serial_number(certificate.serial_number) is not None:
        raise Invalid(
            "certificate.revoked",
            "Nơi cấp đã thu hồi chứng thư này.",
            "Its issuer has revoked the certificate.",
            field="certificate",
        )


def fingerprint_of(certificate: x509.Certificate) -> str:
    """SHA-256, hexadecimal: what a certificate is known by at the gate."""
    return certificate.fingerprint(SHA256()).hex()
