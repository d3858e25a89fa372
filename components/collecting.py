"""When a process of the hub looks for what may be forgotten."""

from __future__ import annotations

import gc

THRESHOLDS = (10_000, 10, 5)
"""Objects that a collection of the youngest waits for, and how many such collections the older ones wait for.

Python's own 700 are right for a program that makes few: here one sample makes a hundred, so a thousand hosts cause a hundred collections a
second, and each that finds some of them still in use brings the next full one nearer, which looks at all sessions and hosts; for so long
nothing else happens. Half a million new objects still cause a full one: a connection that is lost refers to itself, and is forgotten then.
"""


def collect_seldom() -> None:
    """Look at what a process has imported and built up to begin with no more, and at the rest seldom. May be called again."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(*THRESHOLDS)
