"""The hub that the integration tests share. It ends with them: the browser tests get one without the hosts made here."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.harness.hub import Hub, running


@pytest.fixture(scope="package")
def hub() -> Iterator[Hub]:
    """Whoever changes a host makes one of their own."""
    with running() as hub:
        yield hub
