"""Keys and certificates at the gate: registered once, by a chain that holds; revoked with a reason; their end announced twice."""

from __future__ import annotations

import json
import os
from datetime import UTC, datetime, timedelta
from pathlib import Path

import psycopg
import pytest
from cryptography import x509
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.x509.oid import NameOID
from django.db import connection

from dancu.cli.launcher.postgres import Urls
from dancu.identity.api import Organisation, add_officer, add_organisation
from dancu.kernel.authority import Authority, private_pem
from dancu.kernel.certificates import check_chain, read_certificates, read_revocations
from dancu.kernel.errors import Conflict, Invalid, NotFound
from dancu.kernel.signing import MessageKey, PublicKey
from dancu.notices.models import Step
from dancu.onboarding import api as onboarding
from dancu.onboarding.reminders.usecases import remind
from tests.factories.database import connect_system

CLIENT = "he-thong"
NOW = datetime(2026, 11, 22, 3, 0, tzinfo=UTC)
DAY = timedelta(days=1)


@pytest.fixture
def authority(tmp_path: Path) -> Authority:
    return Authority.create(tmp_path / "ca", "Nơi cấp thử", NOW)


def issued(authority: Authority, days: int = 90, name: str = CLIENT) -> x509.Certificate:
    return authority.issue_with_key(name, NOW, days)[0]


def a_key(**more) -> onboarding.RegisteredKey:
    return onboarding.add_message_key(CLIENT, MessageKey.generate().public, by="test", now=NOW, **more)


def a_request(key, name: str = "ai-do") -> bytes:
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
    request = x509.CertificateSigningRequestBuilder().subject_name(subject).sign(key, SHA256())
    return request.public_bytes(serialization.Encoding.PEM)


def outcomes() -> list[str]:
    with connection.cursor() as cursor:
        cursor.execute("select convert_from(body, 'UTF8')::jsonb ->> 'outcome' from ledger_entry order by id")
        return [row[0] for row in cursor.fetchall()]


def test_a_chain_leads_to_a_trusted_root_or_is_refused(authority: Authority, tmp_path: Path) -> None:
    stranger = Authority.create(tmp_path / "other", "Nơi cấp khác", NOW)
    certificate = issued(authority)

    check_chain(certificate, [], [authority.certificate], NOW)

    for roots, moment in (([stranger.certificate], NOW), ([authority.certificate], NOW + 91 * DAY)):
        with pytest.raises(Invalid) as refused:
            check_chain(certificate, [], roots, moment)
        assert refused.value.code == "certificate.chain"


def test_a_servers_certificate_is_no_clients(authority: Authority) -> None:
    with pytest.raises(Invalid) as refused:
        check_chain(authority.serve("gateway.example", NOW)[0], [], [authority.certificate], NOW)

    assert refused.value.code == "certificate.chain"


def test_what_the_issuer_took_back_is_not_taken(authority: Authority, tmp_path: Path) -> None:
    good, bad = issued(authority), issued(authority)
    authority.revoke(bad.serial_number, NOW)
    taken_back = read_revocations(authority.revocations(NOW))
    foreign = read_revocations(Authority.create(tmp_path / "other", "Nơi cấp khác", NOW).revocations(NOW))

    check_chain(good, [], [authority.certificate], NOW, taken_back)

    for certificate, revocations, moment, code in (
        (bad, taken_back, NOW, "certificate.revoked"),
        (good, foreign, NOW, "certificate.crl"),
        (good, taken_back, NOW + 31 * DAY, "certificate.crl"),
    ):
        with pytest.raises(Invalid) as refused:
            check_chain(certificate, [], [authority.certificate], moment, revocations)
        assert refused.value.code == code


def test_an_issued_certificate_bears_the_client_id_whatever_was_asked_for(authority: Authority) -> None:
    certificate = authority.issue(a_request(ec.generate_private_key(ec.SECP256R1()), "dan-cu"), CLIENT, NOW)

    assert certificate.subject.rfc4514_string() == f"CN={CLIENT}"
    check_chain(certificate, [], [authority.certificate], NOW)


def test_a_weak_key_gets_no_certificate(authority: Authority) -> None:
    with pytest.raises(Invalid) as refused:
        authority.issue(a_request(rsa.generate_private_key(65537, 1024)), CLIENT, NOW)

    assert refused.value.code == "certificate.key"


def test_there_is_one_authority_in_a_folder_and_its_key_is_its_owners(authority: Authority, tmp_path: Path) -> None:
    with pytest.raises(Conflict):
        Authority.create(tmp_path / "ca", "Nơi cấp thử", NOW)

    assert (tmp_path / "ca" / "ca.key").stat().st_mode & 0o777 == 0o600
    with pytest.raises(NotFound):
        Authority(tmp_path / "none")


def test_a_private_key_is_sent_back(authority: Authority) -> None:
    with pytest.raises(Invalid) as refused:
        read_certificates(private_pem(authority.issue_with_key(CLIENT, NOW)[1]))

    assert refused.value.code == "certificate.private"


@pytest.mark.django_db
def test_a_key_is_registered_once_and_the_ledger_says_so() -> None:
    connect_system()
    key = MessageKey.generate().public

    onboarding.add_message_key(CLIENT, key, by="test", now=NOW)

    assert f"key.added:message:{key.kid}" in outcomes()
    with pytest.raises(Conflict):
        onboarding.add_message_key(CLIENT, key, by="test", now=NOW)


@pytest.mark.django_db
def test_a_key_of_nobody_and_one_that_has_ended_are_refused() -> None:
    with pytest.raises(NotFound):
        a_key()
    connect_system()

    with pytest.raises(Invalid) as refused:
        a_key(not_after=NOW)

    assert refused.value.code == "key.ended"


@pytest.mark.django_db
def test_a_certificate_is_registered_by_a_chain_that_holds(authority: Authority, tmp_path: Path) -> None:
    connect_system()
    stranger = Authority.create(tmp_path / "other", "Nơi cấp khác", NOW)
    certificate = issued(authority)

    with pytest.raises(Invalid):
        onboarding.add_certificate(CLIENT, [certificate], [stranger.certificate], by="test", now=NOW)
    added = onboarding.add_certificate(CLIENT, [certificate], [authority.certificate], by="test", now=NOW)

    assert [key.kid for key in onboarding.keys_of(CLIENT)] == [added.kid]
    assert added.not_after == certificate.not_valid_after_utc
    assert int(added.serial, 16) == certificate.serial_number


@pytest.mark.django_db
def test_a_revoked_key_stays_known_and_is_revoked_once() -> None:
    connect_system()
    key = a_key()

    onboarding.revoke_key(CLIENT, key.kid, reason="Mất máy chủ", by="test", now=NOW)

    (known,) = onboarding.keys_of(CLIENT)
    assert (known.state, known.revoked_at, known.reason) == (onboarding.KeyState.REVOKED, NOW, "Mất máy chủ")
    assert f"key.revoked:message:{key.kid}" in outcomes()
    with pytest.raises(Conflict):
        onboarding.revoke_key(CLIENT, key.kid, reason="lần nữa", by="test", now=NOW)
    with pytest.raises(NotFound):
        onboarding.revoke_key(CLIENT, "khac", reason="lần nữa", by="test", now=NOW)


@pytest.mark.django_db
def test_a_key_is_not_revoked_without_a_reason() -> None:
    connect_system()
    key = a_key()

    with pytest.raises(Invalid):
        onboarding.revoke_key(CLIENT, key.kid, reason="  ", by="test", now=NOW)


@pytest.mark.django_db
def test_the_end_of_a_key_is_announced_to_its_integrator_and_to_the_operators_once_each_stage() -> None:
    """22 and 5 working days before, on working mornings; a revoked key is not spoken of."""
    connect_system()
    add_organisation(Organisation("H57", "Tỉnh thử"), {"MC": "Một cửa"})
    add_officer("vanhanh", "Người vận hành", "H57", "MC", ["operator"], "mat-khau-dai-12")
    key = a_key(not_after=NOW + 40 * DAY)
    revoked = a_key(not_after=NOW + 40 * DAY)
    onboarding.revoke_key(CLIENT, revoked.kid, reason="không dùng", by="test", now=NOW)

    told = [days for days in range(1, 40) if remind(now=NOW + days * DAY)]

    assert len(told) == 2
    assert Step.objects.filter(kind="notice.officer", about=CLIENT).count() == 2 * 2
    assert [k.kid for k in onboarding.keys_of(expiring_before=NOW + 41 * DAY)] == [key.kid]


@pytest.mark.skipif(os.environ.get("DANCU_TEST_OWNER") == os.environ.get("DANCU_TEST_WEB"), reason="one role for everything")
def test_the_pages_role_cannot_exchange_or_remove_a_key(fresh_database: Urls) -> None:
    """What was registered stands: the role at work may revoke it and nothing else."""
    may = "select has_table_privilege('onboarding_key', 'delete'), has_column_privilege('onboarding_key', %s, 'update')"
    with psycopg.connect(fresh_database.web) as role:
        assert role.execute(may, ["content"]).fetchone() == (False, False)
        assert role.execute(may, ["state"]).fetchone() == (False, True)


@pytest.mark.django_db
@pytest.mark.parametrize("kid", ["046088000201", "khoa-046088000201"])
def test_a_key_is_not_named_by_a_personal_number(kid: str) -> None:
    """It would stand in the ledger and in the addresses of notices, which refuse it."""
    public = PublicKey.parse(json.dumps({**MessageKey.generate().public.as_jwk(), "kid": kid}))

    with pytest.raises(Invalid) as refused:
        onboarding.add_message_key(CLIENT, public, by="test", now=NOW)
    assert refused.value.code == "key.kid_number"
