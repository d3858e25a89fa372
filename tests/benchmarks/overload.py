"""More hosts than the hub has processor for: who gets in stays in, and once there is room again everybody is there.

So many agents come while other processes want every core of this machine, and then for a while without those. An agent that gives up on a
slow hub and joins anew takes it more than all its samples: then few are in, fewer every minute, and `lost` exceeds `here`.
"""

from __future__ import annotations

import argparse
import itertools
import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from typing import Any

from tests.benchmarks.crowd import Swarm, add_hosts, for_seconds
from tests.benchmarks.table import show
from tests.harness.hub import running

ENDLESS = "import time\nend = time.monotonic() + {seconds}\nwhile time.monotonic() < end: pass"


@contextmanager
def competitors(count: int, seconds: float) -> Iterator[None]:
    """So many processes that do nothing, as fast as they can; none lasts for more than so many seconds."""
    processes = [subprocess.Popen([sys.executable, "-c", ENDLESS.format(seconds=seconds)]) for _ in range(count)]
    try:
        yield
    finally:
        for process in processes:
            process.kill()
            process.wait()


def row_of(swarm: Swarm, before: int) -> dict[str, Any]:
    """How it went since the swarm had said so many lines."""
    counts = [said["here"] for said in swarm.said[max(0, before - 1) :]]
    steps = [later - earlier for earlier, later in itertools.pairwise(counts)]
    return {"here": swarm.here, "joined": sum(step for step in steps if step > 0), "lost": -sum(step for step in steps if step < 0)}


def measure(agents: int, count: int, seconds: float) -> dict[str, dict[str, Any]]:
    """The rows of the table."""
    with running() as hub, ExitStack() as stack:
        seeds = add_hosts(hub, agents)
        with competitors(count, 2 * seconds):
            swarm = Swarm(hub.websocket_url, seeds)
            stack.callback(swarm.end)
            for_seconds(seconds)
            rows = {f"{seconds:g} s beside {count} that want a core each": {"agents": agents, **row_of(swarm, 0)}}
        before = len(swarm.said)
        for_seconds(seconds)
        rows[f"{seconds:g} s alone"] = {"agents": agents, **row_of(swarm, before)}
        return rows


def main() -> None:
    """Run and show."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--agents", type=int, default=1000, help="how many (%(default)s)")
    parser.add_argument("--competitors", type=int, default=os.cpu_count() or 1, help="how many other processes (%(default)s, one a core)")
    parser.add_argument("--seconds", type=float, default=90.0, help="how long each part takes (%(default)g)")
    arguments = parser.parse_args()
    show("overload", measure(arguments.agents, arguments.competitors, arguments.seconds))


if __name__ == "__main__":
    main()
