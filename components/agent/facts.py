"""What this machine says of itself once a session."""

from __future__ import annotations

import platform
from importlib import metadata
from pathlib import Path

import psutil

from components.checking import printable
from components.payloads import Facts
from components.protocol import PROTOCOL_VERSION

_BOOT_ID = Path("/proc/sys/kernel/random/boot_id")
_CPUINFO = Path("/proc/cpuinfo")
_OS_RELEASE = "PRETTY_NAME"


def read_facts() -> Facts:
    """The facts of this machine."""
    return Facts(
        protocol=PROTOCOL_VERSION,
        agent_version=agent_version(),
        boot_id=boot_id(),
        system=printable(f"{operating_system()}, {platform.system()} {platform.release()} {platform.machine()}", 200),
        cpu_model=printable(cpu_model(), 200),
        cpu_count=psutil.cpu_count() or 0,
        memory_total_bytes=float(psutil.virtual_memory().total),
    )


def agent_version() -> str:
    """The installed version; a checkout that was not installed says `source`."""
    try:
        return metadata.version("vedette")
    except metadata.PackageNotFoundError:
        return "source"


def boot_id() -> str:
    """Changes with every boot of the machine."""
    try:
        return _BOOT_ID.read_text().strip()
    except OSError:
        return str(int(psutil.boot_time()))


def operating_system() -> str:
    """Such as `Debian GNU/Linux 12 (bookworm)`."""
    try:
        return platform.freedesktop_os_release().get(_OS_RELEASE, "Linux")
    except OSError:
        return platform.system()


def cpu_model() -> str:
    """The processor's name, empty if the machine does not tell."""
    try:
        for line in _CPUINFO.read_text(errors="replace").splitlines():
            if line.startswith("model name"):
                return line.partition(":")[2].strip()
    except OSError:
        pass
    return ""  # platform.processor() would run uname, and an agent runs nothing
