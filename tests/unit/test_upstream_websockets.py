"""What one WebSocket may send, cost and leave unread, with a clock and a processor of the tests' own."""

from __future__ import annotations

import warnings
from types import SimpleNamespace
from typing import Any

import cbor2
import pytest
import txaio
from autobahn.websocket.protocol import WebSocketProtocol
from twisted.internet.address import IPv4Address
from twisted.internet.defer import Deferred
from twisted.internet.task import Clock
from twisted.internet.testing import StringTransport

from components.limits import CALLS_AT_ONCE, HELLO_BYTES, INBOUND_BYTES, MESSAGE_VALUES, PING_SECONDS, ROUTER_SECONDS, UNSENT_BYTES, Most
from components.upstream_websockets import ANSWER_SECONDS, TURN_SECONDS, bound_messages
from tests.harness.flooding import frame

PATCHED = ("consumeData", "onMessageFrameBegin", "onOpen", "sendData", "sendMessage", "dropConnection")


class Transport(StringTransport):
    """A connection that may be aborted, and whose unsent bytes the tests decide."""

    dataBuffer, offset, _tempDataLen = b"", 0, 0  # noqa: N815  # Twisted's names

    def __init__(self) -> None:
        super().__init__(peerAddress=IPv4Address("TCP", "192.0.2.1", 5))  # type: ignore[no-untyped-call]
        self.aborted = False

    def abortConnection(self) -> None:  # noqa: N802  # Twisted's name
        self.aborted = True

    def unregisterProducer(self) -> None:  # noqa: N802  # Twisted's name
        """A real one does not mind that there is none."""

    @property
    def reads(self) -> bool:
        """Whether anything more is read from it."""
        return bool(self.producerState == "producing")


class Router:
    """WebSockets to a router that is played: each message costs what its payload says, in milliseconds."""

    def __init__(self) -> None:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # of what Crossbar.io imports
            from crossbar.router.protocol import WampWebSocketServerProtocol
        self.protocol: Any = WampWebSocketServerProtocol
        self.clock = Clock()
        self.processor = 0.0
        self.calls: dict[Any, list[int]] = {}
        self.reached: list[Any] = []

    def connect(self, *, joined: bool = True) -> Any:
        """An open WebSocket, with or without a session; what arrives is kept in `seen`."""
        from autobahn.twisted.websocket import WebSocketServerFactory

        protocol = self.protocol()
        protocol.factory = WebSocketServerFactory()
        protocol.factory.setProtocolOptions(maxMessagePayloadSize=2**20, maxFramePayloadSize=2**20)
        session = SimpleNamespace(
            _session_id=7 if joined else None,
            _authid="host:abc",
            _authrole="agent",
            _router=SimpleNamespace(_dealer=SimpleNamespace(_caller_to_invocations=self.calls)),
            onOpen=lambda transport: None,
            onClose=lambda clean: None,
        )
        session.onMessage = self._cost
        self.calls.clear()
        protocol.factory._factory = lambda: _Hashable(session)
        protocol.seen = []
        protocol._serializer = self._serializer_of(protocol)
        protocol.makeConnection(Transport())
        protocol.state = protocol.STATE_OPEN
        protocol.websocket_version, protocol.current_frame, protocol.inside_message = 13, None, False
        protocol.websocket_extensions_in_use = []
        protocol.is_closed = Deferred()
        protocol.onOpen()
        return protocol

    def _serializer_of(self, protocol: Any) -> Any:
        def unserialize(payload: bytes, _binary: bool | None = None) -> list[Any]:
            protocol.seen.append(payload)
            return [payload if payload.isdigit() else SimpleNamespace(args=cbor2.loads(payload))]

        return SimpleNamespace(unserialize=unserialize)

    def _cost(self, message: Any) -> None:
        self.reached.append(message)
        if isinstance(message, bytes):
            self.processor += int(message) / 1000

    def thread_time(self) -> float:
        """The processor time that all messages have cost."""
        return self.processor


class _Hashable:
    """A session is a key of maps."""

    def __init__(self, session: Any) -> None:
        self.__dict__.update(vars(session))


@pytest.fixture
def bare_router() -> Router:
    """Crossbar.io as it comes."""
    txaio.use_twisted()
    return Router()


@pytest.fixture
def router(bare_router: Router, monkeypatch: pytest.MonkeyPatch) -> Router:
    """With the bounds."""
    for name in PATCHED:
        monkeypatch.setattr(bare_router.protocol, name, getattr(bare_router.protocol, name))
    for _ in range(2):
        bound_messages(bare_router.clock, bare_router.thread_time)
    return bare_router


def header(size: int, opcode: int = 2) -> bytes:
    """The header of a frame of so many bytes, without any of them."""
    return frame(bytes(size), opcode)[: -size or None]


@pytest.mark.parametrize(("joined", "limit"), [(True, INBOUND_BYTES), (False, HELLO_BYTES)])
def test_too_large_a_message_is_dropped_at_its_header(router: Router, joined: bool, limit: Most) -> None:
    """Before any of it has come; less is allowed to whom nobody knows yet."""
    fitting, large = router.connect(joined=joined), router.connect(joined=joined)
    fitting.dataReceived(frame(bytes(int(limit.most))))
    assert len(fitting.seen) == 1
    large.dataReceived(header(int(limit.most) + 1))
    assert large.transport.aborted
    assert not fitting.transport.aborted


def test_pieces_of_a_message_are_counted_together(router: Router) -> None:
    """Whatever they are cut into."""
    protocol = router.connect()
    half = int(INBOUND_BYTES.most) // 2
    first = bytearray(frame(bytes(half)))
    first[0] &= 0x7F  # more to come
    protocol.dataReceived(bytes(first))
    protocol.dataReceived(header(half + 1, opcode=0))
    assert protocol.transport.aborted


def test_upstream_still_has_one_limit_for_all(bare_router: Router) -> None:
    """If this fails, HELLO_BYTES may be an option of the node."""
    protocol = bare_router.connect(joined=False)
    protocol.dataReceived(frame(bytes(2**20)))
    assert len(protocol.seen) == 1


@pytest.mark.parametrize("nested", [False, True])
def test_too_many_values_go_nowhere(router: Router, nested: bool) -> None:
    """Neither flat nor nested; as many as are allowed reach the router."""
    most = int(MESSAGE_VALUES.most)
    fitting, many = router.connect(), router.connect()
    for protocol, count in ((fitting, most), (many, most + 2)):
        protocol.dataReceived(frame(cbor2.dumps([[0]] * (count // 2) if nested else [0] * count)))
    assert (fitting.transport.aborted, many.transport.aborted) == (False, True)
    assert len(router.reached) == 1


@pytest.mark.parametrize(("role", "joined", "after"), [("agent", True, True), ("operator", True, False), ("agent", False, False)])
def test_agents_are_read_after_others(router: Router, monkeypatch: pytest.MonkeyPatch, role: str, joined: bool, after: bool) -> None:
    """From when they have a session; told once."""
    moved: list[Any] = []
    monkeypatch.setattr("components.upstream_websockets.read_after_others", lambda _, transport: moved.append(transport))
    protocol = router.connect(joined=joined)
    protocol._session._authrole = role
    for _ in range(2):
        protocol.dataReceived(frame(b"x"))
    assert moved == ([protocol.transport] if after else [])


def costing(milliseconds: int, count: int = 1) -> bytes:
    """So many messages, each of which costs so much."""
    return frame(b"%d" % milliseconds) * count


def test_one_turn_is_short(router: Router) -> None:
    """What has arrived besides waits until others have had theirs."""
    protocol = router.connect()
    each = 4
    protocol.dataReceived(costing(each, 9))
    in_a_turn = TURN_SECONDS * 1000 / each
    assert in_a_turn <= len(protocol.seen) <= in_a_turn + 1
    assert not protocol.transport.reads
    for _ in range(4):
        router.clock.advance(0)
    assert len(protocol.seen) == 9
    assert protocol.transport.reads


def test_who_costs_too_much_is_not_read_from(router: Router) -> None:
    """Until that is paid back at the rate; nobody else waits, and the connection lives on."""
    greedy, modest = router.connect(), router.connect()
    burst = int(ROUTER_SECONDS.burst * 1000)
    greedy.dataReceived(costing(burst + 50))
    assert not greedy.transport.reads
    modest.dataReceived(costing(1))
    assert modest.transport.reads
    router.clock.advance(0.05 / ROUTER_SECONDS.per_second - 0.01)
    assert not greedy.transport.reads
    router.clock.advance(0.02)
    assert greedy.transport.reads
    greedy.dataReceived(costing(1))
    assert len(greedy.seen) == 2
    assert not greedy.transport.aborted


def test_what_arrives_meanwhile_is_kept(router: Router) -> None:
    """A transport may have more in hand when it is told to pause; none of it is processed early, and none is lost."""
    protocol = router.connect()
    protocol.dataReceived(costing(int(ROUTER_SECONDS.burst * 1000) + 50))
    protocol.dataReceived(costing(1, 3))
    assert len(protocol.seen) == 1
    router.clock.pump([0.5] * 10)
    assert len(protocol.seen) == 4


def test_a_connection_that_goes_meanwhile_is_let_go(router: Router) -> None:
    """Nothing is processed for it any more."""
    protocol = router.connect()
    protocol.dataReceived(costing(int(ROUTER_SECONDS.burst * 1000) + 50) + costing(1))
    protocol.state = protocol.STATE_CLOSED
    router.clock.advance(100)
    assert len(protocol.seen) == 1
    assert not router.clock.getDelayedCalls()


def test_upstream_still_processes_all_that_has_arrived(bare_router: Router) -> None:
    """If this fails, bound_messages need not take turns."""
    protocol = bare_router.connect()
    protocol.dataReceived(costing(1000, 20))
    assert len(protocol.seen) == 20
    assert protocol.transport.reads


def test_calls_that_wait_for_an_answer_are_bounded(router: Router) -> None:
    """Nothing more is read until one of them is answered."""
    protocol = router.connect()
    router.calls[protocol._session] = [1] * int(CALLS_AT_ONCE.most)
    protocol.dataReceived(costing(1))
    router.clock.pump([ANSWER_SECONDS] * 5)
    assert protocol.seen == []
    assert not protocol.transport.reads
    router.calls[protocol._session].pop()
    router.clock.advance(ANSWER_SECONDS)
    assert len(protocol.seen) == 1
    assert protocol.transport.reads


def test_a_reader_that_leaves_too_much_is_dropped(router: Router) -> None:
    """Before the router queues more; one that leaves less is served."""
    stuck, slow = router.connect(), router.connect()
    stuck.transport._tempDataLen = int(UNSENT_BYTES.most)
    slow.transport._tempDataLen = int(UNSENT_BYTES.most) - 10_000
    for protocol in (stuck, slow):
        protocol.sendMessage(b"x" * 1000, True)
    assert (stuck.transport.aborted, stuck.transport.value()) == (True, b"")
    assert not slow.transport.aborted
    assert len(slow.transport.value()) > 1000


def test_the_silent_are_named(router: Router, monkeypatch: pytest.MonkeyPatch) -> None:
    """By authid and address when they have a session, by address before that."""
    named: list[tuple[object, str]] = []
    monkeypatch.setattr("components.upstream_websockets.offenders", SimpleNamespace(name=lambda limit, who: named.append((limit, who))))
    # read_before_dropping, which another test may have called, looks once more in the next round
    monkeypatch.setattr("components.upstream_autobahn.reactor", router.clock)
    for joined in (True, False):
        protocol = router.connect(joined=joined)
        protocol.autoPingPending = b"asked"
        WebSocketProtocol.onAutoPingTimeout(protocol)
        router.clock.advance(0)
        assert protocol.transport.aborted
    router.connect().dropConnection(abort=True)  # for another reason
    gone = router.connect()
    gone.state, gone.autoPingPending = gone.STATE_CLOSED, b"asked"
    WebSocketProtocol.onAutoPingTimeout(gone)
    router.clock.advance(0)
    assert named == [(PING_SECONDS, "host:abc (192.0.2.1)"), (PING_SECONDS, "192.0.2.1")]


def test_an_event_reaches_those_after_a_connection_that_closes(router: Router) -> None:
    """To it, nothing is sent any more, and that is no error."""
    protocol = router.connect()
    protocol.state = protocol.STATE_CLOSING
    protocol.sendMessage(b"x", True)
    assert protocol.transport.value() == b""


def test_upstream_still_raises_for_a_connection_that_closes(bare_router: Router) -> None:
    """If this fails, sendMessage need not be patched."""
    protocol = bare_router.connect()
    protocol.state = protocol.STATE_CLOSING
    with pytest.raises(RuntimeError, match="closed protocol"):
        protocol.sendMessage(b"x", True)
