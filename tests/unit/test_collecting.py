"""A process that makes a hundred objects a sample does not look through all of them all the time."""

from __future__ import annotations

import gc
from collections.abc import Iterator

import pytest

from components.collecting import THRESHOLDS, collect_seldom


@pytest.fixture(autouse=True)
def _restored() -> Iterator[None]:
    thresholds = gc.get_threshold()
    yield
    gc.unfreeze()
    gc.set_threshold(*thresholds)


def test_what_is_there_is_looked_at_no_more() -> None:
    collect_seldom()
    assert gc.get_freeze_count() > 0
    assert gc.get_threshold() == THRESHOLDS


def test_what_refers_to_itself_is_forgotten_all_the_same() -> None:
    collect_seldom()
    before = gc.get_stats()[0]["collected"]
    for _ in range(2 * THRESHOLDS[0]):
        ring: list[object] = []
        ring.append(ring)
    assert gc.get_stats()[0]["collected"] > before
