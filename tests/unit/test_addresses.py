"""Who is at the other end, with and without proxies, and with people who lie about it."""

from __future__ import annotations

from typing import Any

import pytest

from components.addresses import address_of, client_address, neighbourhood, trusted_proxies

PROXIES = trusted_proxies("10.0.0.5, 192.168.0.0/16,fd00::/8, 127.0.0.1")


@pytest.mark.parametrize(
    ("peer", "forwarded", "address"),
    [
        ("tcp4:203.0.113.7:4711", None, "203.0.113.7"),
        ("tcp6:2001:db8::7:4711", None, "2001:db8::7"),
        ("tcp6:[2001:db8::7]:4711", None, "2001:db8::7"),
        ("tcp6:::ffff:203.0.113.7:4711", None, "203.0.113.7"),
        ("tcp6:fe80::1%eth0:4711", None, "fe80::1"),
        ("unix:/run/hub.sock", None, None),
        ("unix", "203.0.113.7", None),
        ("process:4711", None, None),
        ("", None, None),
        ("tcp4:nonsense:1", None, None),
        # through proxies
        ("tcp4:10.0.0.5:1", "203.0.113.7", "203.0.113.7"),
        ("tcp4:10.0.0.5:1", "203.0.113.7, 192.168.1.1", "203.0.113.7"),
        ("tcp4:10.0.0.5:1", "203.0.113.7:5000", "203.0.113.7"),
        ("tcp4:10.0.0.5:1", "[2001:db8::7]:5000", "2001:db8::7"),
        ("tcp6:fd00::1:443", "2001:db8::7", "2001:db8::7"),
        ("tcp6:::ffff:10.0.0.5:443", "2001:db8::7", "2001:db8::7"),
        ("tcp4:10.0.0.5:1", "192.168.1.2, 192.168.1.1", "192.168.1.2"),
        ("tcp4:10.0.0.5:1", "", "10.0.0.5"),
        # lies
        ("tcp4:203.0.113.7:1", "198.51.100.1", "203.0.113.7"),
        ("tcp4:10.0.0.5:1", "198.51.100.1, 203.0.113.7", "203.0.113.7"),
        ("tcp4:10.0.0.5:1", "10.0.0.5, 203.0.113.7", "203.0.113.7"),
        ("tcp4:10.0.0.5:1", "garbage, 203.0.113.7", "203.0.113.7"),
        ("tcp4:10.0.0.5:1", "203.0.113.7, garbage", "10.0.0.5"),
        ("tcp4:10.0.0.5:1", "203.0.113.7, <script>, 192.168.1.1", "192.168.1.1"),
        ("tcp4:10.0.0.5:1", ",,,", "10.0.0.5"),
        ("tcp4:10.0.0.5:1", "1" * 100_000, "10.0.0.5"),
    ],
)
def test_client_address(peer: str, forwarded: str | None, address: str | None) -> None:
    headers = {} if forwarded is None else {"x-forwarded-for": forwarded}
    assert client_address(peer, headers, PROXIES) == address


def test_nobody_is_trusted_by_default(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("VEDETTE_TRUSTED_PROXIES", raising=False)
    assert trusted_proxies() == ()
    assert client_address("tcp4:127.0.0.1:1", {"x-forwarded-for": "203.0.113.7"}, ()) == "127.0.0.1"


@pytest.mark.parametrize("value", ["proxy.example", "10.0.0.5/8", "10.0.0.300", "10.0.0.1 10.0.0.2"])
def test_bad_setting_is_named(monkeypatch: pytest.MonkeyPatch, value: str) -> None:
    monkeypatch.setenv("VEDETTE_TRUSTED_PROXIES", f"10.0.0.1,{value}")
    with pytest.raises(ValueError, match="VEDETTE_TRUSTED_PROXIES") as caught:
        trusted_proxies()
    assert repr(value) in str(caught.value)


@pytest.mark.parametrize("transport", [None, "tcp", {}, {"peer": None}, {"peer": "unix:none", "http_headers_received": None}])
def test_a_transport_without_an_address_gives_none(transport: Any) -> None:
    assert address_of(transport, PROXIES) is None


def test_the_address_of_a_session_is_seen_through_trusted_proxies_only() -> None:
    transport = {"peer": "tcp4:127.0.0.1:5000", "http_headers_received": {"x-forwarded-for": "203.0.113.7"}}
    assert (address_of(transport, ()), address_of(transport, PROXIES)) == ("127.0.0.1", "203.0.113.7")


@pytest.mark.parametrize(
    ("address", "around"),
    [
        ("203.0.113.7", "203.0.113.7"),
        ("::ffff:203.0.113.7", "203.0.113.7"),
        ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"),
        ("2001:db8:1:2::1", "2001:db8:1:2::/64"),
        ("2001:db8:1:3::1", "2001:db8:1:3::/64"),
        (None, ""),
        ("nonsense", ""),
    ],
)
def test_limits_count_by_address_and_by_what_one_customer_has_of_ipv6(address: str | None, around: str) -> None:
    assert neighbourhood(address) == around
