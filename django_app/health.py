"""Whether database, router and config component answer."""

from __future__ import annotations

import threading
import time
from dataclasses import dataclass

from django.db import DatabaseError

from django_app import bridge, fleet

KEPT_SECONDS = 2.0
"""How old a report may be: many askers cost one look."""

OK = "ok"


@dataclass(frozen=True)
class Report:
    """`parts` says `ok` or what is wrong, by the name of the part."""

    parts: dict[str, str]
    at: float

    @property
    def ok(self) -> bool:
        """Everything answers."""
        return set(self.parts.values()) == {OK}


_looking = threading.Lock()
_last: Report | None = None


def report() -> Report:
    """A report of now or of at most two seconds ago."""
    global _last  # noqa: PLW0603  # the one kept report
    with _looking:
        if _last is None or time.monotonic() - _last.at > KEPT_SECONDS:
            _last = look()
        return _last


def look() -> Report:
    """Ask all three parts now."""
    return Report({"database": _database(), **_router_and_config()}, time.monotonic())


def _database() -> str:
    try:
        fleet.ping()
    except DatabaseError:
        return "does not answer"
    return OK


def _router_and_config() -> dict[str, str]:
    try:
        bridge.ping()
    except bridge.BridgeDown:
        if bridge.answers():
            return {"router": OK, "config": "does not answer"}
        return {"router": "does not answer", "config": "unknown, the router does not answer"}
    except bridge.BridgeRefused:
        return {"router": OK, "config": "does not answer"}
    return {"router": OK, "config": OK}
