"""How smoothly the live page scrolls, and what each second of a thousand hosts costs its main thread: `python -m tests.benchmarks.frames`.

A real Chromium shows the real page of a real hub, whose fleet is a recording (`replay.py`), so that agents do not take the processor away
from what is measured. Beside it, in the same run and browser, plain pages: as many rows or boxes of the same size, with text, that nobody
updates. What they drop, this machine cannot do.

`main`, `script`, `style`, `layout`: milliseconds of processor time a second. `frame`: milliseconds until the main thread has made one.
By Chromium's own count of what a person sees while something scrolls: `frames`, how many were `dropped`, and `without the page's part %`,
which scrolled in time, but without the rows that the page was still making; of the `steps` of the scrolling, how many came `late`, one
refresh of the screen behind time. `seen by a script`: the frames that a script was called for, and what was missing of 60 a second, which
nobody sees, because the browser scrolls without the page. `blank %`: of the height of the window, where there was nothing to show yet, in
the mean of all columns, on average and in the 95th of a hundred frames; scrolled a second time for it, because looking costs time.
Actions: milliseconds from the input to the painted result.
"""

from __future__ import annotations

import argparse
import json
import statistics
import sys
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any

from playwright.sync_api import Browser, CDPSession, Page

from tests.benchmarks.acting import Person
from tests.benchmarks.cost import machine_load
from tests.benchmarks.crowd import Speaker, for_seconds
from tests.benchmarks.scrolling import recorded, turn_wheel
from tests.benchmarks.table import show
from tests.benchmarks.trace import Trace, of_gaps, quantile
from tests.browser.chromium import chromium, log_in
from tests.harness.eventually import eventually
from tests.harness.hub import PASSWORD, Hub
from tests.harness.node import only

PROBE = Path(__file__).with_name("probe.js")
WIDTH, HEIGHT = 1440, 900
SETTLE_SECONDS = 2.0
SPEEDS = (4000, 2000)
"""Pixels a second: a flick through the whole list, and as fast as one sees names go by."""
SLOWER = 1.4
"""A page that just keeps up here leaves blank places on a slower machine, or when something else runs on it."""
SCROLL_SECONDS = 6
DURATIONS = {"TaskDuration": "main", "ScriptDuration": "script", "RecalcStyleDuration": "style", "LayoutDuration": "layout"}
PLAIN_STYLE = """
body { margin: 0; font: 13px/1.4 system-ui, "Liberation Sans", sans-serif; }
.frame { height: 860px; overflow: auto; }
.row { display: grid; grid-template-columns: repeat(12, 1fr); height: 44px; border-bottom: 1px solid #ddd; }
.boxes { display: grid; grid-template-columns: repeat(4, 1fr); gap: 12px; }
.box { height: 330px; border: 1px solid #ddd; border-radius: 10px; padding: 10px; }
"""
PLAIN = {
    "table": ('<div class="frame">{}</div>', '<div class="row">{}</div>', "<span>swarm 42%</span>", 12),
    "cards": ('<div class="boxes">{}</div>', '<div class="box">{}</div>', "<div>swarm 42% of 16 GiB</div>", 12),
}


class Watched:
    """A page, and what its browser tells of it."""

    def __init__(self, browser: Browser, page: Page, keep: Path | None) -> None:
        """Traces are kept in that directory."""
        self.page = page
        self._keep = keep
        self._browser = browser
        self._cdp: CDPSession = page.context.new_cdp_session(page)
        self._cdp.send("Performance.enable", {"timeDomain": "threadTicks"})

    def at_rest(self, seconds: float) -> dict[str, Any]:
        """Nobody touches anything."""
        for_seconds(SETTLE_SECONDS)
        with self._measured() as row:
            for_seconds(seconds)
        return row

    def scrolled(self, label: str, speed: int = SPEEDS[0]) -> dict[str, Any]:
        """By a wheel, so many pixels a second: down, and up again."""
        self.page.evaluate("vedetteProbe.watchFrames()")
        with recorded(self._browser, self.page) as events:
            with self._measured() as row:
                self._scroll(speed)
            gaps = self.page.evaluate("vedetteProbe.takeFrames()")
        if self._keep:
            self._keep.mkdir(parents=True, exist_ok=True)
            (self._keep / f"{label}.json").write_text(json.dumps({"traceEvents": events}))
        trace = Trace(events)
        costs = trace.frame_costs()
        return {**row, "frame p50 ms": quantile(costs, 0.5), "frame p99 ms": quantile(costs, 0.99), **of_gaps(gaps), **trace.scrolling()}

    @contextmanager
    def slowed(self, rate: float) -> Iterator[None]:
        """The page's thread takes so many times as long meanwhile."""
        self._cdp.send("Emulation.setCPUThrottlingRate", {"rate": rate})
        try:
            yield
        finally:
            self._cdp.send("Emulation.setCPUThrottlingRate", {"rate": 1})

    def blank_while_scrolled(self, speed: int) -> dict[str, Any]:
        """The same again, with an eye on what is empty."""
        self.page.evaluate("vedetteProbe.watchBlanks()")
        self._scroll(speed)
        parts = [100 * part for part in self.page.evaluate("vedetteProbe.takeBlanks()")]
        return {"blank %": round(statistics.mean(parts), 1), "blank p95 %": quantile(parts, 0.95)}

    def _scroll(self, speed: int) -> None:
        turn_wheel(self._cdp, (WIDTH // 2, HEIGHT * 3 // 4), SCROLL_SECONDS * speed, speed)

    @contextmanager
    def _measured(self) -> Iterator[dict[str, Any]]:
        """Milliseconds of processor time a second that the main thread takes meanwhile: those, that others do not change."""
        row: dict[str, Any] = {}
        before, began = self._durations(), time.perf_counter()
        yield row
        took = time.perf_counter() - began
        for label, seconds in self._durations().items():
            row[f"{label} ms/s"] = round(1000 * (seconds - before[label]) / took, 1)

    def _durations(self) -> dict[str, float]:
        metrics = {metric["name"]: metric["value"] for metric in self._cdp.send("Performance.getMetrics")["metrics"]}
        return {label: metrics[name] for name, label in DURATIONS.items()}


def plain(view: str, hosts: int) -> str:
    """A page of so many rows or boxes, and nothing else."""
    whole, item, line, lines = PLAIN[view]
    return f"<!doctype html><title>plain</title><style>{PLAIN_STYLE}</style>" + whole.format(item.format(line * lines) * hosts)


def measure(hosts: int, seconds: float, views: list[str], rest: list[str], keep: Path | None) -> Iterator[tuple[str, dict[str, Any]]]:
    """The rows of the table, one after another."""
    with opened(hosts, keep) as (watched, hub):
        page = watched.page
        page.goto(hub.url, wait_until="commit")
        yield "load until the whole fleet is shown", {"ms": round(page.evaluate("count => vedetteProbe.complete(count)", hosts))}
        for view in [*views, *(view for view in rest if view not in views)]:
            page.evaluate("hash => { location.hash = hash; }", f"view={view}" if view != "host" else "host=000000000000")
            if view in rest:
                yield f"{view}: at rest", watched.at_rest(seconds)
            else:
                for_seconds(SETTLE_SECONDS)
            for speed in SPEEDS if view in views else ():
                row = watched.scrolled(f"{view}-scrolling-{speed}", speed)
                yield f"{view}: scrolling {speed} px/s", {**row, **watched.blank_while_scrolled(speed)}
            if view in views:
                with watched.slowed(SLOWER):
                    row = watched.scrolled(f"{view}-slowed")
                    yield f"{view}: scrolling {SPEEDS[0]} px/s, {SLOWER:g} times slower", {**row, **watched.blank_while_scrolled(SPEEDS[0])}
        for view in views:
            for action, row in Person(page).actions(view):
                yield f"{view}: {action}", row
        for view in views:
            page.goto("about:blank")
            page.set_content(plain(view, hosts))
            for_seconds(SETTLE_SECONDS)
            for speed in SPEEDS:
                yield f"{view}, plain page: scrolling {speed} px/s", watched.scrolled(f"{view}-plain-{speed}", speed)
        yield "machine", {"load": machine_load()}


@contextmanager
def opened(hosts: int, keep: Path | None) -> Iterator[tuple[Watched, Hub]]:
    """A hub whose fleet is a recording, and an operator's browser that is logged in."""
    with ExitStack() as stack:
        hub = Hub(edit=only("router", "django"))
        stack.callback(hub.end)
        hub.start()
        eventually(hub.is_healthy, "Django answers", seconds=60, explain=hub.tail)
        replay = Speaker("tests.benchmarks.replay", str(hub.node / "run" / "hub.sock"), str(hosts))
        stack.callback(replay.end)
        replay.answer(0, 120)
        browser = stack.enter_context(chromium())
        context = browser.new_context(viewport={"width": WIDTH, "height": HEIGHT}, locale="en-GB")
        context.add_init_script(path=PROBE)
        page = context.new_page()
        log_in(page, hub.url, "admin", PASSWORD)
        yield Watched(browser, page, keep), hub


def main() -> None:
    """Run and show."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--hosts", type=int, default=1000, help="how many (%(default)s)")
    parser.add_argument("--seconds", type=float, default=10.0, help="how long each view is watched (%(default)g)")
    parser.add_argument("--views", nargs="*", default=["table", "cards"], help="to be scrolled")
    parser.add_argument("--rest", nargs="*", default=["table", "cards", "heat", "overlay", "host"], help="to be left alone")
    parser.add_argument("--keep", type=Path, help="a directory for the traces, to look at in a browser's developer tools")
    arguments = parser.parse_args()
    rows = {}
    for label, row in measure(arguments.hosts, arguments.seconds, arguments.views, arguments.rest, arguments.keep):
        sys.stderr.write(f"{label}: {row}\n")
        rows[label] = row
    show("frames", rows)


if __name__ == "__main__":
    main()
