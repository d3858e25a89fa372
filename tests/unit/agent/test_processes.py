"""The busiest processes: read only when somebody asks, bounded in time and size, shared, and forgotten. No real time passes."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable, Iterable
from functools import partial
from queue import SimpleQueue
from typing import Any, cast

import psutil
import pytest
from twisted.internet.task import Clock
from twisted.python.failure import Failure

from components.agent.processes import (
    FIRST_SPAN_SECONDS,
    LIMIT_SECONDS,
    REMEMBERED_SECONDS,
    SHARED_SECONDS,
    Busy,
    ProcessList,
    Reading,
    System,
    Usage,
    busiest,
    describe,
    read_usages,
)
from components.errors import NoAnswer
from components.queries import MAX_ANSWER_BYTES, MAX_PROCESSES, Process, parse_result, process_size
from components.reactor import Reactor
from tests.harness.eventually import eventually


class Threads(Clock):
    """A clock and a reactor whose threads do their work when the test says so."""

    def __init__(self) -> None:
        super().__init__()
        self.works: list[Callable[[], None]] = []

    def callFromThread(self, callable: Callable[..., Any], *args: Any) -> None:  # noqa: N802  # Twisted's own name
        callable(*args)

    def work(self) -> None:
        """Let the thread that was started do its work."""
        self.works.pop(0)()


class Machine:
    """Processes 1 to 100: the higher its pid, the more CPU one uses; the lower, the more memory."""

    def __init__(self) -> None:
        self.reactor = Threads()
        self.readings = 0
        self.forgotten = 0
        self.error: Exception | None = None
        self.commands: list[bool] = []
        system = System(self.read, self.describe, self.reactor.works.append, self.forget)
        self.list = ProcessList(cast(Reactor, self.reactor), lambda: 1789000000.0, system)

    def read(self) -> Reading:
        if self.error is not None:
            raise self.error
        self.readings += 1
        now = self.reactor.seconds()
        return Reading(now, 120, {pid: Usage(5.0, now, now * pid / 100, (101 - pid) * 1000) for pid in range(1, 101)})

    def describe(self, chosen: Iterable[Busy], commands: bool) -> list[Process]:
        self.commands.append(commands)
        return [
            Process(
                pid=busy.pid,
                name=f"p{busy.pid}",
                user="root",
                cpu_cores=busy.cpu_cores,
                memory_bytes=busy.usage.memory_bytes,
                started_at=busy.usage.started_at,
                command=f"/p{busy.pid} --secret",
            )
            for busy in chosen
        ]

    def forget(self) -> None:
        self.forgotten += 1

    def ask(self, limit: int = 20, *, commands: bool = False) -> list[Any]:
        """What comes of a question, as soon as it comes: the answer or the error's text."""
        got: list[Any] = []

        def failed(failure: Failure) -> None:
            assert isinstance(failure.value, NoAnswer)
            got.append(str(failure.value))

        self.list.busiest(limit, commands=commands).addCallbacks(got.append, failed)
        return got

    def first(self, limit: int = 20) -> dict[str, Any]:
        """The answer to a first question."""
        got = self.ask(limit)
        self.reactor.work()
        self.reactor.advance(FIRST_SPAN_SECONDS)
        self.reactor.work()
        answer: dict[str, Any] = got[0]
        return answer


@pytest.fixture
def machine() -> Machine:
    return Machine()


def test_a_first_answer_takes_two_readings_a_little_apart(machine: Machine) -> None:
    got = machine.ask()
    machine.reactor.work()
    machine.reactor.advance(FIRST_SPAN_SECONDS * 0.9)
    assert (got, machine.reactor.works, machine.readings) == ([], [], 1)
    machine.reactor.advance(FIRST_SPAN_SECONDS * 0.1)
    machine.reactor.work()
    assert (got[0]["at"], got[0]["count"], machine.readings) == (1789000000.0, 120, 2)
    assert parse_result("processes", got[0]) == got[0]


def test_it_has_the_busiest_by_cpu_and_by_memory(machine: Machine) -> None:
    answer = machine.first(limit=3)
    assert [process["pid"] for process in answer["processes"]] == [100, 99, 98, 3, 2, 1]
    assert [process["cpu_cores"] for process in answer["processes"]] == [1.0, 0.99, 0.98, 0.03, 0.02, 0.01]
    assert [process["memory_bytes"] for process in answer["processes"]] == [1000, 2000, 3000, 98000, 99000, 100000]


def test_commands_are_read_and_told_only_if_they_may_be(machine: Machine) -> None:
    machine.first()
    machine.reactor.advance(SHARED_SECONDS)
    told, untold = machine.ask(1, commands=True), machine.ask(1)
    machine.reactor.work()
    assert [process["command"] for process in told[0]["processes"]] == ["/p100 --secret", "/p1 --secret"]
    assert all("command" not in process for process in untold[0]["processes"])
    machine.reactor.advance(SHARED_SECONDS)
    machine.ask(1)
    machine.reactor.work()
    assert machine.commands == [False, True, False]


def test_whoever_asks_meanwhile_or_soon_after_gets_the_same_answer(machine: Machine) -> None:
    got = [machine.ask(5), machine.ask(7)]
    machine.reactor.work()
    got.append(machine.ask(50))
    machine.reactor.advance(FIRST_SPAN_SECONDS)
    got.append(machine.ask(1))
    machine.reactor.work()
    machine.reactor.advance(SHARED_SECONDS * 0.99)
    got.append(machine.ask(2))
    assert [len(answers[0]["processes"]) for answers in got] == [10, 14, 100, 2, 4]
    assert (machine.readings, machine.reactor.works) == (2, [])


def test_a_later_answer_compares_with_the_reading_before(machine: Machine) -> None:
    """And needs one reading only."""
    machine.first()
    for _ in range(3):
        machine.reactor.advance(2.0)
        got = machine.ask(1)
        machine.reactor.work()
        assert [process["cpu_cores"] for process in got[0]["processes"]] == [1.0, 0.01]
    assert machine.readings == 5


def test_nothing_is_read_unless_somebody_asks_and_everything_is_forgotten_after(machine: Machine) -> None:
    machine.reactor.advance(3600)
    assert (machine.readings, machine.reactor.works) == (0, [])
    machine.first()
    machine.reactor.advance(REMEMBERED_SECONDS * 0.9)
    assert (machine.readings, machine.forgotten) == (2, 0)
    machine.reactor.advance(REMEMBERED_SECONDS * 0.1)
    assert (machine.readings, machine.forgotten) == (2, 1)
    assert machine.reactor.getDelayedCalls() == []
    machine.first()
    assert machine.readings == 4


def test_a_reading_that_hangs_is_an_error_in_time_and_never_begun_twice(machine: Machine) -> None:
    got = machine.ask()
    machine.reactor.advance(1.0)
    late = machine.ask()
    machine.reactor.advance(LIMIT_SECONDS - 1.0)
    assert (got, late) == (["the processes could not be read within 4 s"], [])
    assert machine.ask() == ["the processes have not been read for 4 s: reading one of them hangs"]
    machine.reactor.advance(1.0)
    assert late == ["the processes could not be read within 4 s"]
    machine.reactor.advance(60)
    assert machine.ask() == ["the processes have not been read for 65 s: reading one of them hangs"]
    assert (len(machine.reactor.works), machine.readings) == (1, 0)
    machine.reactor.work()
    assert len(machine.first()["processes"]) > 0


def test_a_reading_that_nobody_wants_any_more_is_forgotten(machine: Machine) -> None:
    machine.ask()
    machine.reactor.advance(REMEMBERED_SECONDS)
    machine.reactor.work()
    assert machine.reactor.getDelayedCalls() == []
    machine.first()
    assert machine.readings == 3


def test_a_reading_that_fails_is_an_error(machine: Machine) -> None:
    machine.error = OSError(5, "Input/output error")
    got = machine.ask()
    machine.reactor.work()
    assert got == ["the processes could not be read: [Errno 5] Input/output error"]
    machine.error = None
    assert machine.first()["count"] == 120


def test_no_thread_can_be_started(machine: Machine, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(_work: object) -> None:
        raise RuntimeError("can't start new thread")

    system = System(machine.read, machine.describe, refuse, machine.forget)
    machine.list = ProcessList(cast(Reactor, machine.reactor), lambda: 0.0, system)
    assert machine.ask() == ["the processes could not be read: can't start new thread"]


# --- what is computed -------------------------------------------------------------------------------------------------------


def cores(before: dict[int, Usage], now: dict[int, Usage]) -> dict[int, float]:
    """Of readings that began at 9.5 and 11."""
    return {busy.pid: busy.cpu_cores for busy in busiest(Reading(9.5, 9, before), Reading(11.0, 9, now))}


@pytest.mark.parametrize(
    ("before", "now", "expected"),
    [
        pytest.param(Usage(5.0, 10.0, 1.0, 1), Usage(5.0, 12.0, 4.0, 1), 1.5, id="between the readings"),
        pytest.param(Usage(5.0, 10.0, 1.0, 1), Usage(5.9, 12.0, 4.0, 1), 1.5, id="the clock was set"),
        pytest.param(None, Usage(11.0, 11.5, 1.0, 1), 0.5, id="started since"),
        pytest.param(Usage(5.0, 10.0, 1.0, 1), Usage(11.0, 11.5, 2.0, 1), 1.0, id="another one with its pid"),
        pytest.param(Usage(5.0, 10.0, 9.0, 1), Usage(5.0, 11.5, 1.0, 1), 0.5, id="fewer than before"),
        pytest.param(Usage(5.0, 10.0, 1.0, 1), Usage(5.0, 10.0, 1.0, 1), 0.0, id="no time passed"),
    ],
)
def test_cores(before: Usage | None, now: Usage, expected: float) -> None:
    assert cores({} if before is None else {7: before}, {7: now}) == {7: expected}


def test_a_process_that_ended_is_not_there() -> None:
    assert cores({7: Usage(5.0, 10.0, 1.0, 1)}, {}) == {}


# --- this machine -------------------------------------------------------------------------------------------------------------

HOSTILE = '<img src=x onerror=alert(1)>"\u202e\u2066\x1b[31m\n__proto__' + "東" * 300


def test_reading_this_machine_asks_for_no_more_than_it_needs(monkeypatch: pytest.MonkeyPatch) -> None:
    """Who the processes are is asked of the busiest only."""
    real, asked = psutil.process_iter, []

    def process_iter(attrs: list[str], **options: Any) -> Any:
        asked.extend(attrs)
        return real(attrs, **options)

    monkeypatch.setattr(psutil, "process_iter", process_iter)
    reading = read_usages()
    assert asked == ["create_time", "cpu_times", "memory_info"]
    assert reading.count >= len(reading.usages) > 0
    assert reading.usages[os.getpid()].memory_bytes > 2**20


def test_hostile_names_are_made_safe_and_fit(monkeypatch: pytest.MonkeyPatch) -> None:
    """The most of them, with everything as long as it may be."""
    for name in ("name", "username"):
        monkeypatch.setattr(psutil.Process, name, lambda _: HOSTILE)
    monkeypatch.setattr(psutil.Process, "cmdline", lambda _: [HOSTILE, "--password", "\udcff"] * 50)
    described = describe([Busy(os.getpid(), 0.5, Usage(5.0, 1.0, 1.0, 1))] * 2 * MAX_PROCESSES, commands=True)
    assert sum(process_size(process) for process in described) <= MAX_ANSWER_BYTES
    result = {"at": 1.0, "count": 100, "processes": described}
    assert parse_result("processes", result) == result
    assert described[0]["name"].startswith('<img src=x onerror=alert(1)>"\\u202e\\u2066\\x1b[31m\\x0a__proto__東')
    assert described[0]["name"].endswith("…")


def test_who_may_not_be_asked_has_no_user_or_command(monkeypatch: pytest.MonkeyPatch) -> None:
    """Of a process that has ended nothing is told."""

    def refuse(process: psutil.Process) -> Any:
        raise psutil.AccessDenied(process.pid)

    for name in ("username", "cmdline"):
        monkeypatch.setattr(psutil.Process, name, refuse)
    usage = Usage(5.0, 1.0, 1.0, 1)
    ended = subprocess.Popen([sys.executable, "-c", ""])
    ended.wait()
    (process,) = describe([Busy(os.getpid(), 0.5, usage), Busy(ended.pid, 0.5, usage)], commands=True)
    assert (process["pid"], process["user"], process["command"]) == (os.getpid(), "", "")
    assert "command" not in describe([Busy(os.getpid(), 0.5, usage)], commands=False)[0]
    assert process["name"]


class RealThreads(Threads):
    """A reactor to which real threads come back."""

    def __init__(self) -> None:
        super().__init__()
        self.due: SimpleQueue[Callable[[], None]] = SimpleQueue()

    def callFromThread(self, callable: Callable[..., Any], *args: Any) -> None:  # noqa: N802  # Twisted's own name
        self.due.put(partial(callable, *args))

    def come_back(self) -> None:
        """Do what a thread asked for."""
        self.due.get(timeout=60)()


def test_a_busy_process_of_this_machine_is_found() -> None:
    """With real threads, real readings, and a process that keeps a core busy."""
    reactor = RealThreads()
    got: list[dict[str, Any]] = []
    busy = subprocess.Popen([sys.executable, "-c", "while True: pass"])
    try:
        ProcessList(cast(Reactor, reactor)).busiest(MAX_PROCESSES, commands=True).addCallback(got.append)
        reactor.come_back()
        used = psutil.Process(busy.pid).cpu_times().user
        eventually(lambda: psutil.Process(busy.pid).cpu_times().user > used + 0.1, "it was busy meanwhile")
        reactor.advance(FIRST_SPAN_SECONDS)
        reactor.come_back()
    finally:
        busy.kill()
        busy.wait()
    (found,) = [process for process in got[0]["processes"] if process["pid"] == busy.pid]
    assert found["cpu_cores"] > 0
    assert found["command"].endswith("-c while True: pass")
    assert found["memory_bytes"] > 2**20
    assert parse_result("processes", got[0]) == got[0]
