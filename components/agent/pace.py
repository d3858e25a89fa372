"""How far an agent may run ahead of its hub."""

from __future__ import annotations

from typing import Protocol

ASK_SECONDS = 2.0
"""How often the hub is asked how far it is."""

PATIENCE_SECONDS = 1.0
"""A hub that does not answer for so long is behind; it gets no more until it answers."""


class Clock(Protocol):
    """The part of Twisted's clock that is used here."""

    def seconds(self) -> float:
        """Any monotonic time."""


class Pace:
    """Whether one more sample may be sent, and whether to ask for its acknowledgement.

    To acknowledge every sample would be half as much work again for the hub. To acknowledge none lets minutes of samples wait in the
    connection's buffers when the hub is slower than its hosts together: all is old when it is read, and the answer to a ping waits behind
    it until the hub takes the host for dead, which then joins anew and makes it slower still. So one sample every ASK_SECONDS is to be
    acknowledged, and nobody is ahead by more than ASK_SECONDS + PATIENCE_SECONDS.
    """

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._asked_at = clock.seconds() - ASK_SECONDS
        self._waits = False

    def may_send(self) -> bool:
        """Whether the hub is near enough."""
        return not self._waits or self._since_asked() < PATIENCE_SECONDS

    def asks(self) -> bool:
        """Whether the sample that is sent now shall be acknowledged."""
        if self._waits or self._since_asked() < ASK_SECONDS:
            return False
        self._asked_at, self._waits = self._clock.seconds(), True
        return True

    def answered(self) -> None:
        """The hub has read all that was sent before it was asked."""
        self._waits = False

    def _since_asked(self) -> float:
        return self._clock.seconds() - self._asked_at
