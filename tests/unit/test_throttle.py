"""Counting against a rate, with time as a number."""

from __future__ import annotations

import pytest

from components.limits import Most, Rate
from components.throttle import Debt, Debts, Throttle

THREE = Rate("things", 3, 2, "somebody", "it waits")


def test_a_burst_and_then_the_rate() -> None:
    """Three at once, then two a second, never more than three saved up."""
    throttle = Throttle(THREE)
    assert [throttle.take("a", 0) for _ in range(4)] == [True, True, True, False]
    assert [throttle.take("a", 1) for _ in range(3)] == [True, True, False]
    assert [throttle.take("a", 100) for _ in range(4)] == [True, True, True, False]


def test_each_key_has_its_own() -> None:
    """Whatever others take."""
    throttle = Throttle(THREE)
    while throttle.take("a", 0):
        pass
    assert throttle.has("b", 0, 3)
    assert not throttle.has("a", 0)


def test_what_does_not_fit_costs_nothing() -> None:
    """And asking costs nothing either."""
    throttle = Throttle(THREE)
    assert not throttle.take("a", 0, 4)
    assert throttle.has("a", 0, 3)
    assert throttle.take("a", 0, 3)


def test_a_clock_that_goes_back_gives_nothing_away() -> None:
    """Nor does it take anything."""
    throttle = Throttle(THREE)
    assert throttle.take("a", 10, 3)
    assert not throttle.take("a", 5)
    assert throttle.take("a", 10.5)


def test_memory_is_bounded() -> None:
    """The key that was quiet the longest is forgotten, and only that one."""
    throttle = Throttle(THREE, most=2)
    for key in ("a", "b", "a", "c"):
        throttle.take(key, 0)
    assert len(throttle._buckets) == 2
    assert throttle.has("b", 0, 3)
    assert not throttle.has("a", 0, 2)


def test_a_debt_says_how_long_to_wait() -> None:
    """Nothing while something is left; then until it is paid back."""
    debt = Debt(THREE, 0)
    assert debt.spend(3, 0) == 0
    assert debt.spend(1, 0) == 0.5
    assert debt.spend(0, 0.25) == 0.25
    assert debt.spend(0, 0.5) == 0
    assert debt.spend(3, 100) == 0
    assert debt.spend(0.5, 100) == 0.25


@pytest.mark.parametrize(
    ("limit", "words"),
    [
        (Rate("", 1500, 30, "", ""), "1,500 at once, then 30 a second"),
        (Rate("", 0.3, 0.05, "", "", "s"), "0.3 s at once, then 0.05 s a second"),
        (Most("", 8 * 2**10, "", "", "bytes"), "8 KiB"),
        (Most("", 4 * 2**20, "", "", "bytes"), "4 MiB"),
        (Most("", 20_000, "", ""), "20,000"),
        (Most("", 60, "", "", "s"), "60 s"),
    ],
)
def test_limits_in_words(limit: Rate | Most, words: str) -> None:
    """As the documentation and the log have them."""
    assert limit.bound == words


def test_each_has_its_own_debt() -> None:
    """And nobody waits for another's."""
    debts = Debts(THREE, most=2)
    assert debts.spend("a", 7, 0) == 2.0
    assert debts.spend("b", 1, 0) == 0
    assert debts.spend("a", 0, 1) == 1.0


def test_debts_take_bounded_memory() -> None:
    """Whoever was quiet the longest is forgotten."""
    debts = Debts(THREE, most=2)
    for key in "abc":
        debts.spend(key, 7, 0)
    assert debts.spend("b", 0, 0) == 2.0
    assert debts.spend("a", 0, 0) == 0
