"""Who reads very much waits, and nobody else."""

from __future__ import annotations

import pytest
from twisted.internet.defer import Deferred
from twisted.internet.task import Clock

from components.errors import QueryRefused
from components.limits import SNAPSHOT_PAGES, SNAPSHOT_PAGES_WAITING
from components.readers import Readers

BURST, WAITING = int(SNAPSHOT_PAGES.burst), int(SNAPSHOT_PAGES_WAITING.most)


class Scene:
    """People who read, and who of them has had a turn or was refused."""

    def __init__(self) -> None:
        self.clock = Clock()
        self.readers = Readers(self.clock)
        self.served: list[str | None] = []
        self.refused: list[str | None] = []

    def ask(self, authid: str | None, times: int = 1) -> None:
        for _ in range(times):
            turn = Deferred.fromCoroutine(self.readers.turn(authid))
            turn.addCallbacks(
                lambda _: self.served.append(authid), lambda failure: self.refused.append(failure.check(QueryRefused) and authid)
            )


@pytest.fixture
def scene() -> Scene:
    return Scene()


def test_a_burst_is_served_at_once_and_then_the_rate(scene: Scene) -> None:
    """All pages of one person count together."""
    scene.ask("user:1:x", BURST - 1)
    scene.ask("user:1:y", 3)
    assert len(scene.served) == BURST
    scene.clock.advance(1 / SNAPSHOT_PAGES.per_second)
    assert len(scene.served) == BURST + 1
    scene.clock.advance(1 / SNAPSHOT_PAGES.per_second)
    assert len(scene.served) == BURST + 2


def test_so_many_wait_at_most(scene: Scene) -> None:
    """Also of sessions that have gone; what is refused does not make the others wait longer."""
    scene.ask("user:1:x", BURST + WAITING + 5)
    assert (len(scene.served), len(scene.refused)) == (BURST, 5)
    assert set(scene.refused) == {"user:1:x"}
    scene.clock.advance(WAITING / SNAPSHOT_PAGES.per_second + 0.001)
    assert len(scene.served) == BURST + WAITING


def test_nobody_else_waits(scene: Scene) -> None:
    """Neither another person nor the hub itself."""
    scene.ask("user:1:x", BURST + WAITING)
    scene.ask("user:2:x")
    scene.ask("services", 5)
    scene.ask(None)
    assert scene.served[BURST:] == ["user:2:x", *["services"] * 5, None]
