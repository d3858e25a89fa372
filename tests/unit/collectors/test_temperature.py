"""Sensors of temperature: found in files made for the test, for machines have them or not."""

from __future__ import annotations

import sys
from pathlib import Path
from types import SimpleNamespace

import psutil
import pytest

from components.collectors import temperature
from components.collectors.temperature import FIND_AGAIN_SECONDS, Sensors, find, unique


def write(file: Path, text: str) -> None:
    """A file of the kernel's."""
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(text + "\n", errors="surrogateescape")


def chip(folder: Path, name: str, **files: str) -> None:
    """One chip with its sensors."""
    write(folder / "name", name)
    for file, text in files.items():
        write(folder / file, text)


@pytest.fixture
def chips(tmp_path: Path) -> Path:
    """A CPU with two labelled sensors, two disks of one kind, one chip without labels, one as older drivers have it."""
    chips = tmp_path / "hwmon"
    chip(chips / "hwmon0", "coretemp", temp1_input="45000", temp1_label="Package id 0", temp1_max="90000", temp10_input="47500")
    write(chips / "hwmon0" / "temp2_input", "46000")
    write(chips / "hwmon0" / "temp2_label", "Core 0")
    for number in (1, 10):
        chip(chips / f"hwmon{number}", "nvme", temp1_input=f"{30 + number}850", temp1_label="Composite")
    chip(chips / "hwmon2", "acpitz", temp1_input="-1250", fan1_input="1200")
    chip(chips / "hwmon3" / "device", "k8temp", temp1_input="20000")
    return chips


def read(chips: Path, zones: Path = Path("/nonexistent")) -> dict[str, float]:
    """What is read of these files."""
    return Sensors(lambda: find(chips, zones)).read()


def test_names_come_from_labels_and_are_unique(chips: Path) -> None:
    """In the kernel's order, by number."""
    assert list(read(chips).items()) == [
        ("coretemp Package id 0", 45.0),
        ("coretemp Core 0", 46.0),
        ("coretemp", 47.5),
        ("nvme Composite", 31.85),
        ("acpitz", -1.25),
        ("k8temp", 20.0),
        ("nvme Composite 2", 40.85),
    ]


def test_zones_only_where_there_is_nothing_else(chips: Path, tmp_path: Path) -> None:
    """They repeat the chips."""
    zone = tmp_path / "thermal" / "thermal_zone0"
    write(zone / "type", "cpu-thermal")
    write(zone / "temp", "51234")
    assert read(tmp_path / "no chips", zone.parent) == {"cpu-thermal": 51.234}
    assert "cpu-thermal" not in read(chips, zone.parent)


@pytest.mark.parametrize("text", ["", "N/A", "0x10"])
def test_a_sensor_that_says_nothing_is_left_out(chips: Path, text: str) -> None:
    """The names of the others stay what they were."""
    write(chips / "hwmon1" / "temp1_input", text)
    (chips / "hwmon0" / "temp2_input").unlink()
    (chips / "hwmon0" / "temp2_input").mkdir()  # a file that cannot be read, as a sleeping disk's
    assert read(chips) == {
        "coretemp Package id 0": 45.0,
        "coretemp": 47.5,
        "acpitz": -1.25,
        "k8temp": 20.0,
        "nvme Composite 2": 40.85,
    }


def test_sensors_are_looked_for_once_a_minute(chips: Path) -> None:
    """In between only their values are read."""
    now = 1000.0
    sensors = Sensors(lambda: find(chips, Path("/nonexistent")), lambda: now)
    assert len(sensors.read()) == 7
    chip(chips / "hwmon4", "drivetemp", temp1_input="33000")
    write(chips / "hwmon0" / "temp1_input", "50000")
    now += FIND_AGAIN_SECONDS - 1
    assert (len(sensors.read()), sensors.read()["coretemp Package id 0"]) == (7, 50.0)
    now += 1
    assert sensors.read()["drivetemp"] == 33.0


@pytest.mark.parametrize(
    ("names", "made"),
    [
        ([], []),
        (["a", "a", "a 2", "a"], ["a", "a 2", "a 2 2", "a 3"]),
        (["", ""], ["sensor", "sensor 2"]),
        (["a 2", "a", "a"], ["a 2", "a", "a 3"]),
    ],
)
def test_names_are_made_unique(names: list[str], made: list[str]) -> None:
    assert unique(names) == made


def test_what_cannot_be_true_is_left_out() -> None:
    """Sensors that are not wired say such things; tenths of a degree are kept."""
    said = {"cpu": 45.678, "below": -128.0, "above": 65535.0, "cold": -40.0, "odd": float("nan")}
    assert temperature.compute(None, said, 0.0) == {"temperature_celsius": {"cpu": 45.7, "cold": -40.0}}
    assert temperature.compute(None, {"above": 65535.0}, 0.0) == {}


def test_hostile_names_are_made_safe(tmp_path: Path) -> None:
    """A driver may call its sensors anything."""
    chip(tmp_path / "hwmon0", "<img src=x>", temp1_input="1000", temp1_label='\u202e"x\x1b[31m')
    chip(tmp_path / "hwmon1", "\udcff", temp1_input="2000", temp1_label="x" * 400)
    chip(tmp_path / "hwmon2", "__proto__", temp1_input="3000")
    names = temperature.compute(None, read(tmp_path), 0.0)["temperature_celsius"]
    assert isinstance(names, dict)
    first, second, third = names
    assert (first, third) == ('<img src=x> \\u202e"x\\x1b[31m', "__proto__")
    assert second.startswith("\\xff xxx")
    assert len(second) == 300


def test_without_sensors_there_is_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """On Linux, and on a system whose psutil knows no sensors."""
    assert read(tmp_path / "none", tmp_path / "neither") == {}
    monkeypatch.setattr(sys, "platform", "darwin")
    monkeypatch.delattr(psutil, "sensors_temperatures", raising=False)
    assert temperature.read() == {}
    assert temperature.compute(None, {}, 0.0) == {}


def test_other_systems_are_asked_by_psutil(monkeypatch: pytest.MonkeyPatch) -> None:
    """FreeBSD, for one."""
    monkeypatch.setattr(sys, "platform", "freebsd14")
    cores = [SimpleNamespace(label=label, current=40.0 + number) for number, label in enumerate(["CPU 0", "", ""])]
    monkeypatch.setattr(psutil, "sensors_temperatures", lambda: {"coretemp": cores}, raising=False)
    assert temperature.read() == {"coretemp CPU 0": 40.0, "coretemp": 41.0, "coretemp 2": 42.0}
