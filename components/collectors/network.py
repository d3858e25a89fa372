"""What each network interface receives and sends, the loopback left out."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import NamedTuple

import psutil

from components.collectors.collector import Collector, Metric, Values, instance_names

METRICS = (
    Metric("network_received_bytes_per_second", "bytes_per_second", "Bytes received, on average since the sample before.", "interface"),
    Metric("network_sent_bytes_per_second", "bytes_per_second", "Bytes sent, on average since the sample before.", "interface"),
)

_LOOPBACK = re.compile(r"lo\d*|Loopback Pseudo-Interface \d+")


class Traffic(NamedTuple):
    """Bytes since the interface appeared."""

    received: int
    sent: int


def read() -> dict[str, Traffic]:
    """The counters of each interface, in the kernel's order, which puts the oldest first."""
    # `nowrap` would hide resets behind a state of psutil's own, which `compute` does not need
    counters = psutil.net_io_counters(pernic=True, nowrap=False)
    names = instance_names(name for name in counters if not _LOOPBACK.fullmatch(name))
    return {name: Traffic(counters[raw].bytes_recv, counters[raw].bytes_sent) for name, raw in names.items()}


def compute(previous: Mapping[str, Traffic] | None, current: Mapping[str, Traffic], seconds: float) -> Values:
    """Rates of the interfaces that were there before and whose counters have not begun anew."""
    received: dict[str, float] = {}
    sent: dict[str, float] = {}
    for name, now in current.items():
        before = previous.get(name) if previous else None
        if before is None or seconds <= 0 or now.received < before.received or now.sent < before.sent:
            continue
        received[name] = round((now.received - before.received) / seconds)
        sent[name] = round((now.sent - before.sent) / seconds)
    if not received:
        return {}
    return {"network_received_bytes_per_second": received, "network_sent_bytes_per_second": sent}


COLLECTOR = Collector("network", "show_network", METRICS, compute, read)
