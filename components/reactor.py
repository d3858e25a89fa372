"""Twisted's reactor, typed by what is used of it. Twisted describes it by zope interfaces, which no type checker reads."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Protocol, cast

from twisted.internet import reactor as _reactor


class Timer(Protocol):
    """A call that is due later."""

    def active(self) -> bool:
        """Whether it is still to come."""

    def cancel(self) -> None:
        """It shall not come; an error if it has."""


class Clock(Protocol):
    """Time as a parameter: the reactor, or `twisted.internet.task.Clock` in tests."""

    def seconds(self) -> float:
        """Seconds since some fixed time."""

    def callLater(self, delay: float, callable: Callable[..., Any], *args: Any) -> Timer:  # noqa: N802  # Twisted's own name
        """Call it after `delay` seconds."""


class Reactor(Clock, Protocol):
    """The one reactor of this process."""

    def callFromThread(self, callable: Callable[..., Any], *args: Any) -> None:  # noqa: N802  # Twisted's own name
        """Call it on the reactor's thread, from any thread."""

    def callWhenRunning(self, callable: Callable[..., Any], *args: Any) -> None:  # noqa: N802  # Twisted's own name
        """Call it as soon as the reactor runs."""

    def addSystemEventTrigger(self, phase: str, event: str, callable: Callable[..., Any], *args: Any) -> None:  # noqa: N802  # Twisted's own name
        """Call it before, during or after `startup` or `shutdown`; a Deferred that it returns is waited for."""

    def run(self) -> None:
        """Run until stopped."""


reactor = cast(Reactor, _reactor)
