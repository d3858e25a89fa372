"""Order and artefacts of all tests; hubs and agents of their own."""

from __future__ import annotations

import signal
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.benchmarks.table import lines_of, save
from tests.chaos.report import rows_of
from tests.harness.agents import AgentProcess, PlayedAgent
from tests.harness.hub import Hub
from tests.harness.scheduling import KeepTogether

TESTS = Path(__file__).parent
OUTPUT = TESTS / "output"
GROUPS = ("unit", "integration", "chaos", "browser")
"""The quickest first, so that what is wrong shows soon."""

MakeHub = Callable[..., Hub]
KeepAgent = Callable[[AgentProcess], AgentProcess]
Play = Callable[..., PlayedAgent]


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--chaos-runs", type=int, default=0, help="play every scenario of tests/chaos so often, instead of a selection once")


def pytest_configure(config: pytest.Config) -> None:
    config.addinivalue_line("markers", "integration: needs a real Crossbar.io node")
    config.addinivalue_line("markers", "browser: needs a real Chromium, too")
    config.addinivalue_line("markers", "chaos: breaks things and waits until they are well again")
    if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:  # a run in the background would hand that down to hubs and agents
        signal.signal(signal.SIGINT, signal.default_int_handler)
    signal.signal(signal.SIGTERM, signal.default_int_handler)  # whoever stops the tests leaves no hub running either


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> KeepTogether:
    """With `-n`, see there."""
    return KeepTogether(config, log)


def pytest_terminal_summary(terminalreporter: Any, config: pytest.Config) -> None:
    """What the tests of chaos have found, whichever process they ran in."""
    rows = rows_of(report for reports in terminalreporter.stats.values() for report in reports)
    if rows:
        terminalreporter.section(f"chaos, moments from --randomly-seed={config.getoption('randomly_seed', 0)}")
        terminalreporter.write_line("\n".join(lines_of(rows)))
        save("chaos", rows, directory=OUTPUT)


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    for item in items:
        group = _group(item)
        if group != "unit":
            item.add_marker(group)
    # of several processes: what only one of them can do first, so that none is alone with it at the end
    items.sort(key=lambda item: GROUPS.index(_group(item)), reverse=hasattr(config, "workerinput"))


def _group(item: pytest.Item) -> str:
    folder = item.path.relative_to(TESTS).parts[0]
    return folder if folder in GROUPS else "unit"


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item) -> Any:
    """Leave the output of the hubs that a failed test used in tests/output/."""
    report = yield
    if report.failed:
        hubs = [value for value in getattr(item, "funcargs", {}).values() if isinstance(value, Hub)] + _made
        # a test whose end failed may have ended the last hub before
        for number, hub in enumerate(hub for hub in hubs if hub.was_started and hub.directory.exists()):
            OUTPUT.mkdir(exist_ok=True)
            (OUTPUT / f"{item.name.replace('/', '_')[:80]}-{number}.log").write_text(hub.output())
    return report


_made: list[Hub] = []


@pytest.fixture
def make_hub() -> Iterator[MakeHub]:
    """Makes hubs of the test's own, not started."""

    def make(**options: Any) -> Hub:
        made = Hub(**options)
        _made.append(made)
        return made

    yield make
    while _made:
        _made.pop().end()


@pytest.fixture
def keep_agent() -> Iterator[KeepAgent]:
    """Ends the agents that are given to it after the test."""
    kept: list[AgentProcess] = []

    def keep(agent: AgentProcess) -> AgentProcess:
        kept.append(agent)
        return agent

    yield keep
    for agent in kept:
        agent.end()


@pytest.fixture
def play(hub: Hub) -> Iterator[Play]:
    """Makes agents played by the test, enrolled at the shared hub."""
    played: list[PlayedAgent] = []

    def start(name: str = "played", **options: Any) -> PlayedAgent:
        agent = PlayedAgent(options.pop("hub", hub), name, **options).enrol()
        played.append(agent)
        return agent

    yield start
    for agent in played:
        agent.client.drop()
