"""The live page with a thousand hosts that sample once a second, in a real Chromium, with a hub and agents on the same machine.

Views, with nobody touching anything: `main thread`, `scripts`, `layout`, `style`: per cent of a second; `pixel ms`: from taking a sample to
the painted page, of the hosts in sight, which send the time as their load. Scrolling through the whole list: as in `frames`; beside it a
plain page of the same height, for what this machine can do. Actions: milliseconds from the input to the painted result. Memory: after a
forced collection. At the end the table rests once more: a machine that was saturated lags for a while, but not for ever.
"""

from __future__ import annotations

import argparse
import statistics
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any

from playwright.sync_api import Browser, CDPSession, Page

from tests.benchmarks.acting import Person, of_actions
from tests.benchmarks.cost import Cost, machine_load, workers_of
from tests.benchmarks.crowd import Swarm, add_hosts, for_seconds
from tests.benchmarks.scrolling import recorded, turn_wheel
from tests.benchmarks.table import show
from tests.benchmarks.trace import Trace, of_gaps
from tests.browser.chromium import chromium, log_in
from tests.harness.hub import PASSWORD, Hub, running

PROBE = Path(__file__).with_name("probe.js")
VIEWS = ("table", "cards", "heat", "overlay")
SETTLE_SECONDS = 3.0
SCROLL_PIXELS_A_SECOND = 4000
SCROLL_MOST_PIXELS = 40_000
PLAIN_PAGE = "<!doctype html><title>plain</title><body style='margin:0;height:{height}px;background:linear-gradient(white,black)'>"
DURATIONS = {"TaskDuration": "main thread %", "ScriptDuration": "scripts %", "LayoutDuration": "layout %", "RecalcStyleDuration": "style %"}


class Dashboard:
    """The page of an operator, and what its browser says of it."""

    def __init__(self, browser: Browser, page: Page, hub: Hub, hosts: int) -> None:
        self._browser = browser
        self.page = page
        self.hub = hub
        self.person = Person(page)
        self.hosts = hosts
        self.cdp: CDPSession = page.context.new_cdp_session(page)
        self.cdp.send("Performance.enable")

    def open(self) -> float:
        """Load the page; milliseconds until the whole fleet is on it."""
        self.page.goto(self.hub.url, wait_until="commit")
        return float(self.page.evaluate("count => vedetteProbe.complete(count)", self.hosts))

    def at_rest(self, seconds: float) -> dict[str, Any]:
        """What a view costs by itself, and how soon it shows what was sampled."""
        for_seconds(SETTLE_SECONDS)
        self.page.evaluate("vedetteProbe.watchAges()")
        before, began = self._metrics(), time.perf_counter()
        for_seconds(seconds)
        after, took = self._metrics(), time.perf_counter() - began
        ages = self.page.evaluate("vedetteProbe.takeAges()")
        row = {label: round(100 * (after[name] - before[name]) / took, 1) for name, label in DURATIONS.items()}
        return {**row, "elements": int(after["Nodes"]), **of_ages(ages), "the page says": self.page.locator("#latency").text_content()}

    def scrolled(self) -> dict[str, Any]:
        """Through the list and back, as a wheel does."""
        height = int(self.page.evaluate("Math.max(...[...document.querySelectorAll('*')].map(one => one.scrollHeight))"))
        size = self.page.viewport_size or {"width": 1280, "height": 800}
        distance = min(SCROLL_MOST_PIXELS, height - size["height"])
        if distance <= 0:
            return {"pixels": 0}  # all of it is in sight
        self.page.evaluate("vedetteProbe.watchFrames()")
        with recorded(self._browser, self.page) as events:
            turn_wheel(self.cdp, (size["width"] // 2, size["height"] * 3 // 4), distance, SCROLL_PIXELS_A_SECOND)
            gaps = self.page.evaluate("vedetteProbe.takeFrames()")
        return {"pixels": distance, **of_gaps(gaps), **Trace(events).scrolling()}

    def memory(self) -> dict[str, Any]:
        """What is left after a collection."""
        for _ in range(2):
            self.cdp.send("HeapProfiler.collectGarbage")
        metrics = self._metrics()
        return {
            "heap MiB": round(metrics["JSHeapUsedSize"] / 2**20, 1),
            "elements": int(metrics["Nodes"]),
            "listeners": int(metrics["JSEventListeners"]),
        }

    def _metrics(self) -> dict[str, float]:
        return {metric["name"]: metric["value"] for metric in self.cdp.send("Performance.getMetrics")["metrics"]}


def of_ages(ages: Sequence[float]) -> dict[str, Any]:
    """Quantiles of the milliseconds from sample to pixel; nothing where no load is written."""
    if len(ages) < 2:
        return {}
    cuts = statistics.quantiles(ages, n=100, method="inclusive")
    return {"samples seen": len(ages), "pixel p50 ms": round(cuts[49]), "pixel p99 ms": round(cuts[98])}


def measure(hosts: int, seconds: float, minutes: float) -> Iterator[tuple[str, dict[str, Any]]]:
    """The rows of the table, one after another."""
    with opened(hosts) as (dashboard, swarm):
        cost = Cost({"agents": swarm.pid, **workers_of(dashboard.hub, "router", "services")})
        yield "load until the whole fleet is shown", of_actions([dashboard.open() for _ in range(3)])
        for view in VIEWS:
            dashboard.person.go(view=view)
            yield f"{view}: at rest", dashboard.at_rest(seconds)
            if view != "overlay":
                yield f"{view}: scrolling", dashboard.scrolled()
        (host_id,) = dashboard.hub.sql("SELECT id FROM django_app_host WHERE name = 'swarm-0000'")[0]
        dashboard.person.go(view="table", host=host_id)
        yield "page of a host: at rest", dashboard.at_rest(seconds)
        for view in ("table", "cards"):
            for action, row in dashboard.person.actions(view):
                yield f"{view}: {action}", row
        yield from memory_over_time(dashboard, minutes)
        yield "table: at rest, at the end", dashboard.at_rest(seconds)
        yield "hub and agents meanwhile", {**cost.columns(), "load": machine_load()}
        dashboard.page.goto("about:blank")
        dashboard.page.set_content(PLAIN_PAGE.format(height=SCROLL_MOST_PIXELS))
        yield "a plain page: scrolling", dashboard.scrolled()


def memory_over_time(dashboard: Dashboard, minutes: float) -> Iterator[tuple[str, dict[str, Any]]]:
    """Of a newly loaded page with the table of hosts: after one minute, and after so many."""
    dashboard.open()
    dashboard.person.go(view="table")
    passed = 0.0
    for until in sorted({1.0, max(1.0, minutes)}):
        for_seconds(60 * (until - passed))
        passed = until
        yield f"memory after {until:g} min", dashboard.memory()


@contextmanager
def opened(hosts: int) -> Iterator[tuple[Dashboard, Swarm]]:
    """A hub with so many agents, and an operator's browser that is logged in."""
    with running() as hub, ExitStack() as stack:
        swarm = Swarm(hub.websocket_url, add_hosts(hub, hosts), "--stamp")
        stack.callback(swarm.end)
        swarm.wait()
        browser = stack.enter_context(chromium())
        context = browser.new_context(viewport={"width": 1280, "height": 800}, locale="en-GB")
        context.add_init_script(path=PROBE)
        page = context.new_page()
        log_in(page, hub.url, "admin", PASSWORD)
        yield Dashboard(browser, page, hub, hosts + 1), swarm


def main() -> None:
    """Run and show."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--hosts", type=int, default=1000, help="how many agents, beside the hub's own (%(default)s)")
    parser.add_argument("--seconds", type=float, default=15.0, help="how long each view is watched (%(default)g)")
    parser.add_argument("--minutes", type=float, default=2.0, help="when the memory is measured the second time (%(default)g)")
    arguments = parser.parse_args()
    rows = {}
    for label, row in measure(arguments.hosts, arguments.seconds, arguments.minutes):
        sys.stderr.write(f"{label}: {row}\n")
        rows[label] = row
    show("dashboard", rows)


if __name__ == "__main__":
    main()
