"""Django's settings for the unit tests: directories of their own, whatever the environment says, and passwords that hash fast.

The database is SQLite, or the one in VEDETTE_TEST_DATABASE_URL: see tests/harness/postgresql.py.
"""

from __future__ import annotations

import atexit
import os
import shutil
import tempfile
from pathlib import Path
from unittest.mock import patch

_directory = Path(tempfile.mkdtemp(prefix="vedette-unit-"))
atexit.register(shutil.rmtree, _directory, ignore_errors=True)
_environment = {name: value for name, value in os.environ.items() if not name.startswith("VEDETTE_") and name != "DATABASE_URL"}
_environment |= {"VEDETTE_DATA": str(_directory / "data"), "CROSSBAR_DIR": str(_directory / "node")}
if url := os.environ.get("VEDETTE_TEST_DATABASE_URL"):
    _environment["DATABASE_URL"] = url

with patch.dict(os.environ, _environment, clear=True):
    from django_project.settings import *  # noqa: F403

PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
