"""What Django tells the hub, always after the commit. It makes things fast; the truth is the database."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import partial
from typing import Any, Literal

from django.db import transaction

from components.protocol import AUTH_ON_REVOKE, CONFIG_ON_CHANGE, Event, config_event
from django_app import bridge

MOST_IDS = 1000
"""Host ids in one message: about 16 kB."""


def settings_changed(payloads: Sequence[Mapping[str, Any]]) -> None:
    """Each of these hosts has new settings."""
    events = [config_event(payload) for payload in payloads]
    _after_commit(events + _changes([payload["host"] for payload in payloads]))


def hosts_changed(host_ids: Sequence[str]) -> None:
    """What is stored of these hosts changed."""
    _after_commit(_changes(host_ids))


def revoked(kind: Literal["host", "user", "session"], ident: str) -> None:
    """Somebody may have lost the right to be here. `ident` says who; of a session it names the user, because its key is a secret."""
    _after_commit([Event(AUTH_ON_REVOKE, {"kind": kind, "id": ident}, {})])


def _changes(host_ids: Sequence[str]) -> list[Event]:
    batches = (list(host_ids[start : start + MOST_IDS]) for start in range(0, len(host_ids), MOST_IDS))
    return [Event(CONFIG_ON_CHANGE, {"hosts": batch}, {}) for batch in batches]


def _after_commit(events: Sequence[Event]) -> None:
    if events:
        transaction.on_commit(partial(_send, events))


def _send(events: Sequence[Event]) -> None:
    bridge.send(events)
