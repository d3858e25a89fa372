"""What a trace of Chromium says of a page's frames: how long the main thread took for each, and which of them were dropped. Values only."""

from __future__ import annotations

import statistics
from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any

CATEGORIES = ["benchmark"]
"""Few: to write a trace down costs as much as what it tells of."""
MAIN_PART, BREAKDOWN, WAIT = "SendBeginMainFrameToCommit", "send_begin_mainframe_to_commit_breakdown", "begin_main_sent_to_started_us"
NONSENSE_US = 1e9
"""A difference of times that were never noted."""
REPORT, REPORTER = "PipelineReporter", "frame_reporter"
DROPPED, PARTIAL = "STATE_DROPPED", "STATE_PRESENTED_PARTIAL"
UNWANTED = "STATE_NO_UPDATE_DESIRED"
STILL = "SCROLL_NONE"
STEP_REPORT, STEP = "ScrollJankV4", "scroll_jank_v4"
FRAME_MS = 1000 / 60

Event = Mapping[str, Any]


class Trace:
    """The events of one recording."""

    def __init__(self, events: Sequence[Event]) -> None:
        reports = Counter(event["pid"] for event in events if event["name"] == MAIN_PART)
        page = max(reports, key=lambda pid: reports[pid], default=0)
        self._events = [event for event in events if event["pid"] == page]

    def frame_costs(self) -> list[float]:
        """Milliseconds that the main thread worked for each frame: scripts, style, layout, and what it paints and hands over."""
        parts = [event["args"].get(BREAKDOWN, {}) for event in self._begun(MAIN_PART)]
        costs = [sum(us for name, us in part.items() if name != WAIT and us < NONSENSE_US) / 1000 for part in parts]
        return [cost for cost in costs if cost]

    def scrolling(self) -> dict[str, Any]:
        """
        The compositor's frames while it scrolled, and how they ended: one that is partial scrolled without what the page drew. What was
        dropped before and behind that is none of it: a page at rest has frames that nobody was to see.

        Late steps: those that came at a later refresh of the screen than the ones before let expect ("scroll jank, version 4").
        """
        frames = [event["args"][REPORTER] for event in self._begun(REPORT)]
        ended = Counter(frame["state"] for frame in frames if frame["scroll_state"] != STILL)
        wanted = sum(ended.values()) - ended[UNWANTED]
        steps = [event["args"][STEP] for event in self._begun(STEP_REPORT)]
        return {
            "frames": wanted,
            "dropped": ended[DROPPED],
            "without the page's part %": _percent(ended[PARTIAL], wanted),
            "steps": len(steps),
            "late": sum(bool(step.get("is_janky")) for step in steps),
        }

    def _begun(self, name: str) -> list[Event]:
        return [event for event in self._events if event["name"] == name and event["ph"] == "b"]


def of_gaps(gaps: Sequence[float]) -> dict[str, Any]:
    """Frames that a script saw, and those that it did not see, of 60 a second."""
    dropped = sum(max(0, round(gap / FRAME_MS) - 1) for gap in gaps)
    frames = len(gaps) + dropped
    return {"seen by a script": len(gaps), "not seen %": _percent(dropped, frames), "longest gap ms": round(max(gaps, default=0))}


def quantile(values: Sequence[float], share: float) -> float:
    """One of them, to a tenth."""
    if len(values) < 2:
        return round(max(values, default=0.0), 1)
    return round(statistics.quantiles(values, n=100, method="inclusive")[round(100 * share) - 1], 1)


def _percent(part: int, whole: int) -> float:
    return round(100 * part / max(1, whole), 1)
