"""What it takes to run: time until ready; memory and CPU of each process of the hub and of the light agent, at one sample a second."""

from __future__ import annotations

import argparse
import shutil
import tempfile
import time
from pathlib import Path
from typing import Any

import psutil

from tests.benchmarks.table import show
from tests.harness.hub import Hub
from tests.harness.live import LiveView
from tests.harness.wheel import InstalledAgent, install_agent, run

MEBIBYTE = 2**20


def measure(seconds: float) -> dict[str, dict[str, Any]]:
    """The rows of the table; the agent is watched for `seconds`."""
    hub = Hub()
    agent: InstalledAgent | None = None
    directory = Path(tempfile.mkdtemp(prefix="vedette-"))
    try:
        started = time.perf_counter()
        hub.start()
        first = time.perf_counter() - started
        hub.stop()
        started = time.perf_counter()
        hub.start()
        rows: dict[str, dict[str, Any]] = {
            "first start until ready": {"seconds": round(first, 1)},
            "second start until ready": {"seconds": round(time.perf_counter() - started, 1)},
        }
        environment = install_agent(directory)
        # as pip leaves it; uv does not, and what is compiled at each start takes memory that is never given back
        run(str(environment / "bin" / "python"), "-m", "compileall", "-q", str(environment / "lib"))
        agent = InstalledAgent(hub, environment, "light")
        agent.start()
        view = LiveView(hub.viewer())
        view.until(lambda hosts: sum(host["sample"] is not None for host in hosts.values()) == 2, "both hosts sampled", seconds=15)
        watched = {"light agent": psutil.Process(agent.process.pid), "controller": psutil.Process(hub.process.pid)}
        watched |= {f"worker {name}": psutil.Process(pid) for name, pid in hub.workers().items()}
        rows |= over_time(watched, view, seconds)
        return rows
    finally:
        if agent:
            agent.end()
        hub.end()
        shutil.rmtree(directory)


def over_time(watched: dict[str, psutil.Process], view: LiveView, seconds: float) -> dict[str, dict[str, Any]]:
    """Memory, and CPU used meanwhile, of each process; a viewer follows all the while."""
    before = {name: sum(process.cpu_times()[:2]) for name, process in watched.items()}
    started = time.perf_counter()
    view.follow(seconds)
    elapsed = time.perf_counter() - started
    return {
        name: {
            "resident MiB": round(process.memory_info().rss / MEBIBYTE, 1),
            "unique MiB": round(process.memory_full_info().uss / MEBIBYTE, 1),
            "CPU % of a core": round(100 * (sum(process.cpu_times()[:2]) - before[name]) / elapsed, 2),
        }
        for name, process in watched.items()
    }


def main() -> None:
    """Run and show."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seconds", type=float, default=60.0, help="how long to watch (%(default)g)")
    show("footprint", measure(parser.parse_args().seconds))


if __name__ == "__main__":
    main()
