"""Makes the pictures of the documentation: `python -m tests.browser.pictures`.

A real hub with its own host, and beside it hosts that are played: real protocol, real keys, made-up numbers.
"""

from __future__ import annotations

import math
import sys
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import nacl.signing
from playwright.sync_api import Browser, Page

from tests.browser.chromium import chromium, log_in
from tests.harness.agents import PlayedAgent
from tests.harness.eventually import eventually
from tests.harness.hub import PASSWORD, Hub
from tests.harness.wamp import Refused

IMAGES = Path(__file__).parents[2] / "docs" / "images"
GIBIBYTE = 2**30
ROUNDS = 3


@dataclass(frozen=True)
class Shape:
    """What a played host looks like."""

    name: str
    tags: str
    cores: int
    busy: float
    memory_gibibytes: int
    memory_used: float
    disks: dict[str, tuple[int, float]]
    interfaces: dict[str, tuple[float, float]]


SHAPES = (
    Shape("web-1", "web, prod", 8, 0.34, 32, 0.41, {"/": (120, 0.38)}, {"eth0": (4.2e6, 19e6)}),
    Shape("web-2", "web, prod", 8, 0.29, 32, 0.44, {"/": (120, 0.36)}, {"eth0": (3.9e6, 17e6)}),
    Shape("db-primary", "db, prod", 16, 0.63, 128, 0.82, {"/": (80, 0.22), "/var/lib/postgresql": (1800, 0.71)}, {"eth0": (22e6, 61e6)}),
    Shape("db-replica", "db, prod", 16, 0.18, 128, 0.77, {"/": (80, 0.21), "/var/lib/postgresql": (1800, 0.71)}, {"eth0": (24e6, 2e6)}),
    Shape("build-7", "ci", 32, 0.94, 64, 0.58, {"/": (250, 0.55), "/build": (900, 0.93)}, {"eth0": (1.2e6, 0.4e6)}),
    Shape("backup", "storage", 4, 0.07, 16, 0.31, {"/": (60, 0.33), "/srv/backup": (14000, 0.88)}, {"eth0": (88e6, 0.6e6), "eth1": (0, 0)}),
    Shape("edge-paris", "edge", 2, 0.11, 4, 0.52, {"/": (40, 0.47)}, {"eth0": (0.9e6, 1.1e6)}),
)

STRANGERS = {"127.0.0.21": "web-3", "127.0.0.34": "build-8"}
"""What keys without a code call themselves, by where they come from."""


def metrics(shape: Shape, moment: int) -> dict[str, Any]:
    """Plausible numbers that move with `moment`."""

    def wave(seed: float, level: float, swing: float = 0.25) -> float:
        return round(min(1.0, max(0.0, level * (1 + swing * math.sin(seed * 2.4 + moment)))), 3)

    cores = {str(core): wave(core, shape.busy, 0.5) for core in range(shape.cores)}
    total = shape.memory_gibibytes * GIBIBYTE
    used = round(total * wave(1, shape.memory_used, 0.03))
    return {
        "cpu_used_ratio": round(sum(cores.values()) / shape.cores, 3),
        "cpu_core_used_ratio": cores,
        "memory_total_bytes": total,
        "memory_used_bytes": used,
        "memory_available_bytes": total - used,
        "disk_total_bytes": {mount: size * GIBIBYTE for mount, (size, _) in shape.disks.items()},
        "disk_used_bytes": {mount: round(size * GIBIBYTE * part) for mount, (size, part) in shape.disks.items()},
        "disk_available_bytes": {mount: round(size * GIBIBYTE * (1 - part)) for mount, (size, part) in shape.disks.items()},
        "network_received_bytes_per_second": {name: round(rate * wave(2, 0.8)) for name, (rate, _) in shape.interfaces.items()},
        "network_sent_bytes_per_second": {name: round(rate * wave(3, 0.8)) for name, (_, rate) in shape.interfaces.items()},
        "load_1m": round(shape.cores * wave(4, shape.busy), 2),
        "load_5m": round(shape.cores * wave(5, shape.busy), 2),
        "load_15m": round(shape.cores * shape.busy, 2),
    }


def play(hub: Hub) -> list[tuple[PlayedAgent, Shape]]:
    """The hosts, enrolled, live, with settings that somebody saved; the last one has lost its connection."""
    played = [(PlayedAgent(hub, shape.name).enrol().listen(), shape) for shape in SHAPES]
    user = hub.web()
    for agent, shape in played:
        agent.obey()
        user.save_host(agent.host_id, tags=shape.tags)
        agent.publish(metrics(shape, 0))
    operator = hub.viewer(user)
    for agent, _ in played:
        saved = operator.call("vedette.config.set", hosts=[agent.host_id], changes={"interval": 2.0})["revisions"][agent.host_id]
        agent.report(next(offered for offered in iter(agent.offered, None) if offered["revision"] == saved))
    played[-1][0].client.drop()
    return played[:-1]


def photograph(browser: Browser, hub: Hub, played: list[tuple[PlayedAgent, Shape]]) -> None:
    """The live page, light and dark, on a laptop and a phone; the list of hosts in the admin."""
    for name, scheme, width, height in (
        ("dashboard", "light", 1280, 760),
        ("dashboard-dark", "dark", 1280, 760),
        ("dashboard-phone", "dark", 390, 844),
    ):
        context = browser.new_context(viewport={"width": width, "height": height}, color_scheme=scheme)  # type: ignore[arg-type]  # a literal
        page = context.new_page()
        log_in(page, hub.url, "admin", PASSWORD)
        wait_until_live(page)
        for moment in range(1, ROUNDS):
            for agent, shape in played:
                agent.publish(metrics(shape, moment))
        page.wait_for_timeout(500)  # two frames of the page, for the eye and not for a test
        page.screenshot(path=IMAGES / f"{name}.png")
        if name == "dashboard":
            page.goto(f"{hub.url}/admin/django_app/host/")
            page.locator("[data-field=status]").first.wait_for()
            page.wait_for_timeout(500)
            page.screenshot(path=IMAGES / "admin.png")
        context.close()


def photograph_waiting(browser: Browser, hub: Hub) -> None:
    """Keys that wait for approval, above the hosts."""
    for source, name in STRANGERS.items():
        client = hub.websocket(source=source)
        with suppress(Refused):
            client.join_key(nacl.signing.SigningKey.generate(), name=name)
        client.drop()
    page = browser.new_context(viewport={"width": 1000, "height": 760}).new_page()
    log_in(page, hub.url, "admin", PASSWORD)
    page.locator("[data-key]").nth(len(STRANGERS) - 1).wait_for()
    page.locator(".approval").screenshot(path=IMAGES / "approval.png")
    page.context.close()


def wait_until_live(page: Page) -> None:
    """All hosts are there, and the page follows them."""
    page.locator("[data-host]").nth(len(SHAPES)).wait_for()
    eventually(lambda: page.locator("#connection").get_attribute("data-state") == "live", 10, "the page is live")


def main() -> None:
    """Make them."""
    IMAGES.mkdir(parents=True, exist_ok=True)
    hub = Hub()
    try:
        hub.start()
        with chromium() as browser:
            photograph(browser, hub, play(hub))
            photograph_waiting(browser, hub)
    finally:
        hub.end()
    sys.stdout.write(f"Pictures are in {IMAGES.relative_to(Path.cwd())}\n")


if __name__ == "__main__":
    main()
