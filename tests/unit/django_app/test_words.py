"""What is said of a host, in the same words as the live page says it."""

from __future__ import annotations

import pytest

from django_app import words
from django_app.models import Host, Revision

NOW = 1_000_000.0


@pytest.mark.parametrize(
    ("seconds", "text"),
    [(-1, "0 s"), (0.9, "0 s"), (59.9, "59 s"), (60, "1 min"), (3599, "59 min"), (3 * 3600 + 1, "3 h"), (86_400 * 2.9, "2 d")],
)
def test_duration(seconds: float, text: str) -> None:
    assert words.duration(seconds) == text


@pytest.mark.parametrize(
    ("milliseconds", "text"), [(0.4, "0 ms"), (37.6, "38 ms"), (9999, "9999 ms"), (10_000, "10 s"), (3_600_000, "1 h")]
)
def test_delay(milliseconds: float, text: str) -> None:
    assert words.delay(milliseconds) == text


@pytest.mark.parametrize(
    ("host", "revision", "text"),
    [
        (Host(), Revision(number=12, status="applied", milliseconds=38), "rev 12 · applied in 38 ms"),
        (Host(connected=True), Revision(number=12, status="pending"), "rev 12 · pending"),
        (Host(), Revision(number=12, status="pending"), "rev 12 · pending (offline)"),
        (Host(since=NOW - 10_800), Revision(number=12, status="pending"), "rev 12 · pending (offline 3 h)"),
        (Host(), Revision(number=12, status="failed", error="bad (kept rev 11)"), "rev 12 · failed: bad (kept rev 11)"),
        (Host(), Revision(number=12, status="failed"), "rev 12 · failed: no reason given"),
    ],
)
def test_config_text(host: Host, revision: Revision, text: str) -> None:
    assert words.config_text(host, revision, NOW) == text


@pytest.mark.parametrize(
    ("host", "status", "age"),
    [
        (Host(connected=True, since=NOW - 60), "up 1 min", "–"),
        (Host(since=NOW - 60, last_seen_at=NOW - 60), "down 1 min", "1 min ago"),
        (Host(), "down", "–"),
        (Host(connected=True, disabled=True), "disabled", "–"),
        (Host(access="revoked", disabled=True), "revoked", "–"),
    ],
)
def test_status_and_age(host: Host, status: str, age: str) -> None:
    assert (words.status_text(host, NOW), words.age_text(host, NOW)) == (status, age)


def test_setting_text() -> None:
    """Also of one that a newer agent knows and this hub does not."""
    assert words.setting_text("interval", 0.5) == "interval 0.5 s"
    assert words.setting_text("show_cpus", False) == "show_cpus off"
    assert words.setting_text("show_gpu", True) == "show_gpu True"
