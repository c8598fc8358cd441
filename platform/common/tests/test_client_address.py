"""Which address a request counts as coming from, and that nobody can choose it."""

from __future__ import annotations

import pytest
from django.test import RequestFactory
from pytest_django import Settings

from common.addresses import Proxies, client_address, network_of

PROXY, OUTER_PROXY, CLIENT, VICTIM = "10.0.0.1", "10.9.9.9", "203.0.113.7", "198.51.100.1"


@pytest.fixture
def behind_proxies(settings: Settings) -> None:
    """Everything in 10/8 and fd00::/8 is ours."""
    settings.TRUSTED_PROXIES = Proxies.named(["10.0.0.0/8", "fd00::/8"])


def seen(peer: str, forwarded: str | None = None) -> str:
    """The client's address, as this request shows it."""
    headers = {} if forwarded is None else {"X-Forwarded-For": forwarded}
    return client_address(RequestFactory().get("/", headers=headers, REMOTE_ADDR=peer))


# Without trusted proxies


@pytest.mark.parametrize("peer", [CLIENT, "2001:db8::1", "127.0.0.1"])
def test_the_peer_is_the_client(peer: str) -> None:
    assert seen(peer) == peer


@pytest.mark.parametrize("peer", [CLIENT, PROXY, "127.0.0.1", "::1"])
def test_nobody_is_believed_by_default(peer: str) -> None:
    assert seen(peer, VICTIM) == peer


@pytest.mark.parametrize(
    ("peer", "address"), [("::ffff:203.0.113.7", CLIENT), ("2001:DB8:0:0::1", "2001:db8::1"), (" 203.0.113.7", CLIENT)]
)
def test_one_address_is_written_in_one_way(peer: str, address: str) -> None:
    assert seen(peer) == address


@pytest.mark.parametrize("peer", ["", "unknown", "/run/marquee.sock", "203.0.113.7:80", "fe80::1%eth0"])
def test_a_peer_without_an_address_is_nobody(peer: str) -> None:
    assert seen(peer, VICTIM) == ""


def test_a_request_without_a_peer_is_nobody(rf: RequestFactory) -> None:
    request = rf.get("/")
    del request.META["REMOTE_ADDR"]
    assert client_address(request) == ""


# Behind trusted proxies


@pytest.mark.usefixtures("behind_proxies")
@pytest.mark.parametrize(
    ("forwarded", "address"),
    [
        (CLIENT, CLIENT),
        (f" {CLIENT}\t", CLIENT),
        ("2001:db8::1", "2001:db8::1"),
        ("::ffff:203.0.113.7", CLIENT),
        (f"{CLIENT}, {OUTER_PROXY}", CLIENT),
        (f"{CLIENT},fd00::5, ::ffff:10.1.2.3", CLIENT),
    ],
)
def test_a_trusted_proxy_tells_who_the_client_is(forwarded: str, address: str) -> None:
    assert seen(PROXY, forwarded) == address


@pytest.mark.usefixtures("behind_proxies")
@pytest.mark.parametrize(
    "invented",
    [VICTIM, PROXY, "127.0.0.1", f"{VICTIM}, {OUTER_PROXY}", f"{OUTER_PROXY}, {VICTIM}", "unknown", ",,,", "x" * 5_000],
)
def test_what_the_client_put_there_itself_is_not_looked_at(invented: str) -> None:
    assert seen(PROXY, f"{invented}, {CLIENT}") == CLIENT
    assert seen(PROXY, f"{invented}, {CLIENT}, {OUTER_PROXY}") == CLIENT


@pytest.mark.usefixtures("behind_proxies")
@pytest.mark.parametrize("peer", [CLIENT, "11.0.0.1", "9.255.255.255", "fe00::1", "::1"])
def test_a_peer_that_is_no_proxy_of_ours_is_not_believed(peer: str) -> None:
    assert seen(peer, VICTIM) == peer


@pytest.mark.usefixtures("behind_proxies")
@pytest.mark.parametrize(
    "forwarded",
    [
        None,
        "",
        " ",
        ",",
        "unknown",
        "203.0.113.7:4711",
        "[2001:db8::1]",
        "[2001:db8::1]:443",
        "2001:db8::1%eth0",
        "203.0.113.007",
        "203.0.113.256",
        "203.0.113",
        "3405803783",
        "0xcb007107",
        "203.0.113.7/32",
        "٢٠٣.0.113.7",
        "\x00",
        "for=203.0.113.7",
        "x" * 8_000,
        f"{CLIENT}, unknown",
        f"{CLIENT},",
    ],
)
def test_an_entry_that_is_no_address_ends_the_walk_at_the_last_good_one(forwarded: str | None) -> None:
    assert seen(PROXY, forwarded) == PROXY
    assert seen(PROXY, f"{forwarded or ''}, {OUTER_PROXY}") == OUTER_PROXY


@pytest.mark.usefixtures("behind_proxies")
def test_a_request_out_of_our_own_network_comes_from_its_first_machine() -> None:
    assert seen(PROXY, f"10.5.5.5, {OUTER_PROXY}") == "10.5.5.5"


@pytest.mark.usefixtures("behind_proxies")
def test_a_chain_longer_than_any_real_one_is_not_walked_to_its_end() -> None:
    assert seen(PROXY, ",".join([CLIENT, *[OUTER_PROXY] * 4_000])) == OUTER_PROXY


def test_a_proxy_on_a_unix_socket_is_believed_when_it_is_named(settings: Settings) -> None:
    settings.TRUSTED_PROXIES = Proxies.named(["unix"])
    assert seen("", CLIENT) == CLIENT
    assert seen("", f"{VICTIM}, {CLIENT}") == CLIENT
    assert seen("") == seen("", "unknown") == ""
    assert seen(PROXY, CLIENT) == PROXY


@pytest.mark.usefixtures("behind_proxies")
def test_a_proxy_on_a_unix_socket_is_not_believed_unless_it_is_named() -> None:
    assert seen("", CLIENT) == ""


# Which proxies can be trusted


@pytest.mark.parametrize("word", ["10.0.0.1", "10.0.0.0/8", "fd00::/8", "::1", "unix", "::ffff:10.0.0.0/104"])
def test_a_proxy_is_an_address_a_network_or_a_unix_socket(word: str) -> None:
    assert Proxies.named([word]) != Proxies()


def test_a_network_written_the_ipv6_way_is_the_ipv4_network(settings: Settings) -> None:
    settings.TRUSTED_PROXIES = Proxies.named(["::ffff:10.0.0.0/104"])
    assert seen(PROXY, CLIENT) == seen("::ffff:10.0.0.1", CLIENT) == CLIENT


@pytest.mark.parametrize(
    "word",
    ["*", "0.0.0.0/0", "::/0", "::ffff:0:0/96", "10.0.0.1/8", "10.0.0.0/33", "proxy.example.com", "fe80::1%eth0", ""],
)
def test_nothing_else_is_trusted_and_never_everybody(word: str) -> None:
    with pytest.raises(ValueError):  # noqa: PT011 - only that it is refused counts
        Proxies.named([PROXY, word])


# Whom an address is counted as


@pytest.mark.parametrize(
    ("address", "network"),
    [
        (CLIENT, CLIENT),
        ("::ffff:203.0.113.7", CLIENT),
        ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"),
        ("2001:db8:1:2::", "2001:db8:1:2::/64"),
        ("::1", "::/64"),
        ("", ""),
        ("unknown", ""),
    ],
)
def test_the_machines_of_one_household_are_counted_together(address: str, network: str) -> None:
    assert network_of(address) == network


def test_neighbours_are_counted_apart() -> None:
    assert network_of("2001:db8:1:2::1") != network_of("2001:db8:1:3::1")
