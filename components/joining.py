"""Whose join the hub looks at: of these it is the hub that owes an answer, and nobody else."""

from __future__ import annotations

from twisted.internet.defer import Deferred


class Joining:
    """The sessions to be, by the id that each will have, and the turn that each waits for."""

    def __init__(self) -> None:
        self._turns: dict[int, Deferred[None]] = {}

    def __contains__(self, session_id: int) -> bool:
        return session_id in self._turns

    def wait(self, session_id: int, turn: Deferred[None]) -> None:
        """This one said all it has to say, and waits for its turn."""
        self._turns[session_id] = turn

    def answered(self, session_id: int) -> None:
        """It has its answer."""
        self._turns.pop(session_id, None)

    def gone(self, session_id: int) -> None:
        """Its connection is lost: it waits no more, and costs no turn."""
        turn = self._turns.pop(session_id, None)
        if turn is not None:
            turn.cancel()


joining = Joining()
"""All of this process."""
