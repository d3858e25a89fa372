"""What a stranger says before it is known, and where it comes from."""

from __future__ import annotations

from typing import Any

import pytest
from twisted.internet.defer import Deferred
from twisted.python.failure import Failure

from components.auth import Auth, check_origin, parse_agent_hello
from components.errors import InvalidPayload, OriginRefused, TooManyJoins
from components.joining import joining
from components.turns import Turns

KEY = "ab" * 32


@pytest.mark.parametrize(
    ("origin", "welcome"),
    [
        (None, True),
        ("https://hub.example.com", True),
        ("https://HUB.example.com:443", True),
        ("http://localhost:8080", True),
        ("http://hub.example.com", False),
        ("https://hub.example.com.evil.example", False),
        ("https://evil.example", False),
        ("null", False),
        ("", False),
    ],
)
def test_only_pages_of_this_hub_may_ask(origin: str | None, welcome: bool, settings: Any) -> None:
    settings.PUBLIC_URLS = ["https://hub.example.com", "http://localhost:8080"]
    headers = {} if origin is None else {"origin": origin}
    if welcome:
        check_origin(headers)
        return
    with pytest.raises(OriginRefused, match="VEDETTE_PUBLIC_URL"):
        check_origin(headers)


def test_a_default_port_in_the_hubs_own_address_is_left_out_as_browsers_do(settings: Any) -> None:
    settings.PUBLIC_URLS = ["https://hub.example.com:443"]
    check_origin({"origin": "https://hub.example.com"})


@pytest.mark.parametrize(
    "extra",
    [
        None,
        [],
        {},
        {"pubkey": 5},
        {"pubkey": KEY.upper()},
        {"pubkey": KEY[:-1]},
        {"pubkey": KEY, "name": 5},
        {"pubkey": KEY, "enrol": "code"},
        {"pubkey": KEY, "enrol": {}},
        {"pubkey": KEY, "enrol": {"code": 7, "proof": KEY}},
        {"pubkey": KEY, "enrol": {"code": "a", "proof": "no hex"}},
    ],
)
def test_a_hello_of_another_shape_is_refused(extra: Any) -> None:
    with pytest.raises(InvalidPayload):
        parse_agent_hello(extra)


def test_a_name_is_made_printable_and_short() -> None:
    hello = parse_agent_hello({"pubkey": KEY, "name": "\x1b[2J" + "x" * 500})
    assert (len(hello.name), "\x1b" in hello.name, hello.enrolment) == (100, False, None)


def test_more_than_may_wait_are_refused_by_name() -> None:
    """One connection may say HELLO as often as it likes: what waits is bounded, and nobody else's place is taken."""
    auth = Auth.__new__(Auth)
    auth._turns = Turns(0, 0, 1)
    addresses = ("192.0.2.1", "192.0.2.1", "192.0.2.2")
    waiting = [Deferred.fromCoroutine(auth._turn(number, address, address)) for number, address in enumerate(addresses)]
    assert [turn.called for turn in waiting] == [False, True, False]
    failure = waiting[1].result
    assert isinstance(failure, Failure)
    assert isinstance(failure.value, TooManyJoins)
    for turn in waiting:
        turn.addErrback(lambda failure: None)
        turn.cancel()


def test_a_connection_that_is_lost_gives_its_turn_away() -> None:
    auth = Auth.__new__(Auth)
    auth._turns = Turns(1, 1, 9, newest_first=True)
    first, second, third = (Deferred.fromCoroutine(auth._turn(number, "a", "a")) for number in (1, 2, 3))
    assert [turn.called for turn in (first, second, third)] == [True, False, False]
    joining.gone(3)
    assert isinstance(third.result, Failure)
    assert isinstance(third.result.value, TooManyJoins)
    third.addErrback(lambda failure: None)
    auth._turns.give_back("a")
    assert second.called
    for number in (1, 2):
        joining.refused(number)


def test_who_was_let_in_lately_is_owed_a_little_time() -> None:
    """It can only now do its part; once, and not when it was refused, or is gone."""
    waiting: Deferred[None] = Deferred()
    for number in (1, 2, 3):
        joining.wait(number, waiting)
    assert joining.is_owed(1)
    joining.admitted(1)
    assert [joining.is_owed(1), joining.is_owed(1)] == [True, False]
    joining.refused(2)
    joining.admitted(3)
    joining.gone(3)
    assert [joining.is_owed(number) for number in (2, 3)] == [False, False]
    joining.admitted(4)  # whose connection was lost meanwhile
    assert not joining.is_owed(4)


def test_who_has_joined_leaves_nothing_behind() -> None:
    """Its id to be is no longer known when its connection closes."""
    joining.wait(5, Deferred())
    joining.admitted(5)
    Auth.__new__(Auth)._joined({"session": 5, "authid": None})
    assert not joining.is_owed(5)
