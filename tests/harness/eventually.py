"""Waiting for something to become true. Nothing else in the tests polls or sleeps."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import TypeVar

T = TypeVar("T")

POLL_SECONDS = 0.05

PATIENCE_SECONDS = 60.0
"""How long a test waits for what must come where the time is no claim. It costs nothing where all is well, and a busy machine needs it."""

STANDSTILL_SECONDS = 2.0
"""How long a busy machine may stand still: what is added to a time that is a claim, and still less than what the claim rules out."""


def eventually(check: Callable[[], T | None], what: str, *, seconds: float = PATIENCE_SECONDS, explain: Callable[[], str] = str) -> T:
    """The first true result of `check`, asked again until `seconds` have passed; then AssertionError with `what` and `explain()`."""
    end = time.monotonic() + seconds
    while True:
        result = check()
        if result:
            return result
        if time.monotonic() > end:
            raise AssertionError(f"not within {seconds:g} s: {what}\n{explain()}")
        time.sleep(POLL_SECONDS)
