"""The table of limits and the node configuration say the same."""

from __future__ import annotations

import json
from typing import Any

import pytest

from components import limits, payloads, protocol
from tests.harness.node import transports
from tests.harness.process import REPOSITORY

CONFIG = json.loads((REPOSITORY / ".crossbar" / "config.json").read_text())
PUBLIC: dict[str, Any] = next(transport for transport in transports(CONFIG) if transport["id"] == "public")
WEBSOCKET: dict[str, Any] = PUBLIC["paths"]["ws"]["options"]


def test_times_are_those_of_the_node() -> None:
    """What Crossbar.io does by itself; it has milliseconds for WebSockets."""
    assert WEBSOCKET["auto_ping_interval"] == WEBSOCKET["auto_ping_timeout"] == limits.PING_SECONDS.most * 1000
    assert PUBLIC["options"]["client_timeout"] == limits.REQUEST_SECONDS.most


def test_no_address_can_use_up_the_port() -> None:
    """The limit of the whole port is there for many addresses."""
    assert limits.CONNECTIONS.most <= PUBLIC["max_connections"] / 2
    assert limits.NEW_CONNECTIONS.burst <= limits.CONNECTIONS.most
    assert limits.BODIES_BYTES_PER_ADDRESS.most <= limits.BODIES_BYTES.most / 2
    assert limits.PAGES_AT_ONCE_PER_ADDRESS.most <= limits.PAGES_AT_ONCE.most / 2


def test_what_the_wire_allows_is_within_the_limits() -> None:
    """The largest sample comes in, the largest message goes out."""
    assert payloads.MAX_SAMPLE_BYTES < limits.INBOUND_BYTES.most <= WEBSOCKET["max_message_size"]
    assert protocol.MAX_MESSAGE_BYTES < WEBSOCKET["max_message_size"] < limits.UNSENT_BYTES.most
    assert limits.MESSAGE_VALUES.most > payloads.MAX_METRICS * 2


@pytest.mark.parametrize("limit", limits.LIMITS, ids=lambda limit: limit.what)
def test_each_limit_says_what_happens(limit: limits.Rate | limits.Most) -> None:
    """In words that fit into a row of a table and a line of the log."""
    assert limit.what
    assert limit.each
    assert limit.then
    assert "|" not in limit.what + limit.bound + limit.then
