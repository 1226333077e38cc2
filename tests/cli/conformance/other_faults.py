"""What may be wrong with the other contracts: tokens, JSON, our own."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from dataclasses import replace
from typing import Any

from tests.cli.conformance.front import Fault, Got, Sent
from tests.cli.conformance.hub import AGREED
from tests.cli.conformance.soap_faults import Planted, on_answer, on_request, refusing, swap

JSON = "application/json"


def edit(change: Callable[[dict[str, Any]], None]) -> Callable[[], Fault]:
    """Something else in the JSON that comes back."""

    def harm(_: Sent, got: Got) -> Got:
        try:
            told = json.loads(got.body)
        except ValueError:
            return got
        change(told)
        return replace(got, body=json.dumps(told, ensure_ascii=False, separators=(",", ":")).encode())

    return on_answer(harm)


def citizen(change: Callable[[dict[str, Any]], Any]) -> Callable[[], Fault]:
    """Something else in the citizen of a tree; what `change` gives takes its place."""

    def harm(told: dict[str, Any]) -> None:
        collection = told.get("Body", {}).get("CongdanCollection", {})
        if "CongDan" in collection:
            collection["CongDan"] = change(collection["CongDan"])

    return edit(harm)


def ask(change: Callable[[dict[str, Any]], None]) -> Callable[[], Fault]:
    """A server that makes something else of the JSON it is sent."""

    def harm(sent: Sent) -> Sent:
        try:
            told = json.loads(sent.body)
        except ValueError:
            return sent
        if isinstance(told, dict):
            change(told)
        return replace(sent, body=json.dumps(told).encode())

    return on_request(harm)


def without_member(citizen: dict[str, Any], name: str) -> dict[str, Any]:
    return {key: value for key, value in citizen.items() if key != name}


class GivesAnotherIdEachTime(Fault):
    """Idempotency keys are not looked at."""

    def to_server(self, sent: Sent) -> Sent | Got:
        return sent.without("Idempotency-Key")


class AnswersByKeyAlone(Fault):
    """Whatever stands in the body, a known key gives the first answer."""

    def to_server(self, sent: Sent) -> Sent | Got:
        return self.seen.get(sent.header("Idempotency-Key"), sent)

    def to_client(self, sent: Sent, got: Got) -> Got:
        return self.seen.setdefault(sent.header("Idempotency-Key"), got) if sent.header("Idempotency-Key") else got


def _told_apart(sent: Sent, got: Got) -> Got:
    """`no_match` with a life status where only the name is wrong."""
    return got.swapped('"life_status":null', '"life_status":"alive"') if b'"LEKHACHAN"' in sent.body else got


OTHER_FAULTS = (
    # -- tokens
    Planted("no token for the access header", "token.by-header", "lgspaccesstoken", on_request(lambda sent: sent.without("lgspaccesstoken"))),
    Planted("expires_in as text", "token.by-form", "expires_in", swap('"expires_in":1800', '"expires_in":"1800"')),
    Planted("a token for a wrong secret", "token.wrong-secret", "mã bí mật", on_answer(lambda _, got: replace(got, status=200, body=b'{"access_token":"x"}') if got.status == 401 else got)),
    Planted("an unknown system told apart", "token.unknown-system", "hệ thống lạ", on_answer(lambda sent, got: replace(got, body=b'{"error":"unknown_client"}') if b"chua-dang-ky" in sent.body else got)),
    Planted("another grant type is taken", "token.grant-type", "400", on_request(lambda sent: replace(sent, body=b"grant_type=client_credentials"))),
    Planted("tokens may be stored", "token.no-store", "no-store", on_answer(lambda _, got: got.with_header("Cache-Control", "max-age=600"))),
    Planted("a broken body breaks the token call", "token.malformed", "HTTP 500", on_answer(lambda sent, got: replace(got, status=500) if sent.body.startswith((b"{", b"[", b"\xff")) and got.status == 400 else got)),
    Planted("a foreign access header beside the token", "lgsp.other-system-s-token", "lgspaccesstoken", on_request(lambda sent: sent.without("lgspaccesstoken") if sent.path.startswith("/lgsp/NPD") else sent)),
    Planted("a wrapped envelope behind the platform", "lgsp.envelope", "soapenv", swap("soapenv", "SOAP-ENV")),
    Planted("a broken token is taken", "lgsp.wrong-credentials", "401", on_answer(lambda _, got: replace(got, status=200) if got.status == 401 else got)),
    # -- JSON platform
    Planted("expiryDate without milliseconds", "json.token-form", "expiryDate", on_answer(lambda _, got: replace(got, body=re.sub(rb"\.\d{3}Z", b"Z", got.body)))),
    Planted("a citizen in a list", "json.tree", "mảng", citizen(lambda told: [told])),
    Planted("null for an empty leaf", "json.tree", "null", citizen(lambda told: {**told, "SoSoHoKhau": None})),
    Planted("a number for a code", "json.tree", "GioiTinh là số", citizen(lambda told: {**told, "GioiTinh": 2})),
    Planted("an element left out of the tree", "json.tree", "NguoiDaiDien", citizen(lambda told: without_member(told, "NguoiDaiDien"))),
    Planted("the envelope left in the tree", "opencps.tree", "Body", edit(lambda told: [told.update(Envelope=dict(told)), told.pop("Body", None), told.pop("Header", None)][0])),
    Planted("error_code as a number", "json.error-form", "error_code", edit(lambda told: told.update(error_code=401) if "error_code" in told else None)),
    # -- JSON adapter
    Planted("error_code of success as a number", "adapter.error-code", "số 0", edit(lambda told: told.update(error_code=0))),
    Planted("error_code of success 200", "adapter.error-code", "chuỗi 200", edit(lambda told: told.update(error_code="200"))),
    Planted("message begins with a blank", "adapter.message", "“<”", edit(lambda told: told.update(message=" " + told["message"]))),
    Planted("a refusal without an envelope", "adapter.failure-form", "“<”", edit(lambda told: told.update(message="Không được phép") if told["error_code"] == "401" else None)),
    Planted("the short question is refused", "adapter.short", "tuỳ chọn", on_answer(lambda sent, got: replace(got, status=400, body=b"{}") if sent.body and b"ngayThangNam" not in sent.body else got)),
    Planted("another element name in the message", "adapter.envelope", "congdan", edit(lambda told: told.update(message=told["message"].replace("CongDan>", "congdan>")))),
    # -- OpenCPS, SharePoint, warehouse
    Planted("errorCode as a number", "opencps.error-codes", "005", edit(lambda told: told.update(errorCode=5) if told.get("errorCode") == "005" else None)),
    Planted("a refusal of OpenCPS with 200", "opencps.error-codes", "HTTP 200", on_answer(lambda _, got: replace(got, status=200))),
    Planted("the query in one form of the date", "sharepoint.query", "dob", refusing(lambda sent: "%2F" in sent.path)),
    Planted("another prefix by address", "sharepoint.envelope", "ns2", swap("ns1", "ns2")),
    Planted("RESULT as true", "warehouse.result", "True", edit(lambda told: told.update(RESULT=bool(told["RESULT"])))),
    Planted("RESULT as text", "warehouse.result", "'1'", edit(lambda told: told.update(RESULT=str(told["RESULT"])))),
    Planted("sex is not compared", "warehouse.sex", "gender", on_request(lambda sent: replace(sent, path=re.sub("gender=[12]", "gender=3", sent.path)))),
    Planted("two keys are enough", "warehouse.two-keys", "họ tên", on_answer(lambda sent, got: Got(200, (("Content-Type", JSON),), b'{"RESULT":1}') if "socancuoc" in sent.path else got)),
    Planted("a foreign system's address", "warehouse.unknown-network", "401", on_answer(lambda _, got: replace(got, status=200) if got.status == 401 else got)),
    # -- our own contract
    Planted("no OpenAPI", "rest.openapi", "OpenAPI", on_request(lambda sent: Got(404, (), b"") if sent.method == "GET" else sent)),
    Planted("an answer without successor", "rest.answer", "successor", edit(lambda told: told.pop("successor", None))),
    Planted("no_match that talks", "rest.uniform", "life_status", on_answer(_told_apart)),
    Planted("no_match with facts", "rest.no-match-is-blank", "life_status", edit(lambda told: told.update(life_status="alive"))),
    Planted("facts of somebody for nobody", "rest.disclosure-of-nobody", "facts", edit(lambda told: told.update(facts={}) if "facts" in told else None)),
    Planted("facts with loose marks", "rest.disclosure", "NFD", on_answer(lambda _, got: replace(got, body=__import__("unicodedata").normalize("NFD", got.body.decode()).encode()))),
    Planted("purpose may be missing", "rest.required", "purpose", ask(lambda told: told.setdefault("purpose", "x"))),
    Planted("officer may be missing", "rest.officer-missing", "officer", ask(lambda told: told.setdefault("officer", "canbo01"))),
    Planted("any purpose will do", "rest.other-purpose", "403", ask(lambda told: told.update(purpose=AGREED.purpose, legal_basis=AGREED.legal_basis))),
    Planted("errors as plain JSON", "rest.problems", "problem+json", on_answer(lambda _, got: got.with_header("Content-Type", JSON) if got.status >= 400 else got)),
    Planted("errors without a type", "rest.problems", "type", edit(lambda told: told.pop("type", None))),
    Planted("an error that repeats the number", "rest.number-forms", "nhắc lại", on_answer(lambda _, got: got.swapped('"title":"', '"title":"04619500000: ') if got.status == 422 else got)),
    Planted("an unknown member is passed over", "rest.unknown-member", "422", ask(lambda told: told.pop("fullname", None))),
    Planted("401 without a challenge", "rest.www-authenticate", "WWW-Authenticate", on_answer(lambda _, got: got.with_header("WWW-Authenticate", ""))),
    Planted("a repeat gives another id", "rest.idempotency", "id khác lần đầu", GivesAnotherIdEachTime),
    Planted("another body under the same key is answered", "rest.idempotency-conflict", "409", AnswersByKeyAlone),
    Planted("many at once under one key give many ids", "rest.idempotency-together", "câu trả lời khác nhau", GivesAnotherIdEachTime),
    Planted("a number in Location", "rest.number-not-in-address", "Location", on_answer(lambda _, got: got.with_header("Location", "/v1/persons/046195000001"))),
    Planted("stated items are not compared", "rest.stated", "differs", on_answer(lambda _, got: got.swapped('"differs"', '"exact"'))),
    Planted("no successor of a replaced number", "rest.replaced", "successor", on_answer(lambda _, got: replace(got, body=re.sub(rb'"successor":"[^"]*"', b'"successor":null', got.body)))),
)  # fmt: skip
