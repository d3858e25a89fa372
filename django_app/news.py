"""News for the hub says only where to look, so what waits to be told can be told together: one message for a change of many hosts."""

from __future__ import annotations

from collections.abc import Iterable

from components.protocol import AUTH_ON_REVOKE, CONFIG_ON_CHANGE, Event, changed_hosts

MOST_IDS = 1000
"""Host ids in one message: about 16 kB."""


def together(events: Iterable[Event]) -> list[Event]:
    """As few events that say as much, in the order in which each was first needed: hosts that changed in one list, and one word about
    all who may have lost a right of one kind, which names them only if it is one.
    """
    told: dict[tuple[str, str], Event] = {}
    for number, event in enumerate(events):
        key = _key(event) or (event.topic, f"apart {number}")
        told[key] = _both(told[key], event) if key in told else event
    return [part for event in told.values() for part in _parts(event)]


def _key(event: Event) -> tuple[str, str] | None:
    """What may be told together has the same."""
    if event.topic == CONFIG_ON_CHANGE:
        return event.topic, ""
    return (event.topic, event.payload["kind"]) if event.topic == AUTH_ON_REVOKE else None


def _both(one: Event, other: Event) -> Event:
    if one.topic == CONFIG_ON_CHANGE:
        return Event(CONFIG_ON_CHANGE, {"hosts": list(dict.fromkeys([*one.payload["hosts"], *other.payload["hosts"]]))}, {})
    ident = one.payload["id"] if one.payload["id"] == other.payload["id"] else ""
    return Event(AUTH_ON_REVOKE, {"kind": one.payload["kind"], "id": ident}, {})


def _parts(event: Event) -> list[Event]:
    if event.topic != CONFIG_ON_CHANGE or len(changed_hosts(event.payload)) <= MOST_IDS:
        return [event]
    ids = event.payload["hosts"]
    return [Event(CONFIG_ON_CHANGE, {"hosts": ids[start : start + MOST_IDS]}, {}) for start in range(0, len(ids), MOST_IDS)]
