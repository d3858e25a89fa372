"""What is read from and written to each disk: whole devices, so nothing is counted twice."""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import lru_cache
from pathlib import Path
from typing import NamedTuple

import psutil

from components.collectors.collector import MAX_SHORT_INSTANCES_BYTES, Collector, Metric, Values, instance_names

METRICS = (
    Metric("disk_read_bytes_per_second", "bytes_per_second", "Bytes read, on average since the sample before.", "device"),
    Metric("disk_written_bytes_per_second", "bytes_per_second", "Bytes written, on average since the sample before.", "device"),
    Metric("disk_busy_ratio", "ratio", "Share of the time since the sample before in which the device had something to do.", "device"),
)

_BLOCK_DEVICES = Path("/sys/block")
_DISKSTATS = Path("/proc/diskstats")
_SECTOR_BYTES = 512
"""Of /proc/diskstats, whatever the disk's own sectors are."""
_NO_DISKS = re.compile(r"(loop|ram|zram|sr|fd)\d+")
"""Files and memory that look like disks, and drives for media that are changed."""


class Traffic(NamedTuple):
    """Bytes, and milliseconds in which the device was busy (None where the system does not count them), since the device appeared."""

    read: int
    written: int
    busy: int | None


def read() -> dict[str, Traffic]:
    """The counters of each whole disk that has ever been used."""
    try:
        # psutil makes objects of all lines, and half of them are no disks
        lines = [line.split() for line in _DISKSTATS.read_text(errors="surrogateescape").splitlines()]
    except OSError:
        return choose(_ask_psutil())
    disks = set(whole_disks(tuple(fields[2] for fields in lines)))
    return choose({fields[2]: parse(fields) for fields in lines if fields[2] in disks})


def parse(fields: list[str]) -> Traffic:
    """One line of /proc/diskstats."""
    return Traffic(int(fields[5]) * _SECTOR_BYTES, int(fields[9]) * _SECTOR_BYTES, int(fields[12]))


def _ask_psutil() -> dict[str, Traffic]:
    try:
        # `nowrap` would hide resets behind a state of psutil's own, which `compute` does not need
        counters = psutil.disk_io_counters(perdisk=True, nowrap=False) or {}
    except NotImplementedError:  # a container that may see no disk
        return {}
    disks = ((name, counters[name]) for name in whole_disks(tuple(counters)))
    return {name: Traffic(disk.read_bytes, disk.write_bytes, getattr(disk, "busy_time", None)) for name, disk in disks}


def choose(traffic: Mapping[str, Traffic]) -> dict[str, Traffic]:
    """Those that were ever used: some modules make devices in stock."""
    used = {raw: disk for raw, disk in traffic.items() if disk.read or disk.written}
    return {name: used[raw] for name, raw in instance_names(used, MAX_SHORT_INSTANCES_BYTES).items()}


@lru_cache(maxsize=4)
def whole_disks(names: tuple[str, ...], block_devices: Path = _BLOCK_DEVICES) -> tuple[str, ...]:
    """Those of the devices that are disks: no partitions, and none that lie on other disks (RAID, LVM, encryption)."""
    return tuple(name for name in names if not _NO_DISKS.fullmatch(name) and _is_whole(name, block_devices))


def _is_whole(name: str, block_devices: Path) -> bool:
    if not block_devices.is_dir():  # not Linux: psutil names whole disks only
        return True
    device = block_devices / name.replace("/", "!")  # as the kernel writes cciss/c0d0
    try:
        return device.is_dir() and not any((device / "slaves").iterdir())
    except OSError:
        return True


def compute(previous: Mapping[str, Traffic] | None, current: Mapping[str, Traffic], seconds: float) -> Values:
    """Rates of the disks that were there before and whose counters have not begun anew."""
    reads: dict[str, float] = {}
    writes: dict[str, float] = {}
    busy: dict[str, float] = {}
    for name, now in current.items():
        before = previous.get(name) if previous else None
        if before is None or seconds <= 0 or now.read < before.read or now.written < before.written:
            continue
        reads[name] = round((now.read - before.read) / seconds)
        writes[name] = round((now.written - before.written) / seconds)
        if now.busy is not None and before.busy is not None and now.busy >= before.busy:
            busy[name] = round(min(1.0, (now.busy - before.busy) / 1000 / seconds), 3)
    values = {"disk_read_bytes_per_second": reads, "disk_written_bytes_per_second": writes, "disk_busy_ratio": busy}
    return {name: rates for name, rates in values.items() if rates}


COLLECTOR = Collector("disk_io", "show_disk", METRICS, compute, read)
