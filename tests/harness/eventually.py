"""Waiting for something to become true. Nothing else in the tests polls or sleeps."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import TypeVar

T = TypeVar("T")

POLL_SECONDS = 0.05


def eventually(check: Callable[[], T | None], seconds: float, what: str, *, explain: Callable[[], str] = str) -> T:
    """The first true result of `check`, asked again until `seconds` have passed; then AssertionError with `what` and `explain()`."""
    end = time.monotonic() + seconds
    while True:
        result = check()
        if result:
            return result
        if time.monotonic() > end:
            raise AssertionError(f"not within {seconds:g} s: {what}\n{explain()}")
        time.sleep(POLL_SECONDS)
