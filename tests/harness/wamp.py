"""A synchronous WAMP peer with control over every message.

Not autobahn on purpose: it can send what autobahn refuses to send, keep silent when it is asked to leave, and it shows the messages as
they are on the wire. https://wamp-proto.org/wamp_latest_ietf.html
"""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import nacl.signing

from tests.harness.eventually import PATIENCE_SECONDS
from tests.harness.transports import ANSWER_SECONDS, Closed, Transport

HELLO, WELCOME, ABORT, CHALLENGE, AUTHENTICATE, GOODBYE, ERROR = 1, 2, 3, 4, 5, 6, 8
PUBLISH, PUBLISHED, SUBSCRIBE, SUBSCRIBED, EVENT = 16, 17, 32, 33, 36
CALL, RESULT, REGISTER, REGISTERED, INVOCATION, YIELD = 48, 50, 64, 65, 68, 70

REALM = "vedette"
ROLES: dict[str, Any] = {"caller": {}, "callee": {}, "publisher": {}, "subscriber": {"features": {"publisher_identification": True}}}


class Refused(Exception):
    """The router or the callee refused, by name."""

    def __init__(self, uri: str, text: str = "") -> None:
        super().__init__(f"{uri}: {text}")
        self.uri = uri
        self.text = text


@dataclass(frozen=True)
class Event:
    """One EVENT as it arrived, and when, on this machine's monotonic clock."""

    subscription: int
    args: list[Any]
    kwargs: dict[str, Any]
    details: dict[str, Any]
    at: float

    @property
    def payload(self) -> Any:
        """The one positional argument."""
        return self.args[0]


class WampClient:
    """One WAMP session, or an attempt at one. Nothing happens behind your back: a GOODBYE is not answered, no session comes back."""

    def __init__(self, transport: Transport) -> None:
        self.transport = transport
        self.authid = ""
        self.authrole = ""
        self.session = 0
        self._request = 0
        self._blind = 0
        self._kept: deque[list[Any]] = deque()

    # --- joining --------------------------------------------------------------------------------------------------------------------

    def hello(self, **details: Any) -> list[Any]:
        """Send HELLO; the router's first answer: WELCOME, CHALLENGE or ABORT."""
        self.transport.send([HELLO, details.pop("realm", REALM), {"roles": ROLES, **details}])
        return self.receive()

    def join_anonymous(self) -> WampClient:
        """Join over a unix socket, as the role that socket gives."""
        return self._welcomed(self.hello())

    def join_ticket(self, ticket: str, **details: Any) -> WampClient:
        """Join as a browser does."""
        answer = self.hello(authmethods=["ticket"], **{"authid": "", **details})
        if answer[0] == CHALLENGE:
            self.transport.send([AUTHENTICATE, ticket, {}])
            answer = self.receive()
        return self._welcomed(answer)

    def join_key(self, key: nacl.signing.SigningKey, *, signing_key: nacl.signing.SigningKey | None = None, **extra: Any) -> WampClient:
        """Join as an agent does. `signing_key` is another one for who holds only the public half; `extra` goes into authextra."""
        authextra = {"pubkey": public_key(key), "channel_binding": None, **extra}
        answer = self.hello(authmethods=["cryptosign"], authextra=authextra)
        if answer[0] == CHALLENGE:
            challenge = bytes.fromhex(answer[2]["challenge"])
            signature = (signing_key or key).sign(challenge).signature
            self.transport.send([AUTHENTICATE, signature.hex() + challenge.hex(), {}])
            answer = self.receive()
        return self._welcomed(answer)

    def _welcomed(self, answer: list[Any]) -> WampClient:
        if answer[0] != WELCOME:
            raise Refused(answer[2], str(answer[1].get("message", "")))
        self.session = answer[1]
        self.authid, self.authrole = answer[2]["authid"], answer[2]["authrole"]
        return self

    # --- a session ------------------------------------------------------------------------------------------------------------------

    def call(self, uri: str, *args: Any, **kwargs: Any) -> Any:
        """The first positional result; Refused."""
        answer = self._ask([CALL, self._next(), {}, uri, list(args), kwargs], RESULT)
        return answer[3][0] if len(answer) > 3 and answer[3] else None

    def call_blindly(self, uri: str, **kwargs: Any) -> None:
        """Call without waiting for the answer."""
        self._blind = self._next()
        self.transport.send([CALL, self._blind, {}, uri, [], kwargs])

    def result_of_blind_call(self, seconds: float = ANSWER_SECONDS) -> Any:
        """The first positional result of the newest blind call."""
        end = time.monotonic() + seconds
        while True:
            answer = self._next_of(RESULT, max(0.0, end - time.monotonic()))
            if answer[1] == self._blind:
                return answer[3][0] if len(answer) > 3 and answer[3] else None

    def subscribe(self, uri: str, *, match: str = "exact") -> int:
        """The subscription's id; Refused."""
        return int(self._ask([SUBSCRIBE, self._next(), {"match": match}, uri], SUBSCRIBED)[2])

    def publish(self, uri: str, *args: Any, **options: Any) -> None:
        """Publish and wait for the acknowledgement; Refused."""
        self._ask([PUBLISH, self._next(), {"acknowledge": True, **options}, uri, list(args)], PUBLISHED)

    def publish_blindly(self, uri: str, *args: Any) -> None:
        """Publish as agents do, without acknowledgement."""
        self.transport.send([PUBLISH, self._next(), {}, uri, list(args)])

    def register(self, uri: str, *, match: str = "exact", **options: Any) -> int:
        """The registration's id; Refused."""
        return int(self._ask([REGISTER, self._next(), {"match": match, **options}, uri], REGISTERED)[2])

    def answer_invocation(self, *result: Any, seconds: float = ANSWER_SECONDS) -> list[Any]:
        """Wait for a call of something registered, answer it; its positional arguments."""
        message = self._next_of(INVOCATION, seconds)
        self.transport.send([YIELD, message[1], {}, list(result)])
        return message[4] if len(message) > 4 else []

    def event(self, seconds: float = ANSWER_SECONDS) -> Event:
        """The next event; TimeoutError."""
        return _event(self._next_of(EVENT, seconds))

    def kept_events(self, subscription: int) -> list[Event]:
        """Those of this subscription that came before the answer to the last call."""
        kept, self._kept = self._kept, deque()
        found = []
        for message in kept:
            if message[0] == EVENT and message[1] == subscription:
                found.append(_event(message))
            else:
                self._kept.append(message)
        return found

    def events(self, seconds: float, *, until: Callable[[Event], bool] = lambda event: False) -> list[Event]:
        """All events that arrive within `seconds`, or up to the first that `until` is true of."""
        end, found = time.monotonic() + seconds, []
        while (left := end - time.monotonic()) > 0:
            try:
                found.append(self.event(left))
            except TimeoutError:
                break
            if until(found[-1]):
                break
        return found

    def leave(self) -> None:
        """Say GOODBYE, wait for the answer, close."""
        self.transport.send([GOODBYE, {}, "wamp.close.close_realm"])
        self._next_of(GOODBYE, ANSWER_SECONDS)
        self.transport.close()

    def drop(self) -> None:
        """Close without a farewell."""
        self.transport.close()

    def seconds_until_closed(self, seconds: float = PATIENCE_SECONDS) -> float:
        """How long it took until the other side closed the connection. GOODBYE is ignored, as is everything else. AssertionError."""
        started = time.monotonic()
        while (left := started + seconds - time.monotonic()) > 0:
            try:
                self.transport.receive(left)
            except Closed:
                return time.monotonic() - started
            except TimeoutError:
                break
        raise AssertionError(f"the session of {self.authid} was not closed within {seconds:g} s")

    def is_alive(self) -> bool:
        """Whether the router still answers this session."""
        try:
            self.call("vedette.test.nothing")
        except Refused:
            return True
        except (Closed, TimeoutError):
            return False
        return True

    def receive(self, seconds: float = ANSWER_SECONDS) -> list[Any]:
        """The next message, whatever it is."""
        return self._kept.popleft() if self._kept else self.transport.receive(seconds)

    def _next(self) -> int:
        self._request += 1
        return self._request

    def _ask(self, request: list[Any], answer_type: int) -> list[Any]:
        self.transport.send(request)
        set_aside: list[list[Any]] = []
        try:
            while True:
                message = self.transport.receive(ANSWER_SECONDS)
                if message[0] == ERROR and message[2] == request[1]:
                    raise Refused(message[4], _text(message[5] if len(message) > 5 else []))
                if message[0] == answer_type and message[1] == request[1]:
                    return message
                set_aside.append(message)
                if message[0] == ABORT:
                    raise Closed(f"aborted: {message[2]}")
        finally:
            self._kept.extend(set_aside)

    def _next_of(self, kind: int, seconds: float) -> list[Any]:
        for index, message in enumerate(self._kept):
            if message[0] == kind:
                del self._kept[index]
                return message
        end = time.monotonic() + seconds
        while True:
            message = self.transport.receive(max(0.0, end - time.monotonic()))
            if message[0] == kind:
                return message
            self._kept.append(message)


def public_key(key: nacl.signing.SigningKey) -> str:
    """The public half as 64 hex digits."""
    return str(key.verify_key.encode().hex())


def _event(message: list[Any]) -> Event:
    args = message[4] if len(message) > 4 else []
    kwargs = message[5] if len(message) > 5 else {}
    return Event(message[1], args, kwargs, message[3], time.monotonic())


def _text(args: Sequence[Any]) -> str:
    return " ".join(str(arg) for arg in args)
