"""What an agent can measure. To add a family: one file beside these, and one line in the table."""

from __future__ import annotations

from typing import Any

from components.collectors import cpu, disk, disk_io, load, memory, network, swap, temperature, uptime
from components.collectors.collector import Collector

COLLECTORS: tuple[Collector[Any], ...] = (
    cpu.COLLECTOR,
    memory.COLLECTOR,
    swap.COLLECTOR,
    disk.COLLECTOR,
    disk_io.COLLECTOR,
    network.COLLECTOR,
    load.COLLECTOR,
    uptime.COLLECTOR,
    temperature.COLLECTOR,
)
