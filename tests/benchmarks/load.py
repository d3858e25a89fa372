"""Agents and viewers by the hundred, to measure a hub or to have a full dashboard to look at.

    python -m tests.benchmarks.load --hosts 1000 --viewers 100 --seconds 60
    python -m tests.benchmarks.load --hub http://localhost:8080 --hosts 50 --seconds 600

The first starts a hub of its own in a temporary directory, the second uses one that runs on this machine. There it logs in as `--user` with
the password from VEDETTE_LOAD_PASSWORD or, without, from the terminal; makes an enrolment code in the admin, lets the agents join with it,
and deletes their hosts at the end. Ctrl-C ends it sooner.

Agents and viewers speak the real protocol: a key, a session and the agent's own rhythm each; a ticket of a real log-in and a WebSocket
each. `seen by a viewer`: the share of the samples sent. `ms`: from a sample's time to its arrival, on this machine's clock.
"""

from __future__ import annotations

import argparse
import getpass
import os
import re
import sys
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from components.addresses import LOOPBACK
from tests.benchmarks.audience import Order
from tests.benchmarks.cost import Cost, machine_load, workers_of
from tests.benchmarks.crowd import Swarm, Viewers, add_hosts, for_seconds, make_seeds
from tests.benchmarks.table import show
from tests.harness.hub import PASSWORD, running
from tests.harness.live import LiveView
from tests.harness.transports import WebSocketTransport
from tests.harness.wamp import WampClient
from tests.harness.web import WebUser

NAME = "load"
MOST_HOSTS, MOST_VIEWERS, MOST_SECONDS = 2000, 200, 3600.0
"""A generator of load, on one machine: more than these and it measures itself."""
DELETED_AT_ONCE = 200
_CODE = re.compile(r"\b[a-z0-9]{12}\.[0-9a-f]{32}\b")


@dataclass(frozen=True)
class Place:
    """A hub that takes the load."""

    url: str
    user: str
    password: str
    seeds: Callable[[int], list[str]]
    """Lines for the swarm, with which so many agents can join."""
    pids: dict[str, int]
    """Its processes, as far as they are known."""

    @property
    def websocket_url(self) -> str:
        """Where agents and viewers join."""
        return self.url.replace("http", "ws", 1) + "/ws"


@contextmanager
def own_hub() -> Iterator[Place]:
    """A hub of its own, with hosts straight in its database."""
    with running() as hub:
        yield Place(hub.url, "admin", PASSWORD, lambda count: add_hosts(hub, count, NAME), workers_of(hub, "router", "services", "django"))


@contextmanager
def running_hub(url: str, user: str, password: str) -> Iterator[Place]:
    """One that runs already; the hosts that have come are deleted again, and none that had such a name before."""
    operator = WebUser(url).log_in(user, password)
    place = Place(url, user, password, lambda count: with_code(operator, count), {})
    others = named_hosts(operator, place)
    try:
        yield place
    finally:
        delete_hosts(operator, sorted(named_hosts(operator, place) - others))


def with_code(operator: WebUser, count: int) -> list[str]:
    """So many new keys, each with the enrolment code that is made for all of them."""
    page = operator.submit(operator.get("/admin/django_app/enrolmentcode/add/"), name=NAME, uses=count, valid="1h")
    code = _CODE.search(page.text)
    if code is None:
        raise SystemExit(f"the admin of {operator.url} gave no enrolment code; is this user an operator with the staff status?")
    return [f"{seed} {code[0]}" for seed in make_seeds(count)]


def named_hosts(operator: WebUser, place: Place) -> set[str]:
    """The ids of all hosts that are named as those of the swarm."""
    ticket = operator.ticket()
    client = WampClient(WebSocketTransport(place.websocket_url, "json", origin=place.url))
    hosts = LiveView(client.join_ticket(ticket["ticket"], authid=ticket["authid"])).hosts
    client.drop()
    return {host_id for host_id, host in hosts.items() if re.fullmatch(rf"{NAME}-\d{{4}}", host["name"])}


def delete_hosts(operator: WebUser, ids: list[str]) -> None:
    """As a person does it in the admin."""
    for start in range(0, len(ids), DELETED_AT_ONCE):
        chosen = {"action": "delete_selected", "index": "0", "select_across": "0", "_selected_action": ids[start : start + DELETED_AT_ONCE]}
        # `post`: the answer to whether one is sure
        operator.submit(operator.get("/admin/django_app/host/"), form="changelist-form", post="yes", **chosen)


def run(place: Place, hosts: int, viewers: int, seconds: float) -> dict[str, Any]:
    """Let them all come, watch for so long; what there was."""
    with ExitStack() as stack:
        swarm = Swarm(place.websocket_url, place.seeds(hosts), "--name", NAME)
        stack.callback(swarm.end)
        swarm.wait()
        audience = Viewers(Order(place.url, place.websocket_url, viewers, place.user, place.password, log_ins=1 + viewers // 25))
        stack.callback(audience.end)
        audience.wait()
        say(f"{hosts} agents and {viewers} viewers are here, for {seconds:g} s: look at {place.url}")
        audience.begin()
        cost, before = Cost(place.pids), swarm.samples()
        try:
            for_seconds(seconds)
        except KeyboardInterrupt:
            say("ended early")
        published, took, columns = swarm.samples() - before, cost.seconds, cost.columns()
        heard = audience.summary()
        return {
            "samples/s": round(published / took),
            "seen by a viewer": round(heard["samples"] / max(1, published * viewers), 3),
            "messages/s": round(heard["messages"] / took),
            "MB/s": round(heard["bytes"] / took / 1e6, 1),
            "p50 ms": heard["p50"],
            "p99 ms": heard["p99"],
            **columns,
            "load": machine_load(),
        }


def say(text: str) -> None:
    """To the person at the terminal."""
    sys.stderr.write(text + "\n")


def bounded(most: float, kind: type[int] | type[float]) -> Callable[[str], float]:
    """Reads a number of an argument."""

    def number(text: str) -> float:
        value = kind(text)
        if not 0 <= value <= most:
            raise argparse.ArgumentTypeError(f"{text} is not between 0 and {most:g}")
        return value

    return number


def hub_here(text: str) -> str:
    """The address of a hub on this machine."""
    if urlsplit(text).hostname not in LOOPBACK:
        raise argparse.ArgumentTypeError(f"{text} is not on this machine: all clocks must be the same, and others want no load")
    return text.rstrip("/")


def main() -> None:
    """Run and show."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--hosts", type=bounded(MOST_HOSTS, int), default=100, help="how many agents (%(default)s)")
    parser.add_argument("--viewers", type=bounded(MOST_VIEWERS, int), default=1, help="how many viewers (%(default)s)")
    parser.add_argument("--seconds", type=bounded(MOST_SECONDS, float), default=60.0, help="for how long, once all are there (%(default)g)")
    parser.add_argument("--hub", type=hub_here, help="the address of a hub that runs already, on this machine")
    parser.add_argument("--user", default="admin", help="an operator of that hub (%(default)s)")
    arguments = parser.parse_args()
    if arguments.hub:
        password = os.environ.get("VEDETTE_LOAD_PASSWORD") or getpass.getpass(f"Password of {arguments.user} at {arguments.hub}: ")
        place = running_hub(arguments.hub, arguments.user, password)
    else:
        place = own_hub()
        say(f"A hub of its own starts; sign in as admin with: {PASSWORD}")
    with place as hub:
        row = run(hub, arguments.hosts, arguments.viewers, arguments.seconds)
    show("load", {f"{arguments.hosts} hosts x {arguments.viewers} viewers": row})


if __name__ == "__main__":
    main()
