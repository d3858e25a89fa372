"""Save → outcome: one real agent, saves one after another, through both doors; then the same among a fleet that samples once a second, and
changes of all its hosts at once.

`commit to receipt` is the figure the hub shows: from the commit of the change to the receipt of the agent's report, on the hub's clock.
`Save to dashboard` is what a person waits: from sending the Save to the update that says `applied` in a browser's session. Of a
bulk change, `first` and `last` are the hosts that were seen applied first and last; all have acknowledged when the last report is received.
"""

from __future__ import annotations

import argparse
import itertools
import time
from collections.abc import Callable, Sequence
from contextlib import ExitStack
from functools import partial
from typing import Any

from tests.benchmarks.crowd import Swarm, add_hosts
from tests.benchmarks.table import quantiles, show
from tests.harness.hub import Hub, running
from tests.harness.live import LiveView
from tests.harness.wamp import WampClient
from tests.harness.web import WebUser

OUTCOME_SECONDS = 30.0
PAUSE_SECONDS = 2.0
"""Between two bulk changes, so that each meets a fleet at rest."""
MOST_AT_ONCE = 500
"""Hosts in one bulk change: Django takes a thousand fields of one form."""

Save = Callable[[Sequence[str], bool], object]


def measure(saves: int, agents: int, rounds: int) -> dict[str, dict[str, Any]]:
    """The rows of the table: `saves` saves through each door, alone and among `agents`; `rounds` bulk changes through each."""
    with running() as hub, ExitStack() as stack:
        user = hub.web()
        caller = hub.viewer(user)
        view = LiveView(hub.viewer(user))
        host_id = view.by_name("hub-itself")
        view.host_until(host_id, lambda host: host["sample"] is not None, "the first sample", seconds=15)
        rows: dict[str, dict[str, Any]] = {}
        for door, save in (("vedette.config.set", by_call(caller)), ("admin form", by_form(user))):
            rows |= rows_of(door, *saves_through(view, [host_id], save, saves))
        if agents:
            ids = let_in(hub, agents, view, stack)
            rows |= rows_of(f"among {agents} hosts, vedette.config.set", *saves_through(view, ids, by_call(caller), saves))
            ids = ids[:MOST_AT_ONCE]
            for door, save in (("vedette.config.set", by_call(caller, "show_network")), ("admin action", by_action(user))):
                shown, stored = bulk_changes(view, ids, save, rounds)
                label = f"{len(ids)} hosts at once, {door}"
                rows |= {f"{label}: {what}, ms": quantiles(times) for what, times in shown.items()}
                rows[f"{label}: commit to receipt of each, ms"] = quantiles(stored)
        return rows


def rows_of(door: str, shown: list[float], stored: list[float]) -> dict[str, dict[str, Any]]:
    """Both figures of single saves."""
    return {f"{door}: commit to receipt, ms": quantiles(stored), f"{door}: Save to dashboard, ms": quantiles(shown)}


def let_in(hub: Hub, agents: int, view: LiveView, stack: ExitStack) -> list[str]:
    """So many agents, sampling; the ids of their hosts."""
    swarm = Swarm(hub.websocket_url, add_hosts(hub, agents))
    stack.callback(swarm.end)
    swarm.wait()

    def sampled(hosts: dict[str, dict[str, Any]]) -> list[str]:
        return [host_id for host_id, host in hosts.items() if host["name"].startswith("swarm-") and host["sample"]]

    view.until(lambda hosts: len(sampled(hosts)) == agents, "all agents sample", seconds=OUTCOME_SECONDS)
    return sampled(view.hosts)


def saves_through(view: LiveView, ids: Sequence[str], save: Save, saves: int) -> tuple[list[float], list[float]]:
    """Milliseconds from Save to the dashboard, and from commit to receipt, of each save of one host after another."""
    shown, stored = [], []
    for number, host_id in zip(range(saves), itertools.cycle(ids), strict=False):
        view.follow(0.001)  # what came meanwhile is not waited for
        before = view.hosts[host_id]["config"]["revision"]
        started = time.perf_counter()
        save([host_id], number // len(ids) % 2 == 1)
        view.host_until(host_id, outcome_after(before), "applied", seconds=10)
        shown.append((time.perf_counter() - started) * 1000)
        stored.append(view.hosts[host_id]["config"]["milliseconds"])
    return shown, stored


def bulk_changes(view: LiveView, ids: Sequence[str], save: Save, rounds: int) -> tuple[dict[str, list[float]], list[float]]:
    """Milliseconds from Save until all hosts had acknowledged, and until the first and the last were seen applied, of each round; from
    commit to receipt, of each host."""
    times: dict[str, list[float]] = {"first": [], "last": [], "all": []}
    stored: list[float] = []
    for number in range(rounds):
        applied = Applied(view, ids)
        began, started = time.time(), time.perf_counter()
        save(ids, number % 2 == 1)
        for which, enough in (("first", 1), ("last", len(ids))):
            view.until(partial(applied.by, enough), f"{enough} are applied", seconds=OUTCOME_SECONDS)
            times[which].append((time.perf_counter() - started) * 1000)
        outcomes = [view.hosts[host_id]["config"] for host_id in ids]
        times["all"].append(max((outcome["at"] - began) * 1000 + outcome["milliseconds"] for outcome in outcomes))
        stored += [outcome["milliseconds"] for outcome in outcomes]
        view.follow(PAUSE_SECONDS)
    seen = {f"Save to the {which} on the dashboard": times[which] for which in ("first", "last")}
    return {"Save until all have acknowledged": times["all"], **seen}, stored


class Applied:
    """How many of these hosts were seen with an outcome of settings that are newer than those of now."""

    def __init__(self, view: LiveView, ids: Sequence[str]) -> None:
        self._outcomes = {host_id: outcome_after(view.hosts[host_id]["config"]["revision"]) for host_id in ids}
        self._count = len(ids)

    def by(self, enough: int, hosts: dict[str, dict[str, Any]]) -> bool:
        """Whether so many are."""
        for host_id in [host_id for host_id, is_outcome in self._outcomes.items() if is_outcome(hosts[host_id])]:
            del self._outcomes[host_id]
        return self._count - len(self._outcomes) >= enough


def outcome_after(revision: int) -> Callable[[dict[str, Any]], bool]:
    """Whether a host's newest settings are newer than `revision` and applied."""
    return lambda host: host["config"]["revision"] > revision and host["config"]["status"] == "applied"


def by_call(caller: WampClient, setting: str = "show_load") -> Save:
    """An operator's call."""
    return lambda ids, on: caller.call("vedette.config.set", hosts=list(ids), changes={setting: on})


def by_form(user: WebUser) -> Save:
    """The admin's form, as a browser sends it."""
    return lambda ids, on: user.save_host(ids[0], show_load=on)


def by_action(user: WebUser) -> Save:
    """The action of the admin's list of hosts."""
    return lambda ids, on: user.host_action("enable" if on else "disable", ids)


def main() -> None:
    """Run and show."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--saves", type=int, default=500, help="saves through each door, an even number (%(default)s)")
    parser.add_argument("--agents", type=int, default=500, help="size of the fleet (%(default)s; 0 leaves that out)")
    parser.add_argument("--rounds", type=int, default=10, help="bulk changes through each door (%(default)s)")
    arguments = parser.parse_args()
    if arguments.saves % 2:
        parser.error(f"--saves {arguments.saves}: the next door would change nothing with its first save; give an even number")
    show("push", measure(arguments.saves, arguments.agents, arguments.rounds))


if __name__ == "__main__":
    main()
