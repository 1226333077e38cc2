"""Our own contract (`/v1`), written down from its published description."""

from __future__ import annotations

import json
from typing import Any

from dancu.cli.conformance_kit.asking import Asked, Key
from dancu.cli.conformance_kit.national import basic
from dancu.cli.conformance_kit.reading import UNREAD, Found, Kind, member, read_json
from dancu.cli.conformance_kit.tongues import JSON, Tongue, dashed
from dancu.cli.conformance_kit.wire import Call, Reply

VERIFY, DISCLOSE = "verifications", "disclosures"
_FOUND = ("match", "folded")


class Rest(Tongue):
    """Verifications, and disclosures where a check asks for them."""

    name = "rest"
    ok = 201
    media = (JSON,)
    wrong_method = "GET"

    def call(self, asked: Asked, key: Key = Key.RIGHT) -> Call:
        return self.send(VERIFY, self.body(asked), key)

    def body(self, asked: Asked, **changes: Any) -> dict[str, Any]:
        """The question as JSON; a change to None leaves the member out."""
        stated: dict[str, Any] = {
            "full_name": asked.name,
            "birth_date": dashed(asked.born),
            "purpose": self.agreed.purpose,
            "legal_basis": self.agreed.legal_basis,
            "procedure": self.agreed.procedure if asked.procedure is None else asked.procedure,
            "officer": self.agreed.officer if asked.officer is None else asked.officer,
            "integration_code": self.agreed.rest_code,
            "dossier_no": asked.request_id,
            "personal_id": asked.number,
            "old_id_no": asked.old_number,
            **changes,
        }
        return {name: value for name, value in stated.items() if value not in (None, "")}

    def send(self, what: str, body: object, key: Key = Key.RIGHT, **headers: str) -> Call:
        """A question to one of the two endpoints."""
        return self.post(json.dumps(body).encode(), key, what, **headers)

    def post(self, body: bytes, key: Key = Key.RIGHT, what: str = VERIFY, **headers: str) -> Call:
        sent = {"Content-Type": JSON, **{name.replace("_", "-"): value for name, value in headers.items()}}
        if key is not Key.NONE:
            user = "he-thong-chua-dang-ky" if key is Key.UNKNOWN else self.agreed.client_id
            sent["Authorization"] = basic(user, self.agreed.secret + "-sai" if key is Key.WRONG else self.agreed.secret)
        return Call("POST", f"{self.agreed.path('rest')}/{what}", sent, body)

    def read(self, reply: Reply) -> Found:
        told = read_json(reply.body)
        outcome = member(told, "outcome")
        if not isinstance(outcome, str):
            return Found(Kind.REFUSED) if reply.status >= 400 and isinstance(member(told, "type"), str) else UNREAD
        notes = [str(member(told, name)) for name in ("life_status", "successor") if member(told, name)]
        note = " ".join(each for each in notes if each != "alive")
        return Found(Kind.CITIZEN if outcome in _FOUND else Kind.NOBODY, note=note)
