"""What a start of the hub costs, as it is and with everything that Crossbar.io imports (components/upstream_imports.py), by turns."""

from __future__ import annotations

import argparse
import statistics
import time
from typing import Any

import psutil

from tests.benchmarks.footprint import MEBIBYTE
from tests.benchmarks.table import show
from tests.harness.hub import Hub


def leave_nothing_out(config: dict[str, Any]) -> None:
    """As a node configuration says that knows nothing of worker_site."""
    for worker in config["workers"]:
        worker["options"]["pythonpath"].remove("../components/worker_site")


EDITS = {"as it is": None, "nothing left out": leave_nothing_out}


def one_start(hub: Hub) -> dict[str, float]:
    """Start and stop once: seconds until all answers, and what the processes have used and hold then."""
    started = time.perf_counter()
    hub.start()
    elapsed = time.perf_counter() - started
    processes = {"controller": psutil.Process(hub.process.pid)}
    processes |= {name: psutil.Process(pid) for name, pid in hub.workers().items()}
    memory = {f"{name} MiB": process.memory_info().rss / MEBIBYTE for name, process in processes.items()}
    result = {"seconds": elapsed, "CPU s": sum(sum(process.cpu_times()[:2]) for process in processes.values()), **memory}
    hub.stop()
    return result


def measure(rounds: int) -> dict[str, dict[str, Any]]:
    """Medians of so many starts of either; the first start of each hub, which makes the database, does not count."""
    hubs = {name: Hub(edit=edit) for name, edit in EDITS.items()}
    try:
        for hub in hubs.values():
            hub.start().stop()
        starts: dict[str, list[dict[str, float]]] = {name: [] for name in hubs}
        for _ in range(rounds):
            for name, hub in hubs.items():
                starts[name].append(one_start(hub))
        return {name: {key: round(statistics.median(one[key] for one in found), 1) for key in found[0]} for name, found in starts.items()}
    finally:
        for hub in hubs.values():
            hub.end()


def main() -> None:
    """Run and show."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=5, help="starts of either (%(default)s)")
    show("start", measure(parser.parse_args().rounds))


if __name__ == "__main__":
    main()
