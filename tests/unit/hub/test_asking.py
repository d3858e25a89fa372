"""Queries to hosts: who is asked, who may answer, and what becomes of those that are not answered."""

from __future__ import annotations

from collections.abc import Awaitable
from typing import Any

import pytest
from twisted.internet.defer import Deferred
from twisted.internet.task import Clock

from components.asking import ANSWER_SECONDS, Asking, Target
from components.errors import InvalidPayload, NoAnswer, NotAllowed, QueryRefused, UnknownHost, VedetteError
from components.fleet_state import FleetState
from components.host_calls import HostCalls
from components.host_views import HostConfig
from components.offsets import EVERY_SECONDS, FIRST_SECONDS, READINGS, SILENT_FACTOR_MOST, Offsets
from components.protocol import Event
from django_app.services import FleetRow

A, B = "aaaaaaaaaaaa", "bbbbbbbbbbbb"
ALICE, BOB = "user:1:x", "user:2:y"
ALPHA = Target(A, "alpha")


class Said(list[Any]):
    """What Deferreds came to: results, and errors by their class and text."""

    def of(self, answer: Deferred[Any]) -> Said:
        answer.addCallbacks(self.append, lambda failure: self.append((failure.type, str(failure.value))))
        return self


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def sent() -> list[Event]:
    return []


@pytest.fixture
def asking(clock: Clock, sent: list[Event]) -> Asking:
    return Asking(clock, sent.append)


# --- queries ----------------------------------------------------------------------------------------------------------------------------


def test_a_query_goes_to_its_host_alone_and_its_answer_comes_back(asking: Asking, sent: list[Event], clock: Clock) -> None:
    said = Said().of(asking.ask(ALPHA, "ping", {}, ALICE))
    (event,) = sent
    assert event.options == {"eligible_authid": [f"host:{A}"]}
    assert {**event.payload, "id": None} == {"host": A, "id": None, "kind": "ping", "arguments": {}}
    asking.answered(A, {"id": event.payload["id"], "result": {"at": 5.0, "more": "unknown"}})
    assert said == [{"at": 5.0}]
    assert clock.getDelayedCalls() == []


def test_only_the_host_that_was_asked_may_answer_and_once(asking: Asking, sent: list[Event]) -> None:
    said = Said().of(asking.ask(ALPHA, "ping", {}, ALICE))
    answer = {"id": sent[0].payload["id"], "result": {"at": 5.0}}
    with pytest.raises(InvalidPayload, match="no query with this id"):
        asking.answered(B, answer)
    assert said == []
    asking.answered(A, answer)
    with pytest.raises(InvalidPayload, match="too late"):
        asking.answered(A, answer)
    assert said == [{"at": 5.0}]


def test_a_host_that_does_not_answer(asking: Asking, clock: Clock) -> None:
    said = Said().of(asking.ask(ALPHA, "ping", {}, ALICE))
    clock.advance(ANSWER_SECONDS - 0.1)
    assert said == []
    clock.advance(0.2)
    assert said == [(NoAnswer, "alpha did not answer within 5 s")]


@pytest.mark.parametrize("answer", [{"result": {"at": "<b>"}}, {"result": {}}])
def test_an_answer_that_is_none_is_refused_and_told(asking: Asking, sent: list[Event], answer: dict[str, Any]) -> None:
    said = Said().of(asking.ask(ALPHA, "ping", {}, ALICE))
    with pytest.raises(InvalidPayload, match="at is"):
        asking.answered(A, {"id": sent[0].payload["id"], **answer})
    ((error, text),) = said
    assert error is NoAnswer
    assert text.startswith("alpha gave an answer that cannot be used: at is")


@pytest.mark.parametrize("answer", [None, [], {}, {"id": 7}, {"id": "x", "result": 5}, {"id": "x", "error": "<script>"}])
def test_what_is_no_answer_is_refused_by_name(asking: Asking, answer: object) -> None:
    with pytest.raises(InvalidPayload):
        asking.answered(A, answer)


def test_what_the_host_refuses_reaches_who_asked(asking: Asking, sent: list[Event]) -> None:
    said = Said().of(asking.ask(ALPHA, "processes", {"limit": 5}, ALICE))
    asking.answered(A, {"id": sent[0].payload["id"], "error": "vedette.error.query_refused", "text": "the lock file forbids processes"})
    assert said == [(QueryRefused, "the lock file forbids processes")]


def test_a_host_that_leaves_will_not_answer(asking: Asking) -> None:
    said = Said().of(asking.ask(ALPHA, "ping", {}, ALICE))
    others = Said().of(asking.ask(Target(B, "beta"), "ping", {}, ALICE))
    asking.host_left(A)
    assert (said, others) == ([(NoAnswer, "alpha lost its connection")], [])


def test_nobody_waits_for_the_queries_of_who_left(asking: Asking) -> None:
    said, others = Said().of(asking.ask(ALPHA, "ping", {}, ALICE)), Said().of(asking.ask(ALPHA, "ping", {}, BOB))
    asking.session_left(ALICE)
    assert (len(said), others) == (1, [])


def test_so_many_may_wait(asking: Asking, sent: list[Event]) -> None:
    """For each session and for each host; what the hub asks by itself is not counted, and not refused."""
    waiting = Said()
    for number in range(4):
        waiting.of(asking.ask(Target(f"{number:012d}", "x"), "ping", {}, ALICE))
    with pytest.raises(QueryRefused, match="4 of your queries"):
        asking.ask(ALPHA, "ping", {}, ALICE)
    for number in range(8):
        waiting.of(asking.ask(ALPHA, "ping", {}, f"user:{3 + number}:x"))
    with pytest.raises(QueryRefused, match="8 queries wait for alpha"):
        asking.ask(ALPHA, "ping", {}, BOB)
    for _ in range(20):
        waiting.of(asking.ask(ALPHA, "ping", {}))
    asking.answered(A, {"id": sent[4].payload["id"], "result": {"at": 1.0}})
    waiting.of(asking.ask(ALPHA, "ping", {}, BOB))
    assert len(waiting) == 1


def test_one_person_does_not_take_a_host_from_the_others(asking: Asking) -> None:
    """However many pages they have open."""
    waiting = [asking.ask(ALPHA, "ping", {}, f"user:1:{page}") for page in range(3)]
    with pytest.raises(QueryRefused, match="3 of your queries wait for alpha"):
        asking.ask(ALPHA, "ping", {}, "user:1:another")
    waiting += [asking.ask(ALPHA, "ping", {}, BOB), asking.ask(Target(B, "beta"), "ping", {}, "user:1:another")]
    assert not any(answer.called for answer in waiting)


# --- clocks -----------------------------------------------------------------------------------------------------------------------------


def test_the_answer_with_the_shortest_way_counts() -> None:
    """Of the last eight."""
    offsets = Offsets()
    offsets.joined(A, 0.0)
    assert offsets.answered(A, at=103.0, asked_at=100.0, received_at=104.0) == 1.0
    assert offsets.answered(A, at=110.3, asked_at=110.0, received_at=110.2) == pytest.approx(0.2)
    assert offsets.answered(A, at=123.0, asked_at=120.0, received_at=124.0) == pytest.approx(0.2)
    later = [offsets.answered(A, at=133.0, asked_at=130.0, received_at=134.0) for _ in range(READINGS)]
    assert later[-1] == 1.0


def test_a_clock_that_was_set_is_known_with_the_next_answer() -> None:
    """What quicker answers said before is contradicted by more than a slower one can be wrong by."""
    offsets = Offsets()
    offsets.joined(A, 0.0)
    assert offsets.answered(A, at=100.3, asked_at=100.0, received_at=100.2) == pytest.approx(0.2)
    assert offsets.answered(A, at=161.1, asked_at=160.0, received_at=162.0) == pytest.approx(0.2), "one second either way is no news"
    assert offsets.answered(A, at=3821.0, asked_at=220.0, received_at=222.0) == pytest.approx(3600)
    assert offsets.answered(A, at=3880.2, asked_at=280.0, received_at=280.2) == pytest.approx(3600.1)


def test_what_cannot_be_is_not_counted() -> None:
    """An answer of a host that left, or the hub's clock that went back meanwhile."""
    offsets = Offsets()
    assert offsets.answered(A, 1.0, 0.0, 1.0) is None
    offsets.joined(A, 0.0)
    assert offsets.answered(A, 1.0, 5.0, 4.0) is None


def test_a_host_is_asked_soon_and_then_every_minute() -> None:
    offsets = Offsets()
    for number in range(50):
        offsets.joined(f"{number:012d}", 0.0)
    assert offsets.due(FIRST_SECONDS[0] - 0.1) == []
    assert 0 < len(offsets.due((FIRST_SECONDS[0] + FIRST_SECONDS[1]) / 2)) < 50
    offsets.due(FIRST_SECONDS[1])
    assert offsets.due(FIRST_SECONDS[1] + 20) == []
    assert len(offsets.due(FIRST_SECONDS[1] + EVERY_SECONDS)) == 50
    offsets.left(f"{0:012d}")
    assert len(offsets.due(1000.0)) == 49


def test_a_host_that_never_answers_is_asked_less_and_less() -> None:
    """And every minute again once it does."""
    offsets, asked, now = Offsets(), 0, 0.0
    offsets.joined(A, now)
    while now < 24 * 3600:
        now += 30
        for host_id in offsets.due(now):
            asked += 1
            offsets.silent(host_id)
    assert asked < 8 + 24 * 3600 / (EVERY_SECONDS * SILENT_FACTOR_MOST)
    offsets.answered(A, now, now, now)
    offsets.due(now + 3600)
    assert offsets.due(now + 3600 + EVERY_SECONDS) == [A]


# --- the procedures ---------------------------------------------------------------------------------------------------------------------


def row(name: str, **changed: Any) -> FleetRow:
    config = HostConfig(revision=1, status="applied", at=1.0, milliseconds=5.0, error="", locked={}, settings={"interval": 1.0})
    fields: dict[str, Any] = {"name": name, "address": None, "since": 50.0, "config": config}
    return FleetRow(**{**fields, **changed})


@pytest.fixture
def state() -> FleetState:
    """alpha is here, beta is away, gamma is disabled, delta waits for approval."""
    fleet = FleetState()
    fleet.load(
        {A: row("alpha"), B: row("beta"), "c" * 12: row("gamma", disabled=True), "d" * 12: row("delta", fingerprint="f", config=None)}
    )
    fleet.joined(A, 60.0)
    fleet.joined("c" * 12, 60.0)
    return fleet


@pytest.fixture
def calls(state: FleetState, clock: Clock, sent: list[Event]) -> HostCalls:
    return HostCalls(state, clock, sent.append, clock.seconds)


def told(call: Awaitable[Any]) -> Said:
    return Said().of(Deferred.fromCoroutine(call))  # type: ignore[arg-type]  # every coroutine is awaitable


@pytest.mark.parametrize(
    ("question", "error", "words"),
    [
        ({"host": B}, NoAnswer, "beta is not connected"),
        ({"host": "c" * 12}, QueryRefused, "gamma is disabled"),
        ({"host": "d" * 12}, UnknownHost, "no host has the id 'dddddddddddd'"),
        ({"host": "zzzzzzzzzzzz"}, UnknownHost, "zzzzzzzzzzzz"),
        ({"host": None}, InvalidPayload, "host is None"),
        ({"host": ["x"]}, InvalidPayload, "host is a list"),
        ({"kind": "watch"}, InvalidPayload, "kind is 'watch'; it must be one of ping, processes"),
        ({"kind": "shell"}, InvalidPayload, "kind is 'shell'"),
        ({"kind": {}}, InvalidPayload, "kind is a dict"),
        ({"kind": "processes", "arguments": {"limit": 51}}, InvalidPayload, "limit is 51"),
        ({"kind": "processes", "arguments": []}, InvalidPayload, "arguments is a list"),
    ],
)
def test_what_cannot_be_asked_is_refused_by_name(
    calls: HostCalls, sent: list[Event], question: dict[str, Any], error: type[VedetteError], words: str
) -> None:
    """At once, and nothing is sent."""
    ((refused, text),) = told(calls.query(ALICE, **{"host": A, "kind": "ping", **question}))
    assert refused is error
    assert words in text
    assert sent == []


def test_a_question_is_answered(calls: HostCalls, sent: list[Event]) -> None:
    said = told(calls.query(ALICE, host=A, kind="processes"))
    assert sent[0].payload["arguments"] == {"limit": 20}
    answer = {"at": 1.0, "count": 0, "processes": []}
    assert told(calls.answer(f"host:{A}", {"id": sent[0].payload["id"], "result": answer})) == [None]
    assert said == [answer]


def test_only_agents_answer_and_only_hosts_are_watched(calls: HostCalls) -> None:
    assert told(calls.answer(ALICE, {}))[0][0] is NotAllowed
    assert told(calls.watch(ALICE, host="d" * 12, interval=1.0))[0][0] is UnknownHost
    assert told(calls.watch(None, host=A, interval=1.0))[0][0] is NotAllowed


def test_the_offset_of_a_hosts_clock_reaches_its_view(calls: HostCalls, state: FleetState, sent: list[Event], clock: Clock) -> None:
    """And is told again only when it moved."""
    calls.host_joined(A)
    told_offsets: list[Any] = []
    for ahead, way in ((5.0, 0.2), (5.001, 0.1), (5.05, 0.2), (4.5, 0.05)):
        clock.advance(EVERY_SECONDS)
        calls.mind()
        clock.advance(way)
        told(calls.answer(f"host:{A}", {"id": sent[-1].payload["id"], "result": {"at": clock.seconds() - way / 2 + ahead}}))
        told_offsets += [update["hosts"][A].get("clock_offset") for update in state.changes(clock.seconds()) if A in update["hosts"]]
    assert told_offsets == [5.0, 4.5]
    calls.host_joined(A)  # perhaps with another clock, and it may never say so
    assert [update["hosts"][A] for update in state.changes(clock.seconds())] == [{"clock_offset": None}]
    calls.host_joined(A)
    assert list(state.changes(clock.seconds())) == []


def test_a_host_that_does_not_know_pings_makes_no_noise(calls: HostCalls, sent: list[Event], clock: Clock, state: FleetState) -> None:
    calls.host_joined(A)
    for _ in range(60):
        clock.advance(60)
        calls.mind()
    assert 3 <= len(sent) <= 9
    assert state.page("", 1, 0.0)["hosts"] == {}
    calls.host_left(A)
    calls.session_left(ALICE)
    clock.advance(60)
    calls.mind()
    assert clock.getDelayedCalls() == []
