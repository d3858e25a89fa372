"""Ends what this process has started, should it be killed before it can do so itself.

A process of its own that is told which process groups there are. By the end of its input it notices that whoever started them is gone.
"""

from __future__ import annotations

import atexit
import os
import signal
import subprocess
import sys
from functools import cache


def begin() -> None:
    """Be there from now on: before this process enters a place that will end with all who live in it."""
    _reaper()


def watch(group: int) -> None:
    """From now on, this process group shall not outlive this process."""
    _tell(f"+{group}")


def forget(group: int) -> None:
    """The group has ended; its number may soon be another's."""
    _tell(f"-{group}")


def _tell(line: str) -> None:
    stdin = _reaper().stdin
    assert stdin
    stdin.write(line + "\n")
    stdin.flush()


@cache
def _reaper() -> subprocess.Popen[str]:
    # a session of its own, so that Ctrl-C does not reach it
    process = subprocess.Popen([sys.executable, __file__], stdin=subprocess.PIPE, text=True, start_new_session=True)
    atexit.register(process.communicate)
    return process


def _serve() -> None:
    groups: set[int] = set()
    for line in sys.stdin:
        (groups.add if line[0] == "+" else groups.discard)(int(line[1:]))
    for group in groups:
        try:
            os.killpg(group, signal.SIGKILL)
        except ProcessLookupError:
            pass


if __name__ == "__main__":
    _serve()
