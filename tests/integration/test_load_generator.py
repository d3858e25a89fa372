"""The generator of load that benchmarks and developers use: its agents and viewers are real."""

from __future__ import annotations

from tests.benchmarks.load import NAME, run, running_hub
from tests.harness.hub import PASSWORD, Hub

HOSTS, VIEWERS, SECONDS = 5, 2, 3.0


def test_agents_and_viewers_come_by_themselves_and_leave_nothing(hub: Hub) -> None:
    """They enrol with a code, sample once a second and are seen by every viewer; afterwards the hub has no host more than before."""
    with running_hub(hub.url, "admin", PASSWORD) as place:
        row = run(place, HOSTS, VIEWERS, SECONDS)
        joined = hub.sql("SELECT count(*) FROM django_app_host WHERE name LIKE ? AND facts != '{}'", f"{NAME}-%")
    assert joined == [(HOSTS,)]
    assert row["samples/s"] in range(HOSTS - 1, HOSTS + 3), row
    assert row["seen by a viewer"] > 0.9, row
    assert row["p50 ms"] < 1000, row
    assert hub.sql("SELECT count(*) FROM django_app_host WHERE name LIKE ?", f"{NAME}-%") == [(0,)]
