"""What the fleet component does for 1,000 hosts at 1 Hz, without any socket: `python -m tests.benchmarks.fleet_core`.

Microseconds of processor time for each sample, by step, and what that makes of one core. What the hub spends on top is Autobahn's work:
one message in for each sample, one out for each tick.
"""

from __future__ import annotations

import argparse
import itertools
import os
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import cbor2
import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tests.unit.settings")
django.setup()

from components.buckets import Grid, reduce  # noqa: E402  # Django must know its settings first
from components.fleet_state import FleetState  # noqa: E402
from components.history import collect, parse_question  # noqa: E402
from components.host_views import HostConfig  # noqa: E402
from components.payloads import parse_sample  # noqa: E402
from components.series import Series  # noqa: E402
from django_app.services import FleetRow  # noqa: E402
from tests.benchmarks.made_up import Machine, count_numbers  # noqa: E402
from tests.benchmarks.table import show  # noqa: E402

TICKS_PER_SECOND = 10
START_AT = 1_790_000_000.0
SAMPLES_OF_EACH = 8
"""So many different samples of each host, over and over."""


class Bench:
    """Steps, and what each has taken so far."""

    def __init__(self, hosts: int) -> None:
        self.ids = [f"{number:012d}" for number in range(hosts)]
        self.state = FleetState()
        self.series = Series()
        self.seconds: dict[str, float] = {}
        self.samples = self.ticks = self.out_bytes = 0
        config = HostConfig(revision=1, status="applied", at=1.0, milliseconds=5.0, error="", locked={}, settings={"interval": 1.0})
        self.state.load({host_id: FleetRow(host_id, "10.0.0.1", 1.0, ["web"], config=config) for host_id in self.ids})
        for host_id in self.ids:
            self.state.joined(host_id, START_AT)
        machines = [Machine(number) for number in range(hosts)]
        self._frames = [[machine.metrics() for _ in range(SAMPLES_OF_EACH)] for machine in machines]
        self.numbers = count_numbers(self._frames[0][0])
        self._seq = itertools.count(1)

    @contextmanager
    def timed(self, step: str) -> Iterator[None]:
        """What happens within is counted for `step`."""
        began = time.process_time()
        yield
        self.seconds[step] = self.seconds.get(step, 0.0) + time.process_time() - began

    def second(self, number: int) -> None:
        """One second of all hosts: ten ticks, each with a tenth of them."""
        for tick in range(TICKS_PER_SECOND):
            now = START_AT + number + tick / TICKS_PER_SECOND
            payloads = [(host_id, self._payload(index, number, now)) for index, host_id in self._of_tick(tick)]
            with self.timed("parse"):
                samples = [(host_id, parse_sample(payload)) for host_id, payload in payloads]
            with self.timed("take over"):
                for host_id, sample in samples:
                    self.state.sampled(host_id, sample, now)
            with self.timed("keep"):
                for host_id, sample in samples:
                    self.series.add(host_id, sample["metrics"], now)
            with self.timed("compare"):
                updates = list(self.state.changes(now))
            with self.timed("encode"):
                frames = [cbor2.dumps([16, 1, {}, "x", [update]]) for update in updates]
            self.samples += len(samples)
            self.ticks += 1
            self.out_bytes += sum(map(len, frames))

    def _of_tick(self, tick: int) -> Iterator[tuple[int, str]]:
        return ((index, self.ids[index]) for index in range(tick, len(self.ids), TICKS_PER_SECOND))

    def _payload(self, index: int, number: int, now: float) -> dict[str, Any]:
        metrics = self._frames[index][number % SAMPLES_OF_EACH]
        return {"run": "r", "seq": next(self._seq), "at": now, "revision": 1, "metrics": metrics, "failed": {}, "watched": False}

    def question(self, hosts: int, metrics: list[str], points: int, now: float) -> float:
        """Milliseconds for one answer out of what is kept."""
        question = parse_question({"hosts": self.ids[:hosts], "metrics": metrics, "points": points}, now)
        began = time.process_time()
        for _ in collect(self.series, question, {}):
            pass
        return 1000 * (time.process_time() - began)

    def every_column(self, points: int, now: float) -> tuple[int, float]:
        """How many series one host has, and milliseconds for drawing all of them."""
        host = self.series.get(self.ids[0])
        assert host is not None
        began = time.process_time()
        ranges = Grid.over(now - 600, now, points, host.usual_seconds()).ranges(host)
        for metric in [*host.plain, *host.instances]:
            copied = host.copied(metric)
            for column in copied.values() if isinstance(copied, dict) else [copied]:
                if column is not None:
                    reduce(column, ranges)
        return host.count, 1000 * (time.process_time() - began)


def resident_mebibytes() -> float:
    """What this process has in memory."""
    with open("/proc/self/statm", encoding="ascii") as file:
        return int(file.read().split()[1]) * 4096 / 2**20


def main() -> None:
    """Play it, and show what each step took."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--hosts", type=int, default=1000)
    parser.add_argument("--seconds", type=int, default=30, help="how long is measured; 660 fill what is kept")
    arguments = parser.parse_args()
    bench = Bench(arguments.hosts)
    bench.second(0)
    bench.seconds.clear()
    bench.samples = bench.out_bytes = bench.ticks = 0
    before = resident_mebibytes()
    for number in range(1, arguments.seconds + 1):
        bench.second(number)
    now = START_AT + arguments.seconds
    rows = {
        step: {"µs a sample": round(1e6 * spent / bench.samples, 1), "% of a core": round(100 * spent / arguments.seconds, 1)}
        for step, spent in bench.seconds.items()
    }
    total = sum(bench.seconds.values())
    rows["all"] = {"µs a sample": round(1e6 * total / bench.samples, 1), "% of a core": round(100 * total / arguments.seconds, 1)}
    show("fleet_core", rows)
    few = ["cpu_used_ratio", "memory_used_bytes", "load_1m"]
    count, every = bench.every_column(600, now)
    sys.stdout.write(
        f"\n{bench.numbers} numbers a sample, {len(bench.series)} series, {resident_mebibytes() - before:.0f} MiB more than at first; "
        f"{bench.out_bytes / bench.samples:.0f} bytes out a sample\n"
        f"32 hosts x 3 metrics x 60 points: {bench.question(32, few, 60, now):.0f} ms; "
        f"1 host x {count} series x 600 points: {every:.0f} ms\n"
    )


if __name__ == "__main__":
    main()
