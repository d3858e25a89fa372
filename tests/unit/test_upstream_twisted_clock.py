"""Timers keep their time, whoever sets the clock; and the test named `upstream` fails once Twisted sees to that."""

from __future__ import annotations

import json
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest
from twisted.internet.base import ReactorBase
from twisted.internet.task import LoopingCall

from components.upstream_twisted import keep_monotonic_time
from tests.harness.eventually import PATIENCE_SECONDS

ROOT = Path(__file__).parents[2]
STEPS = pytest.mark.parametrize("step", [-7200.0, 7200.0], ids=["back", "forward"])


class Machine:
    """Two clocks: one that goes on, one that somebody sets."""

    def __init__(self) -> None:
        self.uptime = 50_000.0
        self.date = 1_800_000_000.0

    def run(self, reactor: ReactorBase, seconds: float) -> None:
        """Let time go by, in steps of 0.1 s."""
        for _ in range(round(seconds * 10)):
            self.uptime += 0.1
            self.date += 0.1
            reactor.runUntilCurrent()


class Reactor(ReactorBase):
    """Twisted's timers, without sockets."""

    def installWaker(self) -> None:  # noqa: N802  # Twisted's name
        pass


@pytest.fixture
def machine(monkeypatch: pytest.MonkeyPatch) -> Machine:
    machine = Machine()
    monkeypatch.setattr(time, "monotonic", lambda: machine.uptime)
    return machine


@pytest.fixture
def reactor(machine: Machine) -> Any:
    reactor: Any = Reactor()
    reactor.seconds = lambda: machine.date
    return reactor


@STEPS
@pytest.mark.parametrize("mended_after", [0.0, 1.0])
def test_timers_keep_their_time_when_the_clock_is_set(machine: Machine, reactor: Any, step: float, mended_after: float) -> None:
    """Those that wait already, as in a worker of Crossbar.io, and those that come later."""
    called: dict[str, float] = {}
    ticks: list[int] = []

    def call(name: str, delay: float) -> Any:
        due = machine.uptime + delay
        return reactor.callLater(delay, lambda: called.update({name: machine.uptime - due}))

    call("pending", 5)
    moved, delayed, cancelled = call("moved", 20), call("delayed", 5), call("cancelled", 5)
    loop = LoopingCall.withCount(ticks.append)
    loop.clock = reactor
    loop.start(1)
    machine.run(reactor, mended_after)
    keep_monotonic_time(reactor)
    keep_monotonic_time(reactor)
    machine.date += step
    machine.run(reactor, 2)
    cancelled.cancel()
    delayed.delay(10)
    moved.reset(4)
    call("later", 3)
    machine.run(reactor, 10)
    assert {name: abs(late) < 0.2 or late for name, late in called.items()} == {
        "pending": True,
        "moved": pytest.approx(2 + 4 + mended_after - 20, abs=0.2),
        "later": True,
    }
    assert sum(ticks) == pytest.approx(13 + mended_after, abs=1)
    assert len(ticks) == pytest.approx(13 + mended_after, abs=1)
    machine.run(reactor, 10)
    assert called["delayed"] == pytest.approx(10, abs=0.2)


def test_seconds_go_on_from_where_they_are(machine: Machine, reactor: Any) -> None:
    """Twisted shows them as dates: in its access log, and as the last use of a web session."""
    keep_monotonic_time(reactor)
    machine.run(reactor, 3600)
    assert reactor.seconds() == pytest.approx(machine.date)


@STEPS
def test_upstream_still_follows_whoever_sets_the_clock(machine: Machine, reactor: Any, step: float) -> None:
    """If this fails, remove keep_monotonic_time."""
    assert ReactorBase.seconds is time.time
    called: list[float] = []
    reactor.callLater(5, called.append, step)
    machine.date += step
    machine.run(reactor, 1)
    assert called == ([7200.0] if step > 0 else [])
    machine.run(reactor, 60)
    assert called == ([7200.0] if step > 0 else [])


RUNNING = """
import json, sys, time
import twisted.python.runtime

wall, step = time.time, 0.0
twisted.python.runtime.seconds = time.time = lambda: wall() + step  # before Twisted's reactor takes it

from twisted.internet import reactor
from twisted.internet.task import LoopingCall
from components.upstream_twisted import keep_monotonic_time

ticks, early = [], []

def set_the_clock():
    global step
    step = float(sys.argv[1])
    del ticks[:]

def tick():
    ticks.append(1)
    if step and len(ticks) == 3:
        reactor.stop()

LoopingCall(tick).start(0.02)
reactor.callLater(3600, early.append, "time-out")
reactor.callWhenRunning(keep_monotonic_time, reactor)
reactor.callLater(0.1, set_the_clock)
reactor.run()
print(json.dumps({"ticks": len(ticks), "early": early, "modules": sorted(sys.modules)}))
"""


@STEPS
def test_a_running_reactor_keeps_its_time(step: float) -> None:
    done = subprocess.run(
        [sys.executable, "-c", RUNNING, str(step)], cwd=ROOT, capture_output=True, text=True, timeout=PATIENCE_SECONDS, check=False
    )
    assert done.stdout, done.stderr
    result = json.loads(done.stdout)
    assert result["ticks"] == 3
    assert result["early"] == []
    assert not {"autobahn", "crossbar", "django"} & set(result["modules"])
