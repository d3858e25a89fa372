"""Who is at the other end, seen through the proxies that an operator trusts. Standard library only."""

from __future__ import annotations

import os
from collections.abc import Collection, Mapping
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address, ip_network

Address = IPv4Address | IPv6Address
Network = IPv4Network | IPv6Network

TRUSTED_PROXIES = "VEDETTE_TRUSTED_PROXIES"
LOOPBACK = ("localhost", "127.0.0.1", "::1")
"""What a machine calls itself."""


def trusted_proxies(value: str | None = None) -> tuple[Network, ...]:
    """The networks in `value`, by default those of VEDETTE_TRUSTED_PROXIES: comma-separated addresses or networks.

    ValueError names the variable and the part that is neither.
    """
    text = os.environ.get(TRUSTED_PROXIES, "") if value is None else value
    return tuple(_network(part.strip()) for part in text.split(",") if part.strip())


def client_address(peer: str, headers: Mapping[str, str], trusted: Collection[Network]) -> str | None:
    """The address of the client behind `peer`, or None for a peer without one, such as a unix socket.

    `peer` is Crossbar's `tcp4:<address>:<port>`; `headers` have lower-case names. From right to left, each hop counts as long as the
    one that reported it is trusted: what stands further left may be anybody's invention.
    """
    hop = _peer(peer)
    if hop is None:
        return None
    for entry in reversed(headers.get("x-forwarded-for", "").split(",")):
        reported = parse_address(entry) if is_trusted(hop, trusted) else None
        if reported is None:
            break
        hop = reported
    return str(hop)


def address_of(transport: object, trusted: Collection[Network]) -> str | None:
    """The address of the client of a session, from the details that the router tells of its transport."""
    peer = transport.get("peer", "") if isinstance(transport, Mapping) else ""
    return client_address(str(peer), headers_of(transport), trusted)


def headers_of(transport: object) -> Mapping[str, str]:
    """The headers that it came with, in the same details."""
    return (transport.get("http_headers_received") if isinstance(transport, Mapping) else None) or {}


def neighbourhood(address: str | None) -> str:
    """What limits count by: the address, or the /64 of an IPv6 one, all of which belongs to one customer. Empty for none."""
    parsed = parse_address(address or "")
    if isinstance(parsed, IPv6Address):
        return str(ip_network((parsed, 64), strict=False))
    return str(parsed or "")


def is_trusted(address: Address | None, trusted: Collection[Network]) -> bool:
    """Whether forwarded headers from `address` count."""
    return address is not None and any(address in network for network in trusted)


def parse_address(text: str) -> Address | None:
    """The address in `text`, which may carry a port (`1.2.3.4:80`, `[::1]:80`) or a zone; None if there is none."""
    text = text.strip()
    if text.startswith("["):
        text = text[1:].partition("]")[0]
    elif text.count(":") == 1:
        text = text.partition(":")[0]
    try:
        address = ip_address(text.partition("%")[0])
    except ValueError:
        return None
    # a listener on [::] sees IPv4 clients as ::ffff:1.2.3.4
    return (address.ipv4_mapped or address) if isinstance(address, IPv6Address) else address


def _peer(peer: str) -> Address | None:
    kind, _, rest = peer.partition(":")
    return parse_address(rest.rpartition(":")[0]) if kind in ("tcp4", "tcp6", "tcp") else None


def _network(part: str) -> Network:
    try:
        return ip_network(part)
    except ValueError as error:
        raise ValueError(f"{TRUSTED_PROXIES} has {part!r}: {error}; write addresses or networks such as 10.0.0.5,fd00::/8") from None
