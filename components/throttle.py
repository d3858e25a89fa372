"""Counting against a rate. Values and `now` only; memory is bounded whoever comes."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Hashable

from components.limits import Rate

MAX_KEYS = 10_000
"""Beyond that the one that was quiet the longest is forgotten: it has its burst again."""


class Throttle:
    """One token bucket for each key: `burst` tokens, refilled with `per_second`."""

    def __init__(self, rate: Rate, most: int = MAX_KEYS) -> None:
        self._rate = rate
        self._most = most
        self._buckets: OrderedDict[Hashable, tuple[float, float]] = OrderedDict()

    def has(self, key: Hashable, now: float, cost: float = 1.0) -> bool:
        """Whether `key` could take `cost` now."""
        return self._left(key, now) >= cost

    def take(self, key: Hashable, now: float, cost: float = 1.0) -> bool:
        """Take `cost` from `key`; False, and nothing taken, if it has not so much left."""
        left = self._left(key, now)
        if left < cost:
            return False
        self._buckets[key] = left - cost, now
        self._buckets.move_to_end(key)
        if len(self._buckets) > self._most:
            self._buckets.popitem(last=False)
        return True

    def _left(self, key: Hashable, now: float) -> float:
        left, at = self._buckets.get(key, (self._rate.burst, now))
        return min(self._rate.burst, left + max(0.0, now - at) * self._rate.per_second)


class Debt:
    """One bucket that may be overdrawn, for what is known only after it is spent: how long to wait until it is paid back."""

    def __init__(self, rate: Rate, now: float) -> None:
        self._rate = rate
        self._left = rate.burst
        self._at = now

    def spend(self, amount: float, now: float) -> float:
        """Seconds to wait before more may be spent; 0 while something is left."""
        self._left = min(self._rate.burst, self._left + max(0.0, now - self._at) * self._rate.per_second) - amount
        self._at = now
        return max(0.0, -self._left / self._rate.per_second)


class Debts:
    """One such bucket for each key."""

    def __init__(self, rate: Rate, most: int = MAX_KEYS) -> None:
        self._rate = rate
        self._most = most
        self._debts: OrderedDict[Hashable, Debt] = OrderedDict()

    def spend(self, key: Hashable, amount: float, now: float) -> float:
        """Seconds for which `key` has to wait before it may spend more."""
        debt = self._debts.setdefault(key, Debt(self._rate, now))
        self._debts.move_to_end(key)
        if len(self._debts) > self._most:
            self._debts.popitem(last=False)
        return debt.spend(amount, now)
