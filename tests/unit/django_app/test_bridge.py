"""The background sender: it waits, it drops the oldest, it never blocks."""

from __future__ import annotations

import http.server
import json
import select
import socketserver
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from components.protocol import Event
from django_app import bridge
from django_app.bridge import BridgeDown, BridgeRefused, Sender, UnixTransport
from django_app.bridge import send as really_send
from tests.harness.eventually import PATIENCE_SECONDS, STANDSTILL_SECONDS


def event(number: int) -> Event:
    return Event("topic", {"number": number}, {"eligible_authid": ["host:abc"]})


class FakeTransport:
    """Keeps what was posted; fails as long as `error` is set."""

    def __init__(self) -> None:
        self.posted: list[Any] = []
        self.error: Exception | None = None

    def post(self, path: str, body: dict[str, Any]) -> dict[str, Any]:
        if self.error:
            raise self.error
        assert path == "/publish"
        self.posted.append(body["args"][0]["number"])
        return {"id": 1}


class Clock:
    """Time that stands still."""

    now = 100.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def transport() -> FakeTransport:
    return FakeTransport()


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def sender(transport: FakeTransport, clock: Clock) -> Sender:
    return Sender(transport, clock, most=5)


def test_in_order_one_a_step(sender: Sender, transport: FakeTransport) -> None:
    sender.send([event(1), event(2)])
    assert [sender.step(), sender.step(), sender.step()] == [0.0, 0.0, None]
    assert transport.posted == [1, 2]


def test_what_fails_waits_longer_and_longer(sender: Sender, transport: FakeTransport, clock: Clock) -> None:
    """1, 2, then every 5 s; nothing is lost, nothing is turned around."""
    transport.error = BridgeDown("away")
    sender.send([event(1), event(2)])
    pauses = []
    for _ in range(4):
        pauses.append(sender.step())
        assert sender.step() == pauses[-1]
        clock.now += pauses[-1] or 0
    assert pauses == [1.0, 2.0, 5.0, 5.0]
    transport.error = None
    while sender.step() is not None:
        pass
    assert transport.posted == [1, 2]
    transport.error = BridgeDown("away again")
    sender.send([event(3)])
    assert sender.step() == 1.0


def test_the_oldest_are_dropped_and_counted(sender: Sender, transport: FakeTransport) -> None:
    sender.send([event(number) for number in range(7)])
    assert sender.dropped == 2
    while sender.step() is not None:
        pass
    assert transport.posted == [2, 3, 4, 5, 6]


def test_a_failed_one_is_the_oldest(sender: Sender, transport: FakeTransport, clock: Clock) -> None:
    """With a full queue it is the first to go."""
    transport.error = BridgeDown("away")
    sender.send([event(number) for number in range(5)])
    sender.step()
    sender.send([event(5)])
    clock.now += 1
    transport.error = None
    while sender.step() is not None:
        pass
    assert transport.posted == [1, 2, 3, 4, 5]


def test_what_waits_goes_together(clock: Clock) -> None:
    """A change of many hosts, and what came while the bridge was away, is one message."""
    posted = []

    class Keeping(FakeTransport):
        def post(self, path: str, body: dict[str, Any]) -> dict[str, Any]:
            posted.append(body["args"][0])
            return {}

    sender = Sender(Keeping(), clock)
    for host in ("a", "b", "a"):
        sender.send([Event("vedette.config.on_change", {"hosts": [host]}, {})])
    assert [sender.step(), sender.step()] == [0.0, None]
    assert posted == [{"hosts": ["a", "b"]}]


def test_what_is_refused_is_not_sent_again(sender: Sender, transport: FakeTransport, caplog: pytest.LogCaptureFixture) -> None:
    transport.error = BridgeRefused("wamp.error.not_authorized")
    sender.send([event(1)])
    assert [sender.step(), sender.step()] == [0.0, None]
    assert "not_authorized" in caplog.text
    assert "topic" in caplog.text


def test_going_and_coming_is_logged_once(sender: Sender, transport: FakeTransport, clock: Clock, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level("INFO")
    transport.error = BridgeDown("away")
    sender.send([event(1)])
    for _ in range(3):
        sender.step()
        clock.now += 10
    transport.error = None
    sender.step()
    assert [record.levelname for record in caplog.records] == ["WARNING", "INFO"]


def test_flush_gives_up_when_the_bridge_is_down(sender: Sender, transport: FakeTransport) -> None:
    transport.error = BridgeDown("away")
    sender.send([event(1)])
    sender.step()
    assert sender.flush(seconds=60) is False


def test_flush_waits_for_the_thread(transport: FakeTransport) -> None:
    """As the end of a management command does."""
    sender = Sender(transport)
    sender.send_in_background([event(number) for number in range(50)])
    assert sender.flush(seconds=PATIENCE_SECONDS)
    assert transport.posted == list(range(50))


def test_one_bad_message_does_not_end_the_thread(caplog: pytest.LogCaptureFixture) -> None:
    """It is lost, and that is logged."""
    transport = FakeTransport()
    transport.error = TypeError("not JSON")
    sender = Sender(transport)
    sender.send_in_background([event(1)])
    assert sender.flush(seconds=PATIENCE_SECONDS)
    transport.error = None
    sender.send_in_background([event(2)])
    assert sender.flush(seconds=PATIENCE_SECONDS)
    assert transport.posted == [2]
    assert "An announcement was lost" in caplog.text


def test_sending_to_a_stuck_bridge_does_not_block() -> None:
    """The thread hangs; whoever sends does not."""
    stuck, go_on = threading.Event(), threading.Event()

    class Stuck:
        def post(self, path: str, body: dict[str, Any]) -> dict[str, Any]:
            stuck.set()
            go_on.wait(PATIENCE_SECONDS)
            return {}

    sender = Sender(Stuck())
    sender.send_in_background([event(1)])
    assert stuck.wait(PATIENCE_SECONDS)
    started = time.perf_counter()
    sender.send_in_background([event(number) for number in range(1000)])
    assert time.perf_counter() - started < 3 + STANDSTILL_SECONDS
    assert sender.flush(seconds=0.01) is False
    go_on.set()
    assert sender.flush(seconds=PATIENCE_SECONDS)


# --- the socket -------------------------------------------------------------------------------------------------------------------


class FakeBridge(http.server.BaseHTTPRequestHandler):
    """Answers with what the test put into `answers`."""

    protocol_version = "HTTP/1.1"
    answers: list[tuple[int, bytes]] = []
    seen: list[Any] = []

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        self.seen.append((self.path, json.loads(body), self.connection.fileno()))
        status, answer = self.answers.pop(0)
        self.send_response(status)
        self.send_header("Content-Length", str(len(answer)))
        self.end_headers()
        self.wfile.write(answer)
        # as the router does with a connection that was idle for long
        self.close_connection = b"bye" in answer

    def log_message(self, *_: Any) -> None:
        """Not to the terminal."""

    def address_string(self) -> str:
        return "unix"


class _Server(socketserver.ThreadingMixIn, socketserver.UnixStreamServer):
    daemon_threads = True


@pytest.fixture
def socket_path(tmp_path: Path) -> Iterator[Path]:
    path = tmp_path / "bridge.sock"
    FakeBridge.answers, FakeBridge.seen = [], []
    with _Server(str(path), FakeBridge) as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        yield path
        server.shutdown()
        thread.join()


def test_a_process_with_a_session_needs_no_bridge() -> None:
    """All that is announced together is handed over together, and nothing waits for the bridge."""
    published: list[list[Event]] = []
    bridge.send_by(published.append)
    try:
        really_send(event(number) for number in range(3))
    finally:
        bridge.send_by(None)
    assert published == [[event(0), event(1), event(2)]]
    assert bridge._sender is None


def test_one_connection_is_kept(socket_path: Path) -> None:
    FakeBridge.answers = [(200, b'{"id": 1}')] * 3
    transport = UnixTransport(socket_path)
    for number in range(3):
        assert transport.post("/publish", {"number": number}) == {"id": 1}
    assert [(path, body["number"]) for path, body, _ in FakeBridge.seen] == [("/publish", 0), ("/publish", 1), ("/publish", 2)]
    assert len({connection for _, _, connection in FakeBridge.seen}) == 1
    transport.close()


def test_a_connection_that_was_closed_is_opened_again(socket_path: Path) -> None:
    FakeBridge.answers = [(200, b'{"bye": 1}'), (200, b'{"id": 2}')]
    transport = UnixTransport(socket_path)
    transport.post("/publish", {})
    assert transport._connection is not None
    assert select.select([transport._connection.sock], [], [], 10)[0]  # the other end has closed: there is its end to be read
    assert transport.post("/publish", {}) == {"id": 2}
    transport.close()


@pytest.mark.parametrize(
    ("status", "answer", "error"),
    [
        (200, b'{"error": "wamp.error.not_authorized", "args": [], "kwargs": {}}', BridgeRefused),
        (400, b"bad", BridgeRefused),
        (413, b"", BridgeRefused),
        (200, b"[]", BridgeRefused),
        (200, b"<html>", BridgeRefused),
        (500, b"{}", BridgeDown),
        (503, b"", BridgeDown),
    ],
)
def test_answers_that_are_none(status: int, answer: bytes, error: type[Exception], socket_path: Path) -> None:
    FakeBridge.answers = [(status, answer)]
    transport = UnixTransport(socket_path)
    with pytest.raises(error):
        transport.post("/publish", {})
    transport.close()


def test_no_socket_is_down(tmp_path: Path) -> None:
    with pytest.raises(BridgeDown):
        UnixTransport(tmp_path / "none.sock").post("/publish", {})


def test_a_frozen_bridge_is_down_in_time(tmp_path: Path) -> None:
    """The kernel accepts, nobody answers."""
    path = tmp_path / "frozen.sock"
    with socketserver.UnixStreamServer(str(path), FakeBridge):
        started = time.perf_counter()
        with pytest.raises(BridgeDown):
            UnixTransport(path, seconds=0.1).post("/publish", {})
    assert time.perf_counter() - started < 1 + STANDSTILL_SECONDS


def test_ping_asks_the_config_component(socket_path: Path, settings: Any) -> None:
    settings.BRIDGE_SOCKET = socket_path
    FakeBridge.answers = [(200, b'{"args": [{"at": 1.0}]}'), (200, b'{"error": "wamp.error.no_such_procedure"}')]
    bridge.ping()
    assert FakeBridge.seen[0][:2] == ("/call", {"procedure": "vedette.config.ping"})
    with pytest.raises(BridgeRefused):
        bridge.ping()
