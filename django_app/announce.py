"""What Django tells the hub, always after the commit. It makes things fast; the truth is the database."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from typing import Literal

from django.db import transaction

from components.protocol import AUTH_ON_REVOKE, Event, change_events
from django_app import bridge


def hosts_changed(host_ids: Sequence[str]) -> None:
    """What is stored of these hosts changed: their settings, which the config component then reads and pushes, or anything else."""
    for event in change_events(host_ids):
        _after_commit(event)


def revoked(kind: Literal["host", "user", "session"], ident: str) -> None:
    """Somebody may have lost the right to be here. `ident` says who, empty if it is several; of a session it names the user, because its
    key is a secret.
    """
    _after_commit(Event(AUTH_ON_REVOKE, {"kind": kind, "id": ident}, {}))


def _after_commit(event: Event) -> None:
    transaction.on_commit(partial(_send, event))


def _send(event: Event) -> None:
    bridge.send([event])
