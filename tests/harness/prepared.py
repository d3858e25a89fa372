"""Tables and static files as a first start of a hub makes them, with nobody in them: made once, for all hubs that these tests start.

Making them takes a sixth of a start. Hubs without a given password make their own: those are the tests of first starts.
"""

from __future__ import annotations

import atexit
import os
import shutil
import subprocess
import sys
import tempfile
from functools import cache
from pathlib import Path

from tests.harness.process import REPOSITORY, clean_environment

DATABASE = "vedette.sqlite3"
PREPARE = """
import os
os.umask(0o077)
import django
django.setup()
from django.conf import settings
from django.core.management import call_command
from django_app import staticfiles
call_command("migrate", interactive=False, verbosity=0)
staticfiles.collect(settings.STATIC_ROOT)
"""


def lay_out(node: Path, data: Path | None) -> None:
    """Into a hub's empty directories; without `data` there is another database."""
    shutil.copytree(_prepared() / "node" / "static", node / "static", copy_function=os.link)
    if data:
        data.mkdir(mode=0o700)
        shutil.copy(_prepared() / "data" / DATABASE, data)


@cache
def _prepared() -> Path:
    directory = Path(tempfile.mkdtemp(prefix="vedette-prepared-", dir="/tmp"))
    atexit.register(shutil.rmtree, directory, ignore_errors=True)
    environment = clean_environment(
        VEDETTE_DATA=str(directory / "data"), CROSSBAR_DIR=str(directory / "node"), DJANGO_SETTINGS_MODULE="django_project.settings"
    )
    made = subprocess.run([sys.executable, "-c", PREPARE], cwd=REPOSITORY, env=environment, capture_output=True, text=True, check=False)
    assert made.returncode == 0, made.stderr
    return directory
