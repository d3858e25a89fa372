"""Keys that come without a code, and keys that two agents share."""

from __future__ import annotations

import time

import nacl.signing
import pytest

from components.limits import HOST_JOINS, REFUSED_JOINS, REQUESTS_PER_ADDRESS
from components.protocol import fingerprint
from tests.conftest import KeepAgent
from tests.harness.agents import LightAgent, PlayedAgent, make_code
from tests.harness.eventually import STANDSTILL_SECONDS, eventually
from tests.harness.hub import Hub
from tests.harness.live import LiveView, metrics_of, why_away
from tests.harness.wamp import ABORT, CHALLENGE, Refused, WampClient, public_key

NOT_APPROVED = "vedette.error.not_approved"


def ask(hub: Hub, key: nacl.signing.SigningKey, *, source: str = "", **extra: str) -> Refused:
    """What the hub says to this key, which it does not let in."""
    client = hub.websocket(source=source)
    with pytest.raises(Refused) as refused:
        client.join_key(key, **extra)
    client.drop()
    return refused.value


def waiting(live: LiveView, key: nacl.signing.SigningKey) -> str:
    """The id under which this key waits for approval, once the live page shows it."""
    shown = fingerprint(public_key(key))
    live.until(lambda hosts: any(host.get("fingerprint") == shown for host in hosts.values()), "the key waits")
    return next(host_id for host_id, host in live.hosts.items() if host.get("fingerprint") == shown)


def operator(hub: Hub) -> WampClient:
    """The session of somebody who may approve."""
    return hub.viewer()


def test_an_agent_without_a_code_gets_in_once_it_is_approved(hub: Hub, keep_agent: KeepAgent) -> None:
    """By itself, within ten seconds; until then it is shown as what it is, a stranger with a name of its own choice."""
    live = LiveView(hub.viewer())
    agent = keep_agent(LightAgent(hub.websocket_url, "<b>stranger</b>").start())
    live.until(lambda hosts: "<b>stranger</b>" in [host["name"] for host in hosts.values()], "it waits")
    host_id = live.by_name("<b>stranger</b>")
    view = live.hosts[host_id]
    assert (view["status"], view["connected"], view["sample"], view["config"]) == ("unapproved", False, None, None)
    eventually(lambda: view["fingerprint"] in agent.process.output(), "the agent says which key it has", explain=agent.process.tail)
    assert operator(hub).call("vedette.auth.approve", hosts=[host_id]) == {"hosts": [host_id]}
    live.host_until(host_id, lambda host: host["status"] == "up" and metrics_of(host), "it is in", seconds=10 + STANDSTILL_SECONDS)
    assert live.hosts[host_id].get("fingerprint") is None


def test_a_denied_key_stays_out_until_it_is_approved_after_all(hub: Hub) -> None:
    """It vanishes from the live page and is told so."""
    live, key = LiveView(hub.viewer()), nacl.signing.SigningKey.generate()
    assert ask(hub, key, name="denied").uri == NOT_APPROVED
    host_id = waiting(live, key)
    assert operator(hub).call("vedette.auth.deny", hosts=[host_id]) == {"hosts": [host_id]}
    live.until(lambda hosts: host_id not in hosts, "it is gone")
    assert ask(hub, key).uri == "vedette.error.key_denied"
    assert operator(hub).call("vedette.auth.approve", hosts=[host_id, "zzzzzzzzzzzz"]) == {"hosts": [host_id]}
    assert hub.websocket().join_key(key).authid == f"host:{host_id}"


def test_what_an_operator_does_on_the_live_page_is_logged_with_the_address_of_its_session(hub: Hub) -> None:
    """Which is not always the one that the ticket was issued to."""
    live, wanted, unwanted = LiveView(hub.viewer()), nacl.signing.SigningKey.generate(), nacl.signing.SigningKey.generate()
    for key in (wanted, unwanted):
        assert ask(hub, key, name="logged").uri == NOT_APPROVED
    page, host_id = hub.viewer(source="127.0.0.12"), waiting(live, wanted)
    page.call("vedette.auth.approve", hosts=[host_id])
    page.call("vedette.auth.deny", hosts=[waiting(live, unwanted)])
    page.call("vedette.config.set", hosts=[host_id], changes={"interval": 2}, tags={"add": ["logged"]})
    hub.admin.save_host(host_id, interval="3")
    page.drop()
    logged = "result = list(AuditEntry.objects.filter(address='127.0.0.12').order_by('id').values_list('kind', 'who'))"
    assert hub.django.run(logged) == [[kind, "admin"] for kind in ("approved", "denied", "described", "settings")]


def test_a_revoked_host_is_down_and_gets_in_again_when_it_is_approved(hub: Hub) -> None:
    """Until it is back, nothing is said of why it was away earlier."""
    live, agent = LiveView(hub.viewer()), PlayedAgent(hub, "revoked").enrol()
    agent.client.call("vedette.agent.report_stop", {"reason": "a test"})
    agent.client.drop()
    live.host_until(agent.host_id, lambda host: why_away(host) == "stopped", "it has stopped")
    agent.join()
    live.host_until(agent.host_id, lambda host: host["status"] == "up", "it is up")
    hub.admin.host_action("revoke", [agent.host_id])
    live.host_until(agent.host_id, lambda host: host["status"] == "down" and why_away(host) == "revoked", "it is out")
    with pytest.raises(Refused, match="key_revoked"):
        agent.join()
    assert operator(hub).call("vedette.auth.approve", hosts=[agent.host_id]) == {"hosts": [agent.host_id]}
    live.host_until(agent.host_id, lambda host: host["absence"] is None, "nothing keeps it out")
    agent.join()
    live.host_until(agent.host_id, lambda host: host["status"] == "up", "it is in again")


def test_a_crowd_from_one_address_keeps_nobody_else_waiting(hub: Hub) -> None:
    """Some keys of an address wait at most, and joins from there are refused unread at last; others are shown as ever."""
    live = LiveView(hub.viewer())
    started = time.monotonic()
    answers = [ask(hub, nacl.signing.SigningKey.generate(), source="127.0.0.9", name="crowd").uri for _ in range(120)]
    refilled = REFUSED_JOINS.per_second * (time.monotonic() - started)
    assert set(answers) <= {NOT_APPROVED, "vedette.error.too_many_joins"}
    assert answers.count(NOT_APPROVED) <= REFUSED_JOINS.burst + refilled + 1
    live.until(lambda hosts: sum(host["name"] == "crowd" for host in hosts.values()) == REQUESTS_PER_ADDRESS.most, "as many as may wait")
    key = nacl.signing.SigningKey.generate()
    assert ask(hub, key, name="another").uri == NOT_APPROVED
    assert live.hosts[waiting(live, key)]["name"] == "another"


def test_of_two_agents_with_one_key_the_newer_stays(hub: Hub) -> None:
    """The older one is told so, the host says it, and the two do not take turns."""
    live = LiveView(hub.viewer())
    older = PlayedAgent(hub, "twin").enrol(make_code(hub, "twin"))
    newer = hub.websocket().join_key(older.key, run="newer")
    older.client.seconds_until_closed()
    refused = ask(hub, older.key, run=older.run)
    assert refused.uri == "vedette.error.duplicate_key"
    live.host_until(older.host_id, lambda host: host["duplicate_key"] and host["status"] == "up", "the key is a duplicate")
    assert newer.is_alive()
    newer.drop()
    live.host_until(older.host_id, lambda host: host["status"] == "down", "the newer one is gone")
    older.join()
    live.host_until(older.host_id, lambda host: not host["duplicate_key"], "one agent is left")


def test_an_agent_that_comes_back_on_another_connection_is_no_second_one(hub: Hub) -> None:
    """Its first connection broke without anybody noticing: that one is ended, and nobody speaks of duplicates."""
    live, agent = LiveView(hub.viewer()), PlayedAgent(hub, "back").enrol()
    first = agent.client
    agent.join()
    first.seconds_until_closed()
    live.host_until(agent.host_id, lambda host: host["status"] == "up", "it is up")
    again = agent.join().client
    assert again.is_alive()
    assert not live.hosts[agent.host_id]["duplicate_key"]


def test_who_merely_knows_the_public_half_displaces_nobody(hub: Hub) -> None:
    agent = PlayedAgent(hub, "known").enrol()
    with pytest.raises(Refused):
        hub.websocket().join_key(agent.key, signing_key=nacl.signing.SigningKey.generate(), run="thief")
    assert agent.client.is_alive()


def test_who_merely_knows_the_public_half_keeps_nobody_out(hub: Hub) -> None:
    """From elsewhere it uses up its own joins, and not those of the host."""
    agent = PlayedAgent(hub, "known elsewhere").enrol()
    extra = {"pubkey": public_key(agent.key), "channel_binding": None}
    answers = []
    for _ in range(2 * int(HOST_JOINS.burst)):
        thief = hub.websocket(source="127.0.0.10")
        answers.append(thief.hello(authmethods=["cryptosign"], authextra=extra))
        thief.drop()
    assert {answer[0] for answer in answers} == {CHALLENGE, ABORT}
    assert {answer[2] for answer in answers if answer[0] == ABORT} == {"vedette.error.too_many_joins"}
    assert agent.join().client.is_alive()


def test_a_waiting_key_that_gets_a_code_is_in(hub: Hub) -> None:
    live, agent = LiveView(hub.viewer()), PlayedAgent(hub, "impatient")
    assert ask(hub, agent.key, name="impatient").uri == NOT_APPROVED
    waited_as = waiting(live, agent.key)
    agent.enrol()
    live.host_until(agent.host_id, lambda host: host["status"] == "up", "it is in")
    live.until(lambda hosts: waited_as not in hosts, "nobody waits under that key")


def test_a_code_for_three_lets_three_in(hub: Hub) -> None:
    """Each under the name that it proposes; the fourth is refused."""
    code = hub.manage("addhost", "rack", "--uses", "3", "--valid", "2h", "--quiet").stdout.strip()
    agents = [PlayedAgent(hub, f"rack-{number}").enrol(code) for number in range(3)]
    live = LiveView(hub.viewer())
    live.until(lambda hosts: all(agent.host_id in hosts for agent in agents), "they are there")
    assert [live.hosts[agent.host_id]["name"] for agent in agents] == ["rack-0", "rack-1", "rack-2"]
    with pytest.raises(Refused, match="code_used"):
        PlayedAgent(hub, "rack-3").enrol(code)


def test_why_a_host_was_away_is_told_apart(hub: Hub) -> None:
    """Stopped, lost, and started anew with another boot id."""
    live, agent = LiveView(hub.viewer()), PlayedAgent(hub, "moody").enrol()
    facts = {"protocol": 1, "agent_version": "1", "system": "", "cpu_model": "", "cpu_count": 1, "memory_total_bytes": 1.0}
    agent.client.call("vedette.agent.report_facts", {**facts, "boot_id": "first"})
    agent.client.call("vedette.agent.report_stop", {"reason": "tea"})
    agent.client.drop()
    live.host_until(agent.host_id, lambda host: host["absence"] == {"reason": "stopped", "text": "tea"}, "it stopped")
    agent.join().client.drop()
    live.host_until(agent.host_id, lambda host: why_away(host) == "lost", "its connection was lost")
    agent.join().client.call("vedette.agent.report_facts", {**facts, "boot_id": "second"})
    live.host_until(agent.host_id, lambda host: host["status"] == "up" and why_away(host) == "restarted", "it was started anew")


def test_samples_beyond_the_settings_are_dropped_and_named(hub: Hub) -> None:
    """The host's card says so as long as it goes on, and no longer."""
    live, agent = LiveView(hub.viewer()), PlayedAgent(hub, "eager").enrol()
    agent.obey()
    live.host_until(agent.host_id, lambda host: host["config"]["status"] == "applied", "its settings are applied")
    before = time.time()
    for _ in range(60):
        agent.client.publish_blindly("vedette.agent.on_sample", agent.sample())
    live.host_until(agent.host_id, lambda host: "more samples" in (host.get("refused") or ""), "it is named")
    assert live.hosts[agent.host_id]["sample"]["at"] >= before
    eventually(lambda: "more samples" in hub.output(), "the log names it")
