"""Many hosts and many viewers at once, beside the tutorial's shape, where every viewer gets every host's event.

Each pair of rows is one size: the same machines, once a second, real sessions on both sides. `wanted/s`: samples that the viewers together
should see in a second; `seen/s`: those they saw. A shape that does not keep up is measured at what it reaches. `ms`: from a sample's time
to its arrival at a viewer. `generator`: CPU that the agents and viewers themselves take, which share this machine with what is measured.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable
from typing import Any

import psutil

from tests.benchmarks.audience import Order
from tests.benchmarks.cost import MEBIBYTE, Cost, machine_load, workers_of
from tests.benchmarks.crowd import Speaker, Swarm, Viewers, add_hosts, for_seconds, viewers_of
from tests.benchmarks.table import show
from tests.benchmarks.tutorial import TutorialRouter
from tests.harness.hub import Hub

SIZES = ("100x10", "300x30", "500x1", "1000x1", "1000x100")
SETTLE_SECONDS = 5.0
JOIN_SECONDS = 300.0
MOST_HOSTS, MOST_VIEWERS = 2000, 200
MOST_MEBIBYTES = 2048
"""A router that cannot send what it has to queues it: with more than this it is not watched any longer."""
STEP_SECONDS = 1.0


def vedette(hosts: int, viewers: int, seconds: float) -> dict[str, Any]:
    """One row: a whole hub."""
    hub = Hub()
    crowds: list[Speaker] = []
    try:
        hub.start()
        audience = viewers_of(hub, viewers, log_ins=4)  # as in the other shape: those who look are there first
        crowds.append(audience)
        audience.wait()
        swarm = Swarm(hub.websocket_url, add_hosts(hub, hosts))
        crowds.append(swarm)
        swarm.wait(JOIN_SECONDS)
        row = watched(audience, swarm, workers_of(hub, "router", "services", "django"), seconds)
        return {**row, "wanted/s": hosts * viewers}
    finally:
        for crowd in crowds:
            crowd.end()
        hub.end()


def tutorial(hosts: int, viewers: int, seconds: float) -> dict[str, Any]:
    """One row: a plain router."""
    router = TutorialRouter()
    crowds: list[Speaker] = []
    try:
        router.start()
        audience = Viewers(Order(router.url, router.websocket_url, viewers))
        crowds.append(audience)
        audience.wait()
        clients = Speaker("tests.benchmarks.tutorial")
        crowds.append(clients)
        clients.tell(Order(router.url, router.websocket_url, hosts).to_line())
        clients.answer(0, 120)
        row = watched(audience, clients, {"router": router.pid}, seconds)
        return {**row, "wanted/s": hosts * viewers}
    finally:
        for crowd in crowds:
            crowd.end()
        router.end()


def watched(audience: Viewers, agents: Speaker, pids: dict[str, int], seconds: float) -> dict[str, Any]:
    """What the audience hears in about so many seconds, and what that costs these processes."""
    for_seconds(SETTLE_SECONDS)
    audience.begin()
    cost, generator = Cost(pids), Cost({"agents": agents.pid, "viewers": audience.pid})
    router = psutil.Process(pids["router"])
    while cost.seconds < seconds and router.memory_info().rss < MOST_MEBIBYTES * MEBIBYTE:
        for_seconds(STEP_SECONDS)
    columns, took, used = cost.columns(), cost.seconds, generator.cpu()
    heard = audience.summary()
    return {
        "wanted/s": 0,
        "seen/s": round(heard["samples"] / took),
        "messages/s": round(heard["messages"] / took),
        "MB/s": round(heard["bytes"] / took / 1e6, 1),
        "p50 ms": heard["p50"],
        "p99 ms": heard["p99"],
        **columns,
        "generator CPU %": round(used["agents"] + used["viewers"]),
        "connected viewers": heard["here"],
        "load": machine_load(),
    }


SHAPES: dict[str, Callable[[int, int, float], dict[str, Any]]] = {"Vedette": vedette, "the tutorial's shape": tutorial}


def parse_size(text: str) -> tuple[int, int]:
    """`1000x100` as hosts and viewers, within bounds."""
    hosts, _, viewers = text.partition("x")
    size = int(hosts), int(viewers)
    if not (0 < size[0] <= MOST_HOSTS and 0 < size[1] <= MOST_VIEWERS):
        raise argparse.ArgumentTypeError(f"{text}: 1 to {MOST_HOSTS} hosts and 1 to {MOST_VIEWERS} viewers")
    return size


def main() -> None:
    """Run and show."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("sizes", nargs="*", type=parse_size, default=[parse_size(size) for size in SIZES], help=f"{' '.join(SIZES)}")
    parser.add_argument("--seconds", type=float, default=15.0, help="how long each is watched (%(default)g)")
    parser.add_argument("--shape", choices=SHAPES, help="only this one")
    arguments = parser.parse_args()
    rows = {}
    for hosts, viewers in arguments.sizes:
        for label, measure in SHAPES.items():
            if arguments.shape in (None, label):
                name = f"{hosts} hosts x {viewers} viewers: {label}"
                rows[name] = measure(hosts, viewers, min(arguments.seconds, 120.0))
                sys.stderr.write(f"{name}: {rows[name]}\n")
    show("fleet_load", rows)


if __name__ == "__main__":
    main()
