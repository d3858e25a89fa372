"""One client floods the hub in every way it can; an agent's settings and a viewer's updates go on, and the log says who it was."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from pathlib import Path

import psutil
import pytest

from components import limits
from tests.harness.agents import PlayedAgent
from tests.harness.eventually import PATIENCE_SECONDS, STANDSTILL_SECONDS, eventually
from tests.harness.flooding import Flood, Order
from tests.harness.hub import Hub, running
from tests.harness.live import LiveView, metrics_of

SECONDS = 1.5
"""How long each flood lasts at least: several times its burst."""
NAMED_SECONDS = PATIENCE_SECONDS
"""How long it may take until the offender is named: two pings, on a machine that has much to do."""
WORST_SECONDS = 5.0 + STANDSTILL_SECONDS
"""What the others may have to wait, beside a flood on the same two cores. Without the bounds it is for as long as the flood lasts."""
MOST_GROWTH_BYTES = 64 * 2**20
"""What the router may take for all of these floods together."""

FLOODS: dict[tuple[str, ...], limits.Rate | limits.Most | None] = {
    ("connections",): limits.NEW_CONNECTIONS,
    ("hellos",): None,  # refused joins are named too; their tests are elsewhere
    ("megabytes",): limits.INBOUND_BYTES,
    ("lists",): limits.MESSAGE_VALUES,
    ("publishes",): limits.ROUTER_SECONDS,
    ("subscribes",): limits.ROUTER_SECONDS,
    ("calls",): None,  # held back, which is no offence
    ("stuck_reader", "slow_reader", "silent_websockets", "downloads"): limits.PING_SECONDS,
    ("pages",): limits.PAGES_WAITING_PER_ADDRESS,
    ("bodies",): limits.BODIES_BYTES_PER_ADDRESS,
}
"""Every flood, and the limit by which it is named first."""
ADDRESSES = {kind: f"127.0.66.{number}" for number, kind in enumerate((kind for kinds in FLOODS for kind in kinds), start=1)}
"""Where each comes from."""


class Others:
    """Another agent, and a viewer who watches it."""

    def __init__(self, hub: Hub) -> None:
        self.agent = PlayedAgent(hub, "bystander").enrol().listen()
        self._interval = self.agent.obey()["interval"]
        self._sampled = 0.0
        self.view = LiveView(hub.viewer())

    def round_trip(self) -> float:
        """Seconds until the agent has its settings, and the viewer the next sample, when it is due."""
        started = time.monotonic()
        self.agent.client.call("vedette.agent.get_config")
        if started - self._sampled >= self._interval:
            self._sampled = started
            self._sample()
        return time.monotonic() - started

    def _sample(self) -> None:
        value = self.agent.publish({"load_1m": time.monotonic() % 1000})["metrics"]
        self.view.host_until(self.agent.host_id, lambda host: metrics_of(host) == value, "the viewer sees the sample")


@pytest.fixture(scope="module")
def own_hub() -> Iterator[Hub]:
    """A hub whose floods hurt no other test."""
    with running() as hub:
        yield hub


@pytest.fixture(scope="module")
def others(own_hub: Hub) -> Others:
    """They are there all the time."""
    return Others(own_hub)


@pytest.fixture(scope="module")
def memory(own_hub: Hub, others: Others) -> Callable[[], int]:
    """The bytes that the router has grown by since before the first flood."""
    others.round_trip()
    router = psutil.Process(own_hub.workers()["router"])
    before = router.memory_info().rss
    return lambda: int(router.memory_info().rss - before)


@pytest.fixture
def flood(own_hub: Hub, tmp_path: Path) -> Iterator[Callable[[str], Flood]]:
    """Starts floods, each as a host or viewer of its own, and ends them."""
    started: list[Flood] = []

    def start(kind: str) -> Flood:
        offender = PlayedAgent(own_hub, f"flood-{kind}").enrol()
        offender.client.drop()
        order = Order(kind, own_hub.port, NAMED_SECONDS, offender.key.encode().hex(), address=ADDRESSES[kind])
        if "reader" in kind:
            order.tickets = [{name: ticket[name] for name in ("ticket", "authid")} for ticket in [own_hub.admin.ticket()]]
        started.append(Flood(order, tmp_path))
        return started[-1]

    yield start
    for one in started:
        one.end()


@pytest.mark.parametrize(("kinds", "limit"), FLOODS.items(), ids=["+".join(kinds) for kinds in FLOODS])
def test_nobody_else_notices(
    own_hub: Hub,
    others: Others,
    memory: Callable[[], int],
    flood: Callable[[str], Flood],
    *,
    kinds: tuple[str, ...],
    limit: limits.Rate | limits.Most | None,
) -> None:
    """The agent and the viewer go on, the offender is named by its address, and the router grows by no more than it may."""
    before = len(own_hub.output())
    floods = [flood(kind) for kind in kinds]
    for one in floods:
        eventually(one.is_running, "the flood has begun", explain=one.process.tail)

    def is_named() -> bool:
        lines = [line for line in own_hub.output()[before:].splitlines() if limit and f"went over a limit: {limit.what}," in line]
        return limit is None or any(ADDRESSES[kind] in line for kind in kinds for line in lines)

    started, waits = time.monotonic(), [others.round_trip()]
    while time.monotonic() - started < SECONDS or not is_named():
        assert time.monotonic() - started < NAMED_SECONDS, f"nobody is named\n{own_hub.tail()}"
        waits.append(others.round_trip())
    assert max(waits) < WORST_SECONDS
    assert memory() < MOST_GROWTH_BYTES
