"""The look-up of one front end that asks by address alone (SharePoint): three keys in the query, the national answer as XML."""

from __future__ import annotations

from dancu.exchange.hot import HotPath
from dancu.gateway import adapters, callers, soap
from dancu.gateway.calls import XML, HttpCall, Reply, Route
from dancu.gateway.dialects import national_response, plain

OPERATION = "GetInfoCitizenFromCSDLQG"
# Nine or twelve digits come under one name: the contract reads either from the place of the old number.
NAMES = {"cccd": "SoCMND", "fullname": "HoVaTen", "dob": "NgayThangNam"}


async def answer(hot: HotPath, call: HttpCall) -> Reply:
    """`GET /sharepoint/{client}/…/CommonServices.svc/GetInfoCitizenFromCSDLQG?cccd=&fullName=&dob=`."""
    if not adapters.ends_with(call, OPERATION):
        missing = adapters.NO_ADDRESS
        return Reply(404, XML, national_response.fault("DANCU-404", missing.message, missing.message_en))
    caller = callers.by_network(hot, call, adapters.client_of(call))
    if caller is None:
        hot.security_log.note("sharepoint.unauthenticated", call.address)
        return soap.unauthenticated()
    told = await adapters.ask(hot, caller, lambda: plain.read_query(call.parameters, NAMES))
    return Reply(200 if told.is_hidden else told.refused_status, XML, told.envelope)


ROUTE = Route({"GET": answer}, soap.failed)
