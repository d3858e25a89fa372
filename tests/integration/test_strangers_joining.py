"""Who may join, and as what: nobody without a key or a ticket that is good, whatever they claim."""

from __future__ import annotations

import time
from collections.abc import Iterator
from typing import Any

import nacl.signing
import pytest
from websockets.exceptions import InvalidStatus

from components.limits import ROUTER_WORDS
from tests.conftest import Play
from tests.harness.agents import PlayedAgent
from tests.harness.cast import Cast
from tests.harness.eventually import eventually
from tests.harness.hub import Hub
from tests.harness.transports import Closed
from tests.harness.wamp import ABORT, AUTHENTICATE, CHALLENGE, HELLO, REALM, ROLES, Refused, public_key


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
        if answer[0] == CHALLENGE:  # asked for a ticket, even in a realm that is not there
            client.transport.send([AUTHENTICATE, "x", {}])
            answer = client.receive()
        assert answer[0] == ABORT, answer
    except Closed:
        pass


def until_logged(hub: Hub, agent: PlayedAgent) -> None:
    """Wait until the router's log has this join: what a worker writes reaches the file later."""
    eventually(lambda: f"Host {agent.host_id} joined from" in hub.output(), "the log has the join", explain=hub.tail)


def test_who_shows_certificates_is_known_by_its_key(hub: Hub, play: Play) -> None:
    """Crossbar.io has other ways to say who one is; the hub's log says nothing of them, nor that anything of the hub is to be changed."""
    certificates = {"certificates": [["x", {"primaryType": "x"}, "x"]], "trustroot": "wamp-proto.eth"}
    agent = play("certified")
    until_logged(hub, agent)  # and with it whatever was written before
    before = len(hub.output())
    again = hub.websocket().join_key(agent.key, **certificates)
    assert again.authid == agent.client.authid
    again.drop()
    with pytest.raises(Refused) as refused:
        hub.websocket().join_key(nacl.signing.SigningKey.generate(), **certificates)
    assert refused.value.uri == "vedette.error.not_approved"
    until_logged(hub, play("afterwards"))
    assert "Traceback" not in hub.output()[before:]
    assert "pythonpath" not in hub.output()[before:]


def test_what_crossbar_cannot_take_is_no_flood_in_the_log(hub: Hub, cast: Cast) -> None:
    """A proof that comes before it is asked for makes Crossbar.io write a traceback, and the next may follow on the same connection."""
    started, before = time.monotonic(), len(hub.output())
    hello = {"roles": ROLES, "authmethods": ["cryptosign"], "authextra": {"pubkey": public_key(cast.agent.key)}}
    for _ in range(5):
        client = hub.websocket(source="127.0.0.11")
        for _ in range(30):
            client.transport.send([HELLO, REALM, hello])
            client.transport.send([AUTHENTICATE, "no proof", {}])
            assert ABORT in (client.receive()[0], client.receive()[0])
        client.drop()
    allowed = ROUTER_WORDS.burst + ROUTER_WORDS.per_second * (time.monotonic() - started) + 1
    eventually(lambda: tracebacks(hub, before), "the log has one")
    assert tracebacks(hub, before) <= allowed


def tracebacks(hub: Hub, since: int) -> int:
    """How many the log has, from this character on."""
    return hub.output()[since:].count("Traceback (most recent call last)")


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
    assert answer[0] == CHALLENGE


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
