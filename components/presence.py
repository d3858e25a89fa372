"""Who has a live session: hosts by their id, people by their authid. Fed with the router's session events; no sockets."""

from __future__ import annotations


class Sessions:
    """Live sessions by host. `on_leave` names only the session, so the map is kept here."""

    def __init__(self) -> None:
        self._host_of: dict[int, str] = {}
        self._sessions: dict[str, set[int]] = {}

    def joined(self, session: int, host_id: str) -> bool:
        """True if the host had no session before."""
        self._host_of[session] = host_id
        sessions = self._sessions.setdefault(host_id, set())
        sessions.add(session)
        return len(sessions) == 1

    def left(self, session: int) -> str | None:
        """The host that has lost its last session by this, if one has."""
        host_id = self._host_of.pop(session, None)
        if host_id is None:
            return None
        sessions = self._sessions[host_id]
        sessions.discard(session)
        if sessions:
            return None
        del self._sessions[host_id]
        return host_id

    @property
    def hosts(self) -> set[str]:
        """Ids of the hosts with at least one session."""
        return set(self._sessions)
