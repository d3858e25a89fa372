"""Hostile samples as raw frames through the real router: refused by name or shown harmlessly, and nobody else notices."""

from __future__ import annotations

import json
import math
import re
from collections.abc import Iterator
from typing import Any

import cbor2
import pytest

from tests.conftest import Play
from tests.harness.agents import PlayedAgent
from tests.harness.eventually import eventually
from tests.harness.hub import Hub
from tests.harness.live import LiveView, metrics_of
from tests.harness.transports import Closed, WebSocketTransport
from tests.harness.wamp import Refused, WampClient

TOPIC = "vedette.agent.on_sample"
HTML = "<img src=x onerror=\"document.title='owned'\"><script>alert(1)</script>'\"&{{7*7}}"
BIDI = "\u202egnp.exe\u2066"


def publish(*args: Any, **kwargs: Any) -> bytes:
    """A PUBLISH in CBOR."""
    return cbor2.dumps([16, 1, {}, TOPIC, list(args), *([kwargs] if kwargs else [])])


def sample(**changes: Any) -> dict[str, Any]:
    """A good sample, but for these changes."""
    good = {"run": "hostile", "seq": 1, "at": 1.0, "revision": 1, "metrics": {"load_1m": 0.5}, "failed": {}}
    return {**good, **changes}


def metrics(**metrics: Any) -> bytes:
    """A sample with these metrics, as a frame."""
    return publish(sample(metrics=metrics))


def without(name: str) -> bytes:
    """A sample that lacks a field."""
    return publish({key: value for key, value in sample().items() if key != name})


def deep(levels: int, *, kind: str) -> bytes:
    """A sample whose metric is nested, written by hand because no library would."""
    head = cbor2.dumps([16, 1, {}, TOPIC, [sample(metrics={"load_1m": 0})]])
    assert head.endswith(b"\x00ffailed\xa0")
    opening, closing = (b"\x81", b"") if kind == "list" else (b"\xa1ax", b"")
    return head[: -len(b"\x00ffailed\xa0")] + opening * levels + b"\x00" + closing + b"ffailed\xa0"


def cycle() -> bytes:
    """A map that holds itself, by CBOR's value sharing."""
    own: dict[str, Any] = {}
    own["cpu_core_used_ratio"] = own
    return cbor2.dumps([16, 1, {}, TOPIC, [sample(metrics=own)]], value_sharing=True)


REFUSED: dict[str, bytes] = {
    "no arguments": publish(),
    "a number": publish(7),
    "a text": publish("sample"),
    "a list": publish([1, 2, 3]),
    "null": publish(None),
    "keywords": publish(**sample()),
    "an empty map": publish({}),
    **{f"no {name}": without(name) for name in ("run", "seq", "at", "revision", "metrics")},
    **{f"{name} is text": publish(sample(**{name: "x"})) for name in ("seq", "at", "revision", "metrics", "failed")},
    **{f"{name} is null": publish(sample(**{name: None})) for name in ("run", "seq", "at", "revision", "metrics")},
    **{f"{name} is true": publish(sample(**{name: True})) for name in ("run", "seq", "at", "revision", "metrics", "failed")},
    "run is endless": publish(sample(run="x" * 10_000)),
    "run has control characters": publish(sample(run="\x1b[2J")),
    "seq is negative": publish(sample(seq=-1)),
    "at is not finite": publish(sample(at=math.inf)),
    "a time that no clock shows": publish(sample(at=4e12)),
    "NaN": metrics(load_1m=math.nan),
    "infinity": metrics(load_1m=-math.inf),
    "an absurd number": metrics(memory_used_bytes=1e300),
    "a negative number": metrics(memory_used_bytes=-1),
    "a ratio above one": metrics(cpu_used_ratio=1.5),
    "a number as text": metrics(load_1m="0.5"),
    "bytes": metrics(load_1m=b"\x00\xff"),
    "a truth": metrics(load_1m=True),
    "a list of numbers": metrics(load_1m=[1, 2]),
    "two levels": metrics(disk_used_bytes={"/": {"/": 1}}),
    "ten thousand metrics": metrics(**{f"m{number}": 1 for number in range(10_000)}),
    "ten thousand instances": metrics(disk_used_bytes={f"/{number}": 1 for number in range(10_000)}),
    "an endless metric name": metrics(**{"m" * 5000: 1}),
    "an endless instance": metrics(disk_used_bytes={"/" * 5000: 1}),
    "a metric name with HTML": metrics(**{HTML: 1}),
    "a metric name with control characters": metrics(**{"load\x1b[31m": 1}),
    "an instance with control characters": metrics(disk_used_bytes={"/\x00\x1b]0;owned\x07": 1}),
    "keys that are no text": publish(sample(metrics={1: 2, None: 3})),
    "a reason that is no text": publish(sample(failed={"cpu": {"deep": []}})),
    "a reason with control characters": publish(sample(failed={"cpu": "\x1b[31m"})),
    "a thousand failures": publish(sample(failed={f"c{number}": "x" for number in range(1000)})),
    "100 kB": metrics(**{f"disk_used_bytes_{number}": {"x" * 290 + str(index): 1 for index in range(100)} for number in range(4)}),
}
"""What the services get and refuse by name."""

CUT_OFF: dict[str, bytes] = {
    "a date": publish(sample(at=cbor2.CBORTag(1, 0))),
    "a lone surrogate": publish(sample(metrics={"disk_used_bytes": {"\\ud800": 1}})).replace(b"f\\ud800", b"c\xed\xa0\x80"),
    "seq is beyond": publish(sample(seq=2**200)),
    "a set": publish(sample(metrics={"load_1m": cbor2.CBORTag(258, [1])})),
    "a decimal": publish(sample(metrics={"load_1m": cbor2.CBORTag(4, [-2, 5])})),
    "a hundred levels of lists": deep(100, kind="list"),
    "a hundred levels of maps": deep(100, kind="map"),
    "an absurd whole number": metrics(memory_used_bytes=2**4000),
    "2 MB": publish(sample(padding="x" * 2_000_000)),
    "ten thousand levels of lists": deep(10_000, kind="list"),
    "ten thousand levels of maps": deep(10_000, kind="map"),
    "a map that holds itself": cycle(),
    "not CBOR": b"\xff\xff\xff\xff",
    "half a message": publish(sample())[:-20],
    "text in a binary session": b"\x7f" * 50,
    "no WAMP message": cbor2.dumps({"hello": "world"}),
    "a message nobody knows": cbor2.dumps([999, 1, {}]),
    "a second HELLO": cbor2.dumps([1, "vedette", {"roles": {}}]),
    "an endless length": b"\x9b\x7f\xff\xff\xff\xff\xff\xff\xff",
    "a publish without a topic": cbor2.dumps([16, 1, {}]),
    "a topic that is a number": cbor2.dumps([16, 1, {}, 7, []]),
    "options that are text": cbor2.dumps([16, 1, "x", TOPIC, []]),
}
"""What may cost the sender its session, and costs nobody else anything."""

HARMLESS: dict[str, dict[str, Any]] = {
    "HTML in an instance": sample(metrics={"disk_used_bytes": {HTML: 1.0}, "disk_total_bytes": {HTML: 2.0}}),
    "a prototype in an instance": sample(metrics={"disk_used_bytes": {"__proto__": 1.0, "constructor": 2.0, "toString": 3.0}}),
    "a metric nobody knows": sample(metrics={"fan_speed_hertz": 40.0, "constructor": 1.0}),
    "HTML in a reason": sample(failed={HTML[:60]: HTML}),
    "text that turns its direction": sample(metrics={"disk_used_bytes": {BIDI: 1.0}}),
    "fields nobody knows": sample(host="zzzzzzzzzzzz", admin=True, status="up", config={"status": "applied"}),
    "a far future": sample(at=1e12),
    "no metrics at all": sample(metrics={}),
    "the highest numbers": sample(seq=2**53 - 1, metrics={"memory_used_bytes": 2.0**62}),
}
"""What is taken, and means no harm."""


@pytest.fixture(scope="module")
def everybody_else(hub: Hub) -> list[WampClient]:
    """A viewer, another agent, the services."""
    return [hub.viewer(), PlayedAgent(hub, "bystander").enrol().client, hub.services()]


@pytest.fixture
def bystanders(hub: Hub, everybody_else: list[WampClient]) -> Iterator[None]:
    """They are still alive after the test."""
    yield
    assert all(client.is_alive() for client in everybody_else), "somebody else lost their session"
    eventually(hub.is_healthy, "the hub is well", explain=hub.tail)


def send(agent: PlayedAgent, frame: bytes) -> None:
    """As it is."""
    transport = agent.client.transport
    assert isinstance(transport, WebSocketTransport)
    transport.send_raw(frame)


@pytest.fixture(scope="module")
def live(hub: Hub) -> LiveView:
    """A page that lay open all the time."""
    return LiveView(hub.viewer())


@pytest.fixture
def agent(play: Play, live: LiveView) -> PlayedAgent:
    """A host that the page knows."""
    agent = play("hostile")
    live.until(lambda hosts: agent.host_id in hosts, "the host is there")
    return agent


@pytest.mark.usefixtures("bystanders")
@pytest.mark.parametrize("what", REFUSED)
def test_it_is_refused_by_name(live: LiveView, agent: PlayedAgent, what: str) -> None:
    """The page says so in words that are safe to show, and takes the next good sample."""
    send(agent, REFUSED[what])
    live.host_until(agent.host_id, lambda host: host.get("refused"), "it is refused")
    shown = live.hosts[agent.host_id]
    assert not re.search(r"[\x00-\x1f\x7f-\x9f\ud800-\udfff]", shown["refused"])
    assert len(shown["refused"]) < 400
    assert shown.get("sample") is None
    agent.publish({"load_1m": 1.25})
    live.host_until(agent.host_id, lambda host: metrics_of(host) == {"load_1m": 1.25}, "a good one is taken")
    assert live.hosts[agent.host_id].get("refused") is None


@pytest.mark.usefixtures("bystanders")
@pytest.mark.parametrize("what", CUT_OFF)
def test_it_costs_at_most_the_senders_session(live: LiveView, agent: PlayedAgent, what: str) -> None:
    """And the sender may come back."""
    try:
        send(agent, CUT_OFF[what])
        agent.publish({"load_1m": 1.25})
    except (Closed, Refused, TimeoutError):
        eventually(lambda: _rejoined(agent), "it may come back")
        agent.publish({"load_1m": 1.25})
    live.host_until(agent.host_id, lambda host: metrics_of(host) == {"load_1m": 1.25}, "a good one is taken")


def _rejoined(agent: PlayedAgent) -> bool:
    agent.join()
    return True


@pytest.mark.usefixtures("bystanders")
@pytest.mark.parametrize("what", HARMLESS)
def test_it_is_taken_and_means_no_harm(live: LiveView, agent: PlayedAgent, what: str) -> None:
    """It arrives as it was sent, as data."""
    sent = HARMLESS[what]
    send(agent, publish(sent))
    live.host_until(agent.host_id, lambda host: host.get("sample"), "it is taken")
    host = live.hosts[agent.host_id]
    assert host["sample"]["metrics"] == sent["metrics"]
    assert host["sample"]["failed"] == sent["failed"]
    assert host["name"] == "hostile"
    assert host["config"]["status"] == "pending"


@pytest.mark.usefixtures("bystanders")
@pytest.mark.parametrize("text", ['{"load_1m": NaN}', '{"load_1m": Infinity}', '{"load_1m": 1e999}', '{"load_1m": 1, "load_1m": "x"}'])
def test_numbers_that_only_json_can_write(hub: Hub, live: LiveView, agent: PlayedAgent, text: str) -> None:
    """An agent may speak JSON, too."""
    agent.client.drop()
    live.host_until(agent.host_id, lambda host: host["status"] == "down", "it is gone")
    agent.client = hub.websocket(serializer="json").join_key(agent.key)
    live.host_until(agent.host_id, lambda host: host["status"] == "up", "it is back")
    body = json.dumps([16, 1, {}, TOPIC, [sample(metrics={})]]).replace('"metrics": {}', f'"metrics": {text}')
    transport = agent.client.transport
    assert isinstance(transport, WebSocketTransport)
    transport.send_raw(body)
    live.host_until(agent.host_id, lambda host: host.get("refused") or host["status"] == "down", "it is refused")
    assert live.hosts[agent.host_id].get("sample") is None


@pytest.mark.parametrize("procedure", ["report_config", "report_facts", "report_stop"])
@pytest.mark.parametrize(
    "payload", [None, 7, "x", [], {}, {"reason": 1}, {"epoch": 1, "status": "applied"}, {"protocol": math.nan}], ids=str
)
def test_a_wrong_report_is_refused_to_its_caller(agent: PlayedAgent, procedure: str, payload: Any) -> None:
    """By name, and nothing of the hub's inside is told."""
    with pytest.raises(Refused) as refused:
        agent.client.call(f"vedette.agent.{procedure}", payload)
    assert refused.value.uri == "vedette.error.invalid_payload"
    with pytest.raises(Refused) as refused:
        agent.client.call(f"vedette.agent.{procedure}")
    assert refused.value.uri == "vedette.error.invalid_payload"


def test_facts_are_shown_as_text(hub: Hub, agent: PlayedAgent) -> None:
    """In the admin, where they would do the most harm."""
    facts = {
        "protocol": 1,
        "agent_version": HTML[:60],
        "boot_id": "",
        "system": HTML,
        "cpu_model": HTML,
        "cpu_count": 2,
        "memory_total_bytes": 1.0,
    }
    agent.client.call("vedette.agent.report_facts", facts)
    agent.report(agent.client.call("vedette.agent.get_config"), status="failed", error=HTML)
    agent.client.call("vedette.agent.report_stop", {"reason": HTML + "\x1b[31m"})
    admin = hub.admin
    for page in (admin.get(f"/admin/django_app/host/{agent.host_id}/change/"), admin.get(f"/admin/django_app/host/?q={agent.host_id}")):
        assert page.status_code == 200
        assert "<img src=x" not in page.text
        assert "&lt;img src=x" in page.text
        assert "<script>alert" not in page.text
        assert "\x1b" not in page.text


def test_a_flood_of_refusals_is_no_flood_in_the_log(hub: Hub, live: LiveView, agent: PlayedAgent) -> None:
    """A host that sends nothing but nonsense is logged once a minute, however many kinds of it there are."""
    before = hub.output().count(f"A sample of host {agent.host_id} was refused")
    for number in range(200):
        agent.client.publish_blindly(TOPIC, {"run": number, "metrics": {}})
    live.host_until(agent.host_id, lambda host: "199" in (host.get("refused") or ""), "all of them were read")
    eventually(lambda: hub.output().count(f"A sample of host {agent.host_id} was refused") > before, "it is logged")
    assert hub.output().count(f"A sample of host {agent.host_id} was refused") == before + 1
