"""Work-arounds for defects in Twisted, each with a test that fails once Twisted no longer needs it.

For hub and agent alike: nothing here imports more than Twisted.
"""

from __future__ import annotations

import time
from typing import Any

_DONE = "_vedette_patched"


def keep_monotonic_time(reactor: Any) -> None:
    """Let nobody who sets this machine's clock stop or trip the timers of `reactor`. May be called any number of times, on the reactor's
    thread, before it runs or while it does.

    Twisted 26.10.0 measures delays by the wall clock: set back by two hours, every loop, ping and time-out of a process waits for two
    hours; set forward, all of them are due at once. From now on its seconds go on from where they are, by the monotonic clock: so
    what waits already keeps its time, and who shows them as a date is still right until the clock is set.
    """
    if hasattr(reactor.seconds, _DONE):
        return
    offset: float = reactor.seconds() - time.monotonic()

    def seconds() -> float:
        return offset + time.monotonic()

    setattr(seconds, _DONE, True)
    reactor.seconds = seconds
    for call in reactor.getDelayedCalls():
        call.seconds = seconds  # by which it is reset
