"""Who is named in the log, and how often."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from twisted.internet.task import Clock
from twisted.logger import formatEvent, globalLogPublisher

from components.limits import ALL_WORDS, CONNECTIONS, INBOUND_BYTES
from components.offenders import Offenders


@pytest.fixture
def lines() -> Iterator[list[str]]:
    """What is logged."""
    found: list[str] = []

    note: Any = lambda event: found.append(formatEvent(event))  # noqa: E731  # an observer, to the type checker, is an object of zope's
    globalLogPublisher.addObserver(note)
    yield found
    globalLogPublisher.removeObserver(note)


def test_an_offender_is_named_with_the_limit(lines: list[str]) -> None:
    """Who, what, how much, and what happens."""
    Offenders(Clock()).name(INBOUND_BYTES, "host:abc (192.0.2.1)")
    assert lines == ["host:abc (192.0.2.1) went over a limit: one message, 128 KiB for each connection; it is dropped"]


def test_each_is_named_once_a_minute(lines: list[str]) -> None:
    """For each limit."""
    clock = Clock()
    offenders = Offenders(clock)
    for _ in range(100):
        offenders.name(INBOUND_BYTES, "a")
        offenders.name(INBOUND_BYTES, "b")
        offenders.name(CONNECTIONS, "a")
    assert len(lines) == 3
    clock.advance(61)
    offenders.name(INBOUND_BYTES, "a")
    assert len(lines) == 4


def test_many_offenders_are_no_flood(lines: list[str]) -> None:
    """Nor do they keep those of another limit out of the log."""
    offenders = Offenders(Clock())
    for number in range(1000):
        offenders.name(CONNECTIONS, str(number))
    offenders.name(INBOUND_BYTES, "a")
    assert len(lines) == ALL_WORDS.burst + 1
