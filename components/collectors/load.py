"""Load averages: how many processes run or wait to."""

from __future__ import annotations

import psutil

from components.collectors.collector import Collector, Metric, Values

METRICS = (
    Metric("load_1m", "", "Processes that ran or waited to, averaged over the last minute."),
    Metric("load_5m", "", "The same over the last 5 minutes."),
    Metric("load_15m", "", "The same over the last 15 minutes."),
)

Load = tuple[float, float, float]


def read() -> Load:
    """The averages over 1, 5 and 15 minutes."""
    one, five, fifteen = psutil.getloadavg()
    return one, five, fifteen


def compute(_previous: Load | None, current: Load, _seconds: float) -> Values:
    """The averages with the 2 decimals that the kernel keeps."""
    return {metric.name: round(average, 2) for metric, average in zip(METRICS, current, strict=True)}


COLLECTOR = Collector("load", "show_load", METRICS, compute, read)
