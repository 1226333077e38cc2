"""The contracts as a client speaks them: each writes the same question in its own words and reads what comes back."""

from __future__ import annotations

import base64
import json
from abc import ABC, abstractmethod
from typing import ClassVar
from urllib.parse import quote, urlencode

from dancu.cli.conformance_kit import national
from dancu.cli.conformance_kit.agreed import Agreed
from dancu.cli.conformance_kit.asking import Asked, Key
from dancu.cli.conformance_kit.checks import Skipped, shown
from dancu.cli.conformance_kit.reading import Found, Kind, member, read_envelope, read_json, read_tree
from dancu.cli.conformance_kit.wire import Call, Reply, Wire

GRANT = b"grant_type=client_credentials"
FORM, JSON = "application/x-www-form-urlencoded", "application/json"


class Tongue(ABC):
    """One dialect."""

    name: ClassVar[str]
    ok: ClassVar[int] = 200  # status of every answer about a person, found or not
    media: ClassVar[tuple[str, ...]] = ("text/xml", "application/xml")  # of answers
    wrong_method: ClassVar[str] = "PUT"

    def __init__(self, agreed: Agreed) -> None:
        self.agreed = agreed

    async def prepare(self, wire: Wire) -> None:  # noqa: B027 - most dialects need nothing
        """Whatever a client does once before it asks. Raises `Skipped` when that fails: another check says how."""

    @abstractmethod
    def call(self, asked: Asked, key: Key = Key.RIGHT) -> Call:
        """The question as this dialect sends it."""

    @abstractmethod
    def read(self, reply: Reply) -> Found:
        """What the answer says."""

    def post(self, body: bytes, key: Key = Key.RIGHT) -> Call | None:
        """The data call with any body; None where the dialect has none."""
        return None


class Soap(Tongue):
    """The national contract."""

    name = "soap"

    def call(self, asked: Asked, key: Key = Key.RIGHT) -> Call:
        return self.post(national.envelope(national.fields_of(asked, self.agreed)), key)

    def post(self, body: bytes, key: Key = Key.RIGHT) -> Call:
        path = self.agreed.path("soap")
        return Call("POST", path, national.signed_headers(self.agreed, path, key), body)

    def read(self, reply: Reply) -> Found:
        return read_envelope(reply.body)


class Lgsp(Soap):
    """The same over a provincial platform: a token first."""

    name = "lgsp"
    _token = ""

    async def prepare(self, wire: Wire) -> None:
        reply = await wire.send(token_call(self.agreed, "header", path=self.agreed.path("lgsp-token")))
        self._token = _token_in(reply, "access_token")

    def post(self, body: bytes, key: Key = Key.RIGHT) -> Call:
        headers = {"Content-Type": "application/xml", "Accept": "*", "dstcode": ""}
        if key is Key.RIGHT:
            headers["lgspaccesstoken"] = access_header(self.agreed)
        if key is not Key.NONE:
            headers["Authorization"] = f"Bearer {_spoilt(self._token, key)}"
        return Call("POST", self.agreed.path("lgsp"), headers, body)


class JsonPlatform(Tongue):
    """The platform that speaks JSON after a token (Đồng Tháp)."""

    name = "json"
    media = (JSON,)
    _token = ""

    async def prepare(self, wire: Wire) -> None:
        self._token = _token_in(await wire.send(self.token_call()), "token")

    def token_call(self, key: Key = Key.RIGHT) -> Call:
        headers = {"Content-Type": FORM, "Auth": pair(self.agreed, key)}
        return Call("POST", self.agreed.path("json-token"), headers, b"")

    def call(self, asked: Asked, key: Key = Key.RIGHT) -> Call:
        body = {
            "maYeuCau": asked.request_id,
            "maDVC": self.agreed.procedure if asked.procedure is None else asked.procedure,
            "maCanBo": self.agreed.officer if asked.officer is None else asked.officer,
            "soDinhDanh": asked.number,
            "soCMND": asked.old_number,
            "hoVaTen": asked.name,
            "ngayThangNam": dashed(asked.born),
            "userNameService": "kiem-tra",
        }
        return self.post(json.dumps(body).encode(), key)

    def post(self, body: bytes, key: Key = Key.RIGHT) -> Call:
        headers = {"Content-Type": JSON}
        if key is not Key.NONE:
            headers["Authorization"] = f"Bearer {_spoilt(self._token, key)}"
        return Call("POST", self.agreed.path("json"), headers, body)

    def read(self, reply: Reply) -> Found:
        return read_tree(reply.body)


class Adapter(Tongue):
    """The JSON adapter that several provinces run (Thanh Hóa): the SOAP answer as text in a member."""

    name = "adapter"
    media = (JSON,)

    def call(self, asked: Asked, key: Key = Key.RIGHT) -> Call:
        body = {
            "hoVaTen": asked.name,
            "soDinhDanh": asked.number,
            "soCMND": asked.old_number,
            "ngayThangNam": asked.born if len(asked.born) != 4 else "",
            "nam": asked.born[:4],
            "maTichHop": self.agreed.code,
            "maDVC": self.agreed.procedure if asked.procedure is None else asked.procedure,
            "maCanBo": self.agreed.officer if asked.officer is None else asked.officer,
            "maYeuCau": asked.request_id,
        }
        return self.post(json.dumps(body).encode(), key)

    def post(self, body: bytes, key: Key = Key.RIGHT) -> Call:
        return Call("POST", self.agreed.path("adapter", stranger(key)), {"Content-Type": "application/json; charset=utf-8"}, body)

    def read(self, reply: Reply) -> Found:
        message = member(read_json(reply.body), "message")
        return read_envelope(message.encode()) if isinstance(message, str) else Found(Kind.UNREAD)


class OpenCps(Tongue):
    """The inner hop of OpenCPS, from its browser form."""

    name = "opencps"
    media = (JSON,)

    def call(self, asked: Asked, key: Key = Key.RIGHT) -> Call:
        born = {"Nam": asked.born} if len(asked.born) == 4 else {"NgayThangNam": dashed(asked.born)}
        body = {
            "MaYeuCau": asked.request_id,
            "MaTichHop": self.agreed.code,
            "StaffEmail": self.agreed.officer if asked.officer is None else asked.officer,
            "GovAgencyCode": "KIEMTRA",
            "MaDVC": self.agreed.procedure if asked.procedure is None else asked.procedure,
            "HoVaTen": asked.name,
            "type": "citizen",
            "NgayThangNamSinh": born,
            "SoDinhDanh": asked.number,
        }
        return self.post(json.dumps(body).encode(), key)

    def post(self, body: bytes, key: Key = Key.RIGHT) -> Call:
        return Call("POST", self.agreed.path("opencps", stranger(key)), {"Content-Type": JSON}, body)

    def read(self, reply: Reply) -> Found:
        return read_tree(reply.body)


class SharePoint(Tongue):
    """The look-up of one front end by address alone."""

    name = "sharepoint"
    media = ("text/xml", "application/xml")
    wrong_method = "POST"

    def call(self, asked: Asked, key: Key = Key.RIGHT) -> Call:
        born = asked.born
        born = f"{born[6:]}/{born[4:6]}/{born[:4]}" if len(born) == 8 and born.isdigit() else born
        query = f"cccd={asked.number or asked.old_number}&fullName={quote(asked.name)}&dob={quote(born, safe='')}"
        return Call("GET", f"{self.agreed.path('sharepoint', stranger(key))}?{query}")

    def read(self, reply: Reply) -> Found:
        return read_envelope(reply.body)


class Warehouse(Tongue):
    """The check of the police data warehouse: 1 or 0."""

    name = "warehouse"
    media = (JSON,)
    wrong_method = "POST"

    def call(self, asked: Asked, key: Key = Key.RIGHT) -> Call:
        return self.check_call(asked, "", key)

    def check_call(self, asked: Asked, sex: str, key: Key = Key.RIGHT) -> Call:
        stated = {
            "citizen_pid": asked.number,
            "identify_number": asked.old_number,
            "birth_date": asked.born,
            "gender": sex,
            "full_name": asked.name,
        }
        return Call("GET", f"{self.agreed.path('warehouse', stranger(key))}?{urlencode(stated)}")

    def read(self, reply: Reply) -> Found:
        told = read_json(reply.body)
        result, note = member(told, "RESULT"), str(member(told, "GhiChu") or "")
        said = str(result).lower()  # also where it is text or true: another check is about its kind
        if said not in ("0", "1", "true", "false"):
            return Found(Kind.UNREAD)
        return Found(Kind.CITIZEN if said in ("1", "true") else Kind.NOBODY, note=note)


# -- credentials ----------------------------------------------------------------------------------------------------


def token_call(agreed: Agreed, way: str, key: Key = Key.RIGHT, path: str = "", grant: bytes = GRANT) -> Call:
    """One of the ways in which clients of provincial platforms ask for a token."""
    path = path or agreed.path("token")
    if way == "json":
        client, secret = _credentials(agreed, key)
        body = {"grant_type": "client_credentials", "client_id": client, "client_secret": secret}
        return Call("POST", path, {"Content-Type": JSON}, json.dumps(body).encode())
    headers = {"Content-Type": FORM}
    if way == "header":
        headers["lgspaccesstoken"] = access_header(agreed, key)
    else:
        headers["Authorization"] = f"{'Bearer' if way == 'static' else 'Basic'} {pair(agreed, key)}"
    return Call("POST", path, headers, grant)


def access_header(agreed: Agreed, key: Key = Key.RIGHT) -> str:
    """Five names in this very order, in base64."""
    client, secret = _credentials(agreed, key)
    stated = {"AccessKey": client, "SecretKey": secret, "AppName": "KIEMTRA", "PartnerCode": "KIEMTRA", "PartnerCodeCus": "KIEMTRA"}
    return base64.b64encode(json.dumps(stated).encode()).decode()


def pair(agreed: Agreed, key: Key = Key.RIGHT) -> str:
    return base64.b64encode(":".join(_credentials(agreed, key)).encode()).decode()


def stranger(key: Key) -> str:
    """The system an address names when it is not the right one; empty for the right one."""
    return {Key.UNKNOWN: "he-thong-chua-dang-ky", Key.WRONG: "he-thong-la", Key.NONE: "khong-ten"}.get(key, "")


def _credentials(agreed: Agreed, key: Key) -> tuple[str, str]:
    client = "he-thong-chua-dang-ky" if key is Key.UNKNOWN else agreed.client_id
    return client, agreed.secret + "-sai" if key is Key.WRONG else agreed.secret


def _token_in(reply: Reply, name: str) -> str:
    token = member(read_json(reply.body), name)
    if reply.status != 200 or not isinstance(token, str) or not token:
        raise Skipped(f"Chưa xin được token nên chưa hỏi được: {shown(reply)}.")
    return token


def _spoilt(token: str, key: Key) -> str:
    if key is Key.WRONG:
        return token[:-4] + ("AAAA" if not token.endswith("AAAA") else "BBBB")
    return "a.b.c" if key is Key.UNKNOWN else token


def dashed(born: str) -> str:
    return f"{born[:4]}-{born[4:6]}-{born[6:]}" if len(born) == 8 and born.isdigit() else born
