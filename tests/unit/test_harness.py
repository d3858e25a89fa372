"""What the tests leave behind, and what they share with other runs."""

from __future__ import annotations

import os
import pwd
import re
import shutil
import signal
import subprocess
import sys
from functools import partial
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import psutil
import pytest

from tests.harness import postgresql
from tests.harness.cast import everybody
from tests.harness.eventually import eventually
from tests.harness.ports import free_ports
from tests.harness.process import REPOSITORY, is_alive, still_alive
from tests.harness.scheduling import HUB_EACH, OWN_HUBS, together

START_AND_BE_KILLED = """
import os, signal, sys
from pathlib import Path
from tests.harness.process import Process
shell = Process(["sh", "-c", "sleep 600 & wait"], directory=Path("/"), environment={}, log=Path(sys.argv[1]))
while not shell.children():
    pass
print(shell.pid, shell.children()[0].pid, flush=True)
os.kill(os.getpid(), signal.SIGKILL)
"""


def is_running(pid: int) -> bool:
    """Whether the process lives."""
    return psutil.pid_exists(pid) and is_alive(psutil.Process(pid))


def test_tests_that_are_killed_leave_no_process(tmp_path: Path) -> None:
    """Neither what they have started nor what that has started."""
    run = subprocess.run(
        [sys.executable, "-c", START_AND_BE_KILLED, str(tmp_path / "log")], cwd=REPOSITORY, capture_output=True, text=True, check=False
    )
    assert run.returncode == -signal.SIGKILL, run.stderr
    pids = [int(pid) for pid in run.stdout.split()]
    assert len(pids) == 2
    eventually(lambda: not any(is_running(pid) for pid in pids), "both have ended")


def test_an_end_is_one_before_its_parent_takes_notice() -> None:
    """Process 1 may take two seconds for that with each orphan, for each hub of each test."""
    child = subprocess.Popen(["sleep", "600"])
    process = psutil.Process(child.pid)
    assert still_alive([process], 0) == [process]
    process.kill()
    assert still_alive([process], 10) == []
    assert process.is_running()  # nobody has asked for its exit code
    child.wait(10)
    assert not is_alive(process)


def test_ports_of_several_runs_differ() -> None:
    """As long as the runs live."""
    ports = set(free_ports(200))
    code = "from tests.harness.ports import free_ports; print(*free_ports(2000))"
    other = subprocess.run([sys.executable, "-c", code], cwd=REPOSITORY, capture_output=True, text=True, check=True)
    assert len(ports) == 200
    assert not ports & {int(port) for port in other.stdout.split()}


@pytest.mark.parametrize(
    ("test", "group"),
    [
        ("tests/unit/test_harness.py::test_a[b::c]", "tests/unit/test_harness.py"),
        ("tests/integration/test_floods.py::test_a", "tests/integration/test_floods.py"),
        ("tests/integration/test_settings.py::test_a", "tests/integration"),
        ("tests/browser/test_table.py::test_a[b]", "tests/browser"),
        ("tests/chaos/test_chaos.py::test_a[b]", "tests/chaos"),
        ("tests/unit/django_app/test_views.py::test_a", "tests/unit/django_app"),
        ("tests/integration/test_lifecycle.py::test_a[b]", "tests/integration/test_lifecycle.py::test_a[b]"),
    ],
)
def test_what_shares_a_hub_stays_together(test: str, group: str) -> None:
    """Split among processes, each of them would start a hub for its part; alone, tests with hubs of their own fill every gap."""
    assert together(test) == group


@pytest.mark.parametrize("module", [*OWN_HUBS, *HUB_EACH])
def test_what_goes_alone_shares_no_hub(module: str) -> None:
    """Or a second process would start a hub to share."""
    asked = re.findall(r"^def test_\w+\((.*?)\) ->", (REPOSITORY / module).read_text(), flags=re.DOTALL | re.MULTILINE)
    assert asked
    assert [arguments for arguments in asked if re.search(r"(?<!\w)(hub|play)(?!\w)", arguments)] == []


def test_who_came_is_gone_when_somebody_else_could_not_come(monkeypatch: pytest.MonkeyPatch) -> None:
    """No session of a cast outlives it."""
    gone: list[str] = []

    def client(name: str) -> Any:
        return SimpleNamespace(drop=partial(gone.append, name))

    def agent(hub: object, name: str) -> Any:
        played = SimpleNamespace(client=client(name))
        played.enrol = lambda: played
        return played

    def viewer(name: str) -> Any:
        assert name != "admin", "for the test"
        return client(name)

    monkeypatch.setattr("tests.harness.cast.PlayedAgent", agent)
    hub: Any = SimpleNamespace(viewing=lambda name: name, viewer=viewer, admin="admin")
    with pytest.raises(AssertionError, match="for the test"), everybody(hub):
        pass
    assert sorted(gone) == ["agent", "another agent", "stranger-viewer"]


@pytest.fixture
def versions(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Debian's directory of servers, three of them, none of which does anything. The user is not root."""
    for version in ("9.6", "10", "15"):
        programs = tmp_path / version / "bin"
        programs.mkdir(parents=True)
        for name in ("initdb", "pg_ctl"):
            (programs / name).write_text("#!/bin/sh\n")
            (programs / name).chmod(0o755)
    monkeypatch.setattr(postgresql, "DEBIAN", tmp_path)
    monkeypatch.setattr(shutil, "which", lambda _: None)
    monkeypatch.setattr(os, "geteuid", lambda: 1000)
    return tmp_path


def test_the_newest_database_server_is_taken(versions: Path) -> None:
    """9.6 was before 10."""
    assert postgresql.programs() == versions / "15" / "bin"
    shutil.rmtree(versions / "15")
    assert postgresql.programs() == versions / "10" / "bin"
    shutil.rmtree(versions / "10")
    assert postgresql.programs() == versions / "9.6" / "bin"


def test_root_needs_a_user_for_the_database_server(versions: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """PostgreSQL does not run as root."""
    monkeypatch.setattr(os, "geteuid", lambda: 0)
    monkeypatch.setattr(postgresql, "OWNER", pwd.getpwuid(os.getuid()).pw_name)
    assert postgresql.programs() == versions / "15" / "bin"
    monkeypatch.setattr(postgresql, "OWNER", "nobody of this name")
    assert postgresql.programs() is None


def test_a_database_server_that_does_not_start_says_why(versions: Path) -> None:
    """By its log, which goes with its directory."""
    where = versions / "15" / "bin"
    (where / "pg_ctl").write_text('#!/bin/sh\necho "no memory left" >> "$5"\necho "could not start"\nexit 3\n')
    with pytest.raises(RuntimeError, match=r"(?s)start ended with 3:\ncould not start\nno memory left"), postgresql.server(where):
        pass
