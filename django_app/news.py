"""News for the hub says only where to look, so what waits to be told can be told together: one message for a change of many hosts."""

from __future__ import annotations

from collections.abc import Iterable

from components.protocol import AUTH_ON_REVOKE, CONFIG_ON_CHANGE, Event, change_events


def together(events: Iterable[Event]) -> list[Event]:
    """As few events that say as much, in the order in which each was first needed: hosts that changed in one list, and one word about
    all who may have lost a right of one kind, which names them only if it is one.
    """
    alike: dict[tuple[str, str], list[Event]] = {}
    for number, event in enumerate(events):
        alike.setdefault(_key(event) or (event.topic, f"apart {number}"), []).append(event)
    return [told for group in alike.values() for told in _told(group)]


def _key(event: Event) -> tuple[str, str] | None:
    """What may be told together has the same."""
    if event.topic == CONFIG_ON_CHANGE:
        return event.topic, ""
    return (event.topic, event.payload["kind"]) if event.topic == AUTH_ON_REVOKE else None


def _told(group: list[Event]) -> list[Event]:
    if group[0].topic == CONFIG_ON_CHANGE:
        return change_events(host_id for event in group for host_id in event.payload["hosts"])
    idents = {event.payload["id"] for event in group[1:]}
    if idents <= {group[0].payload.get("id")}:
        return group[:1]
    return [Event(AUTH_ON_REVOKE, {"kind": group[0].payload["kind"], "id": ""}, {})]
