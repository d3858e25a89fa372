"""What may happen to a fleet, as a table: what breaks, how it mends, and what the dashboard has to say meanwhile.

A scenario's function breaks something, yields, and mends it. Agents are met all at once: two by themselves, one as a managed worker.
"""

from __future__ import annotations

import secrets
import signal
import uuid
from collections.abc import Callable, Generator
from contextlib import ExitStack
from dataclasses import dataclass, replace

import psutil

from components.host_views import AbsenceReason
from tests.chaos.dashboard import CONNECTION, OFFLINE
from tests.chaos.hanging_up import hanging_up
from tests.chaos.world import FORMS, World
from tests.harness.agents import ContainerAgent
from tests.harness.eventually import eventually

CLOSED_SECONDS = 1.0
"""From a connection that is closed until it is shown."""
ENDING_SECONDS = 3.0
"""A process that is asked to stop takes its time before it closes its connection."""
FORM_SECONDS = 5.0
"""A form of the admin is fetched and answered first."""
SILENT_SECONDS = 10.0
"""From silence until it is shown."""
OUTAGE_SECONDS = 12.0
"""Longer than it takes both sides to notice a silence."""
AWAY_SECONDS = 60.0
MAX_CPU_RATIO = 0.05
"""Of one core, for all three agents together while their hub is away; one of them needs 0.003 while it samples."""
MAX_GROWTH_BYTES = 8 * 2**20
MEBIBYTE = 2**20

AGENTS = tuple(FORMS)
MANAGED = tuple(name for name, form in FORMS.items() if form is ContainerAgent)

Steps = Generator[None, None, None]
Play = Callable[[World], Steps]


@dataclass(frozen=True)
class Shown:
    """What the dashboard has to say of it."""

    met: tuple[str, ...] = AGENTS
    """Of whom: hosts by name, or the page's own connection; nobody if nothing may be noticed."""
    words: str = "^down"
    within: float | None = CLOSED_SECONDS
    """Seconds until it is said; None if it may be over before anybody can see it."""
    meanwhile: AbsenceReason | None = None
    """Why hosts are away, as long as they are; None if nobody can know."""
    afterwards: AbsenceReason | None = None
    """Why they were away, once they are back."""


@dataclass(frozen=True)
class Scenario:
    """One row of the table."""

    name: str
    play: Play
    shown: Shown
    lasts: float = 0.0
    """Seconds that the outage is held at least."""
    ci: bool = False
    """Whether it belongs to the selection that runs with all other tests."""
    separate: bool = False
    """Whether it needs network namespaces."""

    @property
    def hosts(self) -> tuple[str, ...]:
        """The hosts that are met, whoever is said to be."""
        return tuple(who for who in self.shown.met if who != CONNECTION) or AGENTS


# --- the hub ------------------------------------------------------------------------------------------------------------------------


def stop_hub(world: World) -> Steps:
    """Ctrl-C, and a start."""
    world.stop_hub()
    yield
    world.start_hub()


def kill_hub(world: World) -> Steps:
    """SIGKILL of the controller, as when memory is short."""
    world.kill_hub()
    yield
    world.start_hub()


def kill_router(world: World) -> Steps:
    """SIGKILL of the worker that holds all connections."""
    world.kill_worker("router")
    yield
    world.start_hub()


def freeze_router(world: World) -> Steps:
    """It keeps all connections and answers nothing."""
    with world.hub.frozen("router"):
        yield


def freeze_django(world: World) -> Steps:
    """No page can be loaded; the fleet goes on."""
    with world.hub.frozen("django"):
        yield


def keep_hub_away(world: World) -> Steps:
    """For long: agents neither get busy nor grow."""
    world.stop_hub()
    processes = [process for agent in world.each_agent() for process in agent.process.family()]
    cpu, memory = _used(processes)
    yield
    cpu_after, memory_after = _used(processes)
    world.notes["CPU of a core"] = (cpu_after - cpu) / AWAY_SECONDS
    world.notes["growth MiB"] = (memory_after - memory) / MEBIBYTE
    assert cpu_after - cpu < MAX_CPU_RATIO * AWAY_SECONDS
    assert memory_after - memory < MAX_GROWTH_BYTES
    world.start_hub()


def _used(processes: list[psutil.Process]) -> tuple[float, int]:
    """CPU seconds and resident bytes."""
    return sum(sum(each.cpu_times()[:2]) for each in processes), sum(each.memory_info().rss for each in processes)


# --- connections --------------------------------------------------------------------------------------------------------------------


def cut_network(world: World) -> Steps:
    """Silently: no carrier is lost, nothing is refused."""
    with ExitStack() as healing:
        for name in AGENTS:
            world.cut(name)
            healing.callback(world.network.heal, name)
        yield


def change_address(world: World) -> Steps:
    """Connections from the old one are dead, and nobody tells."""
    for name in AGENTS:
        world.readdress(name)
    yield


def kill_sessions(world: World) -> Steps:
    """With a reason."""
    world.kill_sessions(reason="vedette.test.killed")
    yield


def kill_sessions_without_reason(world: World) -> Steps:
    """What a client may take for the regular end."""
    world.kill_sessions()
    yield


def hang_up_before_welcome(world: World) -> Steps:
    """The hub is killed, and something in its place ends every conversation politely, as a proxy does whose hub is away."""
    world.kill_hub()
    with hanging_up(world.hub.port) as times:
        eventually(lambda: times() >= 2 * len(AGENTS), "every agent has been hung up on")
        yield
    world.start_hub()


# --- agents -------------------------------------------------------------------------------------------------------------------------


def stop_agents(world: World) -> Steps:
    """As their supervisor does."""
    for agent in world.each_agent():
        agent.process.signal(signal.SIGINT)
    world.agents_end()
    yield
    world.start_agents()


def kill_agents(world: World) -> Steps:
    """With all their processes."""
    world.signal_agents(signal.SIGKILL)
    world.agents_end()
    yield
    world.start_agents()


def freeze_agents(world: World) -> Steps:
    """They keep their connections and answer nothing."""
    world.signal_agents(signal.SIGSTOP)
    yield
    world.signal_agents(signal.SIGCONT)


def kill_container(world: World) -> Steps:
    """The worker that holds the agent; its node ends by itself."""
    for name in MANAGED:
        node = world.agents[name].process
        newest = max(node.children(), key=lambda process: process.create_time())
        newest.kill()
        node.wait(ENDING_SECONDS * 5)
    yield
    world.start_agents()


def restart_hosts(world: World) -> Steps:
    """All processes are gone at once, and there is another boot id when they come back."""
    world.signal_agents(signal.SIGKILL)
    world.agents_end()
    for name in AGENTS:
        world.boot(name, str(uuid.UUID(bytes=secrets.token_bytes(16))))
    yield
    world.start_agents()


def revoke(world: World) -> Steps:
    """And approve again."""
    world.hub.admin.host_action("revoke", [world.host_ids[name] for name in AGENTS])
    yield
    operator = world.hub.viewer(world.user)
    operator.call("vedette.auth.approve", hosts=[world.host_ids[name] for name in AGENTS])
    operator.drop()


PAGE = (CONNECTION,)
NOBODY: tuple[str, ...] = ()

HUB_AWAY = Shown((CONNECTION,), OFFLINE, ENDING_SECONDS, afterwards="hub")
HUB_SILENT = Shown((CONNECTION,), OFFLINE, SILENT_SECONDS)
NOTHING = Shown(())
LOST = Shown(meanwhile="lost", afterwards="lost")
SILENT = replace(LOST, within=SILENT_SECONDS)
SOON_BACK = Shown(within=None, afterwards="lost")
REVOKED = Shown(within=FORM_SECONDS, meanwhile="revoked")
STOPPED = Shown(within=ENDING_SECONDS, meanwhile="stopped", afterwards="stopped")
RESTARTED = Shown(meanwhile="lost", afterwards="restarted")

SCENARIOS = [
    Scenario("hub stopped and started", stop_hub, HUB_AWAY),
    Scenario("hub killed", kill_hub, HUB_AWAY),
    Scenario("router worker killed", kill_router, HUB_AWAY),
    Scenario("router frozen and thawed", freeze_router, HUB_SILENT, OUTAGE_SECONDS),
    Scenario("django frozen and thawed", freeze_django, NOTHING, OUTAGE_SECONDS),
    Scenario("hub away for long", keep_hub_away, HUB_AWAY, AWAY_SECONDS),
    Scenario("clean close before WELCOME", hang_up_before_welcome, HUB_AWAY, ci=True),
    Scenario("network cut and healed", cut_network, SILENT, OUTAGE_SECONDS, ci=True, separate=True),
    Scenario("address changed", change_address, SILENT, separate=True),
    Scenario("session killed, with a reason", kill_sessions, SOON_BACK),
    Scenario("session killed, without a reason", kill_sessions_without_reason, SOON_BACK, ci=True),
    Scenario("revoked and approved again", revoke, REVOKED),
    Scenario("agent stopped and started", stop_agents, STOPPED),
    Scenario("agent killed and started", kill_agents, LOST, ci=True),
    Scenario("agent frozen and thawed", freeze_agents, SILENT, OUTAGE_SECONDS),
    Scenario("agent's container killed", kill_container, replace(LOST, met=MANAGED)),
    Scenario("host restarted", restart_hosts, RESTARTED, separate=True),
]
