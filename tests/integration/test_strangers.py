"""Who may do what: every URI × everybody who could try. The doors of HTTP are in test_strangers_http.py.

The rows come from the table of URIs and from the router's own source, so a new URI without a row fails here.
"""

from __future__ import annotations

import itertools
import re
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import nacl.signing
import pytest
from websockets.exceptions import InvalidStatus

from components.limits import ROUTER_WORDS
from components.protocol import DOORS, Door
from tests.conftest import Play
from tests.harness.agents import PlayedAgent
from tests.harness.eventually import eventually
from tests.harness.hub import Hub
from tests.harness.live import LiveView
from tests.harness.wamp import ABORT, Closed, Refused, WampClient
from tests.harness.web import WebUser

DENIED = "wamp.error.not_authorized"
INVALID = "wamp.error.invalid_uri"
OPERATIONS = {"procedure": ("call", "register"), "topic": ("publish", "subscribe")}
ROLE_OF = {"agent": "agent", "another agent": "agent", "viewer": "viewer", "operator": "operator", "idle": "idle", "services": "services"}
"""Everybody with a session; the bridge has none, and can only publish and call."""

PASSWORD = "a long enough password"


def router_uris(kind: str) -> list[str]:
    """The `wamp.` procedures or topics that the installed Crossbar.io has, out of its source."""
    package = find_spec("crossbar")
    assert package is not None
    assert package.origin is not None
    sources = "\n".join(path.read_text() for path in (Path(package.origin).parent / "router").glob("*.py"))
    pattern = (
        r'wamp\.register\(\s*"(wamp\.[a-z_.]+)"'
        if kind == "procedure"
        else r"[\"'](wamp\.(?:session|registration|subscription)\.on_[a-z_]+)[\"']"
    )
    return sorted(set(re.findall(pattern, sources)))


ROUTER_URIS = [(uri, kind) for kind in OPERATIONS for uri in router_uris(kind)]
PATTERNS = [
    *((pattern, "prefix") for pattern in ("vedette.", "vedette.agent", "vedette.fleet.", "wamp.", "")),
    *((pattern, "wildcard") for pattern in ("vedette..on_update", "vedette.agent.", "..", "wamp.session.")),
]
NEIGHBOURS = ["vedette.agent.get_configs", "vedette.agent.get_confi", "vedette.agent.on_sample.x", "elsewhere.x", "crossbar.get_status"]


@dataclass
class Cast:
    """Everybody. `clients` are the sessions by who has them."""

    hub: Hub
    agent: PlayedAgent
    another_agent: PlayedAgent
    viewer: WebUser
    operator: WebUser
    clients: dict[str, WampClient]

    def do(self, who: str, operation: str, uri: str, *args: Any, **options: Any) -> Any:
        """One operation by one of the cast; Refused by name."""
        if who == "bridge":
            return self._bridge(operation, uri, *args, **options)
        return getattr(self.clients[who], operation)(uri, *args, **options)

    def _bridge(self, operation: str, uri: str, *args: Any, **options: Any) -> Any:
        service, name = {"call": ("call", "procedure"), "publish": ("publish", "topic")}[operation]
        answer = self.hub.bridge(service, {name: uri, "args": list(args), **({"options": options} if options else {})})
        if "error" in answer:
            raise Refused(answer["error"], str(answer.get("args")))
        return (answer.get("args") or [None])[0]


@pytest.fixture(scope="module")
def cast(hub: Hub) -> Iterator[Cast]:
    """Everybody, with a session."""
    hub.django.run("result = User.objects.create_user('stranger-viewer', password=password).pk", password=PASSWORD)
    agents = [PlayedAgent(hub, name).enrol() for name in ("agent", "another agent")]
    viewer, operator = hub.web("stranger-viewer", PASSWORD), hub.admin
    clients = {
        "agent": agents[0].client,
        "another agent": agents[1].client,
        "viewer": hub.viewer(viewer),
        "operator": hub.viewer(operator),
        "idle": hub.unix("agent").join_anonymous(),
        "services": hub.services(),
    }
    assert {who: client.authrole for who, client in clients.items()} == ROLE_OF
    yield Cast(hub, agents[0], agents[1], viewer, operator, clients)
    for client in clients.values():
        client.drop()


# --- every URI × everybody --------------------------------------------------------------------------------------------------------------


def _may(door: Door, operation: str, role: str) -> bool:
    return role in (door.senders if operation in ("call", "publish") else door.receivers)


MATRIX = [
    (door, operation, who)
    for door in DOORS
    for operation in OPERATIONS[door.kind]
    for who in [*ROLE_OF, *(["bridge"] if operation in ("call", "publish") else [])]
]


@pytest.mark.parametrize(
    ("door", "operation", "who"),
    [row for row in MATRIX if not _may(row[0], row[1], ROLE_OF.get(row[2], row[2]))],
    ids=lambda value: value.uri if isinstance(value, Door) else value,
)
def test_a_stranger_may_not(cast: Cast, door: Door, operation: str, who: str) -> None:
    """Refused by name, whatever is sent."""
    # without this option Crossbar only says that the procedure is there already
    options = {"force_reregister": True} if operation == "register" else {}
    with pytest.raises(Refused) as refused:
        cast.do(who, operation, door.uri, *([{}] if operation in ("call", "publish") else []), **options)
    assert refused.value.uri == DENIED


Answers = Callable[[Cast, str], tuple[list[Any], dict[str, Any], Callable[[Any], bool]]]
"""Who calls → positional arguments, keywords, a check of the answer."""


def _config_of(cast: Cast, who: str) -> dict[str, Any]:
    config: dict[str, Any] = cast.clients[who].call("vedette.agent.get_config")
    return config


def _own_id(cast: Cast, who: str) -> str:
    return (cast.agent if who == "agent" else cast.another_agent).host_id


def _get_config(cast: Cast, who: str) -> tuple[list[Any], dict[str, Any], Callable[[Any], bool]]:
    return [], {}, lambda answer: answer["host"] == _own_id(cast, who)


def _report_config(cast: Cast, who: str) -> tuple[list[Any], dict[str, Any], Callable[[Any], bool]]:
    config = _config_of(cast, who) if who != "services" else {"epoch": "", "revision": 1}
    report = {"epoch": config["epoch"], "revision": config["revision"], "status": "applied", "error": "", "locked": {}, "at": time.time()}
    return [report], {}, lambda answer: answer is None


def _report_facts(cast: Cast, who: str) -> tuple[list[Any], dict[str, Any], Callable[[Any], bool]]:
    facts = {"protocol": 1, "agent_version": "1", "boot_id": "", "system": "", "cpu_model": "", "cpu_count": 1, "memory_total_bytes": 1.0}
    return [facts], {}, lambda answer: answer is None


def _cryptosign(cast: Cast, who: str) -> tuple[list[Any], dict[str, Any], Callable[[Any], bool]]:
    details = {"session": 1, "authextra": {"pubkey": cast.agent.key.verify_key.encode().hex()}}
    return ["vedette", None, details], {}, lambda answer: answer["authid"] == f"host:{cast.agent.host_id}"


def _ticket(cast: Cast, who: str) -> tuple[list[Any], dict[str, Any], Callable[[Any], bool]]:
    return ["vedette", None, {"session": 1, "ticket": cast.viewer.ticket()["ticket"]}], {}, lambda answer: answer["role"] == "viewer"


def _set(cast: Cast, who: str) -> tuple[list[Any], dict[str, Any], Callable[[Any], bool]]:
    return [], {"hosts": [cast.agent.host_id], "changes": {"interval": 2.0}}, lambda answer: cast.agent.host_id in answer["revisions"]


def _answer(cast: Cast, who: str) -> tuple[list[Any], dict[str, Any], Callable[[Any], bool]]:
    if who == "services":
        return [{"id": "x", "result": {}}], {}, lambda answer: False
    query = _asked(cast, cast.agent if who == "agent" else cast.another_agent)
    return [{"id": query["id"], "result": NO_PROCESSES}], {}, lambda answer: answer is None


def _asked(cast: Cast, agent: PlayedAgent) -> dict[str, Any]:
    """What reaches an agent when the viewer asks it for its processes; the viewer does not wait."""
    agent.client.subscribe("vedette.agent.on_query")
    cast.clients["viewer"].call_blindly("vedette.host.query", host=agent.host_id, kind="processes", arguments={"limit": 7})
    # settings and the hub's own questions come too
    (*_, event) = agent.client.events(5.0, until=lambda event: event.payload.get("kind") == "processes")
    payload: dict[str, Any] = event.payload
    return payload


NO_PROCESSES = {"at": 12.5, "count": 0, "processes": []}


def _own_agent(cast: Cast) -> str:
    """The id of the hub's own host, whose agent is a real one."""
    return LiveView(cast.clients["services"]).by_name("hub-itself")


CALLS: dict[str, Answers] = {
    "vedette.auth.cryptosign": _cryptosign,
    "vedette.auth.ticket": _ticket,
    "vedette.auth.approve": lambda cast, who: ([], {"hosts": [cast.agent.host_id]}, lambda answer: answer == {"hosts": []}),
    "vedette.auth.deny": lambda cast, who: ([], {"hosts": [cast.agent.host_id]}, lambda answer: answer == {"hosts": []}),
    "vedette.agent.get_config": _get_config,
    "vedette.agent.report_config": _report_config,
    "vedette.agent.report_facts": _report_facts,
    "vedette.agent.report_stop": lambda cast, who: ([{"reason": "a test"}], {}, lambda answer: answer is None),
    "vedette.agent.answer": _answer,
    "vedette.host.watch": lambda cast, who: (
        [],
        {"host": cast.agent.host_id, "interval": 5.0},
        lambda answer: answer == {"interval": 5.0, "seconds": 15.0},
    ),
    "vedette.host.query": lambda cast, who: (
        [],
        {"host": _own_agent(cast), "kind": "ping"},
        lambda answer: abs(answer["at"] - time.time()) < 5,
    ),
    "vedette.history.get_series": lambda cast, who: (
        [],
        {"hosts": [_own_agent(cast)], "metrics": ["load_1m"], "points": 2},
        lambda answer: all(len(host["at"]) == 2 for host in answer.values()),
    ),
    "vedette.fleet.get_snapshot": lambda cast, who: ([], {"limit": 1}, lambda answer: len(answer["hosts"]) == 1),
    "vedette.config.set": _set,
    "vedette.config.ping": lambda cast, who: ([], {}, lambda answer: abs(answer["at"] - time.time()) < 5),
}
NOT_A_HOST = {f"vedette.agent.{name}" for name in ("get_config", "report_config", "report_facts", "report_stop", "answer")}
NOT_A_PERSON = {"vedette.config.set", "vedette.auth.approve", "vedette.auth.deny"}
"""What answers for a host or a person refuses the services by name, because they are neither."""


def test_every_procedure_has_its_row() -> None:
    """A new procedure needs one."""
    assert set(CALLS) == {door.uri for door in DOORS if door.kind == "procedure"}


@pytest.mark.parametrize(
    ("uri", "who"),
    [(door.uri, who) for door, operation, who in MATRIX if operation == "call" and _may(door, operation, ROLE_OF.get(who, who))],
)
def test_who_may_call_is_answered(cast: Cast, uri: str, who: str) -> None:
    """The positive case of each procedure."""
    args, keywords, check = CALLS[uri](cast, who)
    if who == "services" and uri in NOT_A_HOST | NOT_A_PERSON:
        with pytest.raises(Refused) as refused:
            cast.do(who, "call", uri, *args, **keywords)
        assert refused.value.uri == "vedette.error.not_allowed"
    else:
        assert check(cast.do(who, "call", uri, *args, **keywords))


@pytest.mark.parametrize("uri", [door.uri for door in DOORS if door.kind == "procedure"])
def test_services_may_register_and_nothing_else_is_in_their_way(cast: Cast, uri: str) -> None:
    """The positive case of registering: the router only says that the component was first."""
    with pytest.raises(Refused) as refused:
        cast.do("services", "register", uri)
    assert refused.value.uri == "wamp.error.procedure_already_exists"


@pytest.mark.parametrize(
    ("uri", "sender", "receiver"),
    [
        (door.uri, sender, receiver)
        for door in DOORS
        if door.kind == "topic"
        for sender, receiver in itertools.product([*ROLE_OF, "bridge"], ROLE_OF)
        if sender != receiver and _may(door, "publish", ROLE_OF.get(sender, sender)) and _may(door, "subscribe", ROLE_OF[receiver])
    ],
)
def test_a_topic_goes_from_who_may_publish_to_who_may_subscribe(cast: Cast, uri: str, sender: str, receiver: str) -> None:
    """The positive case of each topic, and the sender's true name arrives."""
    client = cast.clients[receiver]
    subscription = client.subscribe(uri)
    client.events(0.02)
    marker = {"test": time.time_ns(), "hosts": [], "tick": -1}
    cast.do(sender, "publish", uri, marker, eligible_authid=[client.authid])
    events = client.events(2.0, until=lambda event: event.args == [marker])
    assert events[-1].payload == marker
    assert events[-1].subscription == subscription
    if sender != "bridge":
        assert events[-1].details.get("publisher_authid") == cast.clients[sender].authid


@pytest.mark.parametrize("who", [*(who for who in ROLE_OF if who != "services"), "bridge"])
@pytest.mark.parametrize(("uri", "kind"), ROUTER_URIS)
def test_the_routers_own_uris_are_closed(cast: Cast, uri: str, kind: str, who: str) -> None:
    """They kill sessions and show cookies."""
    for operation in OPERATIONS[kind]:
        if who == "bridge" and operation in ("register", "subscribe"):
            continue
        with pytest.raises(Refused) as refused:
            cast.do(who, operation, uri)
        assert refused.value.uri in ({DENIED, INVALID} if operation in ("register", "publish") else {DENIED})


@pytest.mark.parametrize(("uri", "kind"), ROUTER_URIS)
def test_services_may_ask_the_router_and_not_speak_for_it(cast: Cast, uri: str, kind: str) -> None:
    """The positive case of the router's own URIs. The calls lack arguments, so that they change nothing."""
    if kind == "topic":
        assert cast.do("services", "subscribe", uri)
    else:
        assert _refusal(cast, uri) != DENIED
    with pytest.raises(Refused) as denied:
        cast.do("services", OPERATIONS[kind][0] if kind == "topic" else "register", uri)
    assert denied.value.uri in {DENIED, INVALID}


def _refusal(cast: Cast, uri: str) -> str:
    try:
        cast.do("services", "call", uri)
    except Refused as refused:
        return refused.uri
    return ""


def test_the_router_has_such_uris() -> None:
    """The two tests above are about something."""
    assert {"wamp.session.kill", "wamp.session.get", "wamp.session.on_join"} <= {uri for uri, _ in ROUTER_URIS}


@pytest.mark.parametrize("who", [who for who in ROLE_OF if who != "services"])
@pytest.mark.parametrize(("pattern", "match"), PATTERNS)
def test_no_pattern_reaches_further(cast: Cast, pattern: str, match: str, who: str) -> None:
    """Neither subscribing nor registering."""
    for operation in ("subscribe", "register"):
        with pytest.raises(Refused) as refused:
            cast.do(who, operation, pattern, match=match)
        assert refused.value.uri in {DENIED, INVALID}


@pytest.mark.parametrize("who", [*(who for who in ROLE_OF if who != "services"), "bridge"])
@pytest.mark.parametrize("uri", NEIGHBOURS)
def test_nothing_beside_the_table_is_open(cast: Cast, uri: str, who: str) -> None:
    """A URI that nobody thought of is denied."""
    for operation in ("call", "publish") if who == "bridge" else ("call", "publish", "register", "subscribe"):
        with pytest.raises(Refused) as refused:
            cast.do(who, operation, uri)
        assert refused.value.uri == DENIED


@pytest.mark.parametrize("uri", [*(door.uri for door in DOORS), *(uri for uri, _ in ROUTER_URIS)])
def test_without_a_session_nothing_happens(hub: Hub, uri: str) -> None:
    """What comes before HELLO is not done: the first answer is that to HELLO."""
    client = hub.websocket()
    for message in ([48, 1, {}, uri, []], [16, 1, {"acknowledge": True}, uri, [{}]], [32, 1, {}, uri], [64, 1, {}, uri]):
        client.transport.send(message)
    assert client.hello(authmethods=["anonymous"])[0] == 3
    client.drop()


# --- one host's own -----------------------------------------------------------------------------------------------------------------------


def test_a_query_reaches_only_its_host(cast: Cast) -> None:
    """The other agent, which has subscribed too, hears nothing of it."""
    other = cast.another_agent.client
    other.subscribe("vedette.agent.on_query")
    query = _asked(cast, cast.agent)
    assert (query["host"], query["kind"], query["arguments"]) == (cast.agent.host_id, "processes", {"limit": 7})
    marker = {"test": time.time_ns()}
    cast.do("services", "publish", "vedette.agent.on_query", marker, eligible_authid=[other.authid])
    heard = [event.payload for event in other.events(5.0, until=lambda event: event.payload == marker)]
    assert heard[-1] == marker
    assert query["id"] not in [payload.get("id") for payload in heard]


def test_an_answer_of_another_host_is_not_taken(cast: Cast) -> None:
    """Refused by name; that of the host itself is good all the same, and only once."""
    query = _asked(cast, cast.agent)
    answer = {"id": query["id"], "result": NO_PROCESSES}
    for client, uri in [(cast.another_agent.client, "vedette.error.invalid_payload"), (cast.clients["viewer"], DENIED)]:
        with pytest.raises(Refused) as refused:
            client.call("vedette.agent.answer", answer)
        assert refused.value.uri == uri
    cast.agent.client.call("vedette.agent.answer", answer)
    assert cast.clients["viewer"].result_of_blind_call() == NO_PROCESSES
    with pytest.raises(Refused) as refused:
        cast.agent.client.call("vedette.agent.answer", answer)
    assert refused.value.uri == "vedette.error.invalid_payload"


def _load(payload: dict[str, Any]) -> object:
    return payload.get("sample", {}).get("metrics", {}).get("load_1m")


def test_who_does_not_watch_a_host_gets_no_watched_sample(cast: Cast) -> None:
    """Neither an operator, nor the snapshot, nor what is kept."""
    viewer, operator, agent = cast.clients["viewer"], cast.clients["operator"], cast.agent
    for client in (viewer, operator):
        client.subscribe("vedette.host.on_sample")
        client.call("vedette.host.watch", host=agent.host_id, interval=None)  # a lease of another test
        client.events(0.05)
    agent.publish({"load_1m": 1.0})
    viewer.call("vedette.host.watch", host=agent.host_id, interval=0.5)
    agent.publish({"load_1m": 77.0}, watched=True)
    seen = viewer.events(5.0, until=lambda event: _load(event.payload) == 77.0)
    assert _load(seen[-1].payload) == 77.0
    marker = {"test": time.time_ns()}
    cast.do("services", "publish", "vedette.host.on_sample", marker, eligible_authid=[operator.authid])
    heard = [event.payload for event in operator.events(5.0, until=lambda event: event.payload == marker)]
    assert [payload for payload in heard if payload.get("host") == agent.host_id] == []
    live = LiveView(cast.hub.viewer())
    live.host_until(agent.host_id, lambda host: host["sample"], 5, "the regular sample is known")
    assert live.hosts[agent.host_id]["sample"]["metrics"] == {"load_1m": 1.0}
    series = viewer.call("vedette.history.get_series", hosts=[agent.host_id], metrics=["load_1m"])
    assert max(number for number in series[agent.host_id]["load_1m"]["max"] if number is not None) < 77
    assert viewer.call("vedette.host.watch", host=agent.host_id, interval=None) == {"interval": None, "seconds": 0.0}


# --- joining ----------------------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "details",
    [
        {},
        {"authmethods": ["anonymous"]},
        {"authmethods": ["anonymous"], "authid": "admin", "authrole": "services"},
        {"authmethods": ["wampcra"], "authid": "admin"},
        {"authmethods": ["scram"], "authid": "admin", "authextra": {"nonce": "x"}},
        {"authmethods": ["cryptosign"], "authextra": {"pubkey": "00" * 32, "certificates": [["x", {"primaryType": "x"}, "x"]]}},
        {"authmethods": ["cookie"]},
        {"authmethods": ["tls"]},
        {"authmethods": ["anonymous-proxy"], "authextra": {"proxy_realm": "vedette", "proxy_authrole": "services", "proxy_authid": "x"}},
        {"realm": "crossbar", "authmethods": ["anonymous"]},
        {"realm": "elsewhere", "authmethods": ["ticket"]},
        {"authmethods": []},
    ],
    ids=str,
)
def test_nobody_joins_without_a_key_or_a_ticket(hub: Hub, details: dict[str, Any]) -> None:
    """Whatever they claim."""
    client = hub.websocket()
    try:
        answer = client.hello(**details)
        if answer[0] == 4:  # asked for a ticket, even in a realm that is not there
            client.transport.send([5, "x", {}])
            answer = client.receive()
        assert answer[0] == 3, answer
    except Closed:
        pass


def test_what_crossbar_cannot_take_is_no_flood_in_the_log(hub: Hub) -> None:
    """Each such HELLO makes Crossbar.io write two tracebacks, and the next may follow on the same connection."""
    started, before = time.monotonic(), len(hub.output())
    for _ in range(5):
        client = hub.websocket(source="127.0.0.11")
        for _ in range(30):
            assert client.hello(authmethods=["cryptosign"], authextra={"pubkey": "x", "certificates": [1]})[0] == ABORT
        client.drop()
    allowed = ROUTER_WORDS.burst + ROUTER_WORDS.per_second * (time.monotonic() - started) + 1
    assert hub.output()[before:].count("Traceback (most recent call last)") <= allowed


def test_what_hello_claims_changes_nothing(hub: Hub, cast: Cast) -> None:
    """Role and identity are what the key or the ticket stands for."""
    ticket = cast.viewer.ticket()
    viewer = hub.websocket(serializer="json").join_ticket(ticket["ticket"], authid="user:1:x", authrole="services")
    assert (viewer.authid, viewer.authrole) == (ticket["authid"], "viewer")
    viewer.drop()
    answer = hub.websocket().hello(
        authmethods=["cryptosign"],
        authid=f"host:{cast.another_agent.host_id}",
        authrole="services",
        authextra={"pubkey": cast.agent.key.verify_key.encode().hex(), "channel_binding": None},
    )
    assert answer[0] == 4


def test_a_key_nobody_knows(hub: Hub) -> None:
    """Refused by name."""
    with pytest.raises(Refused) as refused:
        hub.websocket().join_key(nacl.signing.SigningKey.generate())
    assert refused.value.uri == "vedette.error.not_approved"


def test_another_hosts_public_key_is_not_enough(hub: Hub, cast: Cast) -> None:
    """The router makes the agent prove that it holds the private half."""
    with pytest.raises((Refused, Closed)):
        hub.websocket().join_key(cast.agent.key, signing_key=nacl.signing.SigningKey.generate())


@pytest.mark.parametrize("origin", ["https://evil.example", "http://127.0.0.1:1", "http://localhost.evil.example", "https://127.0.0.1"])
def test_a_foreign_origin_is_refused(hub: Hub, cast: Cast, origin: str) -> None:
    """With a good ticket, and with a good key."""
    with pytest.raises(Refused) as refused:
        hub.websocket(serializer="json", origin=origin).join_ticket(cast.viewer.ticket()["ticket"])
    assert refused.value.uri == "vedette.error.origin_refused"
    with pytest.raises(Refused) as refused:
        hub.websocket(origin=origin).join_key(cast.agent.key)
    assert refused.value.uri == "vedette.error.origin_refused"


def test_the_null_origin_is_refused(hub: Hub) -> None:
    """At the hand-shake already."""
    with pytest.raises(InvalidStatus):
        hub.websocket(origin="null")


def test_a_ticket_is_good_once(hub: Hub, cast: Cast) -> None:
    """The positive case, and its repetition."""
    ticket = cast.viewer.ticket()["ticket"]
    joined = hub.websocket(serializer="json", origin=hub.url).join_ticket(ticket)
    assert joined.authrole == "viewer"
    with pytest.raises(Refused) as refused:
        hub.websocket(serializer="json", origin=hub.url).join_ticket(ticket)
    assert refused.value.uri == "vedette.error.ticket_used"
    assert joined.is_alive()
    joined.drop()


def test_an_expired_ticket(hub: Hub, cast: Cast) -> None:
    """After half a minute, as the database has it."""
    ticket = cast.viewer.ticket()
    hub.sql("UPDATE django_app_ticket SET at = at - 31 WHERE id = ?", ticket["authid"].rpartition(":")[2])
    with pytest.raises(Refused) as refused:
        hub.websocket().join_ticket(ticket["ticket"])
    assert refused.value.uri == "vedette.error.ticket_expired"


def forgeries(ticket: str) -> Iterator[Any]:
    """Tickets that this hub did not sign."""
    first, _, signature = ticket.rpartition(":")
    yield from ("", "x", ticket[:-1] + ("A" if ticket[-1] != "A" else "B"), f"{'0' * 32}:{first.partition(':')[2]}:{signature}")
    yield from (f"{first}:", ticket.upper(), ticket + "x", "\x00" * 40, "é" * 100)


def test_forged_tickets(hub: Hub, cast: Cast) -> None:
    """Refused by name, and the true one is still good."""
    ticket = cast.viewer.ticket()["ticket"]
    for forged in forgeries(ticket):
        with pytest.raises(Refused) as refused:
            hub.websocket().join_ticket(forged)
        assert refused.value.uri == "vedette.error.ticket_forged", forged
    assert hub.websocket().join_ticket(ticket).authrole == "viewer"


def test_an_endless_ticket(hub: Hub) -> None:
    """Refused before anything is looked up."""
    with pytest.raises(Refused) as refused:
        hub.websocket().join_ticket("x" * 1000)
    assert refused.value.uri == "vedette.error.invalid_payload"


# --- one host is not another ------------------------------------------------------------------------------------------------------------


def test_identity_in_a_payload_counts_for_nothing(hub: Hub, cast: Cast, play: Play) -> None:
    """A sample, a report and facts are those of whoever the router let in."""
    forger, victim = play("forger"), play("victim")
    victim.obey()
    live = LiveView(hub.viewer(cast.operator))
    claims = {"host": victim.host_id, "authid": victim.client.authid, "publisher_authid": victim.client.authid}
    forger.client.publish("vedette.agent.on_sample", {**forger.sample({"load_1m": 66.6}), **claims}, disclose_me=False)
    live.host_until(forger.host_id, lambda host: host.get("sample"), 5, "the forger's sample is the forger's own")
    assert live.hosts[victim.host_id].get("sample") is None
    config = forger.client.call("vedette.agent.get_config")
    forger.client.call("vedette.agent.report_config", {**config, **claims, "status": "failed", "error": "x", "locked": {}, "at": 0.0})
    live.host_until(forger.host_id, lambda host: host["config"]["status"] == "failed", 5, "the forger's report is the forger's own")
    assert live.hosts[victim.host_id]["config"]["status"] == "applied"
    with pytest.raises(Refused) as refused:
        forger.client.call("vedette.agent.get_config", victim.host_id)
    assert refused.value.uri == "vedette.error.invalid_payload"


def test_settings_reach_their_host_alone(hub: Hub, cast: Cast, play: Play) -> None:
    """Pushed by Django and offered again by the config component."""
    meant, other = play("meant").listen(), play("other").listen()
    for agent in (meant, other):
        agent.obey()
    cast.operator.save_host(meant.host_id, interval="3")
    offers = [meant.offered(5), meant.offered(5)]
    assert {offer["host"] for offer in offers} == {meant.host_id}
    meant.report(offers[-1])
    assert other.client.events(1.0) == []


# --- settings and pages ------------------------------------------------------------------------------------------------------------------


def test_a_viewer_may_not_set_even_where_the_role_would_let_them(hub: Hub, cast: Cast) -> None:
    """The permission is asked at each call: a session that was an operator's is refused the moment its user is none."""
    hub.django.run(
        "user = User.objects.create_user('stranger-former', password=password); user.groups.add(Group.objects.get(name='operators'))",
        password=PASSWORD,
    )
    former = hub.viewer(hub.web("stranger-former", PASSWORD))
    change = {"hosts": [cast.agent.host_id], "changes": {"interval": 3.0}}
    assert former.authrole == "operator"
    assert former.call("vedette.config.set", **change)["revisions"]
    hub.sql("DELETE FROM auth_user_groups WHERE user_id = (SELECT id FROM auth_user WHERE username = 'stranger-former')")
    with pytest.raises((Refused, Closed)) as refused:
        former.call("vedette.config.set", **change)
    assert isinstance(refused.value, Closed) or "vedette.error.not_allowed" in str(refused.value)
    eventually(lambda: not former.is_alive(), 10, "the session of the former operator ends")


@pytest.mark.parametrize(
    ("hosts", "changes"),
    [
        ([], {"nothing": 1}),
        ("all", {"interval": 1.0}),
        ([1], {"interval": 1.0}),
        ([], []),
        (None, {"interval": 0.1}),
        (None, {"interval": "1"}),
        (None, {"disabled": 1}),
        (None, {"interval": True}),
        (["zzzzzzzzzzzz"], {"interval": 1.0}),
        (["../../../etc"], {"interval": 1.0}),
    ],
    ids=str,
)
def test_nonsense_settings_are_refused_by_name(cast: Cast, hosts: Any, changes: Any) -> None:
    """Of an operator, too."""
    with pytest.raises(Refused) as refused:
        cast.do("operator", "call", "vedette.config.set", hosts=[cast.agent.host_id] if hosts is None else hosts, changes=changes)
    assert refused.value.uri in {"vedette.error.invalid_payload", "vedette.error.unknown_host"}


@pytest.mark.parametrize(
    "keywords", [{"after": 1}, {"limit": "x"}, {"limit": 0}, {"limit": True}, {"limit": -5}, {"after": None}, {"nonsense": 1}], ids=str
)
def test_nonsense_pages_are_refused_by_name(cast: Cast, keywords: dict[str, Any]) -> None:
    """Of a viewer."""
    with pytest.raises(Refused) as refused:
        cast.do("viewer", "call", "vedette.fleet.get_snapshot", **keywords)
    assert refused.value.uri == "vedette.error.invalid_payload"
