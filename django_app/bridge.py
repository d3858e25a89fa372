"""From Django to the router: one background sender, over the bridge's unix socket.

Sending never blocks and never fails: what cannot be sent now waits, bounded, until the bridge is back. All of it is news of what the
database holds, so losing the oldest only costs time, and what waits can be told together: one change of many hosts is one message.
"""

from __future__ import annotations

import atexit
import http.client
import json
import logging
import socket
import threading
import time
from collections import deque
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any, Protocol

from django.conf import settings

from components.protocol import CONFIG_PING, Event
from django_app.news import together

log = logging.getLogger(__name__)

REQUEST_SECONDS = 1.0
"""How long the bridge may take for one message."""
PAUSE_SECONDS = (1.0, 2.0, 5.0)
"""After the first, second and every further failure in a row."""
MOST_WAITING = 20_000
FLUSH_SECONDS = 1.0
"""How long the end of a process may wait for the last messages."""


class BridgeDown(Exception):
    """The bridge did not answer; trying again later may help."""


class BridgeRefused(Exception):
    """The bridge answered, and refused; trying again will not help."""


class Transport(Protocol):
    """What carries one request to the bridge."""

    def post(self, path: str, body: dict[str, Any]) -> dict[str, Any]:
        """The answer. BridgeDown, BridgeRefused."""


class UnixTransport:
    """HTTP over the bridge's unix socket, on a connection that is kept. For one thread."""

    def __init__(self, path: Path, seconds: float = REQUEST_SECONDS) -> None:
        self._path = path
        self._seconds = seconds
        self._connection: http.client.HTTPConnection | None = None

    def post(self, path: str, body: dict[str, Any]) -> dict[str, Any]:
        """See Transport."""
        fresh = self._connection is None
        try:
            return self._request(path, body)
        except (http.client.RemoteDisconnected, BrokenPipeError, ConnectionResetError) as error:
            # the router closes idle connections; a message that came twice changes nothing
            if fresh:
                raise BridgeDown(str(error)) from error
        except (OSError, http.client.HTTPException) as error:
            raise BridgeDown(str(error) or type(error).__name__) from error
        return self.post(path, body)

    def _request(self, path: str, body: dict[str, Any]) -> dict[str, Any]:
        try:
            connection = self._connection = self._connection or _UnixConnection(self._path, self._seconds)
            connection.request("POST", path, json.dumps(body), {"Content-Type": "application/json"})
            response = connection.getresponse()
            text = response.read()
        except (OSError, http.client.HTTPException):
            self.close()
            raise
        return _answer(response.status, text)

    def close(self) -> None:
        """Let the connection go; the next request opens another."""
        if self._connection:
            self._connection.close()
        self._connection = None


class _UnixConnection(http.client.HTTPConnection):
    def __init__(self, path: Path, seconds: float) -> None:
        super().__init__("localhost", timeout=seconds)
        self._path = path

    def connect(self) -> None:
        self.sock = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        self.sock.settimeout(self.timeout)
        self.sock.connect(str(self._path))


def _answer(status: int, text: bytes) -> dict[str, Any]:
    if status >= 500:
        raise BridgeDown(f"HTTP {status}")
    try:
        answer = json.loads(text)
    except ValueError:
        answer = None
    if status != 200 or not isinstance(answer, dict):
        raise BridgeRefused(f"HTTP {status}")
    if "error" in answer:
        raise BridgeRefused(str(answer["error"]))
    return answer


class Sender:
    """The messages that wait, and what to do next about them. `run` is the thread; tests call `step`."""

    def __init__(self, transport: Transport, clock: Callable[[], float] = time.monotonic, most: int = MOST_WAITING) -> None:
        self._transport = transport
        self._clock = clock
        self._most = most
        self._waiting: deque[Event] = deque()
        self._news = threading.Condition()
        self._failures = 0
        self._resume_at = 0.0
        self._busy = False
        self._thread: threading.Thread | None = None
        self.dropped = 0

    def send(self, events: Iterable[Event]) -> None:
        """Take these on; returns at once."""
        with self._news:
            self._waiting = deque(together([*self._waiting, *events]))
            self._drop_oldest()
            self._news.notify_all()

    def send_in_background(self, events: Iterable[Event]) -> None:
        """As `send`, with a thread of this process that does the work; started by the first message."""
        self.send(events)
        with self._news:
            if self._thread is None:
                self._thread = threading.Thread(target=self.run, name="bridge", daemon=True)
                self._thread.start()
                atexit.register(self.flush)

    def step(self) -> float | None:
        """Send one message if it is time. Seconds until the next step may help, None if nothing waits."""
        with self._news:
            if not self._waiting:
                return None
            if (pause := self._resume_at - self._clock()) > 0:
                return pause
            event = self._waiting.popleft()
            self._busy = True
        try:
            return self._post(event)
        finally:
            with self._news:
                self._busy = False
                self._news.notify_all()

    def run(self) -> None:
        """Send for ever."""
        while True:
            try:
                pause = self.step()
            except Exception:  # the boundary: one message that cannot be sent must not end the sending
                log.exception("An announcement was lost")
                continue
            with self._news:
                if pause is None and not self._waiting:
                    self._news.wait()
                elif pause:
                    # not on the condition: new messages do not shorten a pause
                    self._news.wait_for(lambda: False, timeout=pause)

    def flush(self, seconds: float = FLUSH_SECONDS) -> bool:
        """Wait until nothing waits, or the bridge is down, or the time is over. True if all was sent."""
        with self._news:
            self._news.wait_for(lambda: self._failures > 0 or not (self._waiting or self._busy), timeout=seconds)
            return not self._waiting and not self._busy

    def _post(self, event: Event) -> float:
        try:
            self._transport.post("/publish", {"topic": event.topic, "args": [event.payload], "options": event.options})
        except BridgeDown as error:
            return self._pause(event, error)
        except BridgeRefused as error:
            log.warning("The router refused news on %s: %s. Compare the role `bridge` in the node's config.json", event.topic, error)
        if self._failures:
            log.info("The bridge is back; %d announcements wait, %d were dropped", len(self._waiting), self.dropped)
        self._failures = 0
        return 0.0

    def _pause(self, event: Event, error: BridgeDown) -> float:
        if not self._failures:
            log.warning("The bridge is down (%s); announcements wait until it is back", error)
        pause = PAUSE_SECONDS[min(self._failures, len(PAUSE_SECONDS) - 1)]
        with self._news:
            self._failures += 1
            self._resume_at = self._clock() + pause
            self._waiting.appendleft(event)
            self._drop_oldest()
        return pause

    def _drop_oldest(self) -> None:
        while len(self._waiting) > self._most:
            self._waiting.popleft()
            self.dropped += 1


_sender: Sender | None = None
_making = threading.Lock()
_publish: Callable[[list[Event]], None] | None = None


def send_by(publish: Callable[[list[Event]], None] | None) -> None:
    """Announce by `publish`, which takes events from any thread at once, instead of the bridge: for a process with a session of its own.
    None for the bridge again.
    """
    global _publish  # noqa: PLW0603  # one session per process
    _publish = publish


def send(events: Iterable[Event]) -> None:
    """Announce these, soon, from a thread of this process. Never blocks, never fails."""
    global _sender  # noqa: PLW0603  # one sender per process, made when there is something to send
    if _publish is not None:
        _publish(together(events))
        return
    with _making:
        if _sender is None:
            _sender = Sender(UnixTransport(settings.BRIDGE_SOCKET))
    _sender.send_in_background(events)


def ping(seconds: float = REQUEST_SECONDS) -> None:
    """Ask the config component for a sign of life. BridgeDown: no answer in time; BridgeRefused: the component is not there."""
    transport = UnixTransport(settings.BRIDGE_SOCKET, seconds)
    try:
        transport.post("/call", {"procedure": CONFIG_PING})
    finally:
        transport.close()


def answers(seconds: float = REQUEST_SECONDS) -> bool:
    """Whether the bridge itself answers, whatever it says."""
    transport = UnixTransport(settings.BRIDGE_SOCKET, seconds)
    try:
        transport.post("/", {})
    except BridgeDown:
        return False
    except BridgeRefused:
        return True
    finally:
        transport.close()
    return True
