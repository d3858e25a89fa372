"""The hub that the integration tests share, and who is there. It ends with them: the browser tests get one without the hosts made here."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.harness.cast import Cast, everybody
from tests.harness.hub import Hub, running


@pytest.fixture(scope="package")
def hub() -> Iterator[Hub]:
    """Whoever changes a host makes one of their own."""
    with running() as hub:
        yield hub


@pytest.fixture(scope="module")
def cast(hub: Hub) -> Iterator[Cast]:
    """Everybody, with a session. For each module anew, because others restart what those sessions stand on, and flood it."""
    with everybody(hub) as cast:
        yield cast
