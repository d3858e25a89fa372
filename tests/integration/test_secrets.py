"""Planted secrets appear in no output of the node, at no log level."""

from __future__ import annotations

import secrets
import stat

import nacl.signing
import pytest
import requests

from tests.conftest import KeepAgent, MakeHub
from tests.harness.agents import LightAgent, PlayedAgent, enrolment, make_code
from tests.harness.eventually import eventually
from tests.harness.hub import PASSWORD, Hub
from tests.harness.live import LiveView
from tests.harness.wamp import Refused


class Planted:
    """Secrets by what they are of."""

    def __init__(self) -> None:
        self.values: dict[str, str] = {}

    def add(self, what: str, value: str) -> str:
        """The value; it must be long enough to be no accident."""
        assert len(value) >= 12, what
        self.values[what] = value
        return value

    def random(self, what: str) -> str:
        """A new one."""
        return self.add(what, secrets.token_hex(16))

    def found_in(self, text: str) -> list[str]:
        """What of it stands there, with the place."""
        return [f"{what}: …{text[max(0, at - 200) : at]}" for what, value in self.values.items() if (at := text.find(value)) >= 0]


def plant_by_http(hub: Hub, planted: Planted, password: str) -> None:
    """Cookies, passwords, tokens, in every place where a browser or a script may put them."""
    user = hub.web("admin", password)
    planted.add("session cookie", user.http.cookies["sessionid"])
    planted.add("CSRF cookie", user.http.cookies["csrftoken"])
    user.get("/", headers={"Authorization": f"Bearer {planted.random('bearer token')}"})
    wrong = hub.web(None)
    wrong.submit(wrong.get("/login/"), username="admin", password=planted.random("wrong password"))
    wrong.get(f"/login/?password={planted.random('password in a query')}&token={planted.random('token in a query')}")
    requests.get(f"{hub.url}/healthz", headers={"Cookie": f"sessionid={planted.random('foreign cookie')}"}, timeout=30)
    requests.get(f"{hub.url}/ws", headers={"Cookie": f"sessionid={planted.random('cookie at /ws')}"}, timeout=30)
    requests.post(f"{hub.url}/ticket/", data={"ticket": planted.random("ticket in a form")}, timeout=30)
    requests.get(f"http://127.0.0.1:{hub.django_port}/", headers={"X-Vedette-Proxy": planted.random("guessed proxy secret")}, timeout=30)


def plant_by_wamp(hub: Hub, planted: Planted, password: str) -> None:
    """Tickets, codes, proofs, signatures, good and bad ones."""
    ticket = hub.web("admin", password).ticket()
    planted.add("ticket", ticket["ticket"])
    headers = {"Cookie": f"sessionid={planted.random('cookie at the hand-shake')}", "Authorization": f"Basic {planted.random('basic')}"}
    viewer = hub.websocket(serializer="json", origin=hub.url, headers=headers).join_ticket(ticket["ticket"])
    LiveView(viewer)
    for forged in (planted.random("forged ticket"), ticket["ticket"]):
        with pytest.raises(Refused):
            hub.websocket(serializer="json").join_ticket(forged)
    code, key = make_code(hub, "planted"), nacl.signing.SigningKey.generate()
    planted.add("code", code.partition(".")[2])
    planted.add("proof", enrolment(code, key)["proof"])
    planted.add("private key", key.encode().hex())
    agent = PlayedAgent(hub, "planted", key=key).enrol(code)
    agent.publish()
    with pytest.raises(Refused):
        PlayedAgent(hub, "planted").enrol(code)
    with pytest.raises(Refused):
        hub.websocket().join_key(
            nacl.signing.SigningKey.generate(), enrol={"code": planted.random("secret as the code"), "proof": "0" * 64}
        )
    viewer.drop()


def plant_files(hub: Hub, planted: Planted) -> None:
    """What the hub keeps, with the key of its own agent."""
    for name in ("secret-key", "proxy-secret", "agent/agent.key"):
        planted.add(name, (hub.data / name).read_text().strip())


@pytest.mark.parametrize("level", ["info", "debug"])
def test_no_secret_reaches_an_output(hub: Hub, make_hub: MakeHub, keep_agent: KeepAgent, level: str) -> None:
    """Of the node or of an agent, whatever it was used for, rightly and wrongly. The shared hub runs at info."""
    planted = Planted()
    password = PASSWORD if level == "info" else planted.random("admin password")
    if level != "info":
        hub = make_hub(password=password, arguments=["--loglevel", level]).start()
    plant_by_http(hub, planted, password)
    plant_by_wamp(hub, planted, password)
    plant_files(hub, planted)
    code = make_code(hub, "light")
    planted.add("code of a real agent", code.partition(".")[2])
    agent = keep_agent(LightAgent(hub.websocket_url, "light", code=code)).start()
    eventually(lambda: "Joined" in agent.process.output(), "the agent has joined", explain=agent.process.tail)
    planted.add("key of a real agent", (agent.data / "agent.key").read_text().strip())
    assert agent.process.stop() == 0
    assert planted.found_in(hub.output()) == []
    assert planted.found_in(agent.process.output()) == []
    assert {"info": "joined from 127.0.0.1", "debug": 'authmethod="ticket"'}[level] in hub.output(), "the log is not simply empty"


def test_what_the_hub_keeps_is_its_owners_alone(hub: Hub) -> None:
    """The data directory and the sockets are closed to others, and so is every file."""
    for directory in (hub.data, hub.data / "agent", hub.node / "run"):
        assert stat.S_IMODE(directory.stat().st_mode) == 0o700
    for path in (path for path in hub.data.rglob("*") if path.is_file()):
        assert stat.S_IMODE(path.stat().st_mode) & 0o077 == 0, path
