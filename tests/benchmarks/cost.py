"""What processes cost over a while: CPU, memory."""

from __future__ import annotations

import os
import time
from collections.abc import Mapping
from typing import Any

import psutil

from tests.harness.hub import Hub

MEBIBYTE = 2**20


class Cost:
    """Of named processes, with all that they have started, from its making on."""

    def __init__(self, pids: Mapping[str, int]) -> None:
        self._processes = {name: psutil.Process(pid) for name, pid in pids.items()}
        self._began = time.perf_counter()
        self._before = {name: _cpu_seconds(process) for name, process in self._processes.items()}

    @property
    def seconds(self) -> float:
        """So far."""
        return time.perf_counter() - self._began

    def cpu(self) -> dict[str, float]:
        """Per cent of one core, on average."""
        seconds = self.seconds
        return {name: round(100 * (_cpu_seconds(process) - self._before[name]) / seconds, 1) for name, process in self._processes.items()}

    def resident(self) -> dict[str, int]:
        """MiB now."""
        return {name: round(process.memory_info().rss / MEBIBYTE) for name, process in self._processes.items()}

    def columns(self) -> dict[str, Any]:
        """Both, by the names of the processes."""
        cpu, resident = self.cpu(), self.resident()
        columns: dict[str, Any] = {}
        for name in self._processes:
            columns[f"{name} CPU %"] = cpu[name]
            columns[f"{name} MiB"] = resident[name]
        return columns


def workers_of(hub: Hub, *names: str) -> dict[str, int]:
    """The process ids of these workers of a hub."""
    workers = hub.workers()
    return {name: workers[name] for name in names}


def machine_load() -> str:
    """The load average, and of how many cores: who else works here falsifies what is measured."""
    return f"{os.getloadavg()[0]:.1f} on {os.cpu_count()} cores"


def _cpu_seconds(process: psutil.Process) -> float:
    times = process.cpu_times()
    return float(times.user + times.system)
