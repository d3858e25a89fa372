"""Networks for a hub and its agents: this machine's loopback, or namespaces whose cables can be cut.

A cut is silent: the agent's side keeps its carrier and its address, and nothing answers any more, not even with a refusal.
Nothing is added to the machine's own network; whoever wants to reach the hub enters its namespace.
"""

from __future__ import annotations

import ctypes
import os
import re
import shutil
import subprocess
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path

import psutil

from tests.harness import reaper
from tests.harness.eventually import PATIENCE_SECONDS

_NAMES = Path("/run/netns")
_BOOT_ID = "/proc/sys/kernel/random/boot_id"
_CLONE_NEWNET = 0x40000000
_BRIDGE = "hosts"


class Unavailable(Exception):
    """This machine, or this user, cannot make namespaces; the text says why."""


class Loopback:
    """No network but this machine's own: nothing can be cut."""

    separate = False
    hub_address = "127.0.0.1"

    def __init__(self, why: str = "") -> None:
        """`why` there is no other."""
        self.why = why

    def inside(self, name: str, *, boot_id: Path | None = None) -> list[str]:
        """What stands before a command that shall run at this agent: nothing."""
        return []

    def heal(self, name: str) -> None:
        """There is nothing to heal."""


class Network:
    """One namespace for the hub with a bridge in it, and one for each agent, each with a cable to that bridge."""

    separate = True
    hub_address = "10.89.0.1"

    def __init__(self, agents: Sequence[str]) -> None:
        """Make it, or Unavailable."""
        _forget_stale()
        self._agents = list(agents)
        self._numbers = {name: 10 + number for number, name in enumerate(agents)}
        self._hub = f"vedette-{os.getpid()}-hub"
        if os.geteuid() != 0 or not shutil.which("ip"):
            raise Unavailable("network namespaces need root and the command ip")
        try:
            self._make()
        except BaseException:
            self.end()
            raise

    def _make(self) -> None:
        _ip("netns", "add", self._hub)
        _ip("-n", self._hub, "link", "set", "lo", "up")
        _ip("-n", self._hub, "link", "add", _BRIDGE, "type", "bridge")
        _ip("-n", self._hub, "addr", "add", f"{self.hub_address}/24", "dev", _BRIDGE)
        _ip("-n", self._hub, "link", "set", _BRIDGE, "up")
        for name in self._agents:
            own = self._namespace(name)
            _ip("netns", "add", own)
            _ip("-n", own, "link", "set", "lo", "up")
            _ip("-n", own, "link", "add", "eth0", "type", "veth", "peer", "name", self._cable(name), "netns", self._hub)
            _ip("-n", own, "addr", "add", f"{self.address(name)}/24", "dev", "eth0")
            _ip("-n", own, "link", "set", "eth0", "up")
            _ip("-n", self._hub, "link", "set", self._cable(name), "up")
            self.heal(name)

    def address(self, name: str) -> str:
        """The agent's present address."""
        return f"10.89.0.{self._numbers[name]}"

    def inside(self, name: str, *, boot_id: Path | None = None) -> list[str]:
        """What stands before a command that shall run at this agent, and keeps its process id. `boot_id` names a file that holds the boot
        id of the machine it finds itself on.
        """
        command = ["ip", "netns", "exec", self._namespace(name)]  # with mounts of its own, too
        return [*command, "sh", "-c", f'mount --bind "$0" {_BOOT_ID} && exec "$@"', str(boot_id)] if boot_id else command

    def cut(self, name: str) -> None:
        """Let everything that this agent sends or should get be lost."""
        _ip("-n", self._hub, "link", "set", self._cable(name), "nomaster")

    def heal(self, name: str) -> None:
        """Undo `cut`."""
        _ip("-n", self._hub, "link", "set", self._cable(name), "master", _BRIDGE)

    def readdress(self, name: str) -> None:
        """Give the agent another address, as a lease that ran out does."""
        before = self.address(name)
        self._numbers[name] += len(self._agents)
        if self._numbers[name] > 250:
            self._numbers[name] = 10 + self._agents.index(name)
        _ip("-n", self._namespace(name), "addr", "del", f"{before}/24", "dev", "eth0")
        _ip("-n", self._namespace(name), "addr", "add", f"{self.address(name)}/24", "dev", "eth0")

    @contextmanager
    def entered(self) -> Iterator[None]:
        """This thread lives in the hub's namespace meanwhile, and with it all sockets, threads and processes that it makes."""
        reaper.begin()  # outside: what lives within is ended with the namespace
        with open("/proc/thread-self/ns/net", "rb") as home:
            with (_NAMES / self._hub).open("rb") as namespace:
                _enter(namespace.fileno())
            try:
                yield
            finally:
                _enter(home.fileno())

    def end(self) -> None:
        """Leave nothing behind: no process, no namespace. For finalizers."""
        for namespace in (*(self._namespace(name) for name in self._agents), self._hub):
            _remove(namespace)

    def _namespace(self, name: str) -> str:
        return f"{self._hub.removesuffix('hub')}{name}"

    def _cable(self, name: str) -> str:
        return f"agent{self._agents.index(name)}"


def _ip(*arguments: str) -> str:
    done = subprocess.run(["ip", *arguments], capture_output=True, text=True, timeout=PATIENCE_SECONDS, check=False)
    if done.returncode != 0:
        raise Unavailable(f"ip {' '.join(arguments)}: {done.stderr.strip()}")
    return done.stdout


def _enter(namespace: int) -> None:
    libc = ctypes.CDLL(None, use_errno=True)  # Python 3.11 has no os.setns
    if libc.setns(namespace, _CLONE_NEWNET) != 0:
        raise OSError(ctypes.get_errno(), "setns")


def _remove(namespace: str) -> None:
    if not (_NAMES / namespace).exists():
        return
    for pid in _ip("netns", "pids", namespace).split():
        if int(pid) != os.getpid():
            with suppress(psutil.NoSuchProcess):
                psutil.Process(int(pid)).kill()
    _ip("netns", "del", namespace)


def _forget_stale() -> None:
    """Remove what tests that were killed have left."""
    for path in _NAMES.glob("vedette-*") if _NAMES.exists() else ():
        owner = re.match(r"vedette-(\d+)-", path.name)
        if owner and not psutil.pid_exists(int(owner[1])):
            _remove(path.name)
