"""The hub's database, through Django, from outside the node.

Runs as a process of its own (`python -m tests.harness.django`) that takes one piece of Python at a time, because starting Django for each
would take longer than most tests.
"""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from tests.harness.eventually import PATIENCE_SECONDS


class DjangoShell:
    """Python with Django set up, started with the first question."""

    def __init__(self, directory: Path, environment: Mapping[str, str]) -> None:
        self._process = subprocess.Popen(
            [sys.executable, "-m", "tests.harness.django"],
            cwd=directory,
            env=dict(environment),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )

    def run(self, code: str, /, **values: Any) -> Any:
        """Run `code` with `values` as names; what it assigned to `result`, which must be JSON. AssertionError with its traceback."""
        assert self._process.stdin
        assert self._process.stdout
        self._process.stdin.write(json.dumps({"code": code, "values": values}) + "\n")
        self._process.stdin.flush()
        line = self._process.stdout.readline()
        assert line, "the Django shell has ended"
        answer = json.loads(line)
        if "error" in answer:
            raise AssertionError(f"in Django:\n{code}\n{answer['error']}")
        return answer["result"]

    def end(self) -> None:
        """End the process."""
        self._process.kill()
        self._process.wait(PATIENCE_SECONDS)
        for stream in (self._process.stdin, self._process.stdout):
            if stream:
                stream.close()


def _serve() -> None:
    import time
    import traceback

    import django

    django.setup()
    from django.contrib.auth.models import Group, User
    from django.db import connection

    from django_app import models, services

    names = {"time": time, "User": User, "Group": Group, "services": services, "connection": connection}
    names |= {name: value for name, value in vars(models).items() if isinstance(value, type)}
    answers, sys.stdout = sys.stdout, sys.stderr
    for line in sys.stdin:
        question = json.loads(line)
        scope = {**names, **question["values"]}
        try:
            exec(question["code"], scope)
            answer = {"result": scope.get("result")}
        except Exception:  # noqa: BLE001  # the boundary: whatever it was, the test shows it
            answer = {"error": traceback.format_exc()}
        answers.write(json.dumps(answer) + "\n")
        answers.flush()


if __name__ == "__main__":
    _serve()
