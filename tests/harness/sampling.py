"""What an agent publishes, as the services hear it. How often is told by the samples' own times: a machine that is busy delivers late."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from itertools import pairwise
from statistics import median
from typing import Any

from tests.harness.eventually import PATIENCE_SECONDS
from tests.harness.hub import Hub

Sample = dict[str, Any]
SAMPLES = "vedette.agent.on_sample"


class Samples:
    """The samples of one host."""

    def __init__(self, hub: Hub, host_id: str) -> None:
        self.client = hub.services()
        self.client.subscribe(SAMPLES)
        self._authid = f"host:{host_id}"

    def until(self, check: Callable[[list[Sample]], Any], what: str, seconds: float = PATIENCE_SECONDS) -> list[Sample]:
        """Those that come from now on, up to the first after which `check` is true of all of them. AssertionError with their times."""
        self.follow(0.05)
        end = time.monotonic() + seconds
        found: list[Sample] = []
        while not check(found):
            assert time.monotonic() < end, f"not within {seconds:g} s: {what}\nits samples: {[_brief(sample) for sample in found[-50:]]}"
            found += self._take(end - time.monotonic(), one=True)
        return found

    def next(self, count: int, *, revision: int = 0) -> list[Sample]:
        """So many that are taken from now on, of this revision if one is given; others are left out."""
        found = self.until(lambda samples: len(_of(samples, revision)) >= count, f"{count} samples of rev {revision or 'any'}")
        return _of(found, revision)

    def follow(self, seconds: float) -> list[Sample]:
        """All that come within so many seconds."""
        return self._take(seconds, one=False)

    def _take(self, seconds: float, *, one: bool) -> list[Sample]:
        events = self.client.events(seconds, until=lambda event: one and event.details["publisher_authid"] == self._authid)
        return [event.payload for event in events if event.details["publisher_authid"] == self._authid]


def spacing(samples: Sequence[Sample]) -> float:
    """Seconds between two of them, as most of them are apart: what a standstill leaves out does not count."""
    return float(median(later["at"] - earlier["at"] for earlier, later in pairwise(samples)))


def _of(samples: list[Sample], revision: int) -> list[Sample]:
    return [sample for sample in samples if revision in (0, sample["revision"])]


def _brief(sample: Sample) -> tuple[Any, ...]:
    return sample["at"], sample["revision"], sample.get("watched", False), sample["seq"]
