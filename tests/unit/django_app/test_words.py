"""What is said of a host, in the same words as the live page says it."""

from __future__ import annotations

import json
from typing import Any

import pytest

from components.errors import InvalidPayload
from django_app import words
from django_app.models import Host, Revision
from tests.harness.process import REPOSITORY

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


LINES: list[dict[str, Any]] = json.loads((REPOSITORY / "tests/js/support/status-lines.json").read_text())
"""Hosts and what is said of their status: tests/js/describe.test.js asks the live page for the same."""


def described(line: dict[str, Any]) -> Host:
    """The host of which this line speaks, as the database has it."""
    seconds, reason = line.get("seconds", 3 * 3600), line.get("reason", "")
    host = Host(
        enrolled_at=NOW - 86_400,
        access="revoked" if reason == "revoked" else "approved",
        disabled=line["status"] == "disabled",
        connected=line.get("connected", line["status"] == "up"),
        since=None if seconds is None else NOW - seconds,
        absence="" if reason == "revoked" else reason,
        stopped=line.get("text", ""),
        duplicate_key=line.get("duplicate", False),
    )
    host.disabled_at = NOW - 3600  # type: ignore[attr-defined]  # as a query fills it in
    return host


@pytest.mark.parametrize("line", LINES, ids=[line["says"] for line in LINES])
def test_status_with_its_reason(line: dict[str, Any]) -> None:
    assert words.status_text(described(line), NOW) == line["says"]


@pytest.mark.parametrize(
    ("host", "status", "age"),
    [
        (Host(connected=True, since=NOW - 60), "up 1 min", "–"),
        (Host(since=NOW - 60, last_seen_at=NOW - 60), "down 1 min", "1 min ago"),
        (Host(), "down · never connected", "–"),
        (Host(enrolled_at=NOW - 60), "down 1 min · never connected", "–"),
        (Host(connected=True, disabled=True), "disabled", "–"),
        (Host(access="revoked", disabled=True), "down · revoked", "–"),
    ],
)
def test_status_and_age(host: Host, status: str, age: str) -> None:
    assert (words.status_text(host, NOW), words.age_text(host, NOW)) == (status, age)


@pytest.mark.parametrize(
    ("text", "seconds"),
    [("90 s", 90), ("90s", 90), ("30min", 1800), (" 8H ", 28_800), ("7 d", 604_800), ("0s", 0), ("999999999d", 999_999_999 * 86_400)],
)
def test_a_time_as_people_write_it(text: str, seconds: float) -> None:
    assert words.parse_duration(text) == seconds


@pytest.mark.parametrize("text", ["", "8", "h", "8 weeks", "1.5h", "-1h", "8h30min", "1e3s", "1234567890s", "8\x1bh", "٣h٣"])
def test_what_is_no_time(text: str) -> None:
    """The message shows it harmlessly and says how to write it."""
    with pytest.raises(InvalidPayload, match="write a number and s, min, h, d, such as 8h") as refused:
        words.parse_duration(text)
    assert "\x1b" not in str(refused.value)


def test_times() -> None:
    assert [words.times(count) for count in (1, 2, 10_000)] == ["once", "2 times", "10000 times"]


def test_setting_text() -> None:
    """Also of one that a newer agent knows and this hub does not."""
    assert words.setting_text("interval", 0.5) == "interval 0.5 s"
    assert words.setting_text("show_cpus", False) == "show_cpus off"
    assert words.setting_text("show_gpu", True) == "show_gpu True"
