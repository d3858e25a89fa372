"""Settings reach their host and are acknowledged, whichever door they come through."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest

from tests.conftest import Play
from tests.harness.agents import LightAgent, make_code
from tests.harness.hub import Hub
from tests.harness.live import LiveView, applied
from tests.harness.sampling import spacing
from tests.integration.scene import Scene, has, look_on


@pytest.fixture(scope="module")
def agent(hub: Hub) -> Iterator[LightAgent]:
    """One without a lock file, for all tests here: each begins with the settings of a new host."""
    agent = LightAgent(hub.websocket_url, "obedient", code=make_code(hub, "obedient"))
    agent.start()
    yield agent
    agent.end()


@pytest.fixture
def scene(hub: Hub, agent: LightAgent) -> Iterator[Scene]:
    scene, operator = look_on(hub, agent), hub.viewer()
    scene.begin_as_new(operator)
    yield scene
    scene.leave()
    operator.drop()


@pytest.mark.parametrize(
    ("setting", "family"),
    [("show_cpus", "cpu"), ("show_memory", "memory"), ("show_disk", "disk"), ("show_network", "network"), ("show_load", "load")],
)
def test_a_family_is_unticked_and_ticked(scene: Scene, setting: str, family: str) -> None:
    """The first sample of the new revision is without its metrics; ticked again, they are back."""
    scene.until(has(family), f"{family} metrics are there")
    scene.save(**{setting: False})
    scene.until_applied(scene.first + 1)
    scene.until(lambda shown: not has(family)(shown), f"{family} metrics are gone")
    assert re.fullmatch(rf"rev {scene.first + 1} · applied in \d+ ms", scene.config_cell())
    newer = scene.samples.next(1, revision=scene.first + 1)
    assert not any(name.startswith(f"{family}_") for sample in newer for name in sample["metrics"])
    scene.save(**{setting: True})
    scene.until(has(family), f"{family} metrics are back")


def test_disabled_stops_samples_and_enabling_brings_them_back(scene: Scene) -> None:
    """A disabled host keeps its session and still reports."""
    scene.save(disabled=True)
    scene.until(lambda shown: applied(scene.first + 1)(shown) and shown["status"] == "disabled", "it is disabled")
    assert [sample for sample in scene.samples.follow(2.5) if sample["revision"] > scene.first] == []
    scene.save(disabled=False)
    scene.until(lambda shown: applied(scene.first + 2)(shown) and shown["status"] == "up", "it is enabled")
    assert scene.samples.next(1, revision=scene.first + 2)


def test_an_interval_of_a_fifth_of_a_second(scene: Scene) -> None:
    """About five samples a second arrive, and the page gets them."""
    scene.save(interval="0.2")
    scene.until_applied(scene.first + 1)
    assert 0.15 < spacing(scene.samples.next(16, revision=scene.first + 1)) < 0.5
    shown = []
    for _ in range(16):
        scene.until_next_sample()
        shown.append({"at": scene.live.hosts[scene.host]["sample"]["taken_at"]})
    assert 0.15 < spacing(shown) < 0.5


@pytest.mark.parametrize(("interval", "complaint"), [("0.1", "0.2"), ("3601", "3600"), ("soon", "number"), ("nan", "")])
def test_the_admin_refuses_an_impossible_interval(scene: Scene, interval: str, complaint: str) -> None:
    """The form comes back and says why; nothing is stored."""
    page = scene.admin.get(f"/admin/django_app/host/{scene.host}/change/")
    answer = scene.admin.submit(page, _save="Save", interval=interval)
    assert answer.url.endswith(f"/{scene.host}/change/")
    assert "errorlist" in answer.text
    assert complaint in answer.text
    assert f"rev {scene.first} · applied" in scene.config_cell()


def test_an_operator_sets_it_over_wamp(hub: Hub, scene: Scene) -> None:
    """The same code path as Save: a revision, pushed, acknowledged, with who and through which door."""
    operator = hub.viewer()
    answer = operator.call("vedette.config.set", hosts=[scene.host], changes={"interval": 0.5, "show_load": False})
    assert answer == {"revisions": {scene.host: scene.first + 1}}
    scene.until(lambda shown: applied(scene.first + 1)(shown) and shown["config"]["settings"]["interval"] == 0.5, "it is applied")
    rows = hub.django.run(
        "result = list(Revision.objects.filter(host=host, number=number).values('by__username', 'status'))",
        host=scene.host,
        number=scene.first + 1,
    )
    assert rows == [{"by__username": "admin", "status": "applied"}]


def test_a_change_of_many_hosts_reaches_each_in_order(hub: Hub, play: Play) -> None:
    """Through the admin's action and through the call alike; the same comes again if the report of it was not stored in a second."""
    admin, live = hub.admin, LiveView(hub.viewer())
    agents = [play(name).listen() for name in ("one of many", "another of many")]
    for agent in agents:
        agent.obey()
    hosts = [agent.host_id for agent in agents]
    live.until(lambda known: all(host in known and applied(1)(known[host]) for host in hosts), "rev 1 is applied")
    operator = hub.viewer()
    offered: list[list[tuple[int, bool]]] = [[] for _ in agents]
    for change in (
        lambda: admin.host_action("disable", hosts),
        lambda: operator.call("vedette.config.set", hosts=hosts, changes={"disabled": False}),
        lambda: admin.host_action("disable", hosts),
    ):
        change()
        for agent, got in zip(agents, offered, strict=True):
            settings = agent.offered(len(got) + 2)
            got.append((settings["revision"], settings["disabled"]))
            agent.report(settings)
    assert offered == [[(2, True), (3, False), (4, True)]] * 2


def test_who_what_when_and_outcome_of_each_revision(scene: Scene) -> None:
    """Stand in the admin's page of the host."""
    scene.save(interval="0.5", show_load=False)
    scene.until_applied(scene.first + 1)
    text = re.sub(r"<[^>]+>", " ", scene.admin.get(f"/admin/django_app/host/{scene.host}/change/").text)
    assert re.search(
        rf"\b{scene.first + 1}\s+\d{{4}}-\d\d-\d\d \d\d:\d\d:\d\d UTC\s+admin[^\d]*interval 0.5 s, show_load off\s+applied in \d+ ms", text
    )
