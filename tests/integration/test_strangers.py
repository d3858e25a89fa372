"""Who may do what: every URI × everybody who could try. Who joins, and what one host may do to another, stand in the files beside.

The rows come from the table of URIs and from the router's own source, so a new URI without a row fails here.
"""

from __future__ import annotations

import itertools
import re
import time
from importlib.util import find_spec
from pathlib import Path

import pytest

from components.protocol import DOORS, Door
from tests.harness.cast import ROLE_OF, Cast
from tests.harness.eventually import PATIENCE_SECONDS
from tests.harness.hub import Hub
from tests.harness.wamp import ABORT, Refused
from tests.integration.good_calls import CALLS, NOT_A_HOST, NOT_A_PERSON

DENIED = "wamp.error.not_authorized"
INVALID = "wamp.error.invalid_uri"
OPERATIONS = {"procedure": ("call", "register"), "topic": ("publish", "subscribe")}


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


def test_every_procedure_has_its_row() -> None:
    """A new procedure needs one."""
    assert set(CALLS) == {door.uri for door in DOORS if door.kind == "procedure"}


@pytest.mark.parametrize(
    ("uri", "who"),
    [(door.uri, who) for door, operation, who in MATRIX if operation == "call" and _may(door, operation, ROLE_OF.get(who, who))],
)
def test_who_may_call_is_answered(cast: Cast, uri: str, who: str) -> None:
    """The positive case of each procedure."""
    call = CALLS[uri](cast, who)
    if who == "services" and uri in NOT_A_HOST | NOT_A_PERSON:
        with pytest.raises(Refused) as refused:
            cast.do(who, "call", uri, *call.args, **call.keywords)
        assert refused.value.uri == "vedette.error.not_allowed"
    else:
        assert call.is_good(cast.do(who, "call", uri, *call.args, **call.keywords))


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
    events = client.events(PATIENCE_SECONDS, until=lambda event: event.args == [marker])
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
    assert client.hello(authmethods=["anonymous"])[0] == ABORT
    client.drop()
