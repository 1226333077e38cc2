"""Which contract is served where. One line a contract; the two busiest addresses of our own API go past this table."""

from __future__ import annotations

from dancu.gateway import documents, feeds, json_adapter, json_token, lgsp, opencps, sharepoint, soap, warehouse
from dancu.gateway.calls import Route

# By first segment of the path: everything below it is the contract's own.
ROUTES: dict[str, Route] = {
    "soap": soap.ROUTE,
    "lgsp": lgsp.ROUTE,
    "token": lgsp.TOKEN_ROUTE,
    "json": json_token.ROUTE,
    "adapter": json_adapter.ROUTE,
    "sharepoint": sharepoint.ROUTE,
    "opencps": opencps.ROUTE,
    "o": opencps.ROUTE,
    "warehouse": warehouse.ROUTE,
    "openapi-tuong-thich.yaml": documents.ROUTE,
    "v1": feeds.ROUTE,
}
# Addresses below one of these that are another contract's.
EXACT: dict[str, Route] = {"/lgsp/token": lgsp.TOKEN_ROUTE}


def route_of(path: str) -> Route | None:
    """The contract that answers at an address, if any."""
    return EXACT.get(path) or ROUTES.get(path[1:].partition("/")[0])
