"""Whatever breaks, all is well again by itself soon after it was mended."""

from __future__ import annotations

import random
import re
import time
from contextlib import closing

import pytest

from tests.chaos.dashboard import CONNECTION, Dashboard
from tests.chaos.report import Outcome, record, troubles
from tests.chaos.scenarios import Scenario
from tests.chaos.world import OWN, World
from tests.harness.eventually import PATIENCE_SECONDS, STANDSTILL_SECONDS

pytestmark = pytest.mark.timeout(600)

WELL_SECONDS = 15.0
"""From the mend until all is well. An agent's delay between two attempts is 10 s at most."""
MOMENT_SECONDS = 2.0
"""Two samples are 1 s apart, and so are the pages' own ticks."""


def test_all_is_well_again(well_world: World, scenario: Scenario, moments: random.Random, request: pytest.FixtureRequest) -> None:
    """The dashboard says in time what is broken and why, and keeps the last values; afterwards every host is up, with fresh values and
    obedient, and no log has a traceback.
    """
    world, shown = well_world, scenario.shown
    world.follow(moments.uniform(0, MOMENT_SECONDS))
    before = {name: len(log) for name, log in world.logs().items()}
    broken_at = world.mended_at = time.time()
    with closing(scenario.play(world)) as play:
        next(play)
        if shown.within is not None:
            world.until_said(shown.met, shown.words, broken_at)
            check_last_values(world.dashboard, scenario)
            world.until_absent(scenario.hosts, shown.meanwhile)
        world.follow(broken_at + scenario.lasts - time.time())
        if shown.within is not None:
            world.mended_at = time.time()
        next(play, None)
    well = world.until_well(world.mended_at, PATIENCE_SECONDS) - world.mended_at
    world.change_settings()
    down = world.dashboard.seconds_until_said(shown.met, shown.words, broken_at)
    added = {name: log[before[name] :] for name, log in world.logs().items()}
    said = world.dashboard.texts(broken_at)
    outcome = Outcome(down, well, said, {name: log.count("\n") for name, log in added.items()}, world.take_notes())
    request.node.user_properties.append(record(scenario.name, outcome))

    assert {name: found for name, log in added.items() if (found := troubles(log))} == {}
    assert well <= WELL_SECONDS + STANDSTILL_SECONDS
    if shown.within is not None and shown.met:
        assert down is not None
        assert down <= shown.within + STANDSTILL_SECONDS
    world.until_absent(scenario.hosts, shown.afterwards)
    world.dashboard.check()


def check_last_values(dashboard: Dashboard, scenario: Scenario) -> None:
    """Every host that is met still shows its last values with their age, greyed if it or the page is said to be away."""
    shown = dashboard.look()
    cards, met = shown["cards"], scenario.shown.met
    for name in scenario.hosts:
        assert cards[name]["rows"], f"{name} shows no values: {cards[name]}"
        assert re.fullmatch(r"\d+ s ago", cards[name]["age"]), cards[name]
    assert shown["stale"] == (CONNECTION in met)
    for name in set(met) - {CONNECTION}:
        if cards[name]["status"] == "up":
            continue  # it has mended by itself
        assert cards[name]["color"] != cards[OWN]["color"], f"the values of {name} are not greyed"
