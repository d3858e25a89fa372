"""Turns: how many at once, how many wait, and in whose order."""

from __future__ import annotations

import pytest
from twisted.internet.defer import CancelledError, Deferred

from components.turns import QueueFull, Turns


def taken(turn: Deferred[None]) -> bool:
    """Whether it is its turn."""
    return turn.called


def test_all_together_are_bounded() -> None:
    """Who comes next gets what is given back."""
    turns = Turns(2, 2, 10)
    first, second, third = (turns.take(key) for key in "abc")
    assert [taken(turn) for turn in (first, second, third)] == [True, True, False]
    turns.give_back("a")
    assert taken(third)


def test_each_key_is_bounded() -> None:
    """What one key wants beyond its own bound holds up nobody."""
    turns = Turns(3, 1, 10)
    greedy = [turns.take("a") for _ in range(5)]
    assert [taken(turn) for turn in greedy] == [True, False, False, False, False]
    assert taken(turns.take("b"))
    turns.give_back("a")
    assert [taken(turn) for turn in greedy] == [True, True, False, False, False]


def test_keys_are_served_in_rotation() -> None:
    """However many one of them has waiting."""
    turns = Turns(1, 1, 10)
    turns.take("x")
    order = [("a", turns.take("a")), ("a", turns.take("a")), ("a", turns.take("a")), ("b", turns.take("b")), ("c", turns.take("c"))]
    served = []
    last = "x"
    for _ in range(5):
        turns.give_back(last)
        last, turn = next((key, turn) for key, turn in order if taken(turn) and (key, turn) not in served)
        served.append((last, turn))
    assert [key for key, _ in served] == ["a", "b", "c", "a", "a"]


def test_the_newest_of_a_key_may_be_served_first() -> None:
    """For who gives up after a while; keys are served in rotation all the same."""
    turns = Turns(1, 1, 10, newest_first=True)
    turns.take("x")
    order = [("a", turns.take("a")), ("a", turns.take("a")), ("b", turns.take("b"))]
    served, last = [], "x"
    for _ in order:
        turns.give_back(last)
        number = next(number for number, (_, turn) in enumerate(order) if taken(turn) and number not in served)
        served.append(number)
        last = order[number][0]
    assert served == [1, 2, 0]


def test_the_queue_of_a_key_is_bounded() -> None:
    """And only that key's."""
    turns = Turns(1, 1, 1)
    turns.take("a")
    turns.take("a")
    with pytest.raises(QueueFull):
        turns.take("a")
    assert not taken(turns.take("b"))


def test_a_long_queue_of_turns_that_are_over_at_once_is_no_recursion() -> None:
    """As of joins that are refused before anything is looked up: no turn is lost, and all get theirs."""
    turns, served = Turns(8, 8, 5000), []

    async def refused_at_once(number: int) -> None:
        await turns.take("a")
        served.append(number)
        turns.give_back("a")

    for _ in range(8):
        turns.take("b")
    for number in range(5000):
        Deferred.fromCoroutine(refused_at_once(number))
    for _ in range(8):
        turns.give_back("b")
    assert served == list(range(5000))
    assert [taken(turns.take("c")) for _ in range(9)] == [True] * 8 + [False]


def test_nobody_need_be_able_to_wait() -> None:
    """With no place in the queue, a free turn is taken all the same."""
    turns = Turns(1, 1, 0)
    assert taken(turns.take("a"))
    with pytest.raises(QueueFull):
        turns.take("a")


def test_who_leaves_the_queue_takes_no_turn() -> None:
    """And nothing is remembered of a key that has neither turn nor place."""
    turns = Turns(1, 1, 10)
    turns.take("a")
    left, stayed = turns.take("b"), turns.take("b")
    left.addErrback(lambda failure: failure.trap(CancelledError))  # type: ignore[call-overload]  # its type says nothing of None
    left.cancel()
    turns.give_back("a")
    assert taken(stayed)
    turns.give_back("b")
    assert not turns._queues
    assert not turns._taken
