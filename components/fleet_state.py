"""The live state of the fleet, and what of it changed. Values and `now` only; no sockets, no database.

A browser gets pages of whole hosts once, then one small update a tick: `changes` compares each touched host with what was last sent.
"""

from __future__ import annotations

import json
import math
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field, replace
from functools import lru_cache
from typing import Any

from components.allowance import Allowance
from components.errors import InvalidPayload
from components.host_settings import SETTING
from components.host_views import AbsenceReason, HostAbsence, HostSample, HostView, Status
from components.payloads import Sample
from components.protocol import MAX_MESSAGE_BYTES
from django_app.services import FleetRow

MAX_PAGE_HOSTS = 500
EXCESS = "more samples came than its settings ask for; those above are dropped"
NUMBER_BYTES = 24
OFFSET_STEP_SECONDS = 0.002
EXCESS_SECONDS = 10.0
"""How long that is said after the last one; no longer if the clock is set back, either."""
_ABSENT = object()


@dataclass
class _Host:
    row: FleetRow
    up_since: float | None = None
    down_since: float | None = None
    run: str = ""
    seq: int = -1
    sample: HostSample | None = None
    refused: str | None = None
    allowance: Allowance = field(default_factory=Allowance)
    clock_offset: float | None = None
    excess_at: float = -math.inf

    def shortest_interval(self) -> float:
        """The shortest that can be meant: until its newest settings are applied, a host may still obey older ones."""
        config = self.row.config
        if config is None or config["status"] != "applied":
            return float(SETTING["interval"].minimum or 0)
        return self.interval()

    def interval(self) -> float:
        """The one of its newest settings, or the one that its lock file keeps."""
        config = self.row.config
        return float(config["locked"].get("interval", config["settings"]["interval"])) if config else 0.0

    def status(self) -> Status:
        if self.row.fingerprint is not None:
            return "unapproved"
        if self.row.revoked:
            return "down"
        if self.row.disabled:
            return "disabled"
        return "up" if self.up_since is not None else "down"

    def since(self) -> float | None:
        if self.up_since is not None:
            return self.up_since
        return self.down_since if self.down_since is not None else self.row.since

    def view(self) -> HostView:
        return HostView(
            name=self.row.name,
            address=self.row.address,
            tags=self.row.tags,
            status=self.status(),
            connected=self.up_since is not None,
            since=self.since(),
            enrolled_at=self.row.enrolled_at,
            disabled_at=self.row.disabled_at,
            absence=self.row.absence,
            duplicate_key=self.row.duplicate_key,
            fingerprint=self.row.fingerprint,
            facts=self.row.facts,
            clock_offset=self.clock_offset,
            sample=self.sample,
            config=self.row.config,
            refused=self.refused,
        )


@dataclass(frozen=True)
class Whereabouts:
    """Whether a host is there, and how often it sends a sample by itself."""

    name: str
    connected: bool
    disabled: bool
    interval: float


@dataclass
class FleetState:
    """All approved hosts with their newest sample. Ids it does not know are ignored: a host exists once its row is loaded."""

    _hosts: dict[str, _Host] = field(default_factory=dict)
    _present: dict[str, float] = field(default_factory=dict)
    _dirty: dict[str, bool] = field(default_factory=dict)
    """The hosts that changed since they were last sent; True if it was more than the sample."""
    _sent: dict[str, HostView] = field(default_factory=dict)
    _sizes: dict[str, tuple[HostView, int]] = field(default_factory=dict)
    """How large the views are of which somebody read a page."""
    _early: dict[str, tuple[Sample, float]] = field(default_factory=dict)
    """The newest sample of each host that is here before its row was read."""
    _tick: int = 0

    def load(self, rows: Mapping[str, FleetRow], asked: Collection[str] | None = None) -> set[str]:
        """Take over what is stored; the ids of hosts that are gone. `asked` are those that were looked up, None for all."""
        gone = set(self._hosts if asked is None else asked) - set(rows)
        for host_id in gone:
            self._hosts.pop(host_id, None)
            self._dirty[host_id] = True
        for host_id, row in rows.items():
            host = self._hosts.get(host_id)
            if host is None:
                self._hosts[host_id] = _Host(row, up_since=self._present.get(host_id))
            elif host.row == row:
                continue
            else:
                host.row = row
            self._dirty[host_id] = True
        return gone

    def early(self) -> list[tuple[str, Sample, float]]:
        """The samples, with the hub's time of their arrival, of hosts that were not known then, and now are: once."""
        return [(host_id, *self._early.pop(host_id)) for host_id in list(self._early) if host_id in self._hosts]

    def joined(self, host_id: str, at: float) -> None:
        """The host has its first live session since `at`."""
        self._present[host_id] = at
        if host := self._hosts.get(host_id):
            host.up_since, host.down_since = at, None
            host.allowance.session_began()
            self._dirty[host_id] = True

    def left(self, host_id: str, at: float) -> None:
        """The host has lost its last session. Its last values stay."""
        self._present.pop(host_id, None)
        self._early.pop(host_id, None)
        if host := self._hosts.get(host_id):
            host.up_since, host.down_since = None, at
            # what the database is just being told
            why: AbsenceReason = "stopped" if host.row.stopped else "lost"
            host.row = replace(host.row, absence=host.row.absence if host.row.revoked else HostAbsence(reason=why, text=host.row.stopped))
            self._dirty[host_id] = True

    def sampled(self, host_id: str, sample: Sample, received_at: float) -> bool:
        """Take over a sample, unless a newer one of the same run is here; False if it was not used. InvalidPayload for too many."""
        host = self._hosts.get(host_id)
        if host is None and host_id in self._present:
            self._early[host_id] = sample, received_at
        if host is None or host.row.disabled or (sample["run"] == host.run and sample["seq"] <= host.seq):
            return False
        if not host.allowance.take(received_at, host.shortest_interval()):
            host.excess_at = received_at
            raise InvalidPayload(EXCESS)
        host.run, host.seq = sample["run"], sample["seq"]
        host.sample = HostSample(at=received_at, taken_at=sample["at"], metrics=sample["metrics"], failed=sample["failed"])
        self._dirty.setdefault(host_id, False)
        if host.refused is not None and abs(received_at - host.excess_at) > EXCESS_SECONDS:
            host.refused = None
            self._dirty[host_id] = True
        return True

    def refuse(self, host_id: str, reason: str) -> bool:
        """Show that the host's newest sample was refused; False if that was known already."""
        host = self._hosts.get(host_id)
        if host is None or host.refused == reason:
            return False
        host.refused = reason
        self._dirty[host_id] = True
        return True

    def set_offset(self, host_id: str, seconds: float) -> None:
        """The host's clock is so far ahead of the hub's. A change that nobody could see is not told."""
        host = self._hosts.get(host_id)
        if host and (host.clock_offset is None or abs(seconds - host.clock_offset) > OFFSET_STEP_SECONDS):
            host.clock_offset = round(seconds, 4)
            self._dirty[host_id] = True

    def forget_offset(self, host_id: str) -> None:
        """Nothing is known of the host's clock any more."""
        host = self._hosts.get(host_id)
        if host and host.clock_offset is not None:
            host.clock_offset = None
            self._dirty[host_id] = True

    def whereabouts(self, host_id: str) -> Whereabouts | None:
        """What one has to know of a host before asking it something; None if there is no such host."""
        host = self._hosts.get(host_id)
        if host is None or host.row.fingerprint is not None:
            return None
        return Whereabouts(host.row.name, connected=host.up_since is not None, disabled=host.row.disabled, interval=host.interval())

    def page(self, after: str, limit: int, now: float) -> dict[str, Any]:
        """`{at, next, hosts}`: whole hosts with ids above `after`, at most `limit`, below the message limit.

        They are as last sent, so that the next update fits them; a host that was never sent comes whole with that update.
        """
        hosts: dict[str, HostView] = {}
        size = 0
        for host_id in sorted(host_id for host_id in self._sent if host_id > after):
            view = self._sent[host_id]
            size += self._size(host_id, view)
            if hosts and (len(hosts) >= min(limit, MAX_PAGE_HOSTS) or size > MAX_MESSAGE_BYTES):
                return {"at": now, "next": max(hosts), "hosts": hosts}
            hosts[host_id] = view
        return {"at": now, "next": None, "hosts": hosts}

    def _size(self, host_id: str, view: HostView) -> int:
        known = self._sizes.get(host_id)
        if known is None or known[0] is not view:
            known = self._sizes[host_id] = view, size_bound(view)
        return known[1]

    def changes(self, now: float) -> Iterator[dict[str, Any]]:
        """The updates that bring a browser from what was last sent to now; none when nothing changed."""
        batch: dict[str, Any] = {}
        size = 0
        for host_id, change in self._changed():
            size += size_bound(change)
            if batch and size > MAX_MESSAGE_BYTES:
                yield self._update(batch, now)
                batch, size = {}, size_bound(change)
            batch[host_id] = change
        if batch:
            yield self._update(batch, now)

    def _changed(self) -> Iterator[tuple[str, Any]]:
        dirty, self._dirty = self._dirty, {}
        for host_id, more_than_the_sample in dirty.items():
            host, before = self._hosts.get(host_id), self._sent.pop(host_id, None)
            if host is None:
                self._sizes.pop(host_id, None)
                if before is not None:
                    yield host_id, None
                continue
            view = self._sent[host_id] = host.view() if before is None or more_than_the_sample else {**before, "sample": host.sample}
            if change := (difference(before, view) if before is not None else {**view, "whole": True}):
                yield host_id, change

    def _update(self, hosts: dict[str, Any], now: float) -> dict[str, Any]:
        self._tick += 1
        return {"at": now, "tick": self._tick, "hosts": hosts}


def difference(before: Mapping[str, Any], after: Mapping[str, Any]) -> dict[str, Any]:
    """What of the map `after` is new or other than in `before`, key by key at every level; None for a key that is gone."""
    change: dict[str, Any] = {} if before.keys() <= after.keys() else {key: None for key in before if key not in after}
    for key, value in after.items():
        old = before.get(key, _ABSENT)
        if value is old or value == old:
            continue
        if isinstance(value, dict) and isinstance(old, dict):
            change[key] = difference(old, value)
        else:
            change[key] = value
    return change


def size_bound(value: object) -> int:
    """At least how many bytes `value` takes as JSON, and not very much more: no number is written in more than 24 characters."""
    if isinstance(value, dict):
        size = 2 + 4 * len(value)
        for key, inner in value.items():
            size += _text_size(key) + (NUMBER_BYTES if type(inner) is float else size_bound(inner))
        return size
    if isinstance(value, str):
        return _text_size(value)
    if isinstance(value, list):
        return 2 + sum([2 + size_bound(inner) for inner in value])
    return NUMBER_BYTES


@lru_cache(maxsize=16384)
def _text_size(text: str) -> int:
    return len(json.dumps(text))
