"""What one host is asked for while somebody looks at it: `vedette.host.watch`, `vedette.host.query`, and the answers of agents.

The fleet component owns this; it brings together who watches, what waits for an answer, and what the hosts' clocks show.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

from twisted.internet.defer import Deferred
from twisted.python.failure import Failure

from components.asking import Asking, Target
from components.checking import show
from components.errors import InvalidPayload, NoAnswer, NotAllowed, QueryRefused, UnknownHost
from components.fleet_state import FleetState, Whereabouts
from components.offsets import Offsets
from components.payloads import Sample
from components.protocol import Event, host_of
from components.queries import Kind, check_arguments, check_kind
from components.reactor import Clock
from components.watching import Watching, unless_refused

FOR_PEOPLE: tuple[Kind, ...] = ("ping", "processes")
"""What may be asked by `vedette.host.query`; watching has a procedure of its own, which counts who watches."""


class HostCalls:
    """The procedures, and what goes on behind them. `send` publishes; `mind` is to be called about once a second."""

    def __init__(self, state: FleetState, clock: Clock, send: Callable[[Event], None], now: Callable[[], float] = time.time) -> None:
        self._state = state
        self._clock = clock
        self._now = now
        self._asking = Asking(clock, send)
        self._offsets = Offsets()
        self._watching = Watching(self._ask_to_watch, self._regular_interval, send)

    async def watch(self, authid: str | None, *, host: object, interval: object) -> dict[str, Any]:
        """A lease for the caller's session: see Watching.watch."""
        host_id, _ = self._known(host)
        return self._watching.watch(_somebody(authid), host_id, interval, self._clock.seconds())

    async def query(self, authid: str | None, *, host: object, kind: object, arguments: object = None) -> dict[str, Any]:
        """Ask a host something and wait for what it says. UnknownHost, InvalidPayload, NoAnswer, QueryRefused."""
        host_id, about = self._known(host)
        asked = check_kind(kind, FOR_PEOPLE)
        complete = check_arguments(asked, {} if arguments is None else arguments)
        if about.disabled:
            raise QueryRefused(f"{about.name} is disabled; enable it in its settings first")
        if not about.connected:
            raise NoAnswer(f"{about.name} is not connected")
        return await self._asking.ask(Target(host_id, about.name), asked, complete, _somebody(authid))

    async def answer(self, authid: str | None, payload: object) -> None:
        """A host answers what it was asked."""
        host_id = host_of(authid)
        if host_id is None:
            raise NotAllowed("only a host's agent may answer")
        self._asking.answered(host_id, payload)

    def sampled(self, host_id: str, sample: Sample, received_at: float) -> bool:
        """Show a sample to those who watch the host; False if it is one more than the host was asked for."""
        return self._watching.sampled(host_id, sample, received_at, self._clock.seconds())

    def is_watched(self, host_id: str) -> bool:
        """Whether samples beside the regular ones are expected of the host."""
        return self._watching.is_watched(host_id)

    def host_joined(self, host_id: str) -> None:
        """It has another session, which knows of nothing."""
        self._offsets.joined(host_id, self._clock.seconds())
        self._state.forget_offset(host_id)  # it may be another start of the machine, with another clock
        self._watching.host_joined(host_id)

    def host_left(self, host_id: str) -> None:
        """It has no session any more."""
        self._offsets.left(host_id)
        self._watching.host_left(host_id)
        self._asking.host_left(host_id)

    def session_left(self, authid: str) -> None:
        """Whoever had this authid wants nothing any more."""
        self._watching.session_left(authid, self._clock.seconds())
        self._asking.session_left(authid)

    def mind(self) -> None:
        """Keep leases alive, and ask clocks for their time."""
        now = self._clock.seconds()
        self._watching.mind(now)
        for host_id in self._offsets.due(now):
            self._ask_the_time(host_id)

    def _ask_the_time(self, host_id: str) -> None:
        asked_at = self._now()
        answer = self._ask(host_id, "ping", {})
        answer.addCallback(lambda result: self._read_clock(host_id, result["at"], asked_at))
        answer.addErrback(self._no_time, host_id)

    def _read_clock(self, host_id: str, at: float, asked_at: float) -> None:
        ahead = self._offsets.answered(host_id, at, asked_at, self._now())
        if ahead is not None:
            self._state.set_offset(host_id, ahead)

    def _no_time(self, failure: Failure, host_id: str) -> Failure | None:
        self._offsets.silent(host_id)
        return unless_refused(failure)

    def _ask_to_watch(self, host_id: str, arguments: dict[str, Any]) -> Deferred[dict[str, Any]]:
        return self._ask(host_id, "watch", arguments)

    def _ask(self, host_id: str, kind: Kind, arguments: dict[str, Any]) -> Deferred[dict[str, Any]]:
        about = self._state.whereabouts(host_id)
        return self._asking.ask(Target(host_id, about.name if about else host_id), kind, arguments)

    def _regular_interval(self, host_id: str) -> float | None:
        about = self._state.whereabouts(host_id)
        return about.interval if about and about.connected and not about.disabled else None

    def _known(self, host: object) -> tuple[str, Whereabouts]:
        if not isinstance(host, str):
            raise InvalidPayload(f"host is {show(host)}; it must be a host id")
        about = self._state.whereabouts(host)
        if about is None:
            raise UnknownHost(f"no host has the id {show(host)}")
        return host, about


def _somebody(authid: str | None) -> str:
    if not authid:
        raise NotAllowed("nobody knows who asks")
    return authid
