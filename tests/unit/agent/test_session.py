"""The conversation with the hub, whose answers are played here."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, cast

import pytest
from autobahn.wamp import message
from autobahn.wamp.cryptosign import CryptosignKey
from autobahn.wamp.exception import ApplicationError, ProtocolError, TransportLost
from autobahn.wamp.types import PublishOptions, SessionDetails
from twisted.internet.defer import Deferred, fail, succeed
from twisted.internet.task import Clock

from components import protocol
from components.agent.agent import Agent
from components.agent.lock import NO_LOCK, SILENT
from components.agent.obedience import Obedience
from components.agent.pace import ASK_SECONDS, PATIENCE_SECONDS, Pace
from components.agent.processes import ProcessList
from components.agent.queries import Queries
from components.agent.sampler import Collected, Sampler
from components.agent.session import AgentSession
from components.agent.watch import Watch
from components.payloads import Sample

HOST = "k3v9x0q2m5ab"


class Quiet:
    """A sampler with nothing to say."""

    def sample(self, _shown: object, limit: float) -> Deferred[Collected]:
        return succeed(Collected({}, {}))

    def forget(self) -> None:
        pass


class Conversation(AgentSession):
    """A session whose hub is played: `allowed` are the topics it lets the agent subscribe."""

    def __init__(self, allowed: set[str], *, queries: bool = True) -> None:
        clock = Clock()
        watch = Watch(clock, cast(Sampler, Quiet()))
        answering = Queries(watch, ProcessList(cast(Any, clock)), lambda: NO_LOCK, lambda: 1789000000.25)
        obedience = Obedience(lambda: NO_LOCK, clock.seconds)
        agent = Agent(clock, cast(Sampler, Quiet()), obedience, clock.seconds, answering if queries else None)
        super().__init__(agent, CryptosignKey.from_bytes(bytes(32)), "played", None, self)
        self._pace = Pace(clock)
        self.clock = clock
        self.published: list[int] = []
        self.acknowledge: Deferred[None] = Deferred()
        self.allowed = allowed
        self.begun = False
        self.attached = True
        self.listeners: dict[str, Callable[[object], None]] = {}
        self.calls: list[tuple[str, Any]] = []

    def joined(self, session: AgentSession) -> None:
        self.begun = True

    def refused(self, reason: str, message: str) -> None:
        raise AssertionError(f"{reason}: {message}")

    def subscribe(self, listener: Callable[[object], None], topic: str) -> Deferred[None]:
        if topic not in self.allowed:
            return fail(ApplicationError("wamp.error.not_authorized"))
        self.listeners[topic] = listener
        return succeed(None)

    def call(self, procedure: str, *args: Any) -> Deferred[Any]:
        self.calls.append((procedure, *args))
        return succeed({"host": HOST, "epoch": "e", "revision": 1, **SILENT, "disabled": True})

    def is_attached(self) -> bool:
        return self.attached

    def publish(self, topic: str, sample: Sample, options: PublishOptions | None = None) -> Deferred[None] | None:
        assert topic == protocol.AGENT_ON_SAMPLE
        self.published.append(sample["seq"])
        if options is None:
            return None
        assert options.acknowledge
        self.acknowledge = Deferred()
        return self.acknowledge

    def join_hub(self) -> Conversation:
        """Let it begin."""
        details = SessionDetails(realm="vedette", session=1, authid=f"host:{HOST}", authrole="agent", authmethod="cryptosign")
        Deferred.fromCoroutine(self.onJoin(details))
        assert self.begun
        return self

    def asked(self, **query: Any) -> list[Any]:
        """What it answers to this query."""
        before = len(self.calls)
        self.listeners[protocol.AGENT_ON_QUERY](query or None)
        return self.calls[before:]


BOTH = {protocol.AGENT_ON_CONFIG, protocol.AGENT_ON_QUERY}


def sample(seq: int, *, watched: bool = False) -> Sample:
    """One with nothing in it."""
    return Sample(run="r", seq=seq, at=1789000000.0 + seq, revision=1, metrics={}, failed={}, watched=watched)


def test_who_is_ahead_of_the_hub_waits_and_then_sends_the_newest() -> None:
    conversation = Conversation(BOTH).join_hub()
    for seq in range(1, 8):
        conversation.publish_sample(sample(seq))
        conversation.publish_sample(sample(100 + seq, watched=True))
        conversation.clock.advance(1)
    assert conversation.published == [1, 101], "the first was to be acknowledged within a second"
    conversation.acknowledge.callback(None)
    assert conversation.published[2:] == [7], "the newest alone, and no watched one"
    conversation.publish_sample(sample(8))
    assert conversation.published[3:] == [8]


def test_a_hub_that_keeps_up_is_asked_now_and_then() -> None:
    conversation, asked = Conversation(BOTH).join_hub(), 0
    for seq in range(20):
        conversation.publish_sample(sample(seq))
        if not conversation.acknowledge.called:
            asked += 1
            conversation.acknowledge.callback(None)
        conversation.clock.advance(1)
    assert conversation.published == list(range(20))
    assert asked == 20 / ASK_SECONDS


def test_what_waits_is_dropped_with_the_session() -> None:
    """The errors that autobahn gives to who waits, when the connection is lost."""
    conversation = Conversation(BOTH).join_hub()
    conversation.publish_sample(sample(1))
    conversation.clock.advance(PATIENCE_SECONDS)
    conversation.publish_sample(sample(2))
    conversation.attached = False
    conversation.acknowledge.errback(TransportLost())
    assert conversation.published == [1]


def test_a_query_is_answered() -> None:
    answers = Conversation(BOTH).join_hub().asked(host=HOST, id="q1", kind="ping")
    assert answers == [(protocol.AGENT_ANSWER, {"id": "q1", "result": {"at": 1789000000.25}})]


@pytest.mark.parametrize("query", [{}, {"host": "another00000", "id": "q1", "kind": "ping"}, {"id": "q1", "kind": "ping"}, {"host": HOST}])
def test_what_is_for_another_host_or_has_no_id_is_not_answered(query: dict[str, Any]) -> None:
    assert Conversation(BOTH).join_hub().asked(**query) == []


def test_an_answer_that_comes_after_the_session_is_dropped() -> None:
    conversation = Conversation(BOTH).join_hub()
    conversation.attached = False
    assert conversation.asked(host=HOST, id="q1", kind="ping") == []


def test_a_hub_that_is_older_than_queries_is_obeyed_all_the_same() -> None:
    """It allows no such subscription."""
    conversation = Conversation({protocol.AGENT_ON_CONFIG}).join_hub()
    assert [procedure for procedure, *_ in conversation.calls] == [
        protocol.AGENT_GET_CONFIG,
        protocol.AGENT_REPORT_CONFIG,
        protocol.AGENT_REPORT_FACTS,
    ]


def test_an_agent_without_queries_subscribes_none() -> None:
    assert set(Conversation(BOTH, queries=False).join_hub().listeners) == {protocol.AGENT_ON_CONFIG}


@pytest.mark.parametrize("late", [message.Published(1, 2), message.Result(1), message.Event(1, 2)])
def test_what_comes_after_the_hubs_farewell_is_no_breach(late: Any) -> None:
    """It was under way when the hub ended the session."""
    session = Conversation(set())
    assert session._session_id is None
    session.onMessage(late)


def test_what_belongs_to_no_end_of_a_session_still_is() -> None:
    with pytest.raises(ProtocolError):
        Conversation(set()).onMessage(message.Subscribed(1, 2))
