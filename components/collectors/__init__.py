"""What an agent can measure. To add a family: one file beside these, and one line in the table."""

from __future__ import annotations

from typing import Any

from components.collectors import cpu, disk, load, memory, network
from components.collectors.collector import Collector

COLLECTORS: tuple[Collector[Any], ...] = (
    cpu.COLLECTOR,
    memory.COLLECTOR,
    disk.COLLECTOR,
    network.COLLECTOR,
    load.COLLECTOR,
)
