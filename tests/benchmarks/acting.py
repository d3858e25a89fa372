"""What a person does on the live page, and how long each of it takes."""

from __future__ import annotations

import statistics
from collections.abc import Callable, Iterator, Sequence
from functools import partial
from typing import Any

from playwright.sync_api import Page

from tests.benchmarks.crowd import for_seconds

REPEATS = 10
REST_SECONDS = 0.5
"""Before each action."""
STAY_SECONDS = 1.0
"""On the page of a host."""
HOSTS_SHOWN = (
    "[...document.querySelectorAll('main [data-host]')].map(shown => [shown.dataset.host, shown.querySelector('.host-link').textContent])"
)


class Person:
    """Acts on a page that has `probe.js` and shows a fleet of which no host is down."""

    def __init__(self, page: Page) -> None:
        self._page = page

    def go(self, **choice: str) -> None:
        """To what such an address shows."""
        self._page.evaluate("hash => { location.hash = hash; }", "&".join(f"{name}={value}" for name, value in choice.items()))

    def actions(self, view: str) -> Iterator[tuple[str, dict[str, Any]]]:
        """Each from the whole list, in the order of names, and back to it; milliseconds from the input to the painted result."""
        home = {"view": view}
        search, down = self._page.get_by_role("searchbox"), self._page.locator("#counts button", has_text="down")
        self.go(**home)
        for_seconds(REST_SECONDS)
        hosts = self._page.evaluate(HOSTS_SHOWN)[:REPEATS]

        def repeat(result: str, act: Callable[[str, str], object], wanted: Callable[[str, str], str] = lambda *_: "") -> dict[str, Any]:
            times = []
            for host_id, name in hosts:
                self.go(**home)
                for_seconds(REST_SECONDS)
                times.append(self._timed(result, wanted(host_id, name), partial(act, host_id, name)))
            self.go(**home)
            return of_actions(times)

        yield "sort by CPU", repeat("changed", lambda *_: self.go(**home, sort="-cpu"))
        yield "filter: only hosts that are down", repeat("none", lambda *_: down.click())
        yield "search a name", repeat("only", lambda _, name: search.fill(name), lambda host_id, _: host_id)
        yield "search by an expression", repeat("changed", lambda *_: search.fill("cpu > 50"))
        yield "open a host", repeat("open", lambda host_id, _: self.go(**home, host=host_id), lambda _, name: name)

        def close(host_id: str) -> float:
            self.go(**home, host=host_id)
            for_seconds(STAY_SECONDS)
            return self._timed("closed", "", lambda: self.go(**home))

        yield "back to the fleet", of_actions([close(host_id) for host_id, _ in hosts])

    def _timed(self, result: str, argument: str, act: Callable[[], object]) -> float:
        self._page.evaluate("([result, argument]) => vedetteProbe.arm(result, argument)", [result, argument])
        act()
        return float(self._page.evaluate("vedetteProbe.took()"))


def of_actions(milliseconds: Sequence[float]) -> dict[str, Any]:
    """Of one action, repeated."""
    return {"count": len(milliseconds), "median ms": round(statistics.median(milliseconds)), "longest ms": round(max(milliseconds))}
