"""One world for all scenarios."""

from __future__ import annotations

import random
from collections.abc import Iterator
from typing import Any

import pytest

from tests.browser.chromium import chromium
from tests.chaos.scenarios import SCENARIOS, Scenario
from tests.chaos.world import FORMS, World
from tests.conftest import OUTPUT
from tests.harness.network import Loopback, Network, Unavailable


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Every scenario as often as asked; without being asked, the selection once."""
    if "scenario" in metafunc.fixturenames:
        runs = metafunc.config.getoption("chaos_runs")
        chosen = [scenario for scenario in SCENARIOS if runs or scenario.ci]
        metafunc.parametrize("scenario", chosen, ids=[scenario.name for scenario in chosen])
        metafunc.parametrize("run", range(1, max(1, runs) + 1))


@pytest.fixture(scope="package")
def network() -> Iterator[Network | Loopback]:
    """Namespaces where they can be made; without them, what needs none is tested all the same."""
    try:
        network = Network(list(FORMS))
    except Unavailable as error:
        yield Loopback(str(error))
        return
    try:
        with network.entered():
            yield network
    finally:
        network.end()


@pytest.fixture(scope="package")
def world(network: Network | Loopback) -> Iterator[World]:
    """Everybody, well at first."""
    world = World(network)
    try:
        with chromium() as browser:
            yield world.start(browser)
    finally:
        world.end()


@pytest.fixture
def well_world(world: World, scenario: Scenario) -> World:
    """The world, mended from whatever a run before has left."""
    if scenario.separate and isinstance(world.network, Loopback):
        pytest.skip(world.network.why)
    world.restore()
    return world


@pytest.fixture
def moments(request: pytest.FixtureRequest, scenario: Scenario, run: int) -> random.Random:
    """Where the random moments of this run come from: the seed that pytest prints first."""
    seed = request.config.getoption("randomly_seed", 0)
    return random.Random(f"{seed} {scenario.name} {run}")


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item) -> Any:
    """Leave what everybody has said in a run that failed, and a picture of the page, in tests/output/."""
    report = yield
    world = getattr(item, "funcargs", {}).get("world")
    if report.failed and world:
        directory = OUTPUT / "chaos"
        directory.mkdir(parents=True, exist_ok=True)
        name = item.name.replace("/", "_").replace(" ", "-")
        for who, log in world.logs().items():
            (directory / f"{name}-{who}.log").write_text(log)
        world.dashboard.page.screenshot(path=directory / f"{name}.png")
    return report
