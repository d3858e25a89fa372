"""Turns at something scarce: so many at once for all, so many for each key, and a queue for each key, served in rotation."""

from __future__ import annotations

from collections import Counter, OrderedDict, deque

from twisted.internet.defer import Deferred


class QueueFull(Exception):
    """As many as may already wait for this key."""


class Turns:
    """Who keeps many waiting waits behind their own; a key that comes once waits for at most one turn of each other key.

    With `newest_first`, of one key's own the last to come is the first to be served. That is for those who give up after a while and come
    again: when there are more than can be served in time, the oldest has almost given up, and to serve it would be in vain.
    """

    def __init__(self, at_once: float, at_once_per_key: float, waiting_per_key: float, *, newest_first: bool = False) -> None:
        self._newest_first = newest_first
        self._free = at_once
        self._per_key = at_once_per_key
        self._waiting_per_key = waiting_per_key
        self._taken: Counter[str] = Counter()
        self._queues: OrderedDict[str, deque[Deferred[None]]] = OrderedDict()
        self._serving = False

    def take(self, key: str) -> Deferred[None]:
        """Fires when it is this one's turn, which must be given back; cancelling it, or QueueFull, takes none."""
        if not self._may(key) and len(self._queues.get(key, ())) >= self._waiting_per_key:
            raise QueueFull(key)
        turn: Deferred[None] = Deferred(lambda cancelled: self._leave(key, cancelled))
        self._queues.setdefault(key, deque()).append(turn)
        self._serve()
        return turn

    def give_back(self, key: str) -> None:
        """A turn is over."""
        self._free += 1
        self._taken[key] -= 1
        if not self._taken[key]:
            del self._taken[key]
        self._serve()

    def _may(self, key: str) -> bool:
        return self._free > 0 and self._taken[key] < self._per_key

    def _serve(self) -> None:
        if self._serving:
            return  # a turn that is over at once: the loop below goes on with the next, or a long queue of such would be a deep recursion
        self._serving = True
        try:
            while (key := self._next()) is not None:
                self._begin(key).callback(None)
        finally:
            self._serving = False

    def _begin(self, key: str) -> Deferred[None]:
        self._free -= 1
        self._taken[key] += 1
        turn = self._queues[key].pop() if self._newest_first else self._queues[key].popleft()
        self._queues.move_to_end(key)
        self._forget_if_empty(key)
        return turn

    def _next(self) -> str | None:
        return next((key for key in self._queues if self._may(key)), None) if self._free > 0 else None

    def _leave(self, key: str, turn: Deferred[None]) -> None:
        self._queues[key].remove(turn)
        self._forget_if_empty(key)

    def _forget_if_empty(self, key: str) -> None:
        if not self._queues[key]:
            del self._queues[key]
