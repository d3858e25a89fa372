"""How a host becomes one: three hosts on one machine, and codes that are no good."""

from __future__ import annotations

import secrets
import stat
import threading
from collections.abc import Callable
from typing import Any

import nacl.signing
import pytest
from websockets.sync.server import ServerConnection, serve
from websockets.typing import Subprotocol

from tests.conftest import KeepAgent
from tests.harness.agents import ContainerAgent, LightAgent, PlayedAgent, enrolment, make_code
from tests.harness.eventually import eventually
from tests.harness.hub import Hub
from tests.harness.live import LiveView, applied, metrics_of
from tests.harness.wamp import Refused


def test_three_hosts_on_one_machine_and_address(hub: Hub, keep_agent: KeepAgent) -> None:
    """The hub's own, one in a container of a node of its own, one by itself; each with its own settings, none takes another's place."""
    code = hub.manage("addhost", "by itself", "--quiet")
    assert code.returncode == 0, code.stderr
    keep_agent(LightAgent(hub.websocket_url, "ignored: the code has a name", code=code.stdout.strip())).start()
    container = keep_agent(ContainerAgent(hub.websocket_url, "in a container", code=make_code(hub, "in a container"))).start()
    names = {"hub-itself", "by itself", "in a container"}
    admin = hub.admin
    live = LiveView(hub.viewer(admin))
    live.until(lambda hosts: names <= {host["name"] for host in hosts.values() if metrics_of(host)}, "all three are live")
    ids = {name: live.by_name(name) for name in names}
    assert {live.hosts[host_id]["address"] for host_id in ids.values()} == {"127.0.0.1"}
    admin.save_host(ids["in a container"], show_cpus=False)
    live.host_until(ids["in a container"], applied(2), "the container's agent obeys")
    live.host_until(ids["in a container"], lambda host: "cpu_used_ratio" not in metrics_of(host), "its CPUs are gone")
    for name in ("hub-itself", "by itself"):
        assert live.hosts[ids[name]]["config"]["settings"]["show_cpus"]
        live.host_until(ids[name], lambda host: "cpu_used_ratio" in metrics_of(host), f"those of {name} are not")
    assert container.process.stop() == 0
    live.host_until(ids["in a container"], lambda host: host["status"] == "down", "it is down")


def test_the_command_line_says_what_to_run(hub: Hub) -> None:
    """`addhost` prints the code and the command; a bad name is refused."""
    told = hub.manage("addhost", "db-1")
    assert told.returncode == 0
    assert f"VEDETTE_HUB={hub.websocket_url}" in told.stdout
    assert "vedette-agent" in told.stdout
    refused = hub.manage("addhost", "\x1b[31mred")
    assert refused.returncode != 0
    assert "\x1b" not in refused.stderr


def _used(hub: Hub) -> str:
    code = make_code(hub, "first come")
    PlayedAgent(hub, "first come").enrol(code)
    return code


def _forged(hub: Hub) -> str:
    code_id = make_code(hub).partition(".")[0]
    return f"{code_id}.{secrets.token_hex(16)}"


NO_GOOD: list[tuple[Callable[[Hub], str], str]] = [
    (_used, "vedette.error.code_used"),
    (lambda hub: make_code(hub, seconds=-1.0), "vedette.error.code_expired"),
    (_forged, "vedette.error.code_forged"),
    (lambda hub: f"{secrets.token_hex(6)}.{secrets.token_hex(16)}", "vedette.error.code_unknown"),
]


@pytest.mark.parametrize(("make", "error"), NO_GOOD, ids=lambda value: value if isinstance(value, str) else "")
def test_a_code_that_is_no_good_is_refused_by_name(hub: Hub, make: Callable[[Hub], str], error: str) -> None:
    """And leaves no host behind."""
    before = hub.sql("SELECT count(*) FROM django_app_host")
    code = make(hub)
    made = hub.sql("SELECT count(*) FROM django_app_host")
    with pytest.raises(Refused) as refused:
        PlayedAgent(hub, "no good").enrol(code)
    assert refused.value.uri == error
    assert code.partition(".")[2] not in refused.value.text
    assert hub.sql("SELECT count(*) FROM django_app_host") == made
    assert made[0][0] - before[0][0] == (error == "vedette.error.code_used")


def test_a_proof_is_good_for_one_key(hub: Hub) -> None:
    """Who overhears it cannot enrol a key of their own with it."""
    code, victim, thief = make_code(hub), nacl.signing.SigningKey.generate(), nacl.signing.SigningKey.generate()
    with pytest.raises(Refused) as refused:
        hub.websocket().join_key(thief, name="thief", enrol=enrolment(code, victim))
    assert refused.value.uri == "vedette.error.code_forged"
    assert hub.websocket().join_key(victim, name="victim", enrol=enrolment(code, victim)).authrole == "agent"


@pytest.mark.parametrize(
    "extra",
    [
        {"enrol": "code"},
        {"enrol": {"code": 1, "proof": "0" * 64}},
        {"enrol": {"code": "x", "proof": "0" * 63}},
        {"enrol": {"code": "x" * 1000, "proof": "0" * 64}},
        {"enrol": {"proof": "0" * 64}},
        {"enrol": []},
        {"name": 7},
        {"name": {"deep": [{}]}},
        {"pubkey": "0" * 63},
        {"pubkey": "G" * 64},
        {"pubkey": None},
    ],
    ids=lambda extra: str(extra)[:40],
)
def test_a_nonsense_introduction_is_refused(hub: Hub, extra: dict[str, Any]) -> None:
    """By name, before anything is stored."""
    with pytest.raises(Refused) as refused:
        hub.websocket().join_key(nacl.signing.SigningKey.generate(), **{"name": "nonsense", **extra})
    assert refused.value.uri.startswith(("vedette.error.", "wamp.error."))
    assert "Traceback" not in refused.value.text
    assert refused.value.uri != "vedette.error.internal"


def test_a_name_is_cleaned(hub: Hub) -> None:
    """What a host calls itself is hostile input; a code for one host gives the name, so a name of its own needs a code for several."""
    code = make_code(hub)
    hub.django.run("EnrolmentCode.objects.filter(pk=code).update(uses=2)", code=code.partition(".")[0])
    agent = PlayedAgent(hub, "\x1b[31m<b>evil</b>\u202e\x00" + "x" * 300).enrol(code)
    [(name,)] = hub.sql("SELECT name FROM django_app_host WHERE id = ?", agent.host_id)
    assert "\x1b" not in name
    assert "\x00" not in name
    assert "<b>evil</b>" in name
    assert len(name) <= 100


@pytest.mark.parametrize("source", ["environment", "file", "standard input"])
def test_where_an_agent_takes_its_code_from(hub: Hub, keep_agent: KeepAgent, source: str) -> None:
    """Never from its arguments; its key is made 0600 in a directory 0700, and its secret never reaches its output."""
    name = f"code by {source}"
    code = make_code(hub, name)
    agent = LightAgent(hub.websocket_url, name, code=code if source == "environment" else "")
    if source != "environment":
        path = agent.directory / "code"
        path.write_text(code + "\n")
        agent.environment["VEDETTE_ENROL_CODE_FILE"] = str(path) if source == "file" else "-"
    keep_agent(agent).start(text=code + "\n" if source == "standard input" else None)
    live = LiveView(hub.viewer())
    live.until(lambda hosts: any(host["name"] == name and host["status"] == "up" for host in hosts.values()), "it has joined")
    key = agent.data / "agent.key"
    assert stat.S_IMODE(key.stat().st_mode) == 0o600
    assert stat.S_IMODE(agent.data.stat().st_mode) == 0o700
    for secret in (code.partition(".")[2], key.read_text().strip()):
        assert secret not in agent.process.output()
        assert secret not in hub.output()


def test_the_secret_of_a_code_never_crosses_the_wire(keep_agent: KeepAgent) -> None:
    """What an agent sends to a listener that pretends to be a hub names the code, and proves it without its secret."""
    code = f"{secrets.token_hex(6)}.{secrets.token_hex(16)}"
    frames: list[bytes] = []

    def record(connection: ServerConnection) -> None:
        frames.extend(frame.encode() if isinstance(frame, str) else frame for frame in connection)

    with serve(record, "127.0.0.1", 0, subprotocols=[Subprotocol("wamp.2.cbor")]) as server:
        listening = threading.Thread(target=server.serve_forever)
        listening.start()
        port = server.socket.getsockname()[1]
        agent = keep_agent(LightAgent(f"ws://127.0.0.1:{port}/ws", "overheard", code=code)).start()
        eventually(lambda: frames, "the agent says HELLO", explain=agent.process.tail)
        agent.end()
        server.shutdown()
        listening.join(10)
    code_id, _, secret = code.partition(".")
    assert code_id.encode() in frames[0]
    assert not any(secret.encode() in frame or bytes.fromhex(secret) in frame for frame in frames)


def test_an_agent_that_is_refused_says_why_and_keeps_trying(hub: Hub, keep_agent: KeepAgent) -> None:
    """An operator may still give it a code."""
    agent = keep_agent(LightAgent(hub.websocket_url, "unknown")).start()
    why = {"vedette.error.not_approved", "operator approves it"}
    eventually(lambda: all(words in agent.process.output() for words in why), "it says why", explain=agent.process.tail)
    assert agent.process.exit_code is None
    assert agent.process.stop() == 0


@pytest.mark.parametrize(
    ("name", "value"),
    [("VEDETTE_HUB", "http://127.0.0.1:1"), ("VEDETTE_ENROL_CODE", "not a code 6f1ed0"), ("VEDETTE_ENROL_CODE_FILE", "/nowhere/code")],
)
def test_a_bad_environment_stops_the_agent_by_name(hub: Hub, keep_agent: KeepAgent, name: str, value: str) -> None:
    """Exit code 1, and the variable's name; of a code not even the wrong value."""
    agent = LightAgent(hub.websocket_url, "misled")
    agent.environment[name] = value
    keep_agent(agent).start()
    assert agent.process.wait() == 1
    assert name in agent.process.output()
    assert "6f1ed0" not in agent.process.output()
