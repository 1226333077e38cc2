"""`dancu conformance` as an integrator types it: exit codes, one clear sentence for who cannot be looked at, the document."""

from __future__ import annotations

import asyncio
import contextlib
import datetime
import ipaddress
import json
import signal
import socket
import ssl
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import pytest
from click.testing import Result
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID
from typer.testing import CliRunner

from dancu.cli.conformance import app
from dancu.cli.conformance_kit.persons import DEMO, read_cast
from dancu.cli.conformance_kit.playing import DIALECTS
from dancu.cli.conformance_kit.scenario import Step, steps_of
from dancu.kernel.signing import PublicKey
from dancu.onboarding.conformance import CandidateRole, ConformanceResult, read_result
from tests.cli.conformance.client_faults import QUICK
from tests.cli.conformance.field_program import Program
from tests.cli.conformance.front import a_front
from tests.cli.conformance.hub import BY_NETWORK, HERE, KIT, SECRET, blocks_of_guide, typed
from tests.cli.conformance.soap_faults import swap
from tests.gateway.bad_hub import a_bad_hub
from tests.gateway.process import GatewayProcess

pytestmark = pytest.mark.slow


@pytest.fixture(autouse=True)
def desk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder with the secret, as the guide leaves it; the commands are typed there."""
    (tmp_path / "kiem-tra.secret").write_text(f"{SECRET}\n")
    monkeypatch.chdir(tmp_path)
    return tmp_path


def kit(*arguments: str) -> Result:
    """The command in this process; as a process of its own it is in the guide."""
    return CliRunner().invoke(app, arguments, prog_name="dancu conformance")


def asked(url: str, *more: str) -> tuple[str, ...]:
    return (url, "--client-id", KIT, "--secret-file", "kiem-tra.secret", "--network-client", BY_NETWORK, *more)


def only(*ids: str) -> list[str]:
    return [part for each in ids for part in ("--only", each)]


# -- a server that can be looked at -----------------------------------------------------------------------------------


def test_the_guide_holds_as_printed(hub: GatewayProcess, desk: Path) -> None:
    _, whole, again, _, signed = (block.replace(HERE, hub.root) for block in blocks_of_guide())

    done, one, document = typed(whole, desk), typed(again, desk), typed(signed, desk)

    assert (done.returncode, done.stderr) == (0, ""), done
    assert "Tất cả đều đạt." in done.stdout
    assert all(f"\n{dialect}\n" in done.stdout for dialect in DIALECTS)
    assert "✓ đạt" in done.stdout
    assert "✗" not in done.stdout
    assert one.returncode == 0
    assert "1 đạt, 0 không đạt" in one.stdout
    assert document.returncode == 0, document
    key = PublicKey.parse(document.stdout.splitlines()[0])
    result = read_result((desk / "ket-qua.jws").read_text(), key)
    assert (result.role, result.client_id, result.url) == (CandidateRole.SERVER, KIT, hub.root)
    assert result.holds
    assert result.is_whole


def test_a_failure_ends_with_one_and_says_how_to_mend_it(hub: GatewayProcess, desk: Path) -> None:
    with a_front(hub.root) as front:
        front.fault = swap("soapenv", "SOAP-ENV")()
        done = kit(*asked(front.root, "--dialect", "soap", *only("soap.prefixes", "soap.wrapper")))

    assert done.exit_code == 1
    assert "✗ KHÔNG ĐẠT" in done.stdout
    for part in ("[soap.prefixes]", "SOAP-ENV", "Đã gửi: ", "Nhận được: ", "Cần: ", ", vì ", "Cách sửa: "):
        assert part in " ".join(done.stdout.split())
    assert "1 đạt, 1 không đạt" in done.stdout


def test_json_is_the_document_and_nothing_else(hub: GatewayProcess, desk: Path) -> None:
    done = kit(*asked(hub.root, "--dialect", "token", "--json", "--out", "ket-qua.json"))

    told = json.loads(done.stdout)
    assert (done.exit_code, done.stderr) == (0, "")
    assert set(told) == set(ConformanceResult.__struct_fields__)
    assert told["summary"] == {"passed": len(told["checks"]), "failed": 0, "skipped": 0}
    assert (desk / "ket-qua.json").read_text() == done.stdout
    assert SECRET not in done.stdout


def test_what_is_skipped_is_said_and_counted(hub: GatewayProcess, desk: Path) -> None:
    done = kit(*asked(hub.root, "--dialect", "token", "--skip", "token.by-static"))

    assert done.exit_code == 0
    assert "– bỏ qua" in done.stdout
    assert "1 bỏ qua. Không có phép kiểm tra nào không đạt." in done.stdout


def test_other_personas_come_from_a_file_and_parts_nobody_plays_are_skipped(hub: GatewayProcess, desk: Path) -> None:
    person = {"personal_id": "046195000001", "full_name": "Nguyễn Hoàng Phương Thảo Nguyên Anh", "birth_date": "1995-11-24"}
    (desk / "mot-nguoi.json").write_text(json.dumps([person]))

    done = kit(*asked(hub.root, "--dialect", "soap", "--personas", "mot-nguoi.json", "--only", "soap.found", "--only", "soap.dead"))

    assert done.exit_code == 0
    assert "không có người mẫu đã mất" in done.stdout


def test_a_wrong_secret_fails_where_it_should_and_says_what_to_look_at(hub: GatewayProcess, desk: Path) -> None:
    (desk / "kiem-tra.secret").write_text("khong-phai")

    done = kit(*asked(hub.root, "--dialect", "soap", "--only", "soap.found"))

    assert done.exit_code == 1
    assert "HTTP 401" in done.stdout
    assert "kiểm tra hash" in " ".join(done.stdout.split())


# -- a server that cannot be looked at ---------------------------------------------------------------------------------


def one_sentence(done: Result) -> str:
    """Exit 2, nothing on stdout, one line on stderr."""
    assert done.exit_code == 2, done
    assert done.stdout == ""
    assert "Traceback" not in done.stderr
    assert done.stderr.count("\n") == 1
    return done.stderr.strip()


@pytest.mark.parametrize(
    ("manner", "word"),
    [
        ("silent", "không trả lời xong trong 1 giây"),
        ("drips", "không trả lời xong trong 1 giây"),
        ("endless", "không"),
        ("drops", "ngắt kết nối"),
        ("half", "cắt ngang"),
        ("redirects", "chuyển hướng (HTTP 302) tới http://127.0.0.1:1/"),
        ("html", "HTML"),
    ],
)
def test_a_server_that_is_none_gets_one_sentence(desk: Path, manner: str, word: str) -> None:
    with a_bad_hub() as bad:
        bad.manner = manner
        done = kit(*asked(f"http://127.0.0.1:{bad.port}", "--dialect", "soap", "--seconds", "1"))

    assert word in one_sentence(done)


def test_a_host_that_is_down_or_unknown_is_said_to_be(desk: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as probe:
        port = probe.getsockname()[1]

    down = kit(*asked(f"http://127.0.0.1:{port}"))
    unknown = kit(*asked("http://khong-co.invalid"))

    assert f"Không kết nối được tới 127.0.0.1:{port} (bị từ chối)" in one_sentence(down)
    assert "Không tìm thấy máy tên khong-co.invalid" in one_sentence(unknown)


def test_tls_where_there_is_none_and_none_where_there_is(hub: GatewayProcess, desk: Path) -> None:
    with a_tls_server(desk) as port:
        no_tls = kit(*asked(hub.root.replace("http:", "https:")))
        untrusted = kit(*asked(f"https://127.0.0.1:{port}"))
        plain = kit(*asked(f"http://127.0.0.1:{port}"))
        trusted = kit(*asked(f"https://127.0.0.1:{port}", "--ca", "server.pem"))

    assert "Không bắt tay TLS được" in one_sentence(no_tls)
    assert "không được tin" in one_sentence(untrusted)
    assert "--ca" in one_sentence(untrusted)
    assert "https://" in one_sentence(plain)
    assert "HTML" in one_sentence(trusted), "with its root the server is reached, and has no contract"


def test_a_server_that_stops_to_answer_in_the_middle_ends_the_run(desk: Path) -> None:
    with a_bad_hub() as bad:
        bad.manner = "two"
        threading.Thread(target=_goes_silent, args=(bad,), daemon=True).start()
        done = kit(*asked(f"http://127.0.0.1:{bad.port}", "--dialect", "soap", "--seconds", "0.3"))

    assert done.exit_code == 2
    assert "ngừng trả lời giữa chừng" in done.stderr


def _goes_silent(bad: object) -> None:
    while not bad.seen:  # type: ignore[attr-defined]
        time.sleep(0.01)
    bad.manner = "silent"  # type: ignore[attr-defined]


@pytest.mark.parametrize(
    ("arguments", "word"),
    [
        ((), "--client-id"),
        (("http://127.0.0.1:1", "--client-id", KIT), "--secret-file"),
        (asked(""), "https://may-chu"),
        (asked("ftp://may-chu"), "https://may-chu"),
        (asked("http://may-chu:so"), "Không đọc được địa chỉ"),
        (asked("http://a:b@may-chu"), "tài khoản"),
        (asked("http://may-chu/?a=1"), "tham số"),
        (asked("http://may-chu", "--dialect", "smtp"), "smtp"),
        (asked("http://may-chu", "--only", "soap.khong-co"), "--list"),
        (asked("http://may-chu", "--dialect", "rest", "--only", "soap.found"), "soap.found"),
        (asked("http://may-chu", "--path", "soap"), "--path"),
        (asked("http://may-chu", "--error-code", "so"), "--error-code"),
        (asked("http://may-chu", "--personas", "khong-co.json"), "người mẫu"),
        (asked("http://may-chu", "--sign-with", "khoa.jwk"), "--out"),
        (asked("http://may-chu", "--sign-with", "khong-co.jwk", "--out", "x"), "khoá"),
        (asked("https://may-chu", "--ca", "khong-co.pem"), "chứng thư"),
        (("http://may-chu", "--client-id", KIT, "--secret-file", "khong-co"), "khong-co"),
    ],
)
def test_wrong_usage_is_told_in_one_sentence(desk: Path, arguments: tuple[str, ...], word: str) -> None:
    assert word in one_sentence(kit(*arguments))


def test_every_check_is_listed_with_its_reason(desk: Path) -> None:
    done = kit("--list")

    assert done.exit_code == 0
    assert "soap.prefixes" in done.stdout
    assert "vì ba phần mềm đang chạy" in done.stdout


# -- a client ---------------------------------------------------------------------------------------------------------


def test_the_service_is_ended_by_hand_and_gives_the_same_kind_of_document(desk: Path) -> None:
    command = [sys.executable, "-m", "dancu.cli.main", "conformance", "--serve", "--port", "0", "--client-id", KIT]
    command += ["--secret-file", "kiem-tra.secret", "--json"]
    running = subprocess.Popen(command, cwd=desk, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    assert running.stderr is not None
    heading = "".join(iter(running.stderr.readline, "Ctrl-C để kết thúc và xem kết quả.\n"))

    running.send_signal(signal.SIGINT)
    out, rest = running.communicate(timeout=20)

    told = json.loads(out)
    assert "http://127.0.0.1:" in heading
    assert "Tra cứu lần lượt từng người" in heading
    assert "Traceback" not in rest
    assert running.returncode == 1, "nothing was seen, so nothing is right"
    assert told["role"] == "client"
    assert told["summary"]["passed"] == 0


def test_the_service_ends_by_itself_when_the_scenario_is_through(monkeypatch: pytest.MonkeyPatch) -> None:
    with socket.create_server(("127.0.0.1", 0)) as probe:
        port = probe.getsockname()[1]
    cast = read_cast(DEMO)  # with the numbers that nobody has: they are drawn anew each time
    monkeypatch.setattr("dancu.cli.conformance.read_cast", lambda _: cast)
    monkeypatch.setattr("dancu.cli.conformance.Pace", lambda: replace(QUICK, settle_seconds=0.2))
    threading.Thread(target=_looks_up, args=(port, steps_of(cast)), daemon=True).start()

    done = kit("--serve", "--port", str(port), "--client-id", KIT, "--secret-file", "kiem-tra.secret", "--until-complete")

    assert done.exit_code == 0, done.stdout
    assert "Tất cả đều đạt." in done.stdout
    assert all(step.persona.number in done.stdout for step in steps_of(cast)), "whom to look up is on the screen"


def _looks_up(port: int, steps: list[Step]) -> None:
    """A well-made program, as soon as there is somebody to ask."""
    while True:
        with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), timeout=1):
            break
        time.sleep(0.02)
    people = [(step.persona.number, step.persona.name, step.persona.born) for step in steps]
    asyncio.run(Program(f"http://127.0.0.1:{port}", KIT, SECRET).look_up_all(people))


def test_a_port_that_is_taken_is_told(desk: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as other:
        port = str(other.getsockname()[1])
        done = kit("--serve", "--port", port, "--client-id", KIT, "--secret-file", "kiem-tra.secret")

    assert f"Không mở được cổng {port}" in one_sentence(done)


@contextmanager
def a_tls_server(folder: Path) -> Iterator[int]:
    """A server with a certificate of its own making, which has nothing but a web page."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "127.0.0.1")])
    begun = datetime.datetime.now(datetime.UTC)
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(begun - datetime.timedelta(days=1))
        .not_valid_after(begun + datetime.timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.IPAddress(ipaddress.ip_address("127.0.0.1"))]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    pem = certificate.public_bytes(serialization.Encoding.PEM)
    private = key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    (folder / "server.pem").write_bytes(pem)
    (folder / "server-key.pem").write_bytes(private + pem)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(folder / "server-key.pem")
    listening = socket.create_server(("127.0.0.1", 0))

    def serve() -> None:
        while True:
            try:
                connection, _ = listening.accept()
            except OSError:
                return
            try:
                with context.wrap_socket(connection, server_side=True) as secured:
                    secured.recv(65536)
                    secured.sendall(b"HTTP/1.1 200 OK\r\ncontent-type: text/html\r\ncontent-length: 13\r\n\r\n<html></html>")
            except OSError:
                connection.close()

    threading.Thread(target=serve, daemon=True).start()
    try:
        yield listening.getsockname()[1]
    finally:
        listening.close()
