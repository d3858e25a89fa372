"""When to offer a host its settings again. Values and `now` only; no sockets."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass

OFFER_DELAYS_SECONDS = (1.0, 2.0, 5.0, 10.0, 30.0)
"""After the push: one second for it to arrive, then growing, then the last for ever. Any message may be lost; the settings may not."""


@dataclass
class _Offer:
    revision: int
    count: int
    due_at: float


class Reconciler:
    """Offers every connected host its newest revision until it has reported an outcome for exactly that one."""

    def __init__(self) -> None:
        self._offers: dict[str, _Offer] = {}

    def forget(self, host_id: str) -> None:
        """Its session changed: what was offered to the old one counts for nothing."""
        self._offers.pop(host_id, None)

    def due(self, pending: Mapping[str, int], connected: Collection[str], now: float) -> list[str]:
        """The hosts to offer their settings now, out of `pending` (host id → newest revision without an outcome)."""
        for host_id in [host_id for host_id in self._offers if host_id not in pending or host_id not in connected]:
            del self._offers[host_id]
        return [host_id for host_id, revision in pending.items() if host_id in connected and self._take(host_id, revision, now)]

    def _take(self, host_id: str, revision: int, now: float) -> bool:
        offer = self._offers.get(host_id)
        if offer is None or offer.revision != revision:
            self._offers[host_id] = _Offer(revision, 0, now + OFFER_DELAYS_SECONDS[0])
            return False
        if now < offer.due_at:
            return False
        offer.count += 1
        offer.due_at = now + OFFER_DELAYS_SECONDS[min(offer.count, len(OFFER_DELAYS_SECONDS) - 1)]
        return True
