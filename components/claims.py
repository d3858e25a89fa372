"""Which of several agents with one key is the host's. Values and `now` only; no sockets.

The newer one wins. The older one is told so whenever it comes back while the newer one is here, and the host shows that its key is used
twice; so the two never take turns. An agent names itself by its `run`, random for each start: coming back with the same run is no second
agent but the same one, whose connection broke without anybody noticing.
"""

from __future__ import annotations

from dataclasses import dataclass, field

FORGET_SECONDS = 60.0
"""A displaced agent that has not come back for so long has gone: agents try again within ten seconds."""
MAX_DISPLACED = 256
"""For each host: more than there are copies of one disk; but whoever has its key may invent as many runs as he likes."""


@dataclass
class _Claim:
    session: int
    run: str
    displaced: dict[str, float | None] = field(default_factory=dict)
    """Runs of older agents, and when each last tried to come back."""


class Claims:
    """The claims of all hosts' agents, by authid."""

    def __init__(self) -> None:
        self._claims: dict[str, _Claim] = {}
        self._authids: dict[int, str] = {}

    def is_displaced(self, authid: str, run: str, now: float) -> bool:
        """Whether the agent with this run must stay out, because a newer one is here. It has just tried to get in."""
        claim = self._claims.get(authid)
        if claim is None or run not in claim.displaced:
            return False
        claim.displaced[run] = now
        return True

    def joined(self, authid: str, session: int, run: str) -> int | None:
        """The host has a new session; the older one to end, if there is one."""
        self._authids[session] = authid
        older = self._claims.get(authid)
        if older is None or older.session == session:
            self._claims.setdefault(authid, _Claim(session, run))
            return None
        displaced = {**older.displaced, **({} if older.run == run else {older.run: None})}
        displaced.pop(run, None)
        self._claims[authid] = _Claim(session, run, dict(list(displaced.items())[-MAX_DISPLACED:]))
        return older.session

    def left(self, session: int) -> None:
        """That session is over; if it was its host's newest, whoever comes next is welcome."""
        authid = self._authids.pop(session, "")
        claim = self._claims.get(authid)
        if claim is not None and claim.session == session:
            del self._claims[authid]

    def duplicates(self, now: float) -> set[str]:
        """The authids whose key two agents use now."""
        return {
            authid
            for authid, claim in self._claims.items()
            if any(at is not None and now - at < FORGET_SECONDS for at in claim.displaced.values())
        }
