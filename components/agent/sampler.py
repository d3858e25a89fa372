"""The one place where collectors run: off the reactor's thread, each within a time limit, each failing alone.

A sample is a queue of probes: one for each family, and one for each part of a family that lists parts. One thread works through the
queue, so the normal sample costs one hop. Whenever a probe keeps that thread waiting, a further thread goes on with the rest of the
queue. At the limit the sample ends with what has answered. A probe still running then is stuck: it keeps its thread, and is not
asked again until it returns. Threads are at most MAX_THREADS, and the last free one never asks a probe that may hang, so stuck mounts
cannot take the other metrics with them.

One lock guards what threads share: the batch, the stuck probes, the count of threads. Everything else belongs to the reactor's thread.
"""

from __future__ import annotations

import threading
import time
from collections import deque
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass, field
from queue import SimpleQueue
from typing import Any, NamedTuple

from twisted.internet.defer import Deferred

from components.agent.failures import Failures, Key, label_of, reason_of
from components.collectors.collector import Collector, Part, Values
from components.reactor import Reactor

MAX_THREADS = 8
TIME_LIMIT = 0.5
"""Seconds a sample may take at most, if the caller says nothing shorter."""
MIN_SPAN = 0.09
"""Seconds a rate covers at least. The kernel counts CPU time in steps of 0.01 s, so less would show steps, not rates; and a little less
than the shortest interval, whose samples may come early by a hair.
"""


class Collected(NamedTuple):
    """What one sample brought."""

    metrics: Values
    failed: dict[str, str]
    """`cpu` or `disk[/mnt/x]` → why its metrics are not there."""


class _Answer(NamedTuple):
    """What a probe gave, and when on the Sampler's clock."""

    value: Any
    at: float


class _Probe(NamedTuple):
    """One thing to ask."""

    collector: Collector[Any]
    part: str | None
    read: Callable[[], Any]
    may_hang: bool

    @property
    def key(self) -> Key:
        return self.collector.name, self.part


@dataclass
class _Batch:
    """One sample being taken."""

    collectors: list[Collector[Any]]
    limit: float
    todo: deque[_Probe]
    result: Deferred[Collected] = field(default_factory=Deferred)
    running: dict[Key, float] = field(default_factory=dict)
    """When each was begun."""
    answers: dict[Key, _Answer] = field(default_factory=dict)
    failed: dict[str, str] = field(default_factory=dict)
    errors: list[tuple[Key, Exception]] = field(default_factory=list)
    timers: list[Any] = field(default_factory=list)
    open: bool = True


class Sampler:
    """Takes samples, one at a time. All methods belong to the reactor's thread."""

    def __init__(self, collectors: Sequence[Collector[Any]], reactor: Reactor, *, now: Callable[[], float] = time.monotonic) -> None:
        """`now` gives seconds that never jump; it is asked from any thread."""
        self.failures = Failures()
        self._collectors = collectors
        self._reactor = reactor
        self._now = now
        self._previous: dict[str, tuple[_Answer, ...]] = {}
        self._batch: _Batch | None = None
        self._lock = threading.Lock()
        self._stuck: dict[Key, float] = {}
        self._jobs: SimpleQueue[_Batch | None] = SimpleQueue()
        self._threads = 0
        self._idle = 0

    def sample(self, shown: Collection[str], limit: float = TIME_LIMIT) -> Deferred[Collected]:
        """Read the collectors whose setting is among `shown`, within `limit` seconds. The Deferred never fails; after `stop` it never
        fires. The rates of a collector that was not shown begin afresh. RuntimeError while another sample is being taken.
        """
        if self._batch is not None:
            raise RuntimeError("a sample is being taken; wait for it")
        collectors = [collector for collector in self._collectors if collector.setting in shown]
        names = {collector.name for collector in collectors}
        self._previous = {name: readings for name, readings in self._previous.items() if name in names}
        batch = self._batch = _Batch(collectors, limit, deque())
        with self._lock:
            for collector in collectors:
                self._enlist(batch, _Probe(collector, None, collector.list_parts or collector.read or _nothing, may_hang=False))
            started = bool(batch.todo) and self._hand_over(batch)
        if started:
            batch.timers = [self._reactor.callLater(limit, lambda: self._finish(batch)), self._watch(batch)]
        else:
            self._finish(batch)
        return batch.result

    def forget(self) -> None:
        """Begin all rates afresh, after a pause in which no samples were taken."""
        self._previous.clear()

    def stop(self) -> None:
        """End the idle threads. A stuck one ends when its probe returns; it keeps no process from ending."""
        if self._batch:
            self._close(self._batch)
        for _ in range(self._threads):
            self._jobs.put(None)

    # --- the reactor's thread ---------------------------------------------------------------------------------------------

    def _watch(self, batch: _Batch) -> Any:
        """Look after a share of the limit whether the threads wait. The shares leave time for all threads to begin within the limit."""
        return self._reactor.callLater(batch.limit / (MAX_THREADS + 1), lambda: self._look(batch))

    def _look(self, batch: _Batch) -> None:
        with self._lock:
            if batch.todo:
                self._hand_over(batch)
        batch.timers[1] = self._watch(batch)

    def _finish(self, batch: _Batch) -> None:
        if not batch.open:
            return
        unasked = self._close(batch)
        for key in batch.running:
            self._fail(batch, key, f"no answer within {batch.limit:g} s")
        for probe in unasked:
            self._fail(batch, probe.key, f"not asked: no thread is free, {len(self._stuck)} of {MAX_THREADS} wait for other answers")
        metrics: Values = {}
        for collector in batch.collectors:
            metrics.update(self._compute(batch, collector))
        for key, error in batch.errors:
            self._fail(batch, key, reason_of(error), error)
        batch.result.callback(Collected(metrics, batch.failed))

    def _close(self, batch: _Batch) -> list[_Probe]:
        """Take no more answers; what is running is stuck from here on. The probes that nobody began."""
        for timer in batch.timers:
            if timer.active():
                timer.cancel()
        with self._lock:
            batch.open = False
            self._stuck.update(batch.running)
            unasked = list(batch.todo)
            batch.todo.clear()
        self._batch = None
        return unasked

    def _compute(self, batch: _Batch, collector: Collector[Any]) -> Values:
        answer = batch.answers.get((collector.name, None))
        if answer is None:
            return {}
        reading, at = answer
        if collector.list_parts:
            reading = {part: part_answer.value for (name, part), part_answer in batch.answers.items() if name == collector.name and part}
        readings = self._previous.get(collector.name, ())
        usable = [earlier for earlier in readings if at - earlier.at >= MIN_SPAN]
        previous, previous_at = usable[-1] if usable else (None, at)
        try:
            values = collector.compute(previous, reading, at - previous_at)
        except Exception as error:  # noqa: BLE001  # a collector costs its own metrics only
            batch.errors.append(((collector.name, None), error))
            return {}
        # samples in quick succession, as when settings change, share the last reading that is old enough for all
        self._previous[collector.name] = (*(usable[-1:] or readings[:1]), _Answer(reading, at))
        return values

    def _fail(self, batch: _Batch, key: Key, reason: str, error: Exception | None = None) -> None:
        batch.failed[label_of(key)] = reason
        self.failures.note(key, reason, error)

    # --- any thread, the lock held ----------------------------------------------------------------------------------------

    def _enlist(self, batch: _Batch, probe: _Probe) -> None:
        """Put the probe into the queue, those that may hang behind the others, or say for how long it has been stuck."""
        since = self._stuck.get(probe.key)
        if since is not None:
            batch.failed[label_of(probe.key)] = f"still no answer after {self._now() - since:.0f} s"
        elif probe.may_hang or probe.part is None:
            batch.todo.append(probe)
        else:
            batch.todo.appendleft(probe)

    def _hand_over(self, batch: _Batch) -> bool:
        """Have one more thread work on the batch, if there may be one."""
        if self._idle > 0:
            self._idle -= 1
        elif self._threads == MAX_THREADS:
            if len(self._stuck) + len(batch.running) == MAX_THREADS:
                return False
            self._idle -= 1  # a thread is on its way back and will take the batch
        else:
            try:
                threading.Thread(target=self._work, name="vedette-sampler", daemon=True).start()
            except RuntimeError:  # the system's limit of threads
                return False
            self._threads += 1
        self._jobs.put(batch)
        return True

    # --- the sampler's threads --------------------------------------------------------------------------------------------

    def _work(self) -> None:
        while (batch := self._jobs.get()) is not None:
            while (probe := self._next(batch)) is not None:
                self._run(batch, probe)

    def _next(self, batch: _Batch) -> _Probe | None:
        """The probe to run, or None when this thread has no more to do here."""
        with self._lock:
            last_thread = self._threads - self._idle >= MAX_THREADS
            if batch.todo and not (batch.todo[0].may_hang and last_thread):
                probe = batch.todo.popleft()
                batch.running[probe.key] = self._now()
                return probe
            self._idle += 1
            if batch.open and not batch.running:
                self._reactor.callFromThread(self._finish, batch)
            return None

    def _run(self, batch: _Batch, probe: _Probe) -> None:
        """Ask, and put down the answer; if the batch did not wait for it, only that the probe may be asked again."""
        error: Exception | None = None
        value: Any = None
        try:
            value = probe.read()
        except Exception as caught:  # noqa: BLE001  # whatever a collector raises costs its own metrics only
            error = caught
        with self._lock:
            if not batch.open:
                self._stuck.pop(probe.key, None)
                return
            del batch.running[probe.key]
            if error is not None:
                batch.errors.append((probe.key, error))
                return
            batch.answers[probe.key] = _Answer(value, self._now())
            if probe.part is None and probe.collector.list_parts:
                parts: dict[str, Part] = value
                for name, part in parts.items():
                    self._enlist(batch, _Probe(probe.collector, name, part.read, part.may_hang))


def _nothing() -> None:
    """The reading of a collector that reads nothing."""
