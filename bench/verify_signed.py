"""Signed verifications through the gateway, against the signatures themselves: one verified and one made, bare, on one core.

Requests are signed before a round begins, each with a nonce of its own, so that making them costs the server nothing. Rounds of
limit, signed and unsigned alternate; the ratio is the median of theirs. The value is what the machine serves with a process of the
gateway for each core (`DANCU_GATEWAY_PROCESSES`). Beside it: one process alone; one exchange as compact JWS and as HTTP message
signatures (RFC 9421); the ratio by time of the processor, which says the same whoever else uses the machine.
"""

from __future__ import annotations

import json
import os
import random
import re
import secrets
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections import defaultdict
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import psutil
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, ed25519

from bench.message_signatures import http_signature_pair
from bench.verify import BASIS, CLIENT, FIRST, PURPOSE, _Generator, _prepare, _server
from dancu.cli.launcher.postgres import PostgresServer
from dancu.exchange.messages import read_request, sign_answer, sign_request
from dancu.kernel.signing import ED25519, ES256, MessageKey, TrustedKey

PATH, INSTALLATION = "/v1/verifications", "bench.dancu"
PROCESSES = len(os.sched_getaffinity(0))
WARM = 5_000  # messages
MESSAGE = b"m" * 500  # what a signature covers here is about as long
# Each line of the file is one request: its signature, a tab, its body. Made ready before the clock runs: who asks shares the
# processor with who is measured.
SCRIPT = """
local ready, at = {{}}, 0
function init(args)
  local head = {{["Content-Type"] = "application/json"}}
  for line in io.lines("{file}") do
    local signature, body = string.match(line, "([^\\t]+)\\t(.+)")
    head["Dancu-Signature"] = signature
    ready[#ready + 1] = wrk.format("POST", "{path}", head, body)
  end
end
request = function()
  at = at + 1
  return ready[at]
end
"""


def run(*, quick: bool, out: Any = sys.stderr) -> dict[str, Any]:
    """Measure; gives the result that is printed as the last line."""
    persons, seconds, rounds = (50_000, 2, 3) if quick else (1_000_000, 4, 5)
    base = {"name": "verify-signed", "unit": "requests/s", "machine": f"{os.cpu_count()} cores", "size": persons, "connections": 64}
    pairs = {
        "jws_ed25519": statistics.median(_rate(_jws_pair(ED25519)) for _ in range(3)),
        "jws_es256": statistics.median(_rate(_jws_pair(ES256)) for _ in range(3)),
        "rfc9421_ed25519": statistics.median(_rate(http_signature_pair()) for _ in range(3)),
        "bare_es256": statistics.median(_rate(_bare_es256()) for _ in range(3)),
    }
    for name, rate in pairs.items():
        print(f"{name}: {rate:.0f} pairs/s", file=out)
    measured = {f"pairs_{name}": round(rate) for name, rate in pairs.items()}
    if shutil.which("wrk") is None:
        print("no wrk here: only the messages themselves were measured (Debian package wrk)", file=out)
        return {**base, "value": None, "limit": None, "ratio": None, **measured}
    scratch = Path(tempfile.mkdtemp(prefix="dancu-bench-", dir="/var/tmp"))
    scratch.chmod(0o755)
    database = PostgresServer(scratch / "home")
    try:
        database.start()
        return {**base, **_measure(database, scratch, persons, seconds, rounds, out), **measured}
    finally:
        database.stop()
        shutil.rmtree(scratch, ignore_errors=True)


def _measure(database: PostgresServer, scratch: Path, persons: int, seconds: int, rounds: int, out: Any) -> dict[str, Any]:
    urls = database.urls()
    _prepare(urls, scratch / "home", persons)
    MessageKey.generate().write(scratch / "home" / "keys" / "messages.key")
    os.environ["DANCU_INSTALLATION"] = INSTALLATION
    found: dict[str, float] = {}
    for algorithm in (ED25519, ES256):
        key = MessageKey.generate(algorithm)
        (scratch / "public.json").write_text(json.dumps(key.public.as_jwk()))
        importing = [sys.executable, "-m", "dancu.cli.main", "keys", "import", CLIENT, str(scratch / "public.json")]
        subprocess.run(importing, check=True, stdout=subprocess.DEVNULL)
        turns = rounds if algorithm == ED25519 else max(1, rounds - 2)
        told = _rounds(urls, scratch, persons, seconds, turns, key, out)
        found |= {f"{algorithm}.{name}": value for name, value in told.items()}
    value, limit = found["Ed25519.value"], found["Ed25519.limit"]
    return {
        "processes": PROCESSES,
        "value": round(value),
        "limit": round(limit),
        "ratio": round(found["Ed25519.ratio"], 3),
        "ratio_by_processor_time": round(found["Ed25519.by_processor"], 3),
        "unsigned": round(found["Ed25519.unsigned"]),
        "of_unsigned": round(value / found["Ed25519.unsigned"], 3),
        "es256": round(found["ES256.value"]),
        "one_process": round(found["Ed25519.one"]),
        "ratio_one_process": round(found["Ed25519.ratio_one"], 3),
    }


def _rounds(urls: Any, scratch: Path, persons: int, seconds: int, rounds: int, key: MessageKey, out: Any) -> dict[str, float]:
    found: dict[str, list[float]] = defaultdict(list)
    plain = _Generator(scratch, persons)
    with _server(urls, "gateway", PROCESSES) as all_cores, _server(urls, "gateway") as one:
        for gateway in (all_cores, one):
            plain.rate(gateway, PATH, 16, 1)  # warm
            _drive(scratch, gateway, _sign_many(scratch / "signed.txt", key, persons, WARM), 1)
        for _ in range(rounds):
            before = _rate(_bare_pair())
            count = round(before * (seconds + 1))
            prepared = _sign_many(scratch / "signed.txt", key, persons, count)
            spent = _processor_seconds(all_cores)
            value = _drive(scratch, all_cores, prepared, seconds)
            each = (_processor_seconds(all_cores) - spent) / (value * seconds)
            alone = _drive(scratch, one, _sign_many(scratch / "signed.txt", key, persons, count), seconds)
            limit = (before + _rate(_bare_pair())) / 2
            measured = {
                "limit": limit,
                "value": value,
                "ratio": value / limit,
                "one": alone,
                "ratio_one": alone / limit,
                "by_processor": 1 / each / _rate(_bare_pair(), clock=time.process_time),
                "unsigned": plain.rate(all_cores, PATH, 64, seconds)["rate"],
            }
            for name, each_value in measured.items():
                found[name].append(each_value)
            told = "  ".join(f"{name} {measured[name]:.0f}/s" for name in ("limit", "value", "one", "unsigned"))
            print(f"{key.algorithm}: {told}", file=out)
    return {name: statistics.median(column) for name, column in found.items()}


def _processor_seconds(gateway: str) -> float:
    """What the gateway's processes, and those that sign for them, have used so far."""
    port, total = gateway.rpartition(":")[2], 0.0
    for process in psutil.process_iter(["cmdline"]):
        if port in (words := process.info["cmdline"] or []) and "--port" in words:
            used = [each.cpu_times() for each in (process, *process.children())]
            total += float(sum(each.user + each.system for each in used))
    return total


def _sign_many(file: Path, key: MessageKey, persons: int, count: int) -> Path:
    now = datetime.now(UTC)
    with file.open("w", encoding="utf-8") as lines:
        for _ in range(count):
            body = _body(random.randint(1, persons))
            given = {"issuer": CLIENT, "audience": INSTALLATION, "method": "POST", "target": PATH}
            lines.write(f"{sign_request(key, body=body.encode(), now=now, **given)}\t{body}\n")
    return file


def _body(place: int) -> str:
    asked = {
        "personal_id": f"{FIRST + place * 7:012d}",
        "full_name": f"NGUYỄN VĂN THỬ {place}",
        "birth_date": f"{1950 + place % 60:04d}-{1 + place % 12:02d}-{1 + place % 28:02d}",
        "purpose": PURPOSE,
        "legal_basis": BASIS,
        "procedure": "1.001193",
        "officer": "canbo01",
        "dossier_no": "H57.1-261124-0007",
    }
    return json.dumps(asked, ensure_ascii=False)


def _drive(folder: Path, root: str, prepared: Path, seconds: int, connections: int = 64) -> float:
    script = folder / "signed.lua"
    script.write_text(SCRIPT.format(file=prepared, path=PATH))
    told = subprocess.run(
        ["wrk", "-t1", f"-c{connections}", f"-d{seconds}s", "-s", str(script), root], capture_output=True, text=True, check=True
    ).stdout
    if "Non-2xx" in told:
        raise RuntimeError(f"not every answer was good: {told}")
    return float(re.search(r"Requests/sec:\s+([\d.]+)", told).group(1))  # type: ignore[union-attr]


def _bare_pair() -> Callable[[], object]:
    """The limit: one Ed25519 signature verified and one made."""
    key = ed25519.Ed25519PrivateKey.generate()
    public, made = key.public_key(), key.sign(MESSAGE)
    return lambda: (public.verify(made, MESSAGE), key.sign(MESSAGE))


def _bare_es256() -> Callable[[], object]:
    key, algorithm = ec.generate_private_key(ec.SECP256R1()), ec.ECDSA(hashes.SHA256())
    public, made = key.public_key(), key.sign(MESSAGE, algorithm)
    return lambda: (public.verify(made, MESSAGE, algorithm), key.sign(MESSAGE, algorithm))


def _jws_pair(algorithm: str) -> Callable[[], object]:
    """A signed request believed and its answer signed, as the gateway does it; without batch and registry."""
    key, now, body = MessageKey.generate(algorithm), datetime.now(UTC), _body(1).encode()
    address = {"audience": INSTALLATION, "method": "POST", "target": PATH, "body": body, "now": now}
    header, keys = sign_request(key, issuer=CLIENT, **address), {key.kid: TrustedKey(key.public, CLIENT)}

    def pair() -> None:
        asked = read_request(header, keys=keys, **address)
        sign_answer(key, issuer=INSTALLATION, request=asked, status=201, body=body, now=now)  # type: ignore[arg-type]

    return pair


def _rate(pair: Callable[[], object], seconds: float = 0.4, clock: Callable[[], float] = time.perf_counter) -> float:
    began, count = clock(), 0
    while (spent := clock() - began) < seconds:
        for _ in range(50):
            pair()
        count += 50
    return count / spent


if __name__ == "__main__":
    random.seed(secrets.randbits(32))
    print(json.dumps(run(quick="--quick" in sys.argv)))
