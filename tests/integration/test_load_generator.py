"""The generator of load that benchmarks and developers use: its agents and viewers are real."""

from __future__ import annotations

from tests.benchmarks.crowd import add_hosts
from tests.benchmarks.load import NAME, run, running_hub
from tests.harness.eventually import STANDSTILL_SECONDS
from tests.harness.hub import PASSWORD, Hub
from tests.harness.live import LiveView

HOSTS, VIEWERS, SECONDS = 5, 2, 3.0


def test_agents_and_viewers_come_by_themselves_and_leave_nothing(hub: Hub) -> None:
    """They enrol with a code, sample once a second and are seen by every viewer; afterwards the hub has the hosts that it had before."""
    add_hosts(hub, 1, NAME)  # somebody's own, which happens to be called so
    before = named(hub)
    hub.services().publish("vedette.config.on_change", {"hosts": list(before[0])})
    LiveView(hub.viewer()).host_until(before[0][0], bool, "the hub knows of it")
    with running_hub(hub.url, "admin", PASSWORD) as place:
        row = run(place, HOSTS, VIEWERS, SECONDS)
        joined = hub.sql("SELECT count(*) FROM django_app_host WHERE name LIKE ? AND facts != '{}'", f"{NAME}-%")
    assert joined == [(HOSTS,)]
    assert 0 < row["samples/s"] < HOSTS + 3, row
    assert row["seen by a viewer"] > 0.5, row  # what is under way at the end is not seen
    assert row["p50 ms"] < 1000 * (1 + STANDSTILL_SECONDS), row
    assert named(hub) == before
    hub.sql("DELETE FROM django_app_revision WHERE host_id = ?", *before[0])
    hub.sql("DELETE FROM django_app_host WHERE id = ?", *before[0])


def named(hub: Hub) -> list[tuple[str]]:
    """The ids of hosts that are named as the generator names its own."""
    return hub.sql("SELECT id FROM django_app_host WHERE name LIKE ?", f"{NAME}-%")
