"""With the router and its bridge frozen, Django goes on: saving waits for nobody, and everything is applied once they are back."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Sequence
from functools import partial

import pytest

from tests.harness.agents import PlayedAgent
from tests.harness.eventually import STANDSTILL_SECONDS, eventually
from tests.harness.hub import Hub, running
from tests.harness.live import LiveView, applied
from tests.harness.transports import Closed
from tests.harness.web import WebUser

HOSTS = 500
LIVE = 8
FROZEN_SECONDS = 10.0
MOST_MORE = 1.0
"""Seconds that a frozen bridge may cost."""

MAKE_HOSTS = """
import secrets
hosts = [Host(public_key=secrets.token_hex(32), name=f'bulk-{number}', enrolled_at=time.time()) for number in range(count)]
Host.objects.bulk_create(hosts)
Revision.objects.bulk_create(Revision(host=host, number=1, settings=host.settings(), origin='test', at=time.time()) for host in hosts)
"""


@pytest.fixture(scope="module")
def own_hub() -> Iterator[Hub]:
    """A hub that may be frozen."""
    with running() as hub:
        yield hub


def seconds_of(work: Callable[[], object]) -> float:
    """How long it took."""
    started = time.monotonic()
    work()
    return time.monotonic() - started


def catch_up(agent: PlayedAgent, revision: int) -> None:
    """Do as a real agent does until this revision is reported: obey what is pushed, and join anew when the hub has hung up."""
    while True:
        try:
            settings = agent.offered()
            agent.report(settings)
        except Closed:
            settings = agent.join().listen().obey()
        if settings["revision"] == revision:
            return


def newest_revision(hub: Hub, host: str) -> int:
    """As the database has it."""
    return int(hub.sql("SELECT revision FROM django_app_host WHERE id = ?", host)[0][0])


def save_and_bulk(admin: WebUser, host: str, intervals: Sequence[str]) -> tuple[float, float]:
    """How long a Save of one host and a bulk change of all of them take at best, in seconds: the machine may be busy."""
    saves = [seconds_of(partial(admin.save_host, host, interval=interval)) for interval in intervals]
    bulks = [seconds_of(partial(admin.host_action, action, [host], all_pages=True)) for action in ("disable", "enable")]
    return min(saves), min(bulks)


def test_saving_does_not_wait_for_the_bridge(own_hub: Hub) -> None:
    """Neither one host nor 500; the live ones among them, real and played, all apply it when the router is back."""
    [(others,)] = own_hub.sql("SELECT count(*) FROM django_app_host")
    agents = [PlayedAgent(own_hub, f"live-{number}").enrol().listen() for number in range(LIVE)]
    for agent in agents:
        agent.obey()
    own_hub.django.run(MAKE_HOSTS, count=HOSTS - LIVE)
    admin, host = own_hub.web_past_proxy(), agents[0].host_id
    free = save_and_bulk(admin, host, ("2", "3"))
    for agent in agents:
        catch_up(agent, newest_revision(own_hub, agent.host_id))
    with own_hub.frozen("router"):
        frozen = save_and_bulk(admin, host, ("4", "5"))
    assert frozen[0] - free[0] < MOST_MORE
    assert frozen[1] - free[1] < MOST_MORE
    for agent in agents:
        catch_up(agent, newest_revision(own_hub, agent.host_id))
    live = LiveView(own_hub.viewer())
    live.until(lambda hosts: len(hosts) == HOSTS + others, "all are there")
    connected = [agent.host_id for agent in agents] + [live.by_name("hub-itself")]
    for host_id in connected:
        live.host_until(host_id, applied(newest_revision(own_hub, host_id)), "it is applied")
    live.until(lambda hosts: not any(shown["config"]["settings"]["disabled"] for shown in hosts.values()), "all are enabled")
    assert all(shown["config"]["status"] == "pending" for host_id, shown in live.hosts.items() if host_id not in connected)


def test_a_page_of_all_hosts_stays_below_the_limit_of_a_message(own_hub: Hub) -> None:
    """However many there are; the last page says that it is the last."""
    viewer = own_hub.viewer()
    whole = viewer.call("vedette.fleet.get_snapshot", limit=10_000)
    by_pages = LiveView(viewer, page=7).hosts
    assert len(whole["hosts"]) <= 500
    assert set(by_pages) >= set(whole["hosts"])
    assert whole["next"] is None or whole["next"] == max(whole["hosts"])


def test_healthz_says_which_part_does_not_answer(own_hub: Hub) -> None:
    """503 while the router is frozen, 200 again afterwards. Asked at Django's own port: the usual way there is through the router."""
    inner = own_hub.web_past_proxy()
    eventually(lambda: inner.get("/healthz").json() == {"ok": True, "database": "ok", "router": "ok", "config": "ok"}, "all is well")
    with own_hub.frozen("router"):
        eventually(lambda: inner.get("/healthz").status_code == 503, "/healthz says 503")
        assert inner.get("/healthz").json()["router"] == "does not answer"
    eventually(own_hub.is_healthy, "/healthz says 200 again", explain=own_hub.tail)


def test_an_agent_waits_for_a_hub_that_answers_late(own_hub: Hub) -> None:
    """Longer than the hub waits for the agent: who joins anew takes a busy hub more than all its samples."""
    live = LiveView(own_hub.viewer())
    own = live.by_name("hub-itself")
    live.host_until(own, lambda host: host["status"] == "up", "it is up")
    since, frozen_at = live.hosts[own]["since"], time.monotonic()
    with own_hub.frozen("router"):
        eventually(lambda: time.monotonic() - frozen_at > FROZEN_SECONDS, "two pings would have been answered")
    eventually(own_hub.is_healthy, "/healthz says 200 again", explain=own_hub.tail)
    shown = LiveView(own_hub.viewer()).hosts[own]
    assert (shown["status"], shown["since"]) == ("up", since)


def test_a_host_that_falls_silent_is_down_within_ten_seconds(own_hub: Hub) -> None:
    """Its connection is not closed, it just answers nothing: the pings notice. One whose connection is closed is down at once."""
    live = LiveView(own_hub.viewer())
    closed = PlayedAgent(own_hub, "closed").enrol()
    live.host_until(closed.host_id, lambda host: host["status"] == "up", "it is up")
    closed.client.drop()
    assert live.host_until(closed.host_id, lambda host: host["status"] == "down", "it is down") < 1 + STANDSTILL_SECONDS
    with own_hub.frozen("agent"):
        own = live.by_name("hub-itself")
        live.host_until(own, lambda host: host["status"] == "down", "this machine's own agent is down", seconds=10 + STANDSTILL_SECONDS)
    live.host_until(own, lambda host: host["status"] == "up", "it is back")
