"""One transaction for what arrives together, and one bad item hurts nobody else."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from twisted.internet.defer import Deferred

from components import orm


@pytest.fixture
def calls(monkeypatch: pytest.MonkeyPatch) -> list[tuple[Deferred[Any], Callable[[], None]]]:
    """Calls into the database that wait until the test lets them happen."""
    waiting: list[tuple[Deferred[Any], Callable[[], None]]] = []

    def call(function: Callable[..., Any], *args: Any) -> Deferred[Any]:
        done: Deferred[Any] = Deferred()

        def happen() -> None:
            try:
                result = function(*args)
            except ValueError as error:
                done.errback(error)
            else:
                done.callback(result)

        waiting.append((done, happen))
        return done

    monkeypatch.setattr(orm, "call", call)
    return waiting


def run_all(calls: list[tuple[Deferred[Any], Callable[[], None]]]) -> None:
    while calls:
        calls.pop(0)[1]()


def test_what_arrives_while_one_call_runs_goes_into_the_next(calls: list[Any]) -> None:
    stored: list[list[int]] = []

    def store(items: list[int]) -> int:
        stored.append(list(items))
        return len(items)

    batch: orm.Batch[int, int] = orm.Batch(store)
    results = [batch.add(number) for number in range(5)]
    run_all(calls)
    assert stored == [[0], [1, 2, 3, 4]]
    assert [result.result for result in results] == [1, 4, 4, 4, 4]


def test_a_bad_item_fails_alone(calls: list[Any]) -> None:
    stored: list[int] = []

    def store(items: list[int]) -> None:
        if 13 in items:
            raise ValueError("13")
        stored.extend(items)

    batch: orm.Batch[int, None] = orm.Batch(store)
    results = {number: batch.add(number) for number in (1, 2, 13, 3)}
    failures: list[Any] = []
    results[13].addErrback(failures.append)
    run_all(calls)
    assert sorted(stored) == [1, 2, 3]
    assert [failure.value.args for failure in failures] == [("13",)]
    batch.add(4)
    run_all(calls)
    assert 4 in stored
