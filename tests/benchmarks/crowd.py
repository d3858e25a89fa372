"""Agents and viewers in processes of their own, and what those say of themselves."""

from __future__ import annotations

import json
import secrets
import subprocess
import sys
import threading
import time
from collections.abc import Sequence
from typing import Any

import nacl.signing

from tests.benchmarks.audience import Order
from tests.harness import reaper
from tests.harness.eventually import eventually
from tests.harness.hub import PASSWORD, Hub
from tests.harness.process import REPOSITORY, clean_environment

GATHER_SECONDS = 120.0
MAKE_HOSTS = """
hosts = [Host(public_key=key, name=f"{prefix}-{number:04}", enrolled_at=time.time()) for number, key in enumerate(keys)]
Host.objects.bulk_create(hosts)
Revision.objects.bulk_create(Revision(host=host, number=1, settings=host.settings(), origin="test", at=time.time()) for host in hosts)
"""


class Speaker:
    """A process that is told lines and says lines of JSON. It ends with this one."""

    def __init__(self, module: str, *arguments: str) -> None:
        self.said: list[dict[str, Any]] = []
        self.process = subprocess.Popen(
            [sys.executable, "-m", module, *arguments],
            cwd=REPOSITORY,
            env=clean_environment(),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            start_new_session=True,
        )
        reaper.watch(self.process.pid)
        threading.Thread(target=self._listen, daemon=True).start()

    @property
    def pid(self) -> int:
        """The process id."""
        return self.process.pid

    def tell(self, text: str) -> None:
        """One line, or several."""
        assert self.process.stdin
        self.process.stdin.write(text + "\n")
        self.process.stdin.flush()

    def ask(self, text: str, seconds: float = 30.0) -> dict[str, Any]:
        """What it says to this line. Only for who says nothing unasked."""
        before = len(self.said)
        self.tell(text)
        return self.answer(before, seconds)

    def answer(self, before: int, seconds: float) -> dict[str, Any]:
        """What it says after so many lines. AssertionError if it ends without."""

        def has_spoken() -> bool:
            assert len(self.said) > before or self.process.poll() is None, f"{self.process.args!r} ended with {self.process.returncode}"
            return len(self.said) > before

        eventually(has_spoken, f"an answer of {self.process.args!r}", seconds=seconds)
        return self.said[before]

    def end(self) -> None:
        """End the process."""
        self.process.kill()
        self.process.wait(10)
        reaper.forget(self.process.pid)
        for stream in (self.process.stdin, self.process.stdout):
            if stream:
                stream.close()

    def _listen(self) -> None:
        assert self.process.stdout
        try:
            for line in self.process.stdout:
                self.said.append(json.loads(line))
        except ValueError:
            pass  # closed by `end`


class Swarm(Speaker):
    """Agents."""

    def __init__(self, websocket_url: str, seeds: Sequence[str], *options: str) -> None:
        super().__init__("tests.benchmarks.swarm", websocket_url, str(len(seeds)), *options)
        self.count = len(seeds)
        self.tell("\n".join(seeds))

    @property
    def here(self) -> int:
        """How many have a session now."""
        return int(self.said[-1]["here"]) if self.said else 0

    def wait(self, seconds: float = GATHER_SECONDS) -> Swarm:
        """Until all have."""
        eventually(
            lambda: self.here == self.count, "all agents are here", seconds=seconds, explain=lambda: f"{self.here} of {self.count} are"
        )
        return self

    def samples(self) -> int:
        """How many samples were published so far."""
        before = len(self.said)
        self.tell("?")
        return int(self.answer(before, 10)["samples"])

    def seconds_until(self, share: float, since: float) -> float:
        """When that share of them was here, in seconds since the monotonic time `since`."""
        at: float = next(said["at"] for said in self.said if said["at"] >= since and said["here"] >= share * self.count)
        return round(at - since, 1)


class Viewers(Speaker):
    """People who look."""

    def __init__(self, order: Order) -> None:
        super().__init__("tests.benchmarks.audience")
        self.order = order
        self.gathered: dict[str, Any] = {}
        self.tell(order.to_line())

    def wait(self) -> Viewers:
        """Until all are there and have read the snapshot."""
        self.gathered = self.answer(0, GATHER_SECONDS)
        return self

    def begin(self) -> None:
        """Count anew."""
        self.ask("begin")

    def summary(self) -> dict[str, Any]:
        """What was heard since."""
        return self.ask("end")


def viewers_of(hub: Hub, count: int, *, log_ins: int = 1) -> Viewers:
    """So many of this hub's first operator."""
    return Viewers(Order(hub.url, hub.websocket_url, count, "admin", PASSWORD, log_ins))


def add_hosts(hub: Hub, count: int, prefix: str = "swarm") -> list[str]:
    """So many approved hosts straight into the database; the seeds of their keys."""
    seeds = make_seeds(count)
    keys = [nacl.signing.SigningKey(bytes.fromhex(seed)).verify_key.encode().hex() for seed in seeds]
    hub.django.run(MAKE_HOSTS, keys=keys, prefix=prefix)
    return seeds


def make_seeds(count: int) -> list[str]:
    """Of so many new keys."""
    return [secrets.token_hex(32) for _ in range(count)]


def for_seconds(seconds: float) -> None:
    """Let the others work: what a measurement waits for is the time itself."""
    time.sleep(seconds)
