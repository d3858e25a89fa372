"""`vedette.history.get_series`: what may be asked, and how large an answer may be."""

from __future__ import annotations

import itertools
import json
import time
from typing import Any

import pytest
from twisted.internet.defer import Deferred
from twisted.internet.task import Clock

from components.errors import InvalidPayload, QueryRefused
from components.history import STEPS_AT_ONCE, History, collect, parse_question
from components.limits import SERIES_QUESTIONS
from components.protocol import MAX_MESSAGE_BYTES
from components.series import Series

A, B = "aaaaaaaaaaaa", "bbbbbbbbbbbb"
NOW = 1_000_600.0


@pytest.fixture
def series() -> Series:
    """Two hosts at 1 Hz, one of which was silent for the last five minutes."""
    kept = Series()
    for second in range(600):
        kept.add(A, {"cpu": 0.5, "disk": {"/": 1e12 + second, "__proto__": 3.0}}, NOW - 600 + second)
        if second < 300:
            kept.add(B, {"cpu": second / 600}, NOW - 600 + second)
    return kept


def ask(series: Series, **fields: Any) -> dict[str, Any]:
    answer: dict[str, Any] = {}
    for _ in collect(series, parse_question({"hosts": [A, B], "metrics": ["cpu", "disk"], "points": 2, **fields}, NOW), answer):
        pass
    return answer


def test_columns_of_each_host(series: Series) -> None:
    """Of the last ten minutes unless asked otherwise; a host that nobody knows is left out, and so is a metric that it lacks."""
    answer = ask(series, hosts=[A, B, "zzzzzzzzzzzz"], metrics=["cpu", "disk", "moon"])
    flat = {"min": [0.5, 0.5], "mean": [0.5, 0.5], "max": [0.5, 0.5]}
    disk = [1_000_000_000_000] * 2
    assert answer == {
        A: {
            "at": [1_000_200, 1_000_500],
            "cpu": flat,
            "disk": {"/": {"min": disk, "mean": disk, "max": disk}, "__proto__": {"min": [3, 3], "mean": [3, 3], "max": [3, 3]}},
        },
        B: {"at": [1_000_200, 1_000_500], "cpu": {"min": [0.3333, None], "mean": [0.4158, None], "max": [0.4983, None]}},
    }


def test_all_hosts_have_the_same_buckets(series: Series) -> None:
    for second in range(0, 600, 60):
        series.add("cccccccccccc", {"cpu": 0.1}, NOW - 600 + second)
    answer = ask(series, hosts=[A, "cccccccccccc"], metrics=["cpu"], points=600)
    assert answer[A]["at"] == answer["cccccccccccc"]["at"]
    assert len(answer[A]["at"]) == len(answer["cccccccccccc"]["cpu"]["mean"]) == 600


def test_a_stretch_of_time(series: Series) -> None:
    answer = ask(series, hosts=[A], metrics=["cpu"], start=NOW - 100, end=NOW - 90.5, points=100)
    assert answer[A]["at"] == list(range(1_000_500, 1_000_510))


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({"hosts": A}, "hosts must be a list"),
        ({"hosts": ["a"] * 65}, "hosts must be a list of at most 64"),
        ({"hosts": ["a\x00"]}, "hosts has a text with control characters"),
        ({"metrics": None}, "metrics must be a list"),
        ({"metrics": ["m"] * 65}, "metrics must be a list of at most 64 texts"),
        ({"metrics": ["<b>"]}, "'<b>' is no name of a metric"),
        ({"metrics": ["at"]}, "'at' is no name of a metric"),
        ({"metrics": [7]}, "metrics must be a list"),
        ({"points": 1}, "points is 1; it must be a whole number from 2 to 1000"),
        ({"points": 1001}, "points is 1001"),
        ({"points": 2.5}, "points is 2.5"),
        ({"points": True}, "points is True"),
        ({"start": "now"}, "start is 'now'"),
        ({"start": float("nan")}, "start is nan"),
        ({"end": 10**400}, "end is beyond any float"),
        ({"end": 1e300}, "end is 1e\\+300; it must be UTC seconds"),
        ({"start": -1.0}, "start is -1"),
        ({"start": NOW, "end": NOW}, "is not before end"),
        ({"start": NOW + 1}, "is not before end"),
    ],
)
def test_a_bad_question_is_refused_by_name(series: Series, fields: dict[str, Any], words: str) -> None:
    with pytest.raises(InvalidPayload, match=words):
        ask(series, **fields)


def test_an_answer_that_is_too_large_is_refused_with_the_remedy() -> None:
    """Before all of it is made; what is given is below the limit."""
    series = Series()
    names = [f'core {number} é"' for number in range(60)]
    for second in range(600):
        series.add(A, {"cpu": {name: second / 7 + index for index, name in enumerate(names)}}, NOW - 600 + second)
    largest = 0
    for points in range(2, 600, 20):
        try:
            answer = ask(series, hosts=[A], metrics=["cpu"], points=points)
        except InvalidPayload as refused:
            assert str(refused) == "the answer would have more than 256 KiB; ask for fewer hosts, metrics or points"  # noqa: PT017
            break
        largest = len(json.dumps(answer, separators=(",", ":")))
        assert largest <= MAX_MESSAGE_BYTES
    assert largest > 0.8 * MAX_MESSAGE_BYTES


def test_hosts_without_what_is_asked_for_count_too() -> None:
    """The times of their buckets are told all the same."""
    series, ids = Series(), [f"{number:012d}" for number in range(64)]
    for host_id in ids:
        series.add(host_id, {"cpu": 0.5}, NOW)
    with pytest.raises(InvalidPayload, match="256 KiB"):
        ask(series, hosts=ids, metrics=["moon"], start=NOW - 600_000, points=1000)
    assert len(ask(series, hosts=ids, metrics=["moon"], points=10)) == 64


class CountingClock(Clock):
    """How often something waited for its turn."""

    turns = 0

    def callLater(self, *args: Any, **kwargs: Any) -> Any:  # noqa: N802  # Twisted's own name
        self.turns += 1
        return super().callLater(*args, **kwargs)


def test_others_have_their_turn_meanwhile(series: Series) -> None:
    """An answer of many columns is made a few at a time."""
    for number in range(4 * STEPS_AT_ONCE):
        series.add(A, {f"m{number}": 1.0}, NOW + number)
    clock, answers = CountingClock(), list[Any]()
    question = {"hosts": [A], "metrics": [f"m{number}" for number in range(4 * STEPS_AT_ONCE)]}
    Deferred.fromCoroutine(History(series, clock, lambda: NOW).get_series("user:1:x", **question)).addCallback(answers.append)
    clock.advance(0)
    assert clock.turns >= 4
    assert len(answers[0][A]) == 4 * STEPS_AT_ONCE + 1


def test_what_counts_is_the_time_of_the_processor(series: Series) -> None:
    """Not that of a machine which does something else meanwhile."""
    assert History(series, Clock())._processor is time.thread_time


def test_who_asks_very_much_waits_and_nobody_else(series: Series) -> None:
    """Counted by the person, in processor time, also of what was refused."""
    clock = Clock()
    asker = History(series, clock, lambda: NOW, processor=itertools.count(0.0, 4.0).__next__)
    answered: list[str] = []

    def asked(authid: str, name: str, **fields: Any) -> None:
        question = {"hosts": [A], "metrics": ["cpu"], **fields}
        Deferred.fromCoroutine(asker.get_series(authid, **question)).addCallbacks(lambda _: answered.append(name), lambda _: None)

    asked("user:1:x", "first")
    clock.advance(0)
    asked("user:1:y", "second")
    asked("user:2:z", "another's")
    clock.advance(0)
    assert answered == ["first", "another's"]
    clock.pump([10.0] * 3)
    assert answered == ["first", "another's", "second"]


def test_of_one_person_so_many_questions_wait_at_most(series: Series) -> None:
    """Also of sessions that have gone; others may still ask."""
    clock = Clock()
    asker = History(series, clock, lambda: NOW, processor=itertools.count(0.0, 4.0).__next__)
    answered, refused = list[object](), list[Any]()
    for number in range(int(SERIES_QUESTIONS.most) + 5):
        asked = Deferred.fromCoroutine(asker.get_series(f"user:1:{number}", hosts=[A], metrics=["cpu"]))
        asked.addCallbacks(answered.append, refused.append)
    assert (len(answered), len(refused)) == (1, 4)
    assert all(failure.check(QueryRefused) for failure in refused)
    Deferred.fromCoroutine(asker.get_series("user:2:x", hosts=[A], metrics=["cpu"])).addCallback(answered.append)
    assert len(answered) == 2


def test_who_asks_very_much_at_once_gets_one_answer_after_another(series: Series) -> None:
    """Those who waited do not all begin when the debt is paid."""
    clock = Clock()
    asker = History(series, clock, lambda: NOW, processor=itertools.count(0.0, 4.0).__next__)
    answered: list[object] = []
    for _ in range(4):
        Deferred.fromCoroutine(asker.get_series("user:1:x", hosts=[A], metrics=["cpu"])).addCallback(answered.append)
        clock.advance(0)
    counts = []
    for _ in range(120):
        clock.advance(1)
        counts.append(len(answered))
    assert counts[0] == 1
    assert counts[-1] == 4
    assert max(after - before for before, after in itertools.pairwise(counts)) == 1


def test_of_many_who_wait_only_the_next_wakes_up(series: Series) -> None:
    """In the order in which they asked. If all woke up and waited again, that would cost the hub more than the answers."""
    clock, count = CountingClock(), 200
    asker = History(series, clock, lambda: NOW, processor=itertools.count(0.0, 0.5).__next__)
    answered: list[int] = []

    async def asked(number: int) -> None:
        await asker.get_series("user:1:x", hosts=[A], metrics=["cpu"])
        answered.append(number)

    for number in range(count):
        Deferred.fromCoroutine(asked(number))
    clock.pump([0.5] * 20 * count)
    assert answered == list(range(count))
    assert clock.turns <= 2 * count
    assert clock.getDelayedCalls() == []


def test_what_waited_is_not_answered_all_at_once(series: Series) -> None:
    """When there is enough left for all of it, others have their turn between."""
    clock = CountingClock()
    asker = History(series, clock, lambda: NOW, processor=itertools.count(0.0, 0.001).__next__)
    for number in range(2 * STEPS_AT_ONCE):
        series.add(A, {f"m{number}": 1.0}, NOW + number)
    answered: list[object] = []
    for metrics in ([f"m{number}" for number in range(2 * STEPS_AT_ONCE)], *[["cpu"]] * 10):
        Deferred.fromCoroutine(asker.get_series("user:1:x", hosts=[A], metrics=metrics)).addCallback(answered.append)
    assert answered == []
    clock.advance(0)
    assert len(answered) == 11
    assert clock.turns >= 11
