"""What disks read and write: whole devices only, rates without spikes."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import psutil
import pytest

from components.collectors import disk_io
from components.collectors.collector import Values
from components.collectors.disk_io import Traffic, whole_disks

READ, WRITTEN, BUSY = (metric.name for metric in disk_io.METRICS)


@pytest.mark.parametrize(
    ("before", "seconds", "rates"),
    [
        pytest.param({"sda": Traffic(1000, 100, 0)}, 2.0, (500, 50, 0.5), id="rates"),
        pytest.param({"sda": Traffic(1000, 100, 0)}, 0.5, (2000, 200, 1.0), id="never more than all the time"),
        pytest.param({"sda": Traffic(2000, 200, 1000)}, 1.0, (0, 0, 0.0), id="quiet"),
        pytest.param({"sda": Traffic(2001, 200, 0)}, 1.0, None, id="wrapped"),
        pytest.param({"sda": Traffic(1000, 201, 0)}, 1.0, None, id="begun anew"),
        pytest.param({"sda": Traffic(1000, 100, 1001)}, 1.0, (1000, 100, None), id="only the time begun anew"),
        pytest.param({"sda": Traffic(1000, 100, None)}, 1.0, (1000, 100, None), id="time not counted"),
        pytest.param({"sdb": Traffic(1, 1, 1)}, 1.0, None, id="appeared"),
        pytest.param({"sda": Traffic(1000, 100, 0)}, 0.0, None, id="no time passed"),
        pytest.param(None, 0.0, None, id="first"),
    ],
)
def test_rates(before: dict[str, Traffic] | None, seconds: float, rates: tuple[int, int, float | None] | None) -> None:
    """Differences by time, and no value where a counter cannot be compared."""
    expected: Values = {}
    if rates:
        expected = {READ: {"sda": rates[0]}, WRITTEN: {"sda": rates[1]}}
        if rates[2] is not None:
            expected[BUSY] = {"sda": rates[2]}
    assert disk_io.compute(before, {"sda": Traffic(2000, 200, 1000)}, seconds) == expected


def test_whole_disks_of_linux(tmp_path: Path) -> None:
    """No partitions, no loops or memory, and nothing that lies on other disks."""
    for name in ("sda", "nvme0n1", "cciss!c0d0", "md0", "dm-0", "loop0", "ram0", "zram0", "sr0"):
        (tmp_path / name / "slaves").mkdir(parents=True)
    (tmp_path / "md0" / "slaves" / "sda1").touch()
    (tmp_path / "dm-0" / "slaves" / "md0").touch()
    (tmp_path / "vda").mkdir()  # without the folder
    names = ("sda", "sda1", "nvme0n1", "nvme0n1p1", "cciss/c0d0", "md0", "dm-0", "loop0", "ram0", "zram0", "sr0", "vda", "vda1")
    assert whole_disks(names, tmp_path) == ("sda", "nvme0n1", "cciss/c0d0", "vda")


def test_whole_disks_of_other_systems(tmp_path: Path) -> None:
    """They have no partitions in the list."""
    assert whole_disks(("disk0", "PhysicalDrive1"), tmp_path / "none") == ("disk0", "PhysicalDrive1")


DISKSTATS = """\
   7       0 loop0 9 0 9 0 9 0 9 0 0 0 0 0 0 0 0 0 0
 253       0 vda 4711 12 1000 30 815 9 40 50 0 1234 80 0 0 0 0 0 0
 253       1 vda1 4000 12 900 30 815 9 40 50 0 1200 80 0 0 0 0 0 0
  43       0 nbd0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0
"""


def test_reading_of_linux(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Sectors are 512 bytes; a device that was never used is left out."""
    for name in ("vda", "nbd0", "loop0"):
        (tmp_path / "block" / name).mkdir(parents=True)
    (tmp_path / "diskstats").write_text(DISKSTATS)
    monkeypatch.setattr(disk_io, "_DISKSTATS", tmp_path / "diskstats")
    monkeypatch.setattr(disk_io, "whole_disks", lambda names: whole_disks(names, tmp_path / "block"))
    assert disk_io.read() == {"vda": Traffic(512_000, 20_480, 1234)}


class Counter:
    """One line of psutil's; not every system knows how long a disk was busy."""

    def __init__(self, read_bytes: int, write_bytes: int) -> None:
        self.read_bytes = read_bytes
        self.write_bytes = write_bytes


@pytest.fixture
def elsewhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A system without /proc and /sys."""
    monkeypatch.setattr(disk_io, "_DISKSTATS", tmp_path / "none")
    monkeypatch.setattr(disk_io, "whole_disks", lambda names: whole_disks(names, tmp_path / "none"))


@pytest.mark.usefixtures("elsewhere")
def test_reading_of_other_systems(monkeypatch: pytest.MonkeyPatch) -> None:
    """By psutil without its own idea of resets; names are made safe."""
    counters = {"disk0": Counter(512, 0), "disk1": Counter(0, 0), "d\n<b>": Counter(0, 1)}
    monkeypatch.setattr(psutil, "disk_io_counters", lambda *, perdisk, nowrap: counters if perdisk and not nowrap else {})
    assert disk_io.read() == {"disk0": Traffic(512, 0, None), "d\\x0a<b>": Traffic(0, 1, None)}


def refuse(**_: object) -> None:
    """As psutil does in a container that may see no disk."""
    raise NotImplementedError("diskstats nor /sys/block are available on this system")


@pytest.mark.usefixtures("elsewhere")
@pytest.mark.parametrize("counters", [refuse, lambda **_: None, lambda **_: {}])
def test_without_disks(monkeypatch: pytest.MonkeyPatch, counters: Callable[..., object]) -> None:
    """No metrics, and no failure."""
    monkeypatch.setattr(psutil, "disk_io_counters", counters)
    assert disk_io.read() == {}
    assert disk_io.compute({}, {}, 1.0) == {}
