"""Machines that do not exist: numbers as a small server has them, that move as they do there, without the work of measuring."""

from __future__ import annotations

import math
import time
from collections.abc import Callable, Collection, Mapping
from random import Random

from twisted.internet.defer import Deferred, succeed

from components.agent.sampler import Collected, Sampler
from components.collectors import COLLECTORS
from components.payloads import MetricValue
from components.reactor import Reactor

GIBIBYTE = 2**30
SHOWN_BY = {metric.name: collector.setting for collector in COLLECTORS for metric in collector.metrics}
STAMP_SECONDS = 100.0
"""A stamp begins again after this; it is what a page shows with four digits."""


class Machine:
    """One made-up machine. Its number decides what it is and how it goes on, so that every run has the same fleet."""

    def __init__(self, number: int, *, now: Callable[[], float] = time.time) -> None:
        self._random = random = Random(number)
        self._now = now
        self._booted_at = now() - random.uniform(3600, 200 * 86_400)
        self._cores = random.choice((4, 4, 4, 6, 8))
        self._memory = float(random.choice((8, 16, 16, 32)) * GIBIBYTE)
        self._swap = float(random.choice((0, 2, 4)) * GIBIBYTE)
        self._disks = {mount: float(random.randrange(40, 900) * GIBIBYTE) for mount in ("/", "/home", "/srv")[: random.choice((2, 2, 3))]}
        self._levels: dict[str, float] = {}
        self._loads = [0.0, 0.0, 0.0]

    def metrics(self) -> dict[str, MetricValue]:
        """What it would measure now. Each call is one step further."""
        cores = {str(core): self._walk(f"core {core}", 0.15) for core in range(self._cores)}
        busy = sum(cores.values()) / self._cores
        for index, samples in enumerate((60, 300, 900)):
            self._loads[index] += (busy * self._cores - self._loads[index]) / (samples if self._loads[index] else 1)
        available = self._bytes(self._memory * (1 - self._walk("memory", 0.01)))
        return {
            "cpu_used_ratio": round(busy, 3),
            "cpu_core_used_ratio": cores,
            "memory_total_bytes": self._memory,
            "memory_used_bytes": self._memory - available,
            "memory_available_bytes": available,
            "swap_total_bytes": self._swap,
            "swap_used_bytes": self._bytes(self._swap * self._walk("swap", 0.002)),
            **self._file_systems(),
            **self._devices(),
            "network_received_bytes_per_second": {name: self._rate(f"received {name}", 6) for name in ("eth0", "wg0")},
            "network_sent_bytes_per_second": {name: self._rate(f"sent {name}", 7) for name in ("eth0", "wg0")},
            **{f"load_{minutes}m": round(load, 2) for minutes, load in zip((1, 5, 15), self._loads, strict=True)},
            "uptime_seconds": (self._now() - self._booted_at) // 60 * 60,
            "temperature_celsius": {"cpu": round(38 + 45 * busy)},
        }

    def _file_systems(self) -> dict[str, MetricValue]:
        used = {mount: self._bytes(size * self._walk(f"space {mount}", 0.0005)) for mount, size in self._disks.items()}
        return {
            "disk_total_bytes": dict(self._disks),
            "disk_used_bytes": used,
            "disk_available_bytes": {mount: size - used[mount] for mount, size in self._disks.items()},
        }

    def _devices(self) -> dict[str, MetricValue]:
        busy = {name: round(max(0.0, self._walk(f"busy {name}", 0.1) - 0.3), 3) for name in ("sda", "sdb")}
        return {
            "disk_read_bytes_per_second": {name: self._rate(f"read {name}", 7) if busy[name] else 0.0 for name in busy},
            "disk_written_bytes_per_second": {name: self._rate(f"written {name}", 7) if busy[name] else 0.0 for name in busy},
            "disk_busy_ratio": busy,
        }

    def _walk(self, name: str, step: float) -> float:
        """A ratio that wanders, and stays off its ends."""
        drawn = self._random.random()
        level = self._levels.get(name)
        level = 0.05 + 0.75 * drawn if level is None else level + step * (3.4 * (drawn - 0.5) + 0.1 * (0.35 - level))
        self._levels[name] = level = min(0.99, max(0.01, level))
        return round(level, 3)

    def _rate(self, name: str, magnitude: int) -> float:
        """Bytes a second, over orders of magnitude."""
        return float(math.floor(10 ** (magnitude * (0.3 + 0.7 * self._walk(name, 0.05)))))

    @staticmethod
    def _bytes(value: float) -> float:
        return float(value // 4096 * 4096)


class MadeUp(Sampler):
    """Takes samples of a made-up machine. With `stamp`, its loads are the time at which the sample was taken."""

    def __init__(self, machine: Machine, reactor: Reactor, *, stamp: bool = False) -> None:
        super().__init__((), reactor)
        self._machine = machine
        self._stamp = stamp

    def sample(self, shown: Collection[str], limit: float = 0.0) -> Deferred[Collected]:
        """One sample of what is shown."""
        metrics: dict[str, MetricValue] = {name: value for name, value in self._machine.metrics().items() if SHOWN_BY.get(name) in shown}
        if self._stamp:
            metrics |= {name: stamp(time.time()) for name in metrics if name.startswith("load_")}
        return succeed(Collected(metrics, {}))


def stamp(now: float) -> float:
    """A time as a load that a page shows, to a hundredth of a second."""
    return round(now % STAMP_SECONDS, 2)


def count_numbers(metrics: Mapping[str, MetricValue]) -> int:
    """How many numbers there are in a sample."""
    return sum(len(value) if isinstance(value, dict) else 1 for value in metrics.values())
