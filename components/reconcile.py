"""When to offer a host its settings, and when again. Values and `now` only; no sockets."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass

OFFER_DELAYS_SECONDS = (1.0, 2.0, 5.0, 10.0, 30.0)
"""After the first offer: growing, then the last for ever. Any message may be lost; the settings may not."""


@dataclass
class _Offer:
    revision: int | None
    """None: nothing yet, because the session is new and asks for its settings itself."""
    count: int
    due_at: float


class Reconciler:
    """Offers every connected host its newest revision until it has reported an outcome for exactly that one."""

    def __init__(self) -> None:
        self._offers: dict[str, _Offer] = {}

    def joined(self, host_id: str, now: float) -> None:
        """It has a new session: what was offered to an older one counts for nothing, and it will ask by itself, unless that gets lost."""
        self._offers[host_id] = _Offer(None, 0, now + OFFER_DELAYS_SECONDS[0])

    def given(self, host_id: str, revision: int, now: float) -> None:
        """It asked, and got this one."""
        offer = self._offers.get(host_id)
        if offer is None or offer.revision is None or offer.revision < revision:
            self._offers[host_id] = _Offer(revision, 0, now + OFFER_DELAYS_SECONDS[0])

    def forget(self, host_id: str) -> None:
        """It has no session any more."""
        self._offers.pop(host_id, None)

    def due(self, asked: Collection[str], pending: Mapping[str, int], connected: Collection[str], now: float) -> list[str]:
        """The hosts to offer their settings now, out of those asked about: `pending` is host id → newest revision without an outcome."""
        for host_id in asked:
            if host_id not in pending and self._has_been_offered(host_id):
                del self._offers[host_id]
        return [host_id for host_id, revision in pending.items() if host_id in connected and self._take(host_id, revision, now)]

    def _has_been_offered(self, host_id: str) -> bool:
        offer = self._offers.get(host_id)
        return offer is not None and offer.revision is not None

    def _take(self, host_id: str, revision: int, now: float) -> bool:
        offer = self._offers.get(host_id)
        if offer is None or (offer.revision is None and now >= offer.due_at) or (offer.revision is not None and offer.revision < revision):
            self._offers[host_id] = _Offer(revision, 0, now + OFFER_DELAYS_SECONDS[0])
            return True
        if offer.revision != revision or now < offer.due_at:
            return False
        offer.count += 1
        offer.due_at = now + OFFER_DELAYS_SECONDS[min(offer.count, len(OFFER_DELAYS_SECONDS) - 1)]
        return True
