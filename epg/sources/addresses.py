"""The addresses of guides: what may be shown of one, and which machines are never asked."""

from __future__ import annotations

from ipaddress import IPv4Address, IPv6Address, IPv6Network, ip_address
from typing import Final
from urllib.parse import urlsplit, urlunsplit

GUIDE_ADDRESS: Final = "The address of a guide begins with https:// or http:// and names a host."
HIDDEN: Final = "…"

# Where clouds tell a machine its secrets, apart from the link-local addresses: Alibaba, Azure, Oracle; AWS, Google.
_METADATA: Final = frozenset(
    map(ip_address, ("100.100.100.200", "168.63.129.16", "192.0.0.192", "fd00:ec2::254", "fd20:ce::254"))
)
# What gateways make of an IPv4 address (RFC 6052), and how it was written in IPv6 long ago.
_TRANSLATED: Final = (IPv6Network("64:ff9b::/96"), IPv6Network("::/96"))


def is_guide_address(text: str) -> bool:
    """Whether a guide can be asked for there: http or https, a host, a port that there is, no blanks."""
    try:
        parts = urlsplit(text)
        host, port = parts.hostname, parts.port
    except ValueError:
        return False
    return parts.scheme in ("http", "https") and bool(host) and port != 0 and text.isprintable() and " " not in text


def masked(url: str) -> str:
    """The address without what signs in: neither name nor password, and of the query the names only."""
    try:
        parts = urlsplit(url)
    except ValueError:
        return HIDDEN
    _user, at, host = parts.netloc.rpartition("@")
    query = "&".join(_masked_pair(pair) for pair in parts.query.split("&")) if parts.query else ""
    return urlunsplit((parts.scheme, f"{HIDDEN}@{host}" if at else host, parts.path, query, ""))


def _masked_pair(pair: str) -> str:
    name, is_pair, _value = pair.partition("=")
    return f"{name}={HIDDEN}" if is_pair else HIDDEN


def is_never_asked(address: str) -> bool:
    """Whether it is an address of the machine's own link, or one under which a cloud tells secrets.

    Private and loopback addresses may be asked: broadcasters serve guides inside their networks.
    """
    plain = ip_address(address.partition("%")[0])
    return any(one.is_link_local or one in _METADATA for one in (plain, *_within(plain)))


def _within(address: IPv4Address | IPv6Address) -> list[IPv4Address]:
    """The IPv4 addresses that an IPv6 address stands for."""
    if isinstance(address, IPv4Address):
        return []
    last = IPv4Address(int(address) % 2**32)
    translated = last if any(address in network for network in _TRANSLATED) else None
    return [one for one in (address.ipv4_mapped, address.sixtofour, translated) if one is not None]
