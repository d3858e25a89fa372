"""A started process, its output, and its certain end."""

from __future__ import annotations

import os
import signal
import subprocess
from collections.abc import Mapping, Sequence
from pathlib import Path

import psutil

from tests.harness import reaper
from tests.harness.eventually import PATIENCE_SECONDS, eventually

TAIL_CHARACTERS = 6000
REPOSITORY = Path(__file__).resolve().parents[2]
WORKER_PATH = [str(REPOSITORY), str(REPOSITORY / "components" / "worker_site")]
"""The `pythonpath` of the hub's workers, with which what they never use is left out."""
_OURS = ("VEDETTE_", "CROSSBAR_", "DJANGO_", "DATABASE_URL", "PYTEST_")


def clean_environment(**more: str) -> dict[str, str]:
    """This process's environment without anything that would reach a hub or an agent by accident."""
    inherited = {name: value for name, value in os.environ.items() if not name.startswith(_OURS)}
    return {**inherited, "PYTHONUNBUFFERED": "1", **more}


class Process:
    """One process in a group of its own, with whatever it starts. Output goes to the file `log`."""

    def __init__(
        self, command: Sequence[str], *, directory: Path, environment: Mapping[str, str], log: Path, text: str | None = None
    ) -> None:
        """Start it; `text` is its standard input."""
        self.log = log
        log.parent.mkdir(parents=True, exist_ok=True)
        with log.open("ab") as output:
            self._start = output.tell()
            self._process = subprocess.Popen(
                command,
                cwd=directory,
                env=dict(environment),
                stdin=subprocess.DEVNULL if text is None else subprocess.PIPE,
                stdout=output,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )
        self.pid = self._process.pid
        reaper.watch(self.pid)
        if text is not None and self._process.stdin is not None:
            self._process.stdin.write(text.encode())
            self._process.stdin.close()

    @property
    def exit_code(self) -> int | None:
        """None while it runs; negative for a signal."""
        return self._process.poll()

    def output(self) -> str:
        """All it has written, over all starts that used the same file."""
        return self.log.read_text(errors="replace")

    def output_of_this_start(self) -> str:
        """What it has written since this start."""
        return self.log.read_bytes()[self._start :].decode(errors="replace")

    def tail(self) -> str:
        """The end of its output, for a failure message."""
        return f"--- end of {self.log} ---\n{self.output()[-TAIL_CHARACTERS:]}"

    def signal(self, number: int) -> None:
        """Send a signal to the process itself, not to what it started."""
        self._process.send_signal(number)

    def wait(self, seconds: float = PATIENCE_SECONDS) -> int:
        """Its exit code, once it has ended."""
        eventually(lambda: self.exit_code is not None, "the process ends", seconds=seconds, explain=self.tail)
        assert self.exit_code is not None
        return self.exit_code

    def stop(self, seconds: float = PATIENCE_SECONDS) -> int:
        """End it as Ctrl-C does; its exit code."""
        self.signal(signal.SIGINT)
        return self.wait(seconds)

    def children(self) -> list[psutil.Process]:
        """The processes that it started itself, as far as they live."""
        try:
            return list(psutil.Process(self.pid).children())
        except psutil.NoSuchProcess:
            return []

    def family(self) -> list[psutil.Process]:
        """The process and all that it started, as far as they live."""
        try:
            own = psutil.Process(self.pid)
            return [own, *own.children(recursive=True)]
        except psutil.NoSuchProcess:
            return []

    def end(self) -> None:
        """Leave nothing of it behind, frozen processes included. For finalizers."""
        family = self.family()
        try:
            os.killpg(self.pid, signal.SIGKILL)  # only its own group: it was started as the leader of a new session
        except ProcessLookupError:
            pass
        for process in family:
            if process.is_running() and process.pid != os.getpid():
                process.kill()
        self._process.wait(PATIENCE_SECONDS)
        still_alive(family)
        reaper.forget(self.pid)


def is_alive(process: psutil.Process) -> bool:
    """Whether it has not ended. One that has, and of which its parent has not taken notice yet, does nothing any more."""
    try:
        return bool(process.is_running() and process.status() != psutil.STATUS_ZOMBIE)
    except psutil.NoSuchProcess:
        return False


def still_alive(processes: Sequence[psutil.Process], seconds: float = PATIENCE_SECONDS) -> list[psutil.Process]:
    """Those of them that have not ended within so many seconds. Not psutil's own, which waits for the notice: orphans have process 1 for a
    parent, and in a container that may look for them every two seconds only.
    """
    try:
        eventually(lambda: not any(map(is_alive, processes)), "they end", seconds=seconds)
    except AssertionError:
        pass
    return [process for process in processes if is_alive(process)]
