"""Addresses: under which one pictures are found, and which one a request comes from."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address, ip_network
from typing import TYPE_CHECKING, Final

from django.conf import settings

if TYPE_CHECKING:
    from django.http import HttpRequest
    from rest_framework.request import Request

Address = IPv4Address | IPv6Address
Network = IPv4Network | IPv6Network

# More proxies than this stand in no row; what lies further left is not looked at.
MOST_HOPS: Final = 20
# A household or an office is given a /64 at the least (RFC 6177), so its machines are counted together.
SITE_PREFIX: Final = 64
MAPPED_PREFIX: Final = 96


def public_url(path: str, request: Request | None) -> str:
    """`path` under PUBLIC_URL; where that is not set, under the host the request came to."""
    if settings.PUBLIC_URL or request is None:
        return f"{settings.PUBLIC_URL}{path}"
    return str(request.build_absolute_uri(path))


@dataclass(frozen=True, slots=True)
class Proxies:
    """The proxies whose X-Forwarded-For is believed (TRUSTED_PROXIES)."""

    networks: tuple[Network, ...] = ()
    # gunicorn on a UNIX socket knows no address of its peer; only a program on the same machine reaches it there.
    unix: bool = False

    @classmethod
    def named(cls, words: Sequence[str]) -> Proxies:
        """Addresses, networks and the word `unix`. Raises `ValueError` for anything else, and for everybody (`/0`)."""
        networks = tuple(_network(word) for word in words if word != "unix")
        return cls(networks, unix="unix" in words)

    def include(self, address: Address | None) -> bool:
        """Whether this is one of them; None is the other end of a UNIX socket."""
        if address is None:
            return self.unix
        return any(address in network for network in self.networks)


def client_address(request: HttpRequest | Request) -> str:
    """The address a request comes from, in its shortest form; "" where it cannot be known. Never raises.

    X-Forwarded-For is read from the right, one entry for each trusted proxy: what no proxy of ours wrote is an
    invention of the client. An entry that is no plain address ends the walk at the last good one.
    """
    peer = str(request.META.get("REMOTE_ADDR") or "")
    client = _address(peer)
    if peer and client is None:
        return ""
    proxies: Proxies = settings.TRUSTED_PROXIES
    entries = _from_the_right(str(request.META.get("HTTP_X_FORWARDED_FOR", "")))
    while proxies.include(client) and (entry := _address(next(entries, ""))):
        client = entry
    return str(client or "")


def network_of(address: str) -> str:
    """What the machines of one customer share: an IPv4 address as it is, of an IPv6 one its /64; "" if it is none."""
    known = _address(address)
    if isinstance(known, IPv6Address):
        return str(IPv6Network((known, SITE_PREFIX), strict=False))
    return str(known or "")


def _from_the_right(header: str) -> Iterator[str]:
    return reversed(header.rsplit(",", MOST_HOPS))


def _address(text: str) -> Address | None:
    """None for what is no plain address; an IPv4 address that is written as an IPv6 one as IPv4."""
    if "%" in text:  # a zone means something on one machine only, and would make many addresses of one
        return None
    try:
        address = ip_address(text.strip(" \t"))
    except ValueError:
        return None
    mapped = address.ipv4_mapped if isinstance(address, IPv6Address) else None
    return mapped or address


def _network(word: str) -> Network:
    network = _unmapped(ip_network(word))
    if network.prefixlen == 0 or "%" in word:
        raise ValueError(word)
    return network


def _unmapped(network: Network) -> Network:
    if isinstance(network, IPv6Network) and network.prefixlen >= MAPPED_PREFIX:
        mapped = network.network_address.ipv4_mapped
        return IPv4Network((mapped, network.prefixlen - MAPPED_PREFIX)) if mapped else network
    return network
