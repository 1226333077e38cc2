"""The addresses of the police data warehouse: a check that says 1 or 0, and a look-up by two keys, which are not enough."""

from __future__ import annotations

from dancu.exchange.hot import HotPath
from dancu.gateway import adapters, callers, national
from dancu.gateway.adapters import Failure
from dancu.gateway.calls import HttpCall, Reply, Route
from dancu.gateway.dialects import plain
from dancu.gateway.dialects.national_request import SoapCall
from dancu.kernel.errors import Invalid
from dancu.kernel.warrants import Field

CHECK, BY_TWO_KEYS = "kiemtra-congdan", "socancuoc-congdan"
NAMES = {
    "citizen_pid": "SoDinhDanh",
    "identify_number": "SoCMND",
    "birth_date": "NgayThangNam",
    "full_name": "HoVaTen",
}
_SEXES = ("1", "2")  # others mean that it is not stated
_THREE_KEYS = "Cần đủ ba thông tin: số định danh, họ tên và ngày sinh. Dùng kiemtra-congdan."


async def answer(hot: HotPath, call: HttpCall) -> Reply:
    """`GET /warehouse/{client}/…/kiemtra-congdan?…` or `…/socancuoc-congdan/{number}/{birth}`."""
    two_keys = f"/{BY_TWO_KEYS}/" in call.path.lower()
    if not two_keys and not adapters.ends_with(call, CHECK):
        return _problem(adapters.NO_ADDRESS)
    caller = callers.by_network(hot, call, adapters.client_of(call))
    if caller is None:
        hot.security_log.note("warehouse.unauthenticated", call.address)
        return _problem(adapters.UNKNOWN_CALLER)
    if two_keys:
        await adapters.ask(hot, caller, _two_keys)  # stands in the ledger as a request that cannot be answered
        return adapters.in_json(422, {"RESULT": 0, "GhiChu": national.MALFORMED_NOTE, "message": _THREE_KEYS})
    told = await adapters.ask(hot, caller, lambda: _check(call), _stated_sex(call))
    if told.refused is None:
        return adapters.in_json(200, {"RESULT": int(b"<ns1:TonTai>true</" in told.envelope)})
    status = 200 if told.is_hidden else told.refused_status
    return adapters.in_json(status, {"RESULT": 0, "GhiChu": national.note_of(told.refused)})


def _check(call: HttpCall) -> SoapCall:
    return plain.read_query(call.parameters, NAMES, "XacThucThongTinCongDan")


def _two_keys() -> SoapCall:
    raise Invalid("warehouse.two_keys", _THREE_KEYS, "Number, name and birth date are all needed. Use kiemtra-congdan.")


def _stated_sex(call: HttpCall) -> dict[Field, str] | None:
    stated = call.parameters.get("gender", "").strip()
    return {Field.SEX: stated} if stated in _SEXES else None


def _problem(failure: Failure) -> Reply:
    return adapters.in_json(failure.status, {"RESULT": 0, "GhiChu": f"DANCU-{failure.status}", "message": failure.message})


def failed(failure: Exception) -> Reply:
    """A failure in this contract's words."""
    return _problem(adapters.failure_of(failure))


ROUTE = Route({"GET": answer}, failed)
