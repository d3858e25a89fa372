"""Two hubs on one machine."""

from __future__ import annotations

import re
from typing import Any

import pytest

from tests.conftest import MakeHub
from tests.harness.hub import READY_SECONDS, Hub
from tests.harness.node import transports

pytestmark = pytest.mark.timeout(900)


def test_a_port_in_use_ends_the_hub_that_comes_later(make_hub: MakeHub, hub: Hub) -> None:
    """By name."""

    def take_the_port(config: dict[str, Any]) -> None:
        for transport in transports(config):
            if transport["id"] == "public":
                transport["endpoint"]["port"] = hub.port

    other = make_hub(edit=take_the_port).launch()
    assert other.process.wait(READY_SECONDS) == 1
    assert re.search(rf"{hub.port}.*Address already in use|Address already in use.*{hub.port}", other.output())
    assert hub.is_healthy()
