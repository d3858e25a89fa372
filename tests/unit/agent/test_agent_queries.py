"""What the agent answers to queries, and what it refuses. No real time passes, and no processes are read."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, cast

import pytest
from twisted.internet.defer import Deferred, succeed
from twisted.internet.task import Clock
from twisted.logger import LogEvent, globalLogPublisher

from components.agent.agent import Agent
from components.agent.lock import NO_LOCK, SILENT, Lock
from components.agent.obedience import Obedience
from components.agent.processes import ProcessList
from components.agent.queries import Queries
from components.agent.sampler import Collected, Sampler
from components.agent.watch import Watch
from components.errors import NoAnswer
from components.payloads import Sample
from components.queries import _CHECKS, KINDS, Kind, parse_answer, parse_result


class Quiet:
    """A sampler with nothing to say."""

    def sample(self, _shown: object, limit: float) -> Deferred[Collected]:
        return succeed(Collected({}, {}))

    def forget(self) -> None:
        pass


class Asked:
    """Processes that are never read."""

    def __init__(self) -> None:
        self.calls: list[tuple[int, bool]] = []
        self.error: Exception | None = None

    def busiest(self, limit: int, *, commands: bool) -> Deferred[dict[str, Any]]:
        self.calls.append((limit, commands))
        if self.error is not None:
            raise self.error
        return succeed({"at": 5.0, "count": 1, "processes": []})


class Scene:
    """An agent with settings and a session, and what it is asked."""

    def __init__(self) -> None:
        self.clock = Clock()
        self.clock.advance(1000.5)
        self.lock = NO_LOCK
        self.processes = Asked()
        self.samples: list[Sample] = []
        watch = Watch(self.clock, cast(Sampler, Quiet()))
        self.queries = Queries(watch, cast(ProcessList, self.processes), lambda: self.lock, self.clock.seconds)
        obedience = Obedience(lambda: NO_LOCK, self.clock.seconds)
        self.agent = Agent(self.clock, cast(Sampler, Quiet()), obedience, self.clock.seconds, self.queries)

    def publish_sample(self, sample: Sample) -> None:
        self.samples.append(sample)

    def begin(self, **changed: Any) -> None:
        self.agent.offered({"epoch": "e", "revision": 1, **SILENT, "disabled": False, **changed})
        self.agent.attach(self)

    def ask(self, kind: str, arguments: object = None) -> Any:
        """The answer, which has come at once, as the hub parses it: the result, or the error's URI and text."""
        answers: list[dict[str, Any]] = []
        answer = self.queries.ask({"host": "h", "id": "q7", "kind": kind, "arguments": {} if arguments is None else arguments})
        assert answer is not None
        answer.addCallback(answers.append)
        parsed = parse_answer(answers[0])
        assert parsed.id == "q7"
        if parsed.error is not None:
            return parsed.error.uri.removeprefix("vedette.error."), str(parsed.error)
        return parse_result(cast(Kind, kind), parsed.result)

    def watched(self) -> int:
        """How many watched samples come within two seconds."""
        before = len(self.samples)
        for _ in range(20):
            self.clock.advance(0.1)
        return sum(sample["watched"] for sample in self.samples[before:])


@pytest.fixture
def scene() -> Scene:
    return Scene()


@pytest.fixture
def logged() -> Iterator[list[LogEvent]]:
    """What is logged meanwhile."""
    events: list[LogEvent] = []
    globalLogPublisher.addObserver(events.append)  # type: ignore[arg-type]  # a zope interface
    yield events
    globalLogPublisher.removeObserver(events.append)  # type: ignore[arg-type]


def test_ping_says_the_time_whatever_else(scene: Scene) -> None:
    """Before there are settings, while the host is disabled, with a lock that nobody can read."""
    assert scene.ask("ping") == {"at": 1000.5}
    scene.begin(disabled=True)
    scene.lock = Lock(problem="lock file /x is not usable")
    scene.clock.advance(1)
    assert scene.ask("ping") == {"at": 1001.5}


def test_processes_are_asked_for_as_wanted(scene: Scene) -> None:
    """With commands only if the lock file allows them."""
    scene.begin()
    assert scene.ask("processes") == {"at": 5.0, "count": 1, "processes": []}
    scene.lock = Lock(process_arguments=True)
    scene.ask("processes", {"limit": 3})
    assert scene.processes.calls == [(20, False), (3, True)]


def test_a_watch_is_granted_and_begins(scene: Scene) -> None:
    scene.begin()
    assert scene.watched() == 0
    assert scene.ask("watch", {"interval": 0.1, "seconds": 15}) == {"interval": 0.1, "seconds": 15.0}
    assert scene.watched() > 15
    assert scene.ask("watch", {"interval": 0.1, "seconds": 0}) == {"interval": 0.1, "seconds": 0.0}
    assert scene.watched() == 0


@pytest.mark.parametrize(("kind", "arguments"), [("processes", {}), ("watch", {"interval": 0.1, "seconds": 15})])
def test_the_lock_file_forbids_from_one_query_to_the_next(scene: Scene, kind: str, arguments: dict[str, Any]) -> None:
    """A watch that was granted before ends with that."""
    scene.begin()
    scene.ask("watch", {"interval": 0.1, "seconds": 60})
    scene.lock = Lock(forbidden=frozenset({cast(Kind, kind)}))
    assert scene.ask(kind, arguments) == ("query_refused", f"the lock file of this host forbids {kind}")
    assert (scene.watched() > 0) == (kind != "watch")
    scene.lock = Lock(problem="lock file /x is not usable")
    assert scene.ask(kind, arguments) == ("query_refused", "lock file /x is not usable")
    scene.lock = NO_LOCK
    assert isinstance(scene.ask(kind, arguments), dict)


@pytest.mark.parametrize(("kind", "arguments"), [("processes", {}), ("watch", {"interval": 0.1, "seconds": 15})])
def test_a_disabled_host_answers_ping_only(scene: Scene, kind: str, arguments: dict[str, Any]) -> None:
    """As does one that has no settings yet, which is another reason."""
    assert scene.ask(kind, arguments) == ("query_refused", "this host has no settings of this hub yet; try again in a moment")
    scene.begin(disabled=True)
    assert scene.ask(kind, arguments) == ("query_refused", "this host is disabled, so it reports nothing")
    assert scene.watched() == 0
    assert scene.processes.calls == []


@pytest.mark.parametrize(
    ("kind", "arguments", "said"),
    [
        ("shell", {"command": "id"}, "kind is 'shell'; it must be one of ping, processes, watch"),
        ("processes", {"limit": 0}, "limit is 0; it must be from 1 to 50"),
        ("watch", {"interval": 0.01, "seconds": 15}, "interval is 0.01; it must be from 0.1 to 3600"),
        ("watch", {"interval": 1, "seconds": 3600}, "seconds is 3600; it must be from 0 to 60"),
        ("ping", [], "arguments is a list; it must be a map"),
    ],
)
def test_what_is_not_understood_is_answered_by_name(scene: Scene, kind: str, arguments: object, said: str) -> None:
    scene.begin()
    assert scene.ask(kind, arguments) == ("invalid_payload", said)


@pytest.mark.parametrize("payload", [None, [], {}, {"id": 7}, {"id": "\n"}, {"kind": "ping"}])
def test_what_cannot_be_answered_is_logged(scene: Scene, logged: list[LogEvent], payload: object) -> None:
    assert scene.queries.ask(payload) is None
    assert ["A query was not understood" in str(event["log_format"]) for event in logged] == [True]


@pytest.mark.parametrize(
    ("error", "answer", "in_log"),
    [
        (NoAnswer("the processes could not be read within 4 s"), ("no_answer", "the processes could not be read within 4 s"), 0),
        (OSError(5, "Input/output error"), ("no_answer", "the agent failed; its log says why"), 1),
        (NoAnswer("\x1b[31m" + "x" * 900), ("no_answer", "\ufffd[31m" + "x" * 495), 0),
    ],
)
def test_an_error_is_answered(scene: Scene, logged: list[LogEvent], error: Exception, answer: tuple[str, str], in_log: int) -> None:
    """By name if it is one of ours; another one is logged and not told."""
    scene.begin()
    scene.processes.error = error
    assert scene.ask("processes") == answer
    assert len(logged) == in_log


def test_an_agent_without_queries_is_an_agent_all_the_same() -> None:
    clock = Clock()
    agent = Agent(clock, cast(Sampler, Quiet()), Obedience(lambda: NO_LOCK, clock.seconds), clock.seconds)
    agent.offered({"epoch": "e", "revision": 1, **SILENT, "disabled": False})
    assert agent.queries is None


def test_every_kind_has_its_answer_and_its_checks() -> None:
    """A new one needs both, and no other is taken for it."""
    assert set(Scene().queries._answers) == set(_CHECKS) == set(KINDS)
