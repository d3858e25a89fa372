"""What the runs have shown, and the table of it."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, field
from statistics import median
from typing import Any

_NOISE = re.compile(r"AttributeError: _ARRAY_API not found")
_TROUBLE = re.compile(r"Traceback \(most recent call last\)|Unhandled|\[CRITICAL\]")


@dataclass(frozen=True)
class Outcome:
    """One run of one scenario. Seconds."""

    down: float | None
    """From the break until the dashboard had said it of everybody who was met; None if it did not."""
    well: float
    """From the mend until all was well."""
    said: tuple[str, ...]
    """What the dashboard said meanwhile, without numbers, in the order of the first time."""
    lines: Mapping[str, int]
    """How many lines each log had."""
    notes: Mapping[str, float] = field(default_factory=dict)


OUTCOME = "chaos outcome"
"""The name of the property by which a test hands its outcome on: it may have run in another process."""


def record(scenario: str, outcome: Outcome) -> tuple[str, object]:
    """The outcome as a property of the test's report."""
    return OUTCOME, {"scenario": scenario, **asdict(outcome)}


def rows_of(reports: Iterable[Any]) -> dict[str, dict[str, Any]]:
    """The rows of the table, from the reports of all tests."""
    outcomes: dict[str, list[Outcome]] = {}
    for report in reports:
        for name, value in getattr(report, "user_properties", ()):
            if name == OUTCOME and report.when == "call":
                known = dict(value)
                outcomes.setdefault(known.pop("scenario"), []).append(Outcome(**known))
    return {scenario: _row(found) for scenario, found in sorted(outcomes.items())}


def _row(outcomes: list[Outcome]) -> dict[str, Any]:
    down = [outcome.down for outcome in outcomes if outcome.down is not None]
    well = [outcome.well for outcome in outcomes]
    row: dict[str, Any] = {
        "runs": len(outcomes),
        "down p50, s": f"{median(down):.2f}" if down else "",
        "down max, s": f"{max(down):.2f}" if down else "",
        "well p50, s": f"{median(well):.1f}",
        "well max, s": f"{max(well):.1f}",
        "hub lines": _span([outcome.lines["hub"] for outcome in outcomes]),
        "agent lines": _span([count for outcome in outcomes for name, count in outcome.lines.items() if name != "hub"]),
        "the dashboard said": ", ".join(dict.fromkeys(text for outcome in outcomes for text in outcome.said)),
    }
    for note in dict.fromkeys(note for outcome in outcomes for note in outcome.notes):
        row[note] = f"{max(outcome.notes.get(note, 0) for outcome in outcomes):.3g}"
    return row


def _span(counts: list[int]) -> str:
    return f"{min(counts)} to {max(counts)}" if min(counts) < max(counts) else str(max(counts))


def troubles(log: str) -> list[str]:
    """What may never stand in a log, whatever happens: a traceback, an error nobody handled. Every process of Crossbar.io says once at its
    start that numpy is too new for bjdata.
    """
    found = []
    for match in _TROUBLE.finditer(log):
        around = log[match.start() : match.start() + 4000]
        if not _NOISE.search(around):
            found.append(around[:1500])
    return found
