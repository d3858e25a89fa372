"""Settings from the hub: checked, locked, applied; the last good ones kept."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from components.agent.lock import NO_LOCK, SILENT, Lock, read_lock
from components.agent.obedience import Obedience

DEFAULTS = {**SILENT, "disabled": False}


def settings(revision: int, epoch: str = "e1", **changed: Any) -> dict[str, Any]:
    return {"host": "abcdefghijk1", "epoch": epoch, "revision": revision, **DEFAULTS, **changed}


def obedience(lock: Lock = NO_LOCK) -> Obedience:
    return Obedience(lambda: lock, lambda: 100.0)


def test_good_settings_are_applied_and_reported() -> None:
    agent = obedience()
    report = agent.offered(settings(1, interval=5))
    assert report is not None
    assert (report.epoch, report.revision, report.status, report.error, report.locked, report.at) == ("e1", 1, "applied", "", {}, 100.0)
    assert agent.applied is not None
    assert agent.applied.settings["interval"] == 5


def test_bad_settings_are_reported_and_the_last_good_ones_kept() -> None:
    agent = obedience()
    agent.offered(settings(11, interval=5))
    report = agent.offered(settings(12, interval=0.05))
    assert report is not None
    assert (report.status, report.error) == ("failed", "interval 0.05 s is below 0.2 s (kept rev 11)")
    assert agent.applied is not None
    assert agent.applied.settings["interval"] == 5


def test_a_hub_that_is_older_than_the_agent_is_obeyed() -> None:
    """It sends the settings it knows; a lock file pins the others all the same."""
    agent = obedience(Lock(pinned={"show_temperatures": False}))
    older = settings(1, interval=5)
    del older["show_temperatures"]
    report = agent.offered(older)
    assert report is not None
    assert (report.status, report.locked) == ("applied", {"show_temperatures": False})
    assert agent.applied is not None
    assert (agent.applied.settings["interval"], agent.applied.settings["show_temperatures"]) == (5, False)


def test_bad_first_settings_leave_an_agent_that_sends_nothing() -> None:
    agent = obedience()
    report = agent.offered(settings(1, show_cpus="maybe"))
    assert report is not None
    assert report.status == "failed"
    assert agent.applied is None


def test_an_older_revision_changes_nothing_and_a_repeated_one_is_answered_again() -> None:
    agent = obedience()
    first = agent.offered(settings(5, interval=5))
    applied = agent.applied
    assert agent.offered(settings(4, interval=9)) is None
    assert agent.offered(settings(5, interval=9)) is first
    assert agent.applied is applied


def test_a_repeated_failed_revision_is_answered_the_same_without_another_try() -> None:
    agent = obedience()
    failed = agent.offered(settings(5, interval=0.05))
    assert agent.offered(settings(5)) is failed
    assert agent.applied is None


def test_the_answer_of_get_config_always_counts() -> None:
    """A hub whose older database was restored wins over what the agent remembers."""
    agent = obedience()
    agent.offered(settings(12, interval=5))
    report = agent.offered(settings(9, interval=2), certain=True)
    assert report is not None
    assert report.revision == 9
    assert agent.applied is not None
    assert agent.applied.settings["interval"] == 2
    assert agent.offered(settings(10, interval=3)) is not None


def test_another_epoch_begins_anew() -> None:
    agent = obedience()
    agent.offered(settings(12))
    report = agent.offered(settings(1, epoch="e2", interval=7))
    assert report is not None
    assert (report.epoch, report.revision) == ("e2", 1)


@pytest.mark.parametrize("payload", [{}, {"revision": "3"}, {"revision": True}, {"revision": None}])
def test_an_offer_without_a_revision_is_nothing(payload: dict[str, Any]) -> None:
    assert obedience().offered(payload) is None


def test_pinned_fields_keep_the_local_value_and_are_named() -> None:
    agent = obedience(Lock(pinned={"interval": 30.0}))
    report = agent.offered(settings(1, interval=1, show_cpus=False))
    assert report is not None
    assert report.locked == {"interval": 30.0}
    assert agent.applied is not None
    assert (agent.applied.settings["interval"], agent.applied.settings["show_cpus"]) == (30.0, False)


def test_an_unusable_lock_pins_everything_to_what_runs_and_says_so() -> None:
    lock = NO_LOCK
    agent = Obedience(lambda: lock, lambda: 100.0)
    agent.offered(settings(1, interval=5))
    lock = Lock(problem="lock file /x is not usable, so every setting is pinned")
    report = agent.offered(settings(2, interval=9, disabled=True))
    assert report is not None
    assert (report.status, report.error) == ("applied", lock.problem)
    assert report.locked == {**DEFAULTS, "interval": 5.0}
    assert agent.applied is not None
    assert agent.applied.settings == report.locked


def test_an_agent_that_starts_with_an_unusable_lock_sends_nothing() -> None:
    """Its owner may have wanted just that."""
    agent = obedience(Lock(problem="lock file /x is not usable, so every setting is pinned"))
    report = agent.offered(settings(1))
    assert report is not None
    assert report.locked["disabled"] is True
    assert agent.applied is not None
    assert agent.applied.settings["disabled"] is True


def test_no_lock_file_pins_nothing(tmp_path: Path) -> None:
    assert read_lock(tmp_path / "lock.json") == NO_LOCK


def test_a_lock_file_pins_what_it_names(tmp_path: Path) -> None:
    path = tmp_path / "lock.json"
    path.write_text(json.dumps({"pinned": {"interval": 5, "show_network": False}}))
    assert read_lock(path) == Lock(pinned={"interval": 5.0, "show_network": False})


def test_a_lock_file_forbids_what_it_names(tmp_path: Path) -> None:
    path = tmp_path / "lock.json"
    path.write_text(json.dumps({"forbidden": ["processes"], "process_arguments": True}))
    lock = read_lock(path)
    assert lock.refusal("processes") == "the lock file of this host forbids processes"
    assert (lock.refusal("watch"), lock.refusal("ping"), lock.process_arguments) == ("", "", True)
    assert (NO_LOCK.refusal("processes"), NO_LOCK.process_arguments) == ("", False)


@pytest.mark.parametrize(
    "content",
    [
        "",
        "{",
        "[]",
        '{"pinned": []}',
        '{"pinned": {"interval": "5"}}',
        '{"pinned": {"intervall": 5}}',
        '{"pinned": {"interval": 0}}',
        "\x00",
        '{"pined": {"interval": 5}}',
        '{"forbidden": "processes"}',
        '{"forbidden": ["shell"]}',
        '{"forbidden": [["watch"]]}',
        '{"process_arguments": 1}',
        "[" * 60_000,
        " " * 70_000,
    ],
)
def test_a_lock_file_that_is_not_understood_pins_and_forbids_everything(tmp_path: Path, content: str) -> None:
    path = tmp_path / "lock.json"
    path.write_text(content)
    lock = read_lock(path)
    assert str(path) in lock.problem
    assert "every setting is pinned" in lock.problem
    assert (lock.refusal("processes"), lock.refusal("watch"), lock.refusal("ping")) == (lock.problem, lock.problem, "")
    assert not lock.process_arguments


def test_a_lock_file_that_cannot_be_read_pins_everything(tmp_path: Path) -> None:
    assert "cannot be read" in read_lock(tmp_path).problem  # a directory cannot be opened as a file
