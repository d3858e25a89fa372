"""One client floods the hub in every way it can: what that costs the router's memory and another agent, with and without the bounds.

`ping` is another agent's call of a procedure, there and back through the router; it asks for its settings, so the database is in it.
`lost`: how often that agent lost its session. What the proxy bounds for Django (`pages`, `downloads`) is bounded in both.
"""

from __future__ import annotations

import argparse
import shutil
import tempfile
import threading
import time
from pathlib import Path
from typing import Any

import psutil

from tests.benchmarks.footprint import MEBIBYTE
from tests.benchmarks.table import quantiles, show
from tests.harness.agents import PlayedAgent
from tests.harness.eventually import eventually
from tests.harness.flooding import ADDRESS, Flood, Order
from tests.harness.floods import KINDS
from tests.harness.hub import Hub
from tests.harness.node import components
from tests.harness.transports import Closed

PAUSE_SECONDS = 0.02
"""Between two pings: a fleet has more to do than to ask."""


def measure(kinds: list[str], seconds: float) -> dict[str, dict[str, Any]]:
    """The rows of the table: each kind with the bounds, and without."""
    rows = {}
    for label, classname in (("with", "components.setup.Setup"), ("without", "tests.benchmarks.unbounded.Setup")):
        measured = Measured(classname)
        try:
            rows[f"{label} bounds: quiet"] = measured.quiet(seconds / 2)
            for kind in kinds:
                rows[f"{label} bounds: {kind}"] = measured.flood(kind, seconds)
        finally:
            measured.end()
    return rows


class Measured:
    """A hub, and an agent that notices how it is."""

    def __init__(self, setup: str) -> None:
        self.hub = Hub(edit=lambda config: _use(config, setup))
        self.directory = Path(tempfile.mkdtemp(prefix="vedette-floods-", dir="/tmp"))
        self.hub.start()
        self.agent = PlayedAgent(self.hub, "bystander").enrol()
        self.lost = 0

    def end(self) -> None:
        """Leave nothing behind."""
        self.hub.end()
        shutil.rmtree(self.directory)

    def quiet(self, seconds: float) -> dict[str, Any]:
        """Without any flood."""
        with Memory(self.hub) as memory:
            pings = self.pings(time.monotonic() + seconds)
        return {**memory.columns(), **_pings(pings)}

    def flood(self, kind: str, seconds: float) -> dict[str, Any]:
        """One flood, and what it left."""
        offender = PlayedAgent(self.hub, f"flood-{kind}").enrol()
        offender.client.drop()
        order = Order(kind, self.hub.port, seconds, offender.key.encode().hex())
        if "reader" in kind:
            order.tickets = [
                {name: ticket[name] for name in ("ticket", "authid")} for ticket in (self.hub.admin.ticket() for _ in range(5))
            ]
        logged, self.lost = len(self.hub.output()), 0
        with Memory(self.hub) as memory:
            flood = Flood(order, self.directory)
            try:
                eventually(flood.is_running, "the flood has begun", seconds=30, explain=flood.process.tail)
                pings = self.pings(time.monotonic() + seconds)
                became = flood.result()
            finally:
                flood.end()
            eventually(self.hub.is_healthy, "the hub is over it", seconds=60, explain=self.hub.tail)
        named = {
            line.partition("went over a limit: ")[2].partition(",")[0]
            for line in self.hub.output()[logged:].splitlines()
            if ADDRESS in line
        }
        return {
            **memory.columns(),
            **_pings(pings),
            "lost": self.lost,
            "became of it": ", ".join(f"{what} {count:,}" for what, count in sorted(became.items())),
            "named for": "; ".join(sorted(named - {""})),
        }

    def pings(self, end: float) -> list[float]:
        """Milliseconds of each ping until then. A session that is lost meanwhile is joined anew, and that counts as a ping, too."""
        milliseconds = []
        while time.monotonic() < end:
            started = time.perf_counter()
            try:
                self.agent.client.call("vedette.agent.get_config")
            except (Closed, TimeoutError):
                self.lost += 1
                eventually(self._join, "the agent may come back", seconds=60, explain=self.hub.tail)
            milliseconds.append((time.perf_counter() - started) * 1000)
            time.sleep(PAUSE_SECONDS)
        return milliseconds

    def _join(self) -> bool:
        try:
            self.agent.join()
        except (Closed, OSError, TimeoutError):
            return False
        return True


class Memory:
    """The router's resident memory, watched."""

    def __init__(self, hub: Hub) -> None:
        self._router = psutil.Process(hub.workers()["router"])
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._watch)
        self.before = self.peak = self.after = 0

    def __enter__(self) -> Memory:
        self.before = self.peak = self._resident()
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._over.set()
        self._thread.join()
        self.after = self._resident()

    def columns(self) -> dict[str, Any]:
        """In mebibytes."""
        return {f"RSS {name}": round(value / MEBIBYTE) for name, value in vars(self).items() if not name.startswith("_")}

    def _watch(self) -> None:
        while not self._over.wait(0.1):
            self.peak = max(self.peak, self._resident())

    def _resident(self) -> int:
        return int(self._router.memory_info().rss)


def _pings(milliseconds: list[float]) -> dict[str, float]:
    return {f"ping {name}": value for name, value in quantiles(milliseconds * 2 if len(milliseconds) == 1 else milliseconds).items()}


def _use(config: dict[str, Any], setup: str) -> None:
    for component in components(config):
        if component["id"] == "setup":
            component["classname"] = setup


def main() -> None:
    """Run and show."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seconds", type=float, default=10.0, help="how long each flood lasts (%(default)g)")
    parser.add_argument("kinds", nargs="*", default=list(KINDS), help="which floods (all)")
    arguments = parser.parse_args()
    show("floods", measure(arguments.kinds, min(arguments.seconds, 15.0)))


if __name__ == "__main__":
    main()
