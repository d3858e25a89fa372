"""Save → outcome. One real agent, saves one after another, through both doors.

`commit to receipt` is the figure the hub shows: from the commit of the change to the receipt of the agent's report, on the hub's clock.
`Save to dashboard` is what a person waits: from sending the Save to the update that says `applied` in a browser's session.
"""

from __future__ import annotations

import argparse
import time
from collections.abc import Callable
from typing import Any

from tests.benchmarks.table import quantiles, show
from tests.harness.hub import Hub
from tests.harness.live import LiveView
from tests.harness.web import WebUser


def measure(saves: int) -> dict[str, dict[str, Any]]:
    """The rows of the table, from `saves` saves through each door."""
    hub = Hub()
    try:
        hub.start()
        user = hub.web()
        view = LiveView(hub.viewer(user))
        host_id = view.by_name("hub-itself")
        view.host_until(host_id, lambda host: host["sample"] is not None, 15, "the first sample")
        caller = hub.viewer(user)
        rows = {}
        for door, save in (("vedette.config.set", save_by_call(caller, host_id)), ("admin form", save_by_form(user, host_id))):
            shown, stored = saves_through(view, host_id, save, saves)
            rows[f"{door}: commit to receipt, ms"] = quantiles(stored)
            rows[f"{door}: Save to dashboard, ms"] = quantiles(shown)
        return rows
    finally:
        hub.end()


def saves_through(view: LiveView, host_id: str, save: Callable[[int], None], saves: int) -> tuple[list[float], list[float]]:
    """Milliseconds from Save to the dashboard, and from commit to receipt, of each save."""
    shown, stored = [], []
    for number in range(saves):
        before = view.hosts[host_id]["config"]["revision"]
        started = time.perf_counter()
        save(number)
        view.host_until(host_id, outcome_after(before), 10, "applied")
        shown.append((time.perf_counter() - started) * 1000)
        stored.append(view.hosts[host_id]["config"]["milliseconds"])
    return shown, stored


def outcome_after(revision: int) -> Callable[[dict[str, Any]], bool]:
    """Whether a host's newest settings are newer than `revision` and applied."""
    return lambda host: host["config"]["revision"] > revision and host["config"]["status"] == "applied"


def save_by_call(caller: Any, host_id: str) -> Callable[[int], None]:
    """An operator's call."""
    return lambda number: caller.call("vedette.config.set", hosts=[host_id], changes={"show_load": bool(number % 2)})


def save_by_form(user: WebUser, host_id: str) -> Callable[[int], None]:
    """The admin's form, as a browser sends it."""
    return lambda number: user.save_host(host_id, show_load=bool(number % 2))  # type: ignore[return-value]  # the answer is not needed


def main() -> None:
    """Run and show."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--saves", type=int, default=500, help="saves through each door (%(default)s)")
    show("push", measure(parser.parse_args().saves))


if __name__ == "__main__":
    main()
