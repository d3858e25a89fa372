"""Of several agents with one key the newer stays, and they do not take turns."""

from __future__ import annotations

import pytest

from components.claims import FORGET_SECONDS, MAX_DISPLACED, Claims

HOST = "host:aaaaaaaaaaaa"
OTHER = "host:bbbbbbbbbbbb"


@pytest.fixture
def claims() -> Claims:
    """One host, here with the run `old`."""
    claims = Claims()
    assert claims.joined(HOST, 1, "old") is None
    return claims


def test_the_newer_agent_ends_the_older_ones_session(claims: Claims) -> None:
    assert claims.joined(HOST, 2, "new") == 1


def test_the_older_one_stays_out_while_the_newer_is_here(claims: Claims) -> None:
    """However often it tries; and only then is the key said to be used twice."""
    claims.joined(HOST, 2, "new")
    claims.left(1)
    assert claims.duplicates(0.0) == set()
    assert claims.is_displaced(HOST, "old", 5.0)
    assert claims.is_displaced(HOST, "old", 10.0)
    assert claims.duplicates(10.0) == {HOST}


def test_it_is_forgotten_when_it_has_given_up(claims: Claims) -> None:
    claims.joined(HOST, 2, "new")
    claims.is_displaced(HOST, "old", 5.0)
    assert claims.duplicates(5.0 + FORGET_SECONDS) == set()


def test_the_older_one_may_come_when_the_newer_has_gone(claims: Claims) -> None:
    claims.joined(HOST, 2, "new")
    claims.is_displaced(HOST, "old", 5.0)
    claims.left(1)
    claims.left(2)
    assert claims.duplicates(6.0) == set()
    assert not claims.is_displaced(HOST, "old", 6.0)
    assert claims.joined(HOST, 3, "old") is None


@pytest.mark.parametrize("run", ["old", ""])
def test_the_same_run_on_another_connection_is_no_second_agent(run: str) -> None:
    """Its first connection broke without anybody noticing; that one is to be ended."""
    claims = Claims()
    claims.joined(HOST, 1, run)
    assert claims.joined(HOST, 2, run) == 1
    assert not claims.is_displaced(HOST, run, 1.0)


def test_a_session_that_ends_late_ends_nothing_else(claims: Claims) -> None:
    """The older session's end is heard after the newer one's beginning."""
    claims.joined(HOST, 2, "new")
    claims.left(1)
    assert claims.is_displaced(HOST, "old", 1.0)


def test_both_sessions_may_end_in_any_order(claims: Claims) -> None:
    """The newer one's connection may break before the end of the older one is heard."""
    claims.joined(HOST, 2, "new")
    claims.left(2)
    claims.left(1)
    assert claims.joined(HOST, 3, "newest") is None


def test_the_copies_of_one_disk_come_to_rest(claims: Claims) -> None:
    """A hundred machines with one key: each comes once, and then only the last is left."""
    for number in range(2, 102):
        claims.joined(HOST, number, f"copy {number}")
    assert all(claims.is_displaced(HOST, f"copy {number}", 1.0) for number in range(2, 101))
    assert not claims.is_displaced(HOST, "copy 101", 1.0)


def test_hosts_do_not_concern_each_other(claims: Claims) -> None:
    assert claims.joined(OTHER, 2, "new") is None
    assert not claims.is_displaced(OTHER, "old", 1.0)
    claims.left(99)
    assert claims.joined(HOST, 3, "newer") == 1


def test_memory_is_bounded(claims: Claims) -> None:
    """Whoever has the key may invent runs; the newest of the displaced ones are remembered."""
    for number in range(2, 2 + 10 * MAX_DISPLACED):
        claims.joined(HOST, number, f"run {number}")
    displaced = [number for number in range(2, 2 + 10 * MAX_DISPLACED) if claims.is_displaced(HOST, f"run {number}", 1.0)]
    assert len(displaced) == MAX_DISPLACED
    assert max(displaced) == 10 * MAX_DISPLACED
