"""One host is not another, and who may look changes nothing: whatever a payload claims, and whoever asks."""

from __future__ import annotations

import time
from typing import Any

import pytest

from tests.conftest import Play
from tests.harness.cast import Cast
from tests.harness.eventually import PATIENCE_SECONDS, eventually
from tests.harness.hub import PASSWORD, Hub
from tests.harness.live import LiveView, applied
from tests.harness.transports import Closed
from tests.harness.wamp import Refused
from tests.integration.good_calls import NO_PROCESSES


def test_a_query_reaches_only_its_host(cast: Cast) -> None:
    """The other agent, which has subscribed too, hears nothing of it."""
    other = cast.another_agent.client
    other.subscribe("vedette.agent.on_query")
    query = cast.asked(cast.agent)
    assert (query["host"], query["kind"], query["arguments"]) == (cast.agent.host_id, "processes", {"limit": 7})
    marker = {"test": time.time_ns()}
    cast.do("services", "publish", "vedette.agent.on_query", marker, eligible_authid=[other.authid])
    heard = [event.payload for event in other.events(PATIENCE_SECONDS, until=lambda event: event.payload == marker)]
    assert heard[-1] == marker
    assert query["id"] not in [payload.get("id") for payload in heard]


def test_an_answer_of_another_host_is_not_taken(cast: Cast) -> None:
    """Refused by name; that of the host itself is good all the same, and only once."""
    query = cast.asked(cast.agent)
    answer = {"id": query["id"], "result": NO_PROCESSES}
    for client, uri in [
        (cast.another_agent.client, "vedette.error.invalid_payload"),
        (cast.clients["viewer"], "wamp.error.not_authorized"),
    ]:
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
    live = LiveView(cast.hub.viewer())
    agent.publish({"load_1m": 1.0})
    live.host_until(agent.host_id, lambda host: host["sample"], "the regular sample is known")
    viewer.call("vedette.host.watch", host=agent.host_id, interval=0.5)
    agent.publish({"load_1m": 77.0}, watched=True)
    seen = viewer.events(PATIENCE_SECONDS, until=lambda event: _load(event.payload) == 77.0)
    assert _load(seen[-1].payload) == 77.0
    marker = {"test": time.time_ns()}
    cast.do("services", "publish", "vedette.host.on_sample", marker, eligible_authid=[operator.authid])
    heard = [event.payload for event in operator.events(PATIENCE_SECONDS, until=lambda event: event.payload == marker)]
    assert [payload for payload in heard if payload.get("host") == agent.host_id] == []
    live = LiveView(cast.hub.viewer())
    assert live.hosts[agent.host_id]["sample"]["metrics"] == {"load_1m": 1.0}
    series = viewer.call("vedette.history.get_series", hosts=[agent.host_id], metrics=["load_1m"])
    assert max(number for number in series[agent.host_id]["load_1m"]["max"] if number is not None) < 77
    assert viewer.call("vedette.host.watch", host=agent.host_id, interval=None) == {"interval": None, "seconds": 0.0}


def test_identity_in_a_payload_counts_for_nothing(hub: Hub, cast: Cast, play: Play) -> None:
    """A sample, a report and facts are those of whoever the router let in."""
    forger, victim = play("forger"), play("victim")
    victim.obey()
    live = LiveView(hub.viewer(cast.operator))
    live.host_until(victim.host_id, applied(1), "the victim is known")
    claims = {"host": victim.host_id, "authid": victim.client.authid, "publisher_authid": victim.client.authid}
    forger.client.publish("vedette.agent.on_sample", {**forger.sample({"load_1m": 66.6}), **claims}, disclose_me=False)
    live.host_until(forger.host_id, lambda host: host.get("sample"), "the forger's sample is the forger's own")
    assert live.hosts[victim.host_id].get("sample") is None
    config = forger.client.call("vedette.agent.get_config")
    forger.client.call("vedette.agent.report_config", {**config, **claims, "status": "failed", "error": "x", "locked": {}, "at": 0.0})
    live.host_until(forger.host_id, lambda host: host["config"]["status"] == "failed", "the forger's report is the forger's own")
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
    offers = [meant.offered(2), meant.offered(2)]
    assert {offer["host"] for offer in offers} == {meant.host_id}
    meant.report(offers[-1])
    heard = [event.payload["host"] for event in other.client.events(1.0)]  # its own once more, if its report was stored late
    assert set(heard) <= {other.host_id}


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
    eventually(lambda: not former.is_alive(), "the session of the former operator ends")


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
