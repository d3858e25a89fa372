"""How a hub begins and ends: a first start, a second one, exit codes, and no half-open hub."""

from __future__ import annotations

import hashlib
import json
import re
import signal
import stat
from pathlib import Path
from typing import Any

import psutil
import pytest

from tests.conftest import MakeHub
from tests.harness.eventually import PATIENCE_SECONDS
from tests.harness.hub import READY_SECONDS, Hub
from tests.harness.live import LiveView, applied, metrics_of
from tests.harness.node import components, only
from tests.harness.process import REPOSITORY, still_alive
from tests.harness.wamp import WampClient

pytestmark = pytest.mark.timeout(900)

CONFIG = json.loads((REPOSITORY / ".crossbar" / "config.json").read_text())
COMPONENTS = [component["id"] for component in components(CONFIG)]
FICKLE = {"enrolled_at", "connected", "since", "last_seen_at", "address", "stopped", "absence", "facts"}


def content_of(hub: Hub) -> dict[str, Any]:
    """Everything the hub remembers that a start must not change."""
    rows = hub.django.run(
        "from django.core import serializers\n"
        "from django.apps import apps\n"
        "import json\n"
        "result = [json.loads(serializers.serialize('json', model.objects.order_by('pk'))) for model in apps.get_models()\n"
        "          if model._meta.label not in ('sessions.Session', 'django_app.Ticket', 'django_app.AuditEntry')]"
    )
    hub.forget_django()
    for row in (row for model in rows for row in model):
        for name in FICKLE & set(row["fields"]):
            del row["fields"][name]
    secrets = {
        path.name: path.read_text() for path in (hub.data / "secret-key", hub.data / "proxy-secret", hub.data / "agent" / "agent.key")
    }
    static = {str(path.relative_to(hub.node)): _digest(path) for path in (hub.node / "static").rglob("*") if path.is_file()}
    return {
        "rows": rows,
        "secrets": secrets,
        "static": static,
        "files": sorted(path.name for path in hub.data.iterdir() if "-" not in path.suffix),
    }


def _digest(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


def test_a_first_start_and_a_second_one(make_hub: MakeHub) -> None:
    """On an empty directory: the first password is shown once and kept until the first login; this machine is live; the second start
    changes nothing. Ctrl-C ends a hub with exit code 0, SIGTERM as cleanly with Crossbar's 1.
    """
    hub = make_hub(password=None).start()
    first_login = hub.data / "first-login"
    assert stat.S_IMODE(first_login.stat().st_mode) == 0o600
    password = re.search(r"^password: (\S+)$", first_login.read_text(), re.MULTILINE)
    assert password
    assert re.search(rf"admin\b.*{re.escape(password[1])}", hub.output())
    user = hub.web("admin", password[1])
    assert not first_login.exists()
    live = LiveView(hub.viewer(user))
    live.until(lambda hosts: any(metrics_of(host) for host in hosts.values()), "this machine is live")
    host = live.by_name("hub-itself")
    live.host_until(host, applied(1), "its settings are applied")
    assert hub.stop() == 0
    assert complaints(hub.output()) == []
    before = content_of(hub)

    hub.start()
    assert password[1] not in hub.process.output_of_this_start()
    live = LiveView(hub.viewer(hub.web("admin", password[1])))
    live.host_until(host, lambda shown: shown["status"] == "up" and metrics_of(shown), "it is live again, as the same host")
    family = hub.process.family()
    hub.process.signal(signal.SIGTERM)
    assert hub.process.wait() == 1
    assert still_alive(family) == []
    assert complaints(hub.output()) == []
    after = content_of(hub)
    assert {key: value for key, value in after.items() if key != "rows"} == {key: value for key, value in before.items() if key != "rows"}
    assert _without_logins(after["rows"]) == _without_logins(before["rows"])


def _without_logins(rows: list[list[dict[str, Any]]]) -> list[list[dict[str, Any]]]:
    for row in (row for model in rows for row in model):
        row["fields"].pop("last_login", None)
    return rows


def complaints(output: str) -> list[str]:
    """What should not stand in the log of a hub that was merely stopped. Every process says once that numpy is too new for bjdata."""
    return re.findall(r"lost its session|Unhandled|Traceback \(most recent call last\):(?!  File \"<frozen runpy>)", output)


def ends_with_everything(hub: Hub, seconds: float = PATIENCE_SECONDS) -> None:
    """The node ends with exit code 1, its processes with it, and nobody answers any more."""
    family = hub.process.family()
    assert hub.process.wait(seconds) == 1, hub.tail()
    assert still_alive(family) == []
    assert not hub.is_healthy()


NEEDED = {"setup": ["router"], "auth": ["router"], "config": ["router"], "fleet": ["router", "services"], "agent": ["router", "agent"]}
"""The workers without which a component cannot be tried, by its id."""


@pytest.mark.parametrize("worker", ["router", "django"])
def test_a_worker_that_dies_ends_the_hub(make_hub: MakeHub, worker: str) -> None:
    """Killed, as the kernel does when memory is short. Those whose components end them are below."""
    hub = make_hub(edit=only("router", "django")).start()
    psutil.Process(hub.workers()[worker]).kill()
    ends_with_everything(hub)


@pytest.mark.parametrize("component", COMPONENTS)
def test_a_component_that_cannot_start_ends_the_hub(make_hub: MakeHub, component: str) -> None:
    """Exit code 1 and a remedy in the log, and the public port never opens before a router-side component is whole."""

    def break_it(config: dict[str, Any]) -> None:
        only(*NEEDED[component])(config)
        for found in components(config):
            if found["id"] == component:
                found["classname"] = f"tests.integration.broken_components.{found['classname'].rpartition('.')[2]}"

    hub = make_hub(edit=break_it).launch()
    ends_with_everything(hub, READY_SECONDS)
    assert "planted failure" in hub.output()
    assert "cannot start, so the node ends" in hub.output()
    if component in {found["id"] for found in CONFIG["workers"][0]["components"]}:
        assert f"listening on TCP port {hub.port}" not in hub.output()


PROCEDURES = {"auth": "vedette.auth.ticket", "config": "vedette.config.ping", "fleet": "vedette.fleet.get_snapshot"}


def _session_of(services: WampClient, component: str) -> int:
    """As the router sees it: the session that registered one of its procedures; the agent's holder is the only one that is idle."""
    if component == "agent":
        [idle] = services.call("wamp.session.list", ["idle"])
        return int(idle)
    [callee] = services.call("wamp.registration.list_callees", services.call("wamp.registration.lookup", PROCEDURES[component]))
    return int(callee)


@pytest.mark.parametrize("component", [*PROCEDURES, "agent"])
def test_a_component_that_loses_its_session_ends_the_hub(make_hub: MakeHub, component: str) -> None:
    """Whoever started the hub starts it again; a hub without one of its parts would only look healthy."""
    hub = make_hub(edit=only(*NEEDED[component])).start()
    services = hub.services()
    services.call("wamp.session.kill", _session_of(services, component), reason="vedette.test.killed")
    ends_with_everything(hub)
    assert re.search(rf"{component}\w* lost its session", hub.output())


def test_every_component_is_covered() -> None:
    """A new one needs a row above. `setup` has done its work before anything opens, and registers nothing to be found by."""
    assert set(COMPONENTS) == {"setup", *PROCEDURES, "agent"}


@pytest.mark.parametrize(
    ("name", "value"), [("VEDETTE_PUBLIC_URL", "hub.example.org"), ("VEDETTE_ADMIN_PASSWORD_FILE", "/nowhere/password")]
)
def test_a_bad_setting_stops_the_start_by_name(make_hub: MakeHub, name: str, value: str) -> None:
    """Exit code 1, and the log names the variable."""
    hub = make_hub(password=None, **{name: value}).launch()
    assert hub.process.wait(READY_SECONDS) == 1
    assert name in hub.output()
