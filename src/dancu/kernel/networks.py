"""Where a call came from, coarsened: enough to see who knocks, too little to follow one household."""

from __future__ import annotations

import ipaddress


def network_of(address: str) -> str:
    """The /24 of an IPv4 address, the /48 of an IPv6 one (*mạng của người gọi*); `unknown` for anything else."""
    try:
        parsed = ipaddress.ip_address(address)
    except ValueError:
        return "unknown"
    if isinstance(parsed, ipaddress.IPv6Address) and parsed.ipv4_mapped:
        parsed = parsed.ipv4_mapped
    return str(ipaddress.ip_network(f"{parsed}/{24 if parsed.version == 4 else 48}", strict=False))


def is_network(text: str) -> bool:
    """One address, or a network of fewer than all: who trusts everybody lets everybody choose where she comes from."""
    try:
        return ipaddress.ip_network(text).prefixlen > 0
    except ValueError:
        return False
