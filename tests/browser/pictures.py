"""Makes the pictures of the documentation: `python -m tests.browser.pictures`.

A real hub with its own host, and beside it real agents of made-up machines. It takes as long as the sparklines reach back, ten minutes;
`--seconds` makes it shorter, and them too.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

import nacl.signing
from playwright.sync_api import Browser, Page

from tests.benchmarks.crowd import Swarm, for_seconds, make_seeds
from tests.browser.chromium import chromium, log_in
from tests.harness.eventually import eventually
from tests.harness.hub import PASSWORD, Hub
from tests.harness.wamp import Refused

IMAGES = Path(__file__).parents[2] / "docs" / "images"
SECONDS = 600
LAPTOP, PHONE = (1440, 900), (390, 844)

HOSTS = {
    "backup": ["storage"],
    "build-1": ["ci"],
    "build-2": ["ci"],
    "cache-1": ["web", "prod"],
    "db-primary": ["db", "prod"],
    "db-replica": ["db", "prod"],
    "edge-lisbon": ["edge"],
    "edge-oslo": ["edge"],
    "mail": ["prod"],
    "web-1": ["web", "prod"],
    "web-2": ["web", "prod"],
    "web-3": ["web", "prod"],
    "edge-paris": ["edge"],
}
"""What the made-up machines are called, and their tags; the last one loses its connection."""

STRANGERS = {"127.0.0.21": "web-4", "127.0.0.34": "build-3"}
"""What keys without a code call themselves, by where they come from."""

MAKE_HOSTS = """
hosts = [Host(public_key=key, name=name, tags=tags, enrolled_at=time.time()) for key, (name, tags) in zip(keys, names)]
Host.objects.bulk_create(hosts)
Revision.objects.bulk_create(Revision(host=host, number=1, settings=host.settings(), origin="test", at=time.time()) for host in hosts)
result = {host.name: host.pk for host in hosts}
"""


@dataclass(frozen=True)
class Picture:
    """One picture: what the page shows, on which screen, light or dark."""

    name: str
    address: str
    scheme: str = "light"
    size: tuple[int, int] = LAPTOP
    prepare: Callable[[Page], None] = lambda page: None  # nothing to do


def change_three(page: Page) -> None:
    """Mark three hosts and change an interval, with the outcomes in sight."""
    for name in ("web-1", "web-2", "web-3"):
        page.get_by_role("checkbox", name=f"mark {name}").first.check()
    page.get_by_role("region", name="marked hosts").get_by_role("button", name="Settings…").click()
    page.get_by_role("spinbutton", name="Interval").fill("2")
    page.get_by_role("button", name="Save for 3 hosts").click()
    page.get_by_role("region", name="changes made here").get_by_text("Hosts").click()
    page.get_by_text("3 of 3 applied", exact=True).wait_for()


def open_settings(page: Page) -> None:
    """The dialog of two hosts, with something touched."""
    for name in ("db-primary", "db-replica"):
        page.get_by_role("checkbox", name=f"mark {name}").first.check()
    page.get_by_role("region", name="marked hosts").get_by_role("button", name="Settings…").click()
    page.get_by_role("checkbox", name="Show temperatures").uncheck()


def pictures(hosts: dict[str, str]) -> list[Picture]:
    """All of them; `hosts` are ids by name."""
    one = f"#host={hosts['db-primary']}"
    return [
        Picture("dashboard", "#view=table"),
        Picture("dashboard-dark", "#view=table", "dark"),
        Picture("dashboard-phone", "#view=table", "dark", PHONE),
        Picture("cards", "#view=cards"),
        Picture("cards-dark", "#view=cards", "dark"),
        Picture("cards-phone", "#view=cards", size=PHONE),
        Picture("heat", "#view=heat&metric=cpu"),
        Picture("heat-dark", "#view=heat&metric=memory", "dark"),
        Picture("overlay", "#view=overlay&metric=cpu"),
        Picture("host", one),
        Picture("host-dark", one, "dark"),
        Picture("host-phone", one, "dark", PHONE),
        Picture("settings", "#view=table", prepare=open_settings),
        Picture("progress", "#view=table&search=web", prepare=change_three),
        Picture("wall", "#view=cards&wall=on", "dark"),
    ]


def populate(hub: Hub) -> tuple[dict[str, str], list[Swarm]]:
    """Let the agents join; host ids by name. The last one leaves again."""
    seeds = make_seeds(len(HOSTS))
    keys = [nacl.signing.SigningKey(bytes.fromhex(seed)).verify_key.encode().hex() for seed in seeds]
    hosts: dict[str, str] = hub.django.run(MAKE_HOSTS, keys=keys, names=list(HOSTS.items()))
    swarms = [Swarm(hub.websocket_url, some).wait() for some in (seeds[:-1], seeds[-1:])]
    return hosts, swarms


def photograph(browser: Browser, hub: Hub, picture: Picture) -> None:
    """Take one."""
    width, height = picture.size
    context = browser.new_context(viewport={"width": width, "height": height}, color_scheme=picture.scheme, locale="en-GB")  # type: ignore[arg-type]  # a literal
    page = context.new_page()
    log_in(page, hub.url, "admin", PASSWORD)
    page.goto(f"{hub.url}/{picture.address}")
    page.reload()  # a new fragment alone loads nothing
    page.locator("#connection[data-state=live]").wait_for()
    picture.prepare(page)
    page.wait_for_timeout(3_000)  # some samples of a watched host and all sparklines: for the eye and not for a test
    page.screenshot(path=IMAGES / f"{picture.name}.png")
    context.close()


def photograph_admin(browser: Browser, hub: Hub) -> None:
    """The list of hosts, and keys that wait for approval."""
    for source, name in STRANGERS.items():
        client = hub.websocket(source=source)
        with suppress(Refused):
            client.join_key(nacl.signing.SigningKey.generate(), name=name)
        client.drop()
    page = browser.new_context(viewport={"width": 1000, "height": 760}).new_page()
    log_in(page, hub.url, "admin", PASSWORD)
    page.locator("[data-key]").nth(len(STRANGERS) - 1).wait_for()
    page.locator(".approval").screenshot(path=IMAGES / "approval.png")
    page.set_viewport_size({"width": 1280, "height": 760})
    page.goto(f"{hub.url}/admin/django_app/host/")
    page.locator("[data-field=status]").first.wait_for()
    page.wait_for_timeout(500)
    page.screenshot(path=IMAGES / "admin.png")
    page.context.close()


def main() -> None:
    """Make them."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--seconds", type=int, default=SECONDS, help="how long the agents run before (%(default)s)")
    seconds = parser.parse_args().seconds
    IMAGES.mkdir(parents=True, exist_ok=True)
    hub = Hub()
    swarms: list[Swarm] = []
    try:
        hub.start()
        hosts, swarms = populate(hub)
        for_seconds(seconds)
        swarms.pop().end()
        lost = "SELECT 1 FROM django_app_host WHERE name = ? AND NOT connected"
        eventually(lambda: hub.sql(lost, list(HOSTS)[-1]), "one host is down")
        with chromium() as browser:
            for picture in pictures(hosts):
                photograph(browser, hub, picture)
            photograph_admin(browser, hub)
    finally:
        for swarm in swarms:
            swarm.end()
        hub.end()
    sys.stdout.write(f"Pictures are in {IMAGES.relative_to(Path.cwd())}\n")


if __name__ == "__main__":
    main()
