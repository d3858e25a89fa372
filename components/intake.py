"""What comes in of hosts: their rows from the database, and their samples, which go to the live state, to who watches, and to the series.

A sample may come before the row of its host was read; it goes the same ways once that is known.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping

from components import payloads, protocol
from components.errors import InvalidPayload
from components.fleet_state import FleetState
from components.host_calls import HostCalls
from components.limits import SERIES_OF_HOST, WATCHED_SHARE
from components.offenders import offenders
from components.series import Series
from django_app.services import FleetRow


class Intake:
    """Brings together what is kept of hosts. `refused` is told of each sample that is refused for another reason than the one before."""

    def __init__(self, state: FleetState, series: Series, calls: HostCalls, refused: Callable[[str, str], None]) -> None:
        self._state = state
        self._series = series
        self._calls = calls
        self._refused = refused

    def load(self, rows: Mapping[str, FleetRow], asked: Collection[str] | None = None) -> None:
        """Take over what is stored; see FleetState.load."""
        self._series.forget(self._state.load(rows, asked))
        for host_id, sample, received_at in self._state.early():
            self._take(host_id, sample, received_at)

    def sampled(self, host_id: str, payload: object, now: float) -> None:
        """A host has published this as its sample."""
        if is_watched(payload) and not self._calls.is_watched(host_id):
            return  # nobody looks any more, so it is not worth reading
        try:
            self._take(host_id, payloads.parse_sample(payload), now)
        except InvalidPayload as error:
            if self._state.refuse(host_id, str(error)):
                self._refused(host_id, str(error))

    def _take(self, host_id: str, sample: payloads.Sample, received_at: float) -> None:
        if not sample["watched"] and not self._state.sampled(host_id, sample, received_at):
            return
        if not self._calls.sampled(host_id, sample, received_at):
            offenders.name(WATCHED_SHARE, protocol.host_authid(host_id))
        if not sample["watched"] and not self._series.add(host_id, sample["metrics"], received_at):
            offenders.name(SERIES_OF_HOST, protocol.host_authid(host_id))


def is_watched(payload: object) -> bool:
    """Whether this claims to be a sample beside the regular ones."""
    return isinstance(payload, dict) and payload.get("watched") is True
