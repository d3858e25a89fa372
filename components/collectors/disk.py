"""How full each file system is. Each mount is asked by itself, because the server behind one may never answer."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from functools import lru_cache, partial
from pathlib import Path
from typing import NamedTuple

import psutil

from components.collectors.collector import Collector, Metric, Part, Values, instance_names

METRICS = (
    Metric("disk_total_bytes", "bytes", "Size of the file system.", "mount point"),
    Metric("disk_used_bytes", "bytes", "Space that files take.", "mount point"),
    Metric("disk_available_bytes", "bytes", "Space left for users; what is kept back for root is not in it.", "mount point"),
)

_TABLE = Path("/proc/self/mounts")
"""What psutil reads on Linux, too."""
_REMOTE = frozenset(
    {
        "9p",
        "afs",
        "beegfs",
        "ceph",
        "cifs",
        "davfs",
        "drvfs",
        "glusterfs",
        "gpfs",
        "lustre",
        "ncpfs",
        "nfs",
        "nfs4",
        "smb3",
        "smbfs",
        "virtiofs",
    }
)
_IMAGES = frozenset({"cd9660", "cramfs", "erofs", "iso9660", "romfs", "squashfs", "udf"})
"""Read-only images, such as snaps: always full, which says nothing."""
_PSEUDO_FUSE = re.compile(r"fuse\.(lxcfs|portal|gvfsd-fuse|snapfuse|squashfuse(_ll)?|archivemount|.*appimage)", re.IGNORECASE)
_BOUND_FILES = frozenset({"/etc/hosts", "/etc/hostname", "/etc/resolv.conf", "/dev/termination-log"})
"""Files that container runtimes mount from the host's own disk."""


class Mount(NamedTuple):
    """One line of the table of mounts."""

    device: str
    path: str
    kind: str
    options: str = ""


class Usage(NamedTuple):
    """Bytes."""

    total: int
    used: int
    available: int


def list_parts() -> dict[str, Part]:
    """A part for each file system worth showing."""
    try:
        return _parts_of(_TABLE.read_bytes())
    except OSError:  # not Linux
        return _parts_of.__wrapped__(b"")


@lru_cache(maxsize=1)
def _parts_of(_table: bytes) -> dict[str, Part]:
    """The parts while the table of mounts is this one: to read through it costs as much as all other families together."""
    mounts = {mount.path: mount for mount in choose(Mount(*entry[:4]) for entry in psutil.disk_partitions(all=True))}
    return {name: Part(partial(_read_usage, path), is_remote(mounts[path])) for name, path in instance_names(mounts).items()}


def choose(mounts: Iterable[Mount]) -> list[Mount]:
    """The real file systems, each once, at the shortest of its paths; local ones first. `/` always counts, even as an overlay."""
    visible = {mount.path: mount for mount in mounts}  # a later mount on the same path hides the earlier one
    by_device: dict[tuple[str, str], Mount] = {}
    for mount in sorted(visible.values(), key=lambda mount: len(mount.path)):
        if mount.path == "/" or _is_real(mount):
            by_device.setdefault((mount.device, mount.kind), mount)
    return sorted(by_device.values(), key=is_remote)


def is_remote(mount: Mount) -> bool:
    """Whether asking this file system may hang: it is on the network, or a program of unknown manners serves it."""
    return mount.kind in _REMOTE or mount.kind.startswith("fuse.") or "remote" in mount.options.split(",")


def _is_real(mount: Mount) -> bool:
    if mount.kind in _IMAGES or _PSEUDO_FUSE.fullmatch(mount.kind) or mount.path in _BOUND_FILES:
        return False
    on_device = mount.device.startswith("/dev/") or mount.device[1:3] == ":\\"
    return on_device or mount.kind == "zfs" or is_remote(mount)


def _read_usage(path: str) -> Usage | None:
    """None when nothing is there: the mount went since it was listed, or another one hides it."""
    try:
        usage = psutil.disk_usage(path)
    except FileNotFoundError:
        return None
    return Usage(usage.total, usage.used, usage.free)


def compute(_previous: object, current: Mapping[str, Usage | None], _seconds: float) -> Values:
    """The three numbers of each file system that has a size."""
    usages = {name: usage for name, usage in current.items() if usage and usage.total > 0}
    if not usages:
        return {}
    return {
        "disk_total_bytes": {name: usage.total for name, usage in usages.items()},
        "disk_used_bytes": {name: max(0, usage.used) for name, usage in usages.items()},
        "disk_available_bytes": {name: max(0, usage.available) for name, usage in usages.items()},
    }


COLLECTOR = Collector[Mapping[str, "Usage | None"]]("disk", "show_disk", METRICS, compute, list_parts=list_parts)
