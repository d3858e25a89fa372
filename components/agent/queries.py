"""What the hub asks this host, and what it answers. All of it only reads; the lock file of the host's owner may forbid it."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any

from twisted.internet.defer import Deferred
from twisted.logger import Logger
from twisted.python.failure import Failure

from components import queries
from components.agent.lock import Lock
from components.agent.obedience import Applied
from components.agent.processes import ProcessList
from components.agent.watch import Watch
from components.checking import printable
from components.errors import InvalidPayload, NoAnswer, QueryRefused, VedetteError
from components.queries import MAX_TEXT_CHARACTERS, Kind, Query

NO_SETTINGS = "this host has no settings of this hub yet; try again in a moment"
DISABLED = "this host is disabled, so it reports nothing"
log = Logger()


class Queries:
    """Answers queries. `read_lock` gives the machine's lock, `now` UTC seconds."""

    def __init__(self, watch: Watch, processes: ProcessList, read_lock: Callable[[], Lock], now: Callable[[], float]) -> None:
        self.watch = watch
        self._refusal = NO_SETTINGS
        self._processes = processes
        self._read_lock = read_lock
        self._now = now
        self._answers: dict[Kind, Callable[[Query, Lock], Awaitable[dict[str, Any]]]] = {
            "ping": self._ping,
            "processes": self._busiest,
            "watch": self._watched,
        }

    def obey(self, applied: Applied | None, refusal: str = NO_SETTINGS) -> None:
        """Follow these settings from now on; None for a host that is disabled or has no session, with the words for it."""
        self._refusal = "" if applied is not None else refusal
        self.watch.obey(applied)

    def ask(self, payload: object) -> Deferred[dict[str, Any]] | None:
        """The answer as it travels, in time and never a failure; None to what is no query at all."""
        try:
            asked = queries.query_id(payload)
        except InvalidPayload as error:
            log.warn("A query was not understood: {error}", error=error)
            return None
        answer = Deferred.fromCoroutine(self._result(payload))
        answer.addCallbacks(lambda result: {"id": asked, "result": result}, lambda failure: {"id": asked, **self._error(failure)})
        return answer

    async def _result(self, payload: object) -> dict[str, Any]:
        query = queries.parse_query(payload)
        lock = self._read_lock()
        refusal = lock.refusal(query.kind)
        if refusal and query.kind == "watch":
            self.watch.end()
        if refusal:
            raise QueryRefused(refusal)
        if self._refusal and query.kind != "ping":
            raise QueryRefused(self._refusal)
        return await self._answers[query.kind](query, lock)

    async def _ping(self, _query: Query, _lock: Lock) -> dict[str, Any]:
        return {"at": self._now()}

    async def _busiest(self, query: Query, lock: Lock) -> dict[str, Any]:
        return await self._processes.busiest(query.arguments["limit"], commands=lock.process_arguments)

    async def _watched(self, query: Query, _lock: Lock) -> dict[str, Any]:
        self.watch.lease(query.arguments["interval"], query.arguments["seconds"])
        return dict(query.arguments)

    def _error(self, failure: Failure) -> dict[str, Any]:
        error = failure.value
        if not isinstance(error, VedetteError):
            log.failure("A query failed", failure=failure)
            error = NoAnswer("the agent failed; its log says why")
        return {"error": error.uri, "text": printable(str(error), MAX_TEXT_CHARACTERS)}
