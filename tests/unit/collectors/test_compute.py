"""What the collectors compute from readings, without a machine."""

from __future__ import annotations

from pathlib import Path
from typing import NamedTuple

import psutil
import pytest

from components.collectors import cpu, disk, disk_io, load, memory, network, swap, temperature, uptime
from components.collectors.collector import (
    MAX_INSTANCE_CHARACTERS,
    MAX_INSTANCES,
    MAX_INSTANCES_BYTES,
    MAX_SHORT_INSTANCES_BYTES,
    Values,
    instance_name,
    instance_names,
)
from components.collectors.disk import Mount, Usage
from components.collectors.memory import Memory
from components.collectors.network import Traffic
from components.collectors.swap import Swap
from components.payloads import parse_sample


class Core(NamedTuple):
    """A core's times as Linux has them."""

    user: float = 0.0
    system: float = 0.0
    idle: float = 0.0
    iowait: float = 0.0
    guest: float = 0.0


class PlainCore(NamedTuple):
    """A core's times as macOS has them."""

    user: float
    idle: float


BEFORE = Core(user=100, system=50, idle=1000, iowait=10, guest=20)


@pytest.mark.parametrize(
    ("after", "ratio"),
    [
        pytest.param(BEFORE._replace(user=101, idle=1003), 0.25, id="busy a quarter"),
        pytest.param(BEFORE._replace(user=101), 1.0, id="busy all the time"),
        pytest.param(BEFORE._replace(iowait=11), 0.0, id="waiting for a disk is idle"),
        pytest.param(BEFORE._replace(user=101, guest=21, idle=1001), 0.5, id="a guest's time, which user holds too, counts once"),
        pytest.param(BEFORE._replace(user=101, idle=999.99), 1.0, id="idle a little backwards"),
        pytest.param(BEFORE._replace(user=101, idle=1002), 0.333, id="three decimals"),
        pytest.param(BEFORE, None, id="no time passed"),
        pytest.param(Core(user=1, idle=5), None, id="counters begun anew"),
    ],
)
def test_cpu_ratio(after: Core, ratio: float | None) -> None:
    """Busy time by all time, guests once, and nothing where it is not known."""
    expected = {} if ratio is None else {"cpu_used_ratio": ratio, "cpu_core_used_ratio": {"0": ratio}}
    assert cpu.compute([BEFORE], [after], 1.0) == expected


def test_cpu_of_several_cores() -> None:
    """The whole is the mean by time; a core whose time stood still is left out."""
    after = [BEFORE._replace(user=104), BEFORE._replace(idle=1004), BEFORE]
    assert cpu.compute([BEFORE] * 3, after, 1.0) == {"cpu_used_ratio": 0.5, "cpu_core_used_ratio": {"0": 1.0, "1": 0.0}}


@pytest.mark.parametrize("cores", [1, 3])
def test_cpu_hot_plug(cores: int) -> None:
    """When cores come or go, one sample has no CPU metrics."""
    assert cpu.compute([BEFORE] * 2, [BEFORE._replace(user=200)] * cores, 1.0) == {}


def test_cpu_without_linux_fields() -> None:
    """A system that counts less is computed from what it counts."""
    assert cpu.compute([PlainCore(1, 1)], [PlainCore(2, 4)], 1.0)["cpu_used_ratio"] == 0.25


def test_cpu_with_very_many_cores() -> None:
    """The whole covers all cores, also those that do not fit."""
    after = [BEFORE._replace(idle=1001)] * MAX_INSTANCES + [BEFORE._replace(user=101)] * MAX_INSTANCES
    values = cpu.compute([BEFORE] * len(after), after, 1.0)
    assert values["cpu_used_ratio"] == 0.5
    assert isinstance(values["cpu_core_used_ratio"], dict)
    assert len(values["cpu_core_used_ratio"]) == MAX_INSTANCES


@pytest.mark.parametrize(("available", "used"), [(30, 70), (130, 0)])
def test_memory_adds_up(available: int, used: int) -> None:
    """Used and available are the total, and none is below 0."""
    values = memory.compute(None, Memory(100, available), 0.0)
    assert values == {"memory_total_bytes": 100, "memory_used_bytes": used, "memory_available_bytes": 100 - used}


def test_load_has_two_decimals() -> None:
    """As many as the kernel keeps."""
    assert load.compute(None, (0.126, 1.0, 12.344), 0.0) == {"load_1m": 0.13, "load_5m": 1.0, "load_15m": 12.34}


@pytest.mark.parametrize(("swap_now", "used"), [(Swap(100, 30), 30), (Swap(0, 0), 0), (Swap(100, 130), 100), (Swap(100, -1), 0)])
def test_swap_is_never_more_than_there_is(swap_now: Swap, used: int) -> None:
    """A machine without any says so."""
    assert swap.compute(None, swap_now, 0.0) == {"swap_total_bytes": swap_now.total, "swap_used_bytes": used}


MEMINFO = b"MemTotal:       24684084 kB\nSwapCached:            5 kB\nSwapTotal:        100 kB\nSwapFree:          30 kB\nDirty: 1 kB\n"


def test_swap_of_linux(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """One file says it; where there is none, or a kernel says nothing of swap, psutil is asked."""
    assert swap.parse(MEMINFO) == Swap(102_400, 71_680)
    monkeypatch.setattr(psutil, "swap_memory", lambda: Swap(7, 3))
    for content in (b"MemTotal:       24684084 kB\n", None):
        monkeypatch.setattr(swap, "_MEMINFO", tmp_path / "meminfo")
        (tmp_path / "meminfo").unlink(missing_ok=True)
        if content is not None:
            (tmp_path / "meminfo").write_bytes(content)
        assert swap.read() == Swap(7, 3)


@pytest.mark.parametrize(
    ("seconds", "shown"), [(-5.0, 0), (0.9, 0), (3599.9, 3599), (3600.0, 3600), (3659.9, 3600), (3660.0, 3660), (1e7 + 0.5, 9_999_960)]
)
def test_uptime_changes_seldom(seconds: float, shown: int) -> None:
    """Each second in the first hour, each minute after."""
    assert uptime.compute(None, seconds, 0.0) == {"uptime_seconds": shown}


@pytest.mark.parametrize(
    ("before", "seconds", "rates"),
    [
        pytest.param({"eth0": Traffic(1000, 100)}, 2.0, (500, 50), id="rates"),
        pytest.param({"eth0": Traffic(1000, 100)}, 3.0, (333, 33), id="whole bytes"),
        pytest.param({"eth0": Traffic(2000, 200)}, 1.0, (0, 0), id="quiet"),
        pytest.param({"eth0": Traffic(2**32 - 1, 100)}, 1.0, None, id="wrapped"),
        pytest.param({"eth0": Traffic(1000, 300)}, 1.0, None, id="begun anew"),
        pytest.param({"eth1": Traffic(1, 1)}, 1.0, None, id="appeared"),
        pytest.param({"eth0": Traffic(1000, 100)}, 0.0, None, id="no time passed"),
        pytest.param(None, 0.0, None, id="first"),
    ],
)
def test_network_rates(before: dict[str, Traffic] | None, seconds: float, rates: tuple[int, int] | None) -> None:
    """Differences by time, and no spike where a counter cannot be compared."""
    expected: Values = {}
    if rates:
        expected = {"network_received_bytes_per_second": {"eth0": rates[0]}, "network_sent_bytes_per_second": {"eth0": rates[1]}}
    assert network.compute(before, {"eth0": Traffic(2000, 200)}, seconds) == expected


def test_interface_comes_back() -> None:
    """An interface that was away has no rate in the first sample after, the others keep theirs."""
    away, back = {"eth0": Traffic(0, 0)}, {"eth0": Traffic(10, 10), "wlan0": Traffic(10**12, 10**12)}
    assert network.compute(away, back, 1.0)["network_received_bytes_per_second"] == {"eth0": 10}


def test_disk_leaves_out_what_has_no_size() -> None:
    """A mount that went, or a pseudo file system, gives no instance."""
    readings = {"/": Usage(100, 60, 30), "/gone": None, "/pseudo": Usage(0, 0, 0)}
    assert disk.compute(None, readings, 1.0) == {
        "disk_total_bytes": {"/": 100},
        "disk_used_bytes": {"/": 60},
        "disk_available_bytes": {"/": 30},
    }


ROOT = Mount("/dev/vda1", "/", "ext4")


@pytest.mark.parametrize(
    ("mount", "shown"),
    [
        (Mount("/dev/vdb1", "/srv", "xfs"), True),
        (Mount("tank/home", "/home", "zfs"), True),
        (Mount("/dev/sdb1", "/media/stick", "fuseblk"), True),
        (Mount("server:/export", "/mnt/nfs", "nfs4"), True),
        (Mount("//server/share", "/mnt/smb", "cifs"), True),
        (Mount("me@server:", "/mnt/ssh", "fuse.sshfs"), True),
        (Mount("C:\\", "C:\\", "NTFS", "rw,fixed"), True),
        (Mount("proc", "/proc", "proc"), False),
        (Mount("tmpfs", "/run", "tmpfs"), False),
        (Mount("overlay", "/var/lib/docker/overlay2/1/merged", "overlay"), False),
        (Mount("systemd-1", "/mnt/auto", "autofs"), False),
        (Mount("/dev/loop3", "/snap/core/1", "squashfs"), False),
        (Mount("portal", "/run/user/1000/doc", "fuse.portal"), False),
        (Mount("App.AppImage", "/tmp/.mount_App", "fuse.App.AppImage"), False),
        (Mount("/dev/vdb1", "/etc/hosts", "ext4"), False),
        (Mount("/dev/vda1", "/var/bound", "ext4"), False),
    ],
    ids=lambda value: f"{value.kind} {value.path}" if isinstance(value, Mount) else None,
)
def test_choice_of_mounts(mount: Mount, shown: bool) -> None:
    """Real file systems are shown, pseudo ones, images and repeated ones are not."""
    assert disk.choose([ROOT, mount]) == ([ROOT, mount] if shown else [ROOT])


def test_mounts_are_looked_through_when_their_table_changes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """And each time where there is no such table."""
    asked: list[bool] = []

    def partitions(*, all: bool) -> list[Mount]:  # psutil's own name
        asked.append(all)
        return [ROOT, Mount("/dev/vdb1", f"/srv{len(asked)}", "xfs")]

    table = tmp_path / "mounts"
    monkeypatch.setattr(psutil, "disk_partitions", partitions)
    monkeypatch.setattr(disk, "_TABLE", table)
    assert [set(disk.list_parts()) for _ in range(2)] == [{"/", "/srv1"}, {"/", "/srv2"}]
    table.write_text("/dev/vda1 / ext4 rw 0 0\n")
    assert [set(disk.list_parts()) for _ in range(2)] == [{"/", "/srv3"}] * 2
    table.write_text("/dev/vda1 / ext4 ro 0 0\n")
    assert set(disk.list_parts()) == {"/", "/srv4"}


def test_container_root_is_shown() -> None:
    """The overlay of a container is its `/`; the files bound into it are no disks."""
    root = Mount("overlay", "/", "overlay")
    data = Mount("/dev/vda1", "/data", "ext4")
    assert disk.choose([root, Mount("/dev/vda1", "/etc/hosts", "ext4"), data]) == [root, data]


def test_later_mount_hides_earlier() -> None:
    """Only the file system on top answers for a path."""
    assert disk.choose([Mount("rootfs", "/", "rootfs"), ROOT]) == [ROOT]
    assert disk.choose([Mount("/dev/vdb1", "/srv", "xfs"), Mount("tmpfs", "/srv", "tmpfs")]) == []


def test_local_mounts_come_first() -> None:
    """Those that may hang are asked after those that do not."""
    remote = Mount("server:/", "/n", "nfs")
    assert disk.choose([remote, Mount("/dev/vdb1", "/local", "ext4")])[-1] == remote


@pytest.mark.parametrize(
    ("raw", "name"),
    [
        ("/srv", "/srv"),
        ("/mnt/Überblick 東京", "/mnt/Überblick 東京"),
        ("/a\nb\x1b[31m", "/a\\x0ab\\x1b[31m"),
        ("/caf\udce9", "/caf\\xe9"),
        ("/\ud800", "/\\ud800"),
        ("/\u202egnp.exe\u2028", "/\\u202egnp.exe\\u2028"),
        ("/" + "x" * 500, "/" + "x" * (MAX_INSTANCE_CHARACTERS - 2) + "…"),
    ],
)
def test_instance_name_is_safe(raw: str, name: str) -> None:
    """Any bytes become printable text of bounded length, and plain names stay as they are."""
    assert instance_name(raw) == name
    name.encode()


def test_instance_names_are_bounded() -> None:
    """In number, and in bytes, so that a sample with the most and longest of them is still taken whole."""
    assert len(instance_names(f"if{number}" for number in range(1000))) == MAX_INSTANCES
    names = instance_names(f"/{number:03}" + "東" * 500 for number in range(1000))
    assert 0 < sum(len(name.encode()) for name in names) <= MAX_INSTANCES_BYTES
    short = instance_names(f"/{number:03}{'x' * 25}" for number in range(1000))
    traffic, later = {name: Traffic(0, 0) for name in short}, {name: Traffic(10**12, 10**12) for name in short}
    cores = [BEFORE] * MAX_INSTANCES
    devices = [f"{number:03}{'x' * 7}" for number in range(MAX_INSTANCES)]
    quiet, busy = {name: disk_io.Traffic(0, 0, 0) for name in devices}, {name: disk_io.Traffic(10**12, 10**12, 500) for name in devices}
    metrics = {
        **cpu.compute(cores, [core._replace(user=101) for core in cores], 1.0),
        **disk.compute(None, {name: Usage(10**15, 10**15, 10**15) for name in short}, 1.0),
        **network.compute(traffic, later, 1.0),
        **disk_io.compute(quiet, busy, 1.0),
        **temperature.compute(None, dict.fromkeys(devices, 123.4), 1.0),
        **memory.compute(None, Memory(2**60, 2**59), 1.0),
        **swap.compute(None, Swap(2**60, 2**59), 1.0),
        **load.compute(None, (99.99, 99.99, 99.99), 1.0),
        **uptime.compute(None, 1e9, 1.0),
    }
    assert sum(len(name) for name in devices) == MAX_SHORT_INSTANCES_BYTES
    sample = {"run": "r", "seq": 1, "at": 0.0, "revision": 1, "metrics": metrics, "failed": {}}
    assert parse_sample(sample)["metrics"] == metrics


def test_instance_names_never_merge() -> None:
    """Of two raw names that look the same once safe, the first is kept."""
    assert instance_names(["/a\n", "/a\\x0a"]) == {"/a\\x0a": "/a\n"}


def test_loopback_is_left_out() -> None:
    """This machine's reading has interfaces only."""
    assert "lo" not in network.read()
