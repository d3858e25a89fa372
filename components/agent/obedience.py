"""Settings from the hub: checked, locked, applied; the last good ones kept. Values only, no sockets.

Older revisions of the same epoch change nothing, a repeated one is only answered again. The answer of `get_config` always counts: that
is how a hub whose database was restored wins over what its agents remember.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from components.agent.lock import SILENT, Lock
from components.errors import InvalidPayload
from components.host_settings import check_settings
from components.payloads import ConfigReport


@dataclass(frozen=True)
class Applied:
    """The settings in force: those of `revision` as the lock lets them through."""

    epoch: str
    revision: int
    settings: Mapping[str, bool | float]


class Obedience:
    """Turns offered settings into applied ones and a report. `read_lock` gives the machine's lock, `now` UTC seconds."""

    def __init__(self, read_lock: Callable[[], Lock], now: Callable[[], float]) -> None:
        self._read_lock = read_lock
        self._now = now
        self._last: ConfigReport | None = None
        self.applied: Applied | None = None

    def offered(self, payload: Mapping[str, Any], *, certain: bool = False) -> ConfigReport | None:
        """Apply `payload` if it counts; `certain` for the answer of `get_config`. The report to send, None if there is nothing to say."""
        epoch, revision = str(payload.get("epoch", "")), payload.get("revision")
        if not isinstance(revision, int) or isinstance(revision, bool):
            return None
        if not certain and self._last is not None and self._last.epoch == epoch:
            if revision == self._last.revision:
                return self._last
            if revision < self._last.revision:
                return None
        self._last = self._apply(epoch, revision, payload)
        return self._last

    def _apply(self, epoch: str, revision: int, payload: Mapping[str, Any]) -> ConfigReport:
        try:
            wanted = check_settings(payload)
        except InvalidPayload as error:
            kept = f"kept rev {self.applied.revision}" if self.applied else "kept the defaults, sends nothing"
            return ConfigReport(epoch, revision, "failed", f"{error} ({kept})", {}, self._now())
        lock = self._read_lock()
        effective = lock.apply(wanted, self.applied.settings if self.applied else SILENT)
        self.applied = Applied(epoch, revision, effective)
        return ConfigReport(epoch, revision, "applied", lock.problem, lock.locked(effective), self._now())
