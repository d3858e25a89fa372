"""The busiest processes of this machine, only while somebody asks for them.

All processes are read for their CPU time and memory, in a thread of its own and once at a time; only the busiest are then asked who they
are. The share of CPU is what a process used between two readings: the first answer takes two, a little apart, and a later one compares
with the reading before. Whoever asks meanwhile gets the same answer. Some seconds after the last question everything is forgotten.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from heapq import nlargest
from typing import Any, NamedTuple

import psutil
from twisted.internet.defer import Deferred
from twisted.logger import Logger
from twisted.python.failure import Failure

from components.collectors.collector import printable_name
from components.errors import NoAnswer
from components.queries import MAX_PROCESSES, Process
from components.reactor import Reactor, Timer

FIRST_SPAN_SECONDS = 0.25
"""Between the two readings of a first answer."""
SHARED_SECONDS = 1.0
REMEMBERED_SECONDS = 10.0
LIMIT_SECONDS = 4.0
"""A reading may hang: some files of /proc wait for a lock of the process."""

SAME_START_SECONDS = 2.0
"""The start of a process is told by the wall clock, so it moves a little when that is set; another one with its pid starts much later."""

MAX_NAME_BYTES = 300
MAX_USER_BYTES = 64
MAX_COMMAND_BYTES = 290
"""Together no more than a process's share of what an answer may have."""

log = Logger()


class Usage(NamedTuple):
    """What one process has used so far."""

    started_at: float
    read_at: float
    """By a clock that never jumps."""
    cpu_seconds: float
    memory_bytes: int


@dataclass(frozen=True)
class Reading:
    """All processes at one time."""

    begun_at: float
    count: int
    usages: dict[int, Usage]
    """By pid, of those that may be read."""


class Busy(NamedTuple):
    """One of the busiest processes."""

    pid: int
    cpu_cores: float
    usage: Usage


# --- in the thread ----------------------------------------------------------------------------------------------------------


def read_usages() -> Reading:
    """What each process has used. One that ends meanwhile, or that may not be read, is left out."""
    usages: dict[int, Usage] = {}
    begun_at, count = time.monotonic(), 0
    for process in psutil.process_iter(["create_time", "cpu_times", "memory_info"], ad_value=None):
        count += 1
        times, memory = process.info["cpu_times"], process.info["memory_info"]
        if times is not None and memory is not None:
            usages[process.pid] = Usage(process.info["create_time"] or 0.0, time.monotonic(), times.user + times.system, memory.rss)
    return Reading(begun_at, count, usages)


def busiest(before: Reading, now: Reading, most: int = MAX_PROCESSES) -> list[Busy]:
    """The `most` busiest by CPU and the `most` with the most memory, each once, the busiest by CPU first."""
    every = [Busy(pid, _cores(before, pid, usage), usage) for pid, usage in now.usages.items()]
    chosen = {*nlargest(most, every, key=lambda busy: (busy.cpu_cores, busy.usage.memory_bytes))}
    chosen |= {*nlargest(most, every, key=lambda busy: busy.usage.memory_bytes)}
    return sorted(chosen, key=lambda busy: (-busy.cpu_cores, -busy.usage.memory_bytes, busy.pid))


def _cores(before: Reading, pid: int, now: Usage) -> float:
    """Cores' worth of CPU time since the reading before; of a process that has started since, all it has used."""
    earlier = before.usages.get(pid)
    if earlier is None or abs(earlier.started_at - now.started_at) > SAME_START_SECONDS or earlier.cpu_seconds > now.cpu_seconds:
        used, span = now.cpu_seconds, now.read_at - before.begun_at
    else:
        used, span = now.cpu_seconds - earlier.cpu_seconds, now.read_at - earlier.read_at
    return round(used / span, 3) if span > 0 else 0.0


def describe(chosen: Iterable[Busy], commands: bool) -> list[Process]:
    """Who they are, with their commands if somebody may be told. One that has ended is left out."""
    users: dict[int, str] = {}
    described = []
    for busy in chosen:
        try:
            described.append(_describe(busy, users, commands=commands))
        except psutil.Error:
            continue
    return described


def _describe(busy: Busy, users: dict[int, str], *, commands: bool) -> Process:
    process = psutil.Process(busy.pid)
    with process.oneshot():
        described = Process(
            pid=busy.pid,
            name=_cut(process.name(), MAX_NAME_BYTES),
            user=_cut(_user(process, users), MAX_USER_BYTES),
            cpu_cores=busy.cpu_cores,
            memory_bytes=busy.usage.memory_bytes,
            started_at=round(busy.usage.started_at, 2),
        )
        if commands:
            described["command"] = _cut(_command(process), MAX_COMMAND_BYTES)
    return described


def _user(process: psutil.Process, known: dict[int, str]) -> str:
    """The name of its user, asked once for each: behind it may stand a directory somewhere in the network."""
    try:
        if not hasattr(process, "uids"):
            return str(process.username())
        uid = process.uids().real
        if uid not in known:
            known[uid] = str(process.username())
        return known[uid]
    except (psutil.AccessDenied, KeyError, OSError):
        return ""


def _command(process: psutil.Process) -> str:
    try:
        return " ".join(process.cmdline())
    except psutil.AccessDenied:
        return ""


def _cut(text: str, most_bytes: int) -> str:
    safe = printable_name(text)
    if len(safe.encode()) <= most_bytes:
        return safe
    return safe.encode()[: most_bytes - len("…".encode())].decode(errors="ignore") + "…"


# --- the reactor's thread -----------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Answer:
    """One answer for all who ask within SHARED_SECONDS."""

    ready_at: float
    at: float
    count: int
    processes: list[Process]

    def to_wire(self, limit: int, *, commands: bool) -> dict[str, Any]:
        """With the first `limit` by CPU and by memory."""
        by_memory = nlargest(limit, self.processes, key=lambda process: process["memory_bytes"])
        chosen = {process["pid"] for process in [*self.processes[:limit], *by_memory]}
        left_out = () if commands else ("command",)
        processes = [
            {name: value for name, value in process.items() if name not in left_out}
            for process in self.processes
            if process["pid"] in chosen
        ]
        return {"at": self.at, "count": self.count, "processes": processes}


def start_thread(work: Callable[[], None]) -> None:
    """Have it done beside the reactor; a thread that hangs keeps no process from ending."""
    threading.Thread(target=work, name="vedette-processes", daemon=True).start()


@dataclass
class System:
    """How processes are read; other ways are for tests."""

    read: Callable[[], Reading] = read_usages
    describe: Callable[[Iterable[Busy], bool], list[Process]] = describe
    start_thread: Callable[[Callable[[], None]], None] = start_thread
    forget: Callable[[], None] = psutil.process_iter.cache_clear


class ProcessList:
    """Answers who the busiest processes are. `now` gives UTC seconds."""

    def __init__(self, reactor: Reactor, now: Callable[[], float] = time.time, system: System | None = None) -> None:
        self._reactor = reactor
        self._now = now
        self._system = system or System()
        self._before: Reading | None = None
        self._answer: Answer | None = None
        self._reading_since: float | None = None
        self._waiting: list[Deferred[Answer]] = []
        self._commands = False
        self._due: Timer | None = None
        self._forget: Timer | None = None

    def busiest(self, limit: int, *, commands: bool) -> Deferred[dict[str, Any]]:
        """`queries.Processes`, with commands if they may be told; NoAnswer after LIMIT_SECONDS."""
        self._remember()
        waiter: Deferred[Answer] = Deferred()
        now = self._reactor.seconds()
        if self._answer is not None and now - self._answer.ready_at < SHARED_SECONDS:
            waiter.callback(self._answer)
        elif self._reading_since is not None and now - self._reading_since >= LIMIT_SECONDS:
            waiter.errback(NoAnswer(f"the processes have not been read for {now - self._reading_since:.0f} s: reading one of them hangs"))
        else:
            self._waiting.append(waiter)
            self._commands = self._commands or commands
            waiter.addTimeout(LIMIT_SECONDS, self._reactor, _too_late)  # type: ignore[arg-type]  # a zope interface
            self._read()
        return waiter.addCallback(lambda answer: answer.to_wire(limit, commands=commands))

    def _remember(self) -> None:
        if self._forget is not None:
            self._forget.cancel()
        self._forget = self._reactor.callLater(REMEMBERED_SECONDS, self._forget_all)

    def _forget_all(self) -> None:
        self._forget = self._before = self._answer = None
        self._system.forget()

    def _read(self) -> None:
        """Read, unless a reading is on its way or due: it will do as well."""
        if self._reading_since is not None or (self._due is not None and self._due.active()):
            return
        self._reading_since = self._reactor.seconds()
        before, commands = self._before, self._commands

        def work() -> None:
            try:
                reading = self._system.read()
                described = None if before is None else self._system.describe(busiest(before, reading), commands)
            except Exception as error:  # noqa: BLE001  # the boundary: whatever fails is the answer
                self._reactor.callFromThread(self._failed, error)
            else:
                self._reactor.callFromThread(self._have, reading, described)

        try:
            self._system.start_thread(work)
        except RuntimeError as error:  # the system's limit of threads
            self._failed(error)

    def _have(self, reading: Reading, described: list[Process] | None) -> None:
        self._reading_since = None
        if all(waiter.called for waiter in self._waiting):
            self._taken()
            return  # it took so long that nobody wants it
        self._before = reading
        if described is None:
            self._due = self._reactor.callLater(FIRST_SPAN_SECONDS, self._read)
            return
        self._answer = Answer(self._reactor.seconds(), round(self._now(), 3), reading.count, described)
        for waiter in self._taken():
            waiter.callback(self._answer)

    def _failed(self, error: Exception) -> None:
        self._reading_since = None
        failure = Failure(error)  # type: ignore[no-untyped-call]  # Twisted annotates it only in part
        log.failure("The processes could not be read", failure=failure)
        for waiter in self._taken():
            waiter.errback(NoAnswer(f"the processes could not be read: {error}"))

    def _taken(self) -> list[Deferred[Answer]]:
        """Those who still wait; there are none from here on."""
        waiting, self._waiting, self._commands = [waiter for waiter in self._waiting if not waiter.called], [], False
        return waiting


def _too_late(_result: object, seconds: float) -> Any:
    raise NoAnswer(f"the processes could not be read within {seconds:g} s")
