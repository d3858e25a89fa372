"""The work-arounds in a real node: what they are for is seen without them, and gone with them."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import nacl.signing
import pytest

from tests.harness.eventually import STANDSTILL_SECONDS, eventually
from tests.harness.hub import READY_SECONDS
from tests.harness.ports import free_ports
from tests.harness.process import REPOSITORY, WORKER_PATH, Process, clean_environment
from tests.harness.transports import Closed, Serializer, WebSocketTransport
from tests.harness.wamp import ABORT, AUTHENTICATE, CHALLENGE, GOODBYE, WELCOME, Refused, WampClient
from tests.integration.upstream_component import SESSION_SECONDS

ALL: dict[str, bool] = {"call": True, "register": True, "publish": True, "subscribe": True}
HEADERS = {
    "Cookie": "sessionid=PLANTED-session; csrftoken=PLANTED-csrf",
    "Authorization": "Bearer PLANTED-bearer",
    "X-Vedette-Proxy": "PLANTED-proxy",
}
CALL_ECHO = bytes.fromhex("85183001a069746573742e6c69766581")  # [48, 1, {}, "test.live", [… ]]


def authenticator(uri: str) -> dict[str, str]:
    return {"type": "dynamic", "authenticator": uri, "authenticator-realm": "vedette"}


def configuration(port: int, *, mended: bool) -> dict[str, Any]:
    return {
        "version": 2,
        "workers": [
            {
                "type": "router",
                "id": "router",
                "options": {"pythonpath": WORKER_PATH if mended else [str(REPOSITORY)]},
                "realms": [
                    {
                        "name": "vedette",
                        "roles": [
                            {"name": name, "permissions": [{"uri": uri, "match": "prefix", "allow": ALL, "cache": False}]}
                            for name, uri in (("services", ""), ("guest", "test."))
                        ],
                    }
                ],
                "components": [
                    {
                        "type": "class",
                        "id": "controls",
                        "classname": "tests.integration.upstream_component.Controls",
                        "realm": "vedette",
                        "role": "services",
                        "extra": {"mended": mended},
                    }
                ],
                "transports": [
                    {
                        "type": "web",
                        "id": "web",
                        "endpoint": {"type": "tcp", "port": port, "interface": "127.0.0.1"},
                        "paths": {
                            "/": {"type": "json", "value": {}},
                            "ws": {
                                "type": "websocket",
                                "serializers": ["cbor", "json"],
                                "auth": {"ticket": authenticator("test.auth.ticket"), "cryptosign": authenticator("test.auth.key")},
                                "options": {"max_message_size": 1048576, "close_handshake_timeout": 1000},
                            },
                        },
                    }
                ],
            }
        ],
    }


class Node:
    """A router with one component."""

    def __init__(self, directory: Path, *, mended: bool) -> None:
        (self.port,) = free_ports(1)
        (directory / "config.json").write_text(json.dumps(configuration(self.port, mended=mended)))
        self.process = Process(
            [str(Path(sys.executable).with_name("crossbar")), "start", "--cbdir", str(directory), "--loglevel", "debug"],
            directory=directory,
            environment=clean_environment(),
            log=directory / "output",
        )

    def connect(self) -> WampClient:
        """A WebSocket without a session."""
        return WampClient(WebSocketTransport(f"ws://127.0.0.1:{self.port}/ws"))

    def join(self, authid: str, ticket: str = "PLANTED-ticket", **options: Any) -> WampClient:
        transport = WebSocketTransport(f"ws://127.0.0.1:{self.port}/ws", headers=HEADERS, **options)
        return WampClient(transport).join_ticket(ticket, authid=authid)

    def is_ready(self) -> bool:
        assert self.process.exit_code is None, self.process.tail()
        return "NODE_BOOT_COMPLETE" in self.process.output()


MakeNode = Callable[[bool], Node]


@pytest.fixture(scope="module")
def make_node(tmp_path_factory: pytest.TempPathFactory) -> Iterator[MakeNode]:
    nodes: dict[bool, Node] = {}

    def make(mended: bool) -> Node:
        if mended not in nodes:
            node = nodes[mended] = Node(tmp_path_factory.mktemp("node"), mended=mended)
            eventually(node.is_ready, "the node is ready", seconds=READY_SECONDS, explain=node.process.tail)
        return nodes[mended]

    yield make
    for node in nodes.values():
        node.process.end()


@pytest.fixture
def node(make_node: MakeNode) -> Node:
    """With the work-arounds."""
    return make_node(True)


@pytest.fixture
def bare_node(make_node: MakeNode) -> Node:
    """Crossbar.io as it comes."""
    return make_node(False)


def test_a_session_that_ignores_goodbye_is_ended(node: Node) -> None:
    """Neither GOODBYE nor a WebSocket's closing frame is answered by the clients of these tests."""
    watcher, stubborn, other, twin = (node.join(authid) for authid in ("watcher", "stubborn", "other", "stubborn"))
    assert {"watcher", "stubborn", "other"} <= set(watcher.call("test.live"))
    assert watcher.call("test.abort", ["stubborn", "nobody"]) == 2
    assert stubborn.seconds_until_closed() < 1 + STANDSTILL_SECONDS
    assert twin.seconds_until_closed() < 1 + STANDSTILL_SECONDS
    eventually(lambda: "stubborn" not in watcher.call("test.live"), "the session is gone", explain=node.process.tail)
    assert other.is_alive()
    for session in (watcher, other):
        session.drop()


def test_components_of_the_router_cannot_be_aborted(node: Node) -> None:
    watcher = node.join("watcher")
    assert watcher.call("test.abort", [authid for authid in watcher.call("test.live") if authid != "watcher"]) == 0
    watcher.drop()


def test_upstream_still_lets_killed_sessions_talk(bare_node: Node) -> None:
    """If this fails, wamp.session.kill_by_authid does, and abort_sessions may go."""
    watcher, stubborn = bare_node.join("watcher"), bare_node.join("stubborn")
    watcher.subscribe("test.topic")
    watcher.call("test.kill", "stubborn")
    assert stubborn.receive()[0] == 6  # GOODBYE
    stubborn.publish_blindly("test.topic", "still here")
    assert watcher.event().payload == "still here"
    for session in (watcher, stubborn):
        session.drop()


def say_nothing(node: Node) -> WampClient:
    return node.connect()


def ignore_the_challenge(node: Node) -> WampClient:
    client = node.connect()
    assert client.hello(authmethods=["ticket"], authid="idler")[0] == CHALLENGE
    return client


def say_goodbye_and_stay(node: Node) -> WampClient:
    client = node.join("idler")
    client.transport.send([GOODBYE, {}, "wamp.close.normal"])
    assert client.receive()[0] == GOODBYE
    return client


IDLERS = (say_nothing, ignore_the_challenge, say_goodbye_and_stay)


def test_connections_without_a_session_are_ended(node: Node) -> None:
    """The clients of these tests answer pings."""
    watcher, *idlers = node.join("watcher"), *(idle(node) for idle in IDLERS)
    for idler in idlers:
        idler.seconds_until_closed()
    assert watcher.is_alive()
    watcher.drop()


def waits_for_its_turn(node: Node) -> WampClient:
    client = node.connect()
    assert client.hello(authmethods=["ticket"], authid="patient")[0] == CHALLENGE
    client.transport.send([AUTHENTICATE, "a ticket", {}])
    return client


def test_who_waits_for_the_hub_is_not_dropped_for_it(node: Node) -> None:
    """A hub that is late would otherwise drop all who wait, who would come again and make it later still."""
    watcher = node.join("watcher")
    patient, idler = waits_for_its_turn(node), node.connect()
    idler.seconds_until_closed()
    watcher.call("test.serve")
    assert patient.receive()[0] == WELCOME
    for session in (watcher, patient):
        session.drop()


def test_who_hangs_up_waits_no_more(node: Node) -> None:
    """And costs no turn."""
    watcher = node.join("watcher")
    waiting, lost = watcher.call("test.waiting")
    patient = waits_for_its_turn(node)
    eventually(lambda: watcher.call("test.waiting") == [waiting + 1, lost], "it waits", explain=node.process.tail)
    patient.drop()
    eventually(lambda: watcher.call("test.waiting") == [waiting + 1, lost + 1], "its turn is cancelled", explain=node.process.tail)
    watcher.drop()


def test_upstream_still_lets_strangers_stay(bare_node: Node) -> None:
    """If this fails, remove require_sessions."""
    idlers = [idle(bare_node) for idle in IDLERS]
    for seconds, idler in zip((2 * SESSION_SECONDS, 0.2, 0.2), idlers, strict=True):  # the others have been there as long
        with pytest.raises(AssertionError, match="was not closed"):
            idler.seconds_until_closed(seconds)


def show_certificates(node: Node) -> Any:
    """What Crossbar.io answers to a HELLO with a good key and certificates that are none."""
    client = node.connect()
    answer = client.hello(authmethods=["cryptosign"], authextra={"pubkey": "ab" * 32, "certificates": [1]})[0]
    client.drop()
    return answer


def test_who_shows_certificates_is_known_by_its_key(node: Node) -> None:
    assert show_certificates(node) == CHALLENGE


def test_upstream_still_reads_certificates_of_strangers(bare_node: Node) -> None:
    """If this fails, remove ignore_certificates."""
    assert show_certificates(bare_node) == ABORT


def talk_with_secrets(node: Node) -> None:
    """Everything that makes Crossbar.io log secrets."""
    session = node.join("talker")
    with pytest.raises(Refused):
        session.call("test.fail", password="PLANTED-argument")
    session.drop()
    agent = WampClient(WebSocketTransport(f"ws://127.0.0.1:{node.port}/ws", headers=HEADERS))
    agent.join_key(nacl.signing.SigningKey(b"k" * 32), enrol={"code": "PLANTED-code", "proof": "PLANTED-proof"})
    agent.leave()
    eventually(lambda: node.process.output().count('authid="host"') > 1, "the log has it", explain=node.process.tail)


def test_no_secret_reaches_the_log(node: Node) -> None:
    talk_with_secrets(node)
    output = node.process.output()
    assert "PLANTED" not in output
    assert "onAuthenticate: ***" in output
    assert "received HTTP headers in opening handshake : {'host'" in output


def test_upstream_still_logs_secrets(bare_node: Node) -> None:
    """If this fails, redact_log may have to hide less."""
    talk_with_secrets(bare_node)
    output = bare_node.process.output()
    for secret in ("session", "csrf", "bearer", "proxy", "ticket", "code", "proof", "raised"):
        assert f"PLANTED-{secret}" in output, secret


HOSTILE: list[tuple[str, Serializer, bytes | str]] = [
    ("100,000 nested lists", "json", "[" * 100_000),
    ("nested maps", "json", '[48, 1, {}, "test.live", [' + '{"a": ' * 450 + "1" + "}" * 450 + "]]"),
    ("a number of 100,000 digits", "json", "[48, 1, {}, 0, [" + "9" * 100_000 + "]]"),
    ("no list", "json", '{"a": 1}'),
    ("an unknown type", "json", "[999, 1, {}]"),
    ("a type that is true", "json", "[true, 1, {}]"),
    ("a negative request", "json", '[48, -1, {}, "test.live"]'),
    ("a huge request", "json", f'[48, {2**64}, {{}}, "test.live"]'),
    ("a message of the router's", "json", "[36, 1, 2, {}, [1]]"),
    ("nothing", "json", ""),
    ("10 MB", "json", "x" * 10_000_000),
    ("bytes for text", "json", b"[1]"),
    ("100,000 nested lists", "cbor", b"\x81" * 100_000),
    ("a list that contains itself", "cbor", CALL_ECHO + bytes.fromhex("d81c81d81d00")),
    ("the same list again and again", "cbor", CALL_ECHO + bytes.fromhex("82d81c8a" + "01" * 10 + "8a" + "d81d00" * 10)),
    ("a power of ten", "cbor", CALL_ECHO + bytes.fromhex("c4821a3b9aca0001")),
    ("a regular expression", "cbor", CALL_ECHO + bytes.fromhex("d823622e2a")),
    ("a list longer than the message", "cbor", CALL_ECHO + bytes.fromhex("9a7fffffff")),
    ("a text longer than memory", "cbor", CALL_ECHO + bytes.fromhex("7b7fffffffffffffff")),
    ("broken UTF-8", "cbor", CALL_ECHO + b"\x62\xff\xfe"),
    ("numbers for names", "cbor", bytes.fromhex("84183001a105")),
    ("text for bytes", "cbor", "abc"),
]


def send_and_receive(stranger: WampClient, frame: bytes | str) -> None:
    """Send the frame as it is, and wait for an answer."""
    assert isinstance(stranger.transport, WebSocketTransport)
    stranger.transport.send_raw(frame)
    stranger.receive()


@pytest.mark.parametrize(("what", "serializer", "frame"), HOSTILE, ids=[f"{serializer}: {what}" for what, serializer, _ in HOSTILE])
def test_a_hostile_frame_ends_its_own_session_only(node: Node, what: str, serializer: Serializer, frame: bytes | str) -> None:
    bystander, stranger = node.join("bystander"), node.join("stranger", serializer=serializer)
    logged = len(node.process.output())
    with pytest.raises(Closed):  # some are refused before they are sent whole
        send_and_receive(stranger, frame)
    assert bystander.is_alive(), what
    bystander.drop()
    assert len(node.process.output()) - logged < 100_000
    assert node.process.exit_code is None
