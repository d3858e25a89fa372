"""What differs most between databases, on PostgreSQL too, where a server is installed. `make postgresql` runs far more on it."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.harness.postgresql import VARIABLE, programs, server
from tests.harness.process import REPOSITORY, clean_environment


@pytest.mark.skipif(programs() is None, reason="no PostgreSQL server is installed")
@pytest.mark.skipif(VARIABLE in os.environ, reason="all tests run on PostgreSQL")
def test_none_fails_because_of_another_there() -> None:
    """Locks, the statement past the ORM, JSON, conditions: all that `test_at_once` does, and `test_locks`, of which SQLite has none."""
    found, modules = programs(), [Path(__file__).with_name(name) for name in ("test_at_once.py", "test_locks.py")]
    assert found
    with server(found) as url:
        run = subprocess.run(
            [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", *map(str, modules)],
            cwd=REPOSITORY,
            env=clean_environment(**{VARIABLE: url}),
            capture_output=True,
            text=True,
            check=False,
        )
    assert run.returncode == 0, run.stdout + run.stderr
