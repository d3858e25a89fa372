"""Queries that wait for a host's answer: each goes to one host, is answered by that host alone, once, and in time or not at all."""

from __future__ import annotations

import secrets
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from twisted.internet.defer import Deferred

from components.errors import InvalidPayload, NoAnswer, QueryRefused, VedetteError
from components.limits import QUERIES_OF_HOST, QUERIES_OF_PERSON, QUERIES_OF_SESSION
from components.protocol import Event, person_of, query_event
from components.queries import Kind, parse_answer, parse_result
from components.reactor import Clock, Timer

ANSWER_SECONDS = 5.0
THE_HUB = ""
"""Who asks when nobody does: no limit is for the hub itself."""


@dataclass(frozen=True)
class Target:
    """A host to ask, and the name to call it by in messages to people."""

    host_id: str
    name: str


@dataclass
class _Waiting:
    target: Target
    kind: Kind
    authid: str
    answer: Deferred[dict[str, Any]]
    timer: Timer


class Asking:
    """All that wait. `send` publishes."""

    def __init__(self, clock: Clock, send: Callable[[Event], None]) -> None:
        self._clock = clock
        self._send = send
        self._waiting: dict[str, _Waiting] = {}

    def ask(self, target: Target, kind: Kind, arguments: Mapping[str, Any], authid: str = THE_HUB) -> Deferred[dict[str, Any]]:
        """Fires with the host's result, checked, or fails with NoAnswer or with what the host refused; QueryRefused for too many."""
        if authid != THE_HUB:
            self._check_room(target, authid)
        query_id = secrets.token_hex(8)
        event = query_event(target.host_id, query_id, kind, arguments)
        timer = self._clock.callLater(ANSWER_SECONDS, self._give_up, query_id)
        answer: Deferred[dict[str, Any]] = Deferred()
        self._waiting[query_id] = _Waiting(target, kind, authid, answer, timer)
        self._send(event)
        return answer

    def answered(self, host_id: str, payload: object) -> None:
        """A host answers. InvalidPayload for what nobody asked it, or not any more, and for what is no answer to that."""
        answer = parse_answer(payload)
        waiting = self._waiting.get(answer.id)
        if waiting is None or waiting.target.host_id != host_id:
            raise InvalidPayload("no query with this id waits for an answer of this host; it may have come too late")
        self._take(answer.id)
        if answer.error is not None:
            waiting.answer.errback(answer.error)
            return
        try:
            result = parse_result(waiting.kind, answer.result)
        except InvalidPayload as error:
            waiting.answer.errback(NoAnswer(f"{waiting.target.name} gave an answer that cannot be used: {error}"))
            raise
        waiting.answer.callback(result)

    def host_left(self, host_id: str) -> None:
        """It will not answer any more."""
        self._fail(lambda each: each.target.host_id == host_id, lambda each: NoAnswer(f"{each.target.name} lost its connection"))

    def session_left(self, authid: str) -> None:
        """Nobody waits for these any more."""
        self._fail(lambda each: each.authid == authid, lambda _: NoAnswer("who asked has left"))

    def _fail(self, concerns: Callable[[_Waiting], bool], why: Callable[[_Waiting], VedetteError]) -> None:
        for query_id in [query_id for query_id, each in self._waiting.items() if concerns(each)]:
            waiting = self._take(query_id)
            waiting.answer.errback(why(waiting))

    def _give_up(self, query_id: str) -> None:
        waiting = self._waiting.pop(query_id)
        waiting.answer.errback(NoAnswer(f"{waiting.target.name} did not answer within {ANSWER_SECONDS:g} s"))

    def _take(self, query_id: str) -> _Waiting:
        waiting = self._waiting.pop(query_id)
        waiting.timer.cancel()
        return waiting

    def _check_room(self, target: Target, authid: str) -> None:
        people = [each for each in self._waiting.values() if each.authid != THE_HUB]
        here = [each for each in people if each.target.host_id == target.host_id]
        # before the host's own limit, so that one person's pages never take all of it from the others
        if sum(person_of(each.authid) == person_of(authid) for each in here) >= QUERIES_OF_PERSON.most:
            raise QueryRefused(f"{QUERIES_OF_PERSON.bound} of your queries wait for {target.name} already; try again in a moment")
        if len(here) >= QUERIES_OF_HOST.most:
            raise QueryRefused(f"{QUERIES_OF_HOST.bound} queries wait for {target.name} already; try again in a moment")
        if sum(each.authid == authid for each in people) >= QUERIES_OF_SESSION.most:
            raise QueryRefused(f"{QUERIES_OF_SESSION.bound} of your queries wait for their answers already; try again in a moment")
