"""Stands in for the fleet component: a recorded stream of made-up hosts at 1 Hz, over and over, so that the browser has
the machine to itself.

    python -m tests.benchmarks.replay /path/to/run/hub.sock 1000

The hub must run without its worker `services`. What is sent is made by the fleet's own code beforehand; while it plays, ten messages a
second are all that this process and the router have to do. Says one line of JSON when it begins, and ends with the writer of its standard
input.
"""

from __future__ import annotations

import os
import random
import sys
import threading
import time
from pathlib import Path
from typing import Any

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tests.unit.settings")
django.setup()

from components import protocol  # noqa: E402  # Django must know its settings first
from components.fleet_state import FleetState  # noqa: E402
from components.host_views import HostConfig, HostFacts  # noqa: E402
from django_app.services import FleetRow  # noqa: E402
from tests.benchmarks.made_up import Machine  # noqa: E402
from tests.harness.transports import UnixTransport  # noqa: E402
from tests.harness.wamp import INVOCATION, PUBLISH, YIELD, WampClient  # noqa: E402

TICKS_PER_SECOND = 10
RECORDED_SECONDS = 12
START_AT = 1_790_000_000.0
WAY_SECONDS = 0.003
"""From the host to the hub."""
LONGEST_SECONDS = 3600.0
FIRST_REQUEST = 1000
"""Above the numbers of what the session asks at first."""
COURSE_POINTS = 60
COURSE_STEP_SECONDS = 10.0
TAGS: tuple[list[str], ...] = (["web", "prod"], ["db", "prod"], ["ci"], [], ["edge"])


class Recording:
    """Updates of a fleet, as its component makes them, and pages of the whole."""

    def __init__(self, hosts: int) -> None:
        self.ids = [f"{number:012x}" for number in range(hosts)]
        self.state = FleetState()
        self.state.load({host_id: _row(host_id, number) for number, host_id in enumerate(self.ids)})
        for host_id in self.ids:
            self.state.joined(host_id, time.time())
            self.state.set_offset(host_id, 0.0)
        self._machines = [Machine(number) for number in range(hosts)]
        self._seq = 0
        self._second(0)  # with it every host is known
        self.updates = [update for second in range(1, RECORDED_SECONDS + 1) for update in self._second(second)]

    def _second(self, second: int) -> list[dict[str, Any]]:
        """The hosts of each tick, in the order of ticks."""
        return [self._tick(START_AT + second + tick / TICKS_PER_SECOND, tick) for tick in range(TICKS_PER_SECOND)]

    def _tick(self, now: float, tick: int) -> dict[str, Any]:
        for host_id, machine in list(zip(self.ids, self._machines, strict=True))[tick::TICKS_PER_SECOND]:
            self._seq += 1
            sample: Any = {
                "run": "r",
                "seq": self._seq,
                "at": now,
                "revision": 1,
                "metrics": machine.metrics(),
                "failed": {},
                "watched": False,
            }
            self.state.sampled(host_id, sample, now)
        hosts: dict[str, Any] = {}
        for update in self.state.changes(now):
            hosts |= update["hosts"]
        return hosts

    @staticmethod
    def course(host: str, metrics: list[str], now: float) -> dict[str, Any]:
        """Ten minutes of these metrics of a host, that wander."""
        end = now // COURSE_STEP_SECONDS * COURSE_STEP_SECONDS
        course: dict[str, Any] = {"at": [end - COURSE_STEP_SECONDS * back for back in reversed(range(COURSE_POINTS))]}
        for metric in metrics:
            wander = random.Random(host + metric)
            scale = 1.0 if metric.endswith("ratio") else 2.0**32
            column = [round(scale * wander.uniform(0.2, 0.7), 3) for _ in course["at"]]
            columns = {"min": column, "mean": column, "max": column}
            course[metric] = {"eth0": columns, "wg0": columns} if metric.startswith("network") else columns
        return course


class Player:
    """A session that publishes the recording and answers what a page asks."""

    def __init__(self, socket: Path, hosts: int) -> None:
        self._recording = Recording(hosts)
        self._client = WampClient(UnixTransport(socket)).join_anonymous()
        self._procedures = {self._client.register(uri): uri for uri in (protocol.FLEET_GET_SNAPSHOT, protocol.HISTORY_GET_SERIES)}
        self._tick = 0
        self._lock = threading.Lock()

    def play(self) -> None:
        """For ever."""
        sys.stdout.write('{"plays": true}\n')
        sys.stdout.flush()
        threading.Thread(target=self._answer_all, daemon=True).start()
        due = time.monotonic()
        while True:
            self._publish()
            due += 1 / TICKS_PER_SECOND
            time.sleep(max(0.0, due - time.monotonic()))

    def _publish(self) -> None:
        updates, now = self._recording.updates, time.time()
        hosts = updates[self._tick % len(updates)]
        for change in hosts.values():
            change["sample"] |= {"at": now, "taken_at": now - WAY_SECONDS}
        self._tick += 1
        self._send([PUBLISH, FIRST_REQUEST + self._tick, {}, protocol.FLEET_ON_UPDATE, [{"at": now, "tick": self._tick, "hosts": hosts}]])

    def _answer_all(self) -> None:
        while True:
            self._answer(self._client.receive(LONGEST_SECONDS))

    def _answer(self, message: list[Any]) -> None:
        if message[0] != INVOCATION:
            return
        keywords = message[5] if len(message) > 5 else {}
        now = time.time()
        if self._procedures[message[2]] == protocol.FLEET_GET_SNAPSHOT:
            result: Any = self._recording.state.page(keywords.get("after", ""), keywords.get("limit", 100), now)
        else:
            result = {host: self._recording.course(host, keywords["metrics"], now) for host in keywords["hosts"]}
        self._send([YIELD, message[1], {}, [result]])

    def _send(self, message: list[Any]) -> None:
        with self._lock:
            self._client.transport.send(message)


def _row(host_id: str, number: int) -> FleetRow:
    config = HostConfig(revision=1, status="applied", at=START_AT, milliseconds=5.0, error="", locked={}, settings={"interval": 1.0})
    facts = HostFacts(system="Debian GNU/Linux 13", cpu_model="made up", cpu_count=4, memory_total_bytes=2**34, agent_version="1.0")
    return FleetRow(
        f"swarm-{number:04}", f"10.0.{number // 250}.{number % 250}", START_AT, TAGS[number % len(TAGS)], config=config, facts=facts
    )


def main() -> None:
    """Play until standard input ends."""
    threading.Thread(target=lambda: (sys.stdin.read(), os._exit(0)), daemon=True).start()
    Player(Path(sys.argv[1]), int(sys.argv[2])).play()


if __name__ == "__main__":
    main()
