"""The hub without the bounds of its router's process, for comparison. In a node configuration of the benchmarks only."""

from __future__ import annotations

from components import setup
from components.upstream_autobahn import refuse_hostile_messages
from components.upstream_connections import allow_open_files
from components.upstream_requests import bound_requests
from components.upstream_websockets import require_sessions


class Setup(setup.Setup):
    """Only what was there before anybody was counted."""

    def bound(self) -> None:
        """Forms, time, and sessions; nothing by address, nothing by share."""
        refuse_hostile_messages()
        allow_open_files()
        bound_requests()
        require_sessions()
