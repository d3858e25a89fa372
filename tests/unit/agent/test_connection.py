"""An hour without a hub, on a clock of the test's own: an agent neither gets busy nor forgets to try, and nothing piles up."""

from __future__ import annotations

import gc
import weakref
from collections.abc import Iterator
from typing import Any
from unittest.mock import Mock

import pytest
from twisted.internet.defer import Deferred, fail, succeed
from twisted.internet.error import ConnectionDone, ConnectionRefusedError
from twisted.internet.task import Clock
from twisted.internet.testing import StringTransport
from twisted.python.failure import Failure

from components.agent import connection
from components.agent.connection import JITTER, JOIN_SECONDS, MAX_DELAY_SECONDS, SAY_AGAIN_SECONDS, Connection

HOUR_SECONDS = 3600.0
STEP_SECONDS = 0.125
LONGEST_SECONDS = MAX_DELAY_SECONDS * (1 + JITTER)
SHORTEST_SECONDS = MAX_DELAY_SECONDS * (1 - JITTER)


class Absent:
    """A hub's address where nobody listens."""

    def __init__(self, clock: Clock) -> None:
        self.clock = clock
        self.log = Mock()
        """What the agent says."""
        self.attempts: list[float] = []
        self.left: list[weakref.ref[Any]] = []

    def connect(self, factory: Any) -> Deferred[Any]:
        """Refuse."""
        self.attempts.append(self.clock.seconds())
        answer: Deferred[Any] = fail(ConnectionRefusedError())  # type: ignore[no-untyped-call]
        self.left.append(weakref.ref(answer))
        return answer


class Closing(Absent):
    """A hub's address where somebody takes every connection and closes it cleanly at once."""

    def connect(self, factory: Any) -> Deferred[Any]:
        """Accept, and hang up."""
        self.attempts.append(self.clock.seconds())
        protocol = factory.buildProtocol(None)
        protocol.makeConnection(StringTransport())  # type: ignore[no-untyped-call]
        self.left.append(weakref.ref(protocol))
        self.clock.callLater(STEP_SECONDS / 2, protocol.connectionLost, Failure(ConnectionDone()))  # type: ignore[no-untyped-call]
        return succeed(protocol)


@pytest.fixture(params=[Absent, Closing])
def hub(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Iterator[Absent]:
    """Where an agent tried to find its hub for an hour."""
    hub: Absent = request.param(Clock())
    monkeypatch.setattr(connection, "_endpoint", lambda reactor, url: hub)
    agent = Connection(hub.clock, "ws://hub.example.org/ws", lambda watcher: Mock())
    agent._log = hub.log
    agent.start()
    hub.clock.pump([STEP_SECONDS] * int(HOUR_SECONDS / STEP_SECONDS))
    yield hub
    agent.stop("the test is over")


def test_the_attempts_of_an_hour_are_bounded_from_both_sides(hub: Absent) -> None:
    """Never more than ten seconds apart, and some five hundred in all."""
    gaps = [later - earlier for earlier, later in zip(hub.attempts, hub.attempts[1:], strict=False)]
    assert max(gaps) <= LONGEST_SECONDS + 2 * STEP_SECONDS
    assert min(gaps[6:]) >= SHORTEST_SECONDS - 2 * STEP_SECONDS
    assert HOUR_SECONDS / LONGEST_SECONDS <= len(hub.attempts) <= HOUR_SECONDS / SHORTEST_SECONDS + 10


def test_nothing_is_kept_of_an_attempt(hub: Absent) -> None:
    """Neither timers nor objects, but of the last few whose time limit has not passed."""
    gc.collect()
    few = JOIN_SECONDS / SHORTEST_SECONDS + 2
    assert len(hub.clock.getDelayedCalls()) <= few
    assert sum(left() is not None for left in hub.left) <= few


def test_the_same_words_are_said_once_a_minute(hub: Absent) -> None:
    """Not at every attempt."""
    assert 2 <= hub.log.warn.call_count <= HOUR_SECONDS / SAY_AGAIN_SECONDS + 1
