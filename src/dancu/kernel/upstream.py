"""Settings of the hub above, asked where this installation has no registry of its own."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import urlsplit

UPSTREAM_STYLES = ("national", "hub")


@dataclass(frozen=True, slots=True)
class Upstream:
    """The hub above, asked instead of a registry of our own (*hệ thống cấp trên*). Secret and message key lie in the key folder."""

    url: str  # DANCU_UPSTREAM_URL: where it speaks the national SOAP contract
    style: str  # DANCU_UPSTREAM_STYLE: national, the contract as it is; hub, another dancu: signed, with system and officer
    client: str  # DANCU_UPSTREAM_CLIENT: who we are there
    name: str  # DANCU_UPSTREAM_NAME: what it is called in our ledger, and the audience of signed messages
    service: str  # DANCU_UPSTREAM_SERVICE: the string hashed as serviceUrl; the path of the address by default
    codes: tuple[tuple[str, str], ...]  # DANCU_UPSTREAM_CODES: integration codes here and there, `MOT-CUA=037,*=037`
    verify: str  # DANCU_UPSTREAM_VERIFY: yes-or-no, or record where the service above has no yes-or-no
    units: str  # DANCU_UPSTREAM_UNITS: version of the administrative units in its answers; empty: by whether there is a district
    seconds: float  # DANCU_UPSTREAM_SECONDS: budget of a question, all attempts together
    ca: str  # DANCU_UPSTREAM_CA: file with the certificates that its server certificate is checked against
    certificate: str  # DANCU_UPSTREAM_CERTIFICATE: file with our client certificate and its key


def read_upstream(environment: Mapping[str, str], wrong: list[str]) -> Upstream | None:
    """The hub above, if one is set; what is wrong with it is added to `wrong`."""
    url = environment.get("DANCU_UPSTREAM_URL", "")
    if not url:
        return None
    parts, style = urlsplit(url), environment.get("DANCU_UPSTREAM_STYLE", "national")
    client, verify = environment.get("DANCU_UPSTREAM_CLIENT", ""), environment.get("DANCU_UPSTREAM_VERIFY", "yes-or-no")
    seconds = environment.get("DANCU_UPSTREAM_SECONDS", "4.5")
    codes = [pair.partition("=") for pair in environment.get("DANCU_UPSTREAM_CODES", "").split(",") if pair.strip()]
    if parts.scheme not in ("http", "https") or not parts.hostname:
        wrong.append(f"DANCU_UPSTREAM_URL must be an address like https://host/path, not {url!r}")
    if parts.username or parts.password:
        wrong.append("DANCU_UPSTREAM_URL must not hold a password; the secret belongs into keys/upstream.secret")
    if style not in UPSTREAM_STYLES:
        wrong.append(f"DANCU_UPSTREAM_STYLE must be one of {', '.join(UPSTREAM_STYLES)}, not {style!r}")
    if not client:
        wrong.append("DANCU_UPSTREAM_CLIENT is missing: who this hub is at the one above")
    if verify not in ("yes-or-no", "record"):
        wrong.append(f"DANCU_UPSTREAM_VERIFY must be yes-or-no or record, not {verify!r}")
    if not re.fullmatch(r"\d{1,2}(\.\d{1,2})?", seconds) or not 0.2 <= float(seconds) <= 30:
        wrong.append(f"DANCU_UPSTREAM_SECONDS must be a number from 0.2 to 30, not {seconds!r}")
        seconds = "4.5"
    if any(not here.strip() or not there.strip() for here, _, there in codes):
        wrong.append("DANCU_UPSTREAM_CODES must look like MOT-CUA=037,*=037")
    return Upstream(
        url,
        style,
        client,
        environment.get("DANCU_UPSTREAM_NAME") or parts.hostname or "",
        environment.get("DANCU_UPSTREAM_SERVICE") or parts.path or "/",
        tuple((here.strip(), there.strip()) for here, _, there in codes),
        verify,
        environment.get("DANCU_UPSTREAM_UNITS", ""),
        float(seconds),
        environment.get("DANCU_UPSTREAM_CA", ""),
        environment.get("DANCU_UPSTREAM_CERTIFICATE", ""),
    )
