"""Reading the past: `vedette.history.get_series`, from the ten minutes that the fleet component keeps."""

from __future__ import annotations

import json
import math
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from twisted.internet.defer import Deferred
from twisted.internet.task import deferLater

from components import checking, protocol
from components.buckets import Grid, Numbers, reduce, size_of
from components.errors import InvalidPayload, QueryRefused
from components.limits import SERIES_QUESTIONS, SERIES_SECONDS
from components.offenders import offenders
from components.payloads import METRIC_NAME
from components.reactor import Clock
from components.series import KEPT_SECONDS, Column, Series
from components.throttle import Debts
from components.turns import QueueFull, Turns

MOST_HOSTS = 64
MOST_METRICS = 64
FEWEST_POINTS, MOST_POINTS = 2, 1000
DEFAULT_POINTS = 60
STEPS_AT_ONCE = 8
"""After so many, whatever else waits has its turn: samples, and other people's questions."""
WAIT_LEAST_SECONDS = 0.001
PUNCTUATION_BYTES = 16
"""Around one column: braces, quotes and commas."""
TOO_LARGE = f"the answer would have more than {protocol.MAX_MESSAGE_BYTES // 1024} KiB; ask for fewer hosts, metrics or points"


@dataclass(frozen=True)
class Question:
    """What somebody wants to know: these metrics of these hosts, from `start` to `end`, in at most `points` buckets."""

    hosts: list[str]
    metrics: list[str]
    start: float
    end: float
    points: int


def parse_question(fields: Mapping[str, object], now: float) -> Question:
    """A Question out of the keywords of a call, or InvalidPayload."""
    names = list(dict.fromkeys(_metric(name) for name in checking.texts_of(fields.get("metrics"), "metrics", MOST_METRICS)))
    ids = list(dict.fromkeys(checking.texts_of(fields.get("hosts"), "hosts", MOST_HOSTS)))
    end = now if fields.get("end") is None else checking.checked_time(fields["end"], "end")
    start = end - KEPT_SECONDS if fields.get("start") is None else checking.checked_time(fields["start"], "start")
    if start >= end:
        raise InvalidPayload(f"start {start:.3f} is not before end {end:.3f}")
    points = fields.get("points", DEFAULT_POINTS)
    if isinstance(points, bool) or not isinstance(points, int) or not FEWEST_POINTS <= points <= MOST_POINTS:
        raise InvalidPayload(f"points is {checking.show(points)}; it must be a whole number from {FEWEST_POINTS} to {MOST_POINTS}")
    return Question(ids, names, start, end, points)


def _metric(name: str) -> str:
    if not METRIC_NAME.fullmatch(name) or name == "at":
        raise InvalidPayload(f"{checking.show(name)} is no name of a metric")
    return name


def collect(series: Series, question: Question, answer: dict[str, Any]) -> Iterator[None]:
    """Fill `answer`, a host or a column at each step, so that others have their turn between. InvalidPayload when it becomes too large."""
    known = {host_id: host for host_id in question.hosts if (host := series.get(host_id))}
    usual = min((host.usual_seconds() for host in known.values()), default=1.0)
    grid = Grid.over(question.start, question.end, question.points, usual)
    starts, left = grid.starts(), protocol.MAX_MESSAGE_BYTES
    for host_id, host in known.items():
        # the columns of one host are of one moment; they grow, and lose their oldest, while others have their turn
        ranges = grid.ranges(host)
        columns = [(metric, copied) for metric in question.metrics if (copied := host.copied(metric)) is not None]
        shown = answer[host_id] = {"at": starts}
        left = _less(left, size_of({"at": starts}) + len(host_id))
        yield
        for metric, into, name, column in _each(shown, columns):
            into[name] = reduce(column, ranges)
            left = _less(left, size_of(into[name]) + len(json.dumps(name)) + len(metric) + PUNCTUATION_BYTES)
            yield


def _less(left: int, size: int) -> int:
    if size > left:
        raise InvalidPayload(TOO_LARGE)
    return left - size


def _each(shown: dict[str, Any], columns: list[tuple[str, Column | dict[str, Column]]]) -> Iterator[tuple[str, Any, str, Column]]:
    for metric, copied in columns:
        if isinstance(copied, dict):
            into: dict[str, Numbers] = shown.setdefault(metric, {})
            for instance, column in copied.items():
                yield metric, into, instance, column
        else:
            yield metric, shown, metric, copied


class History:
    """Answers questions out of the kept series, and makes whoever asks very much wait for it."""

    def __init__(
        self, series: Series, clock: Clock, now: Callable[[], float] = time.time, processor: Callable[[], float] = time.thread_time
    ) -> None:
        self._series = series
        self._processor = processor
        self._clock = clock
        self._now = now
        self._debts = Debts(SERIES_SECONDS)
        self._turns = Turns(math.inf, 1, SERIES_QUESTIONS.most - 1)

    async def get_series(self, authid: str | None, **keywords: object) -> dict[str, Any]:
        """Columns of each host: `{at, <metric>: {min, mean, max}}`, or of each instance of a metric."""
        question = parse_question(keywords, self._now())
        user_id = protocol.user_of(authid)
        person = "somebody" if user_id is None else f"user {user_id}"
        try:
            turn = self._turns.take(person)
        except QueueFull:
            raise QueryRefused(
                f"{SERIES_QUESTIONS.bound} of your questions wait for their answers already; try again in a moment"
            ) from None
        has_to_wait = not turn.called
        await turn
        try:
            if has_to_wait:
                await self._sleep(0)  # all that waited may have become possible at once
            return await self._answer(question, person)
        finally:
            self._turns.give_back(person)

    async def _answer(self, question: Question, person: str) -> dict[str, Any]:
        # one at a time for each person: what is under way takes memory, and if all who wait for the rate woke up to wait again,
        # that would cost more than the answers
        while (wait := self._debts.spend(person, 0, self._clock.seconds())) > WAIT_LEAST_SECONDS:
            offenders.name(SERIES_SECONDS, person)
            await self._sleep(wait)
        answer: dict[str, Any] = {}
        steps = collect(self._series, question, answer)
        while self._some(steps, person):
            await self._sleep(0)
        return answer

    def _some(self, steps: Iterator[None], person: str) -> bool:
        """A few more steps, counted as this person's; whether there are others."""
        began = self._processor()
        try:
            return sum(1 for _ in zip(range(STEPS_AT_ONCE), steps, strict=False)) == STEPS_AT_ONCE
        finally:
            self._debts.spend(person, self._processor() - began, self._clock.seconds())

    def _sleep(self, seconds: float) -> Deferred[None]:
        return deferLater(self._clock, seconds)  # type: ignore[arg-type]  # a zope interface
