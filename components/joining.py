"""Whose join the hub looks at: of these it is the hub that owes an answer, and nobody else."""

from __future__ import annotations

from twisted.internet.defer import Deferred


class Joining:
    """The sessions to be, by the id that each will have, and the turn that each waits for."""

    def __init__(self) -> None:
        self._turns: dict[int, Deferred[None]] = {}
        self._admitted: set[int] = set()

    def is_owed(self, session_id: int) -> bool:
        """Whether it waits for the hub; or has waited until lately, and could not do its part yet: of that, once."""
        if session_id in self._admitted:
            self._admitted.discard(session_id)
            return True
        return session_id in self._turns

    def wait(self, session_id: int, turn: Deferred[None]) -> None:
        """This one said all it has to say, and waits for its turn."""
        self._turns[session_id] = turn

    def admitted(self, session_id: int) -> None:
        """It may come in: it is to prove who it is."""
        if self._turns.pop(session_id, None) is not None:
            self._admitted.add(session_id)

    def joined(self, session_id: int) -> None:
        """It has proven it, and is in: nothing is owed any more."""
        self._admitted.discard(session_id)

    def refused(self, session_id: int) -> None:
        """It may not."""
        self._turns.pop(session_id, None)

    def gone(self, session_id: int) -> None:
        """Its connection is lost: it waits no more, and costs no turn."""
        self._admitted.discard(session_id)
        turn = self._turns.pop(session_id, None)
        if turn is not None:
            turn.cancel()


joining = Joining()
"""All of this process."""
