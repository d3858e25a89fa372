"""What the machine's sensors of temperature say. Many machines have none, virtual ones above all, and then there is nothing to report.

On Linux the sensors are found once a minute and then read straight from their files: psutil looks for them anew, and reads five files
for each, every time.
"""

from __future__ import annotations

import re
import sys
import time
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path

import psutil

from components.collectors.collector import MAX_SHORT_INSTANCES_BYTES, Collector, Metric, Values, instance_names

METRICS = (Metric("temperature_celsius", "celsius", "What a sensor says, in degrees Celsius.", "sensor"),)

FIND_AGAIN_SECONDS = 60.0
LOWEST, HIGHEST = -100.0, 250.0
"""Beyond these no machine works: a sensor that is not wired says such things."""

_CHIPS = Path("/sys/class/hwmon")
_ZONES = Path("/sys/class/thermal")
_INPUT = re.compile(r"temp(\d+)_input")
_DIGITS = re.compile(r"(\d+)")

Sensor = tuple[str, Path]
"""What it is called, not yet unique or safe; and the file with its temperature in thousandths of a degree."""


def find(chips: Path = _CHIPS, zones: Path = _ZONES) -> list[Sensor]:
    """The sensors of this machine; the zones of its firmware only where it has no others, because they repeat them."""
    found = [sensor for chip in _listed(chips, "hwmon") for sensor in _sensors_of(chip)]
    return found or [(_text(zone / "type"), zone / "temp") for zone in _listed(zones, "thermal_zone")]


def _sensors_of(chip: Path) -> list[Sensor]:
    inputs = [file for file in _listed(chip, "temp") if _INPUT.fullmatch(file.name)]
    if not inputs:  # as some older drivers have it
        inputs = [file for file in _listed(chip / "device", "temp") if _INPUT.fullmatch(file.name)]
    return [
        (f"{_text(file.parent / 'name')} {_text(file.with_name(file.name.replace('_input', '_label')))}".strip(), file) for file in inputs
    ]


def _listed(directory: Path, prefix: str) -> list[Path]:
    """What is in there, the second before the tenth."""
    try:
        names = [path for path in directory.iterdir() if path.name.startswith(prefix)]
    except OSError:
        return []
    return sorted(names, key=lambda path: [int(part) if part.isdigit() else part for part in _DIGITS.split(path.name)])


def _text(file: Path) -> str:
    try:
        return file.read_text(errors="surrogateescape").strip()
    except OSError:
        return ""


def unique(names: Iterable[str]) -> list[str]:
    """The names, numbered where they repeat: two disks of one kind call their sensors the same."""
    taken: dict[str, None] = {}
    for name in names:
        wanted, number = name or "sensor", 1
        while wanted in taken:
            number += 1
            wanted = f"{name or 'sensor'} {number}"
        taken[wanted] = None
    return list(taken)


class Sensors:
    """The sensors that were found, until it is time to look again."""

    def __init__(self, find: Callable[[], list[Sensor]] = find, now: Callable[[], float] = time.monotonic) -> None:
        self._find = find
        self._now = now
        self._found: list[Sensor] = []
        self._find_at = 0.0

    def read(self) -> dict[str, float]:
        """Sensor → degrees. One that does not answer, such as that of a disk which sleeps, is left out."""
        if self._now() >= self._find_at:
            self._found, self._find_at = self._find(), self._now() + FIND_AGAIN_SECONDS
        found = self._found  # the samples for those who watch are read in another thread, which may look again meanwhile
        names = unique(name for name, _ in found)
        return {name: degrees for name, (_, file) in zip(names, found, strict=True) if (degrees := _degrees(file)) is not None}


def _degrees(file: Path) -> float | None:
    try:
        return int(file.read_bytes()) / 1000
    except (OSError, ValueError):
        return None


def read() -> dict[str, float]:
    """Sensor → degrees, on any system; empty where there is none."""
    if sys.platform == "linux":
        return _SENSORS.read()
    ask = getattr(psutil, "sensors_temperatures", None)  # not everywhere
    said = [(f"{chip} {sensor.label}".strip(), sensor.current) for chip, sensors in (ask() if ask else {}).items() for sensor in sensors]
    return dict(zip(unique(name for name, _ in said), (degrees for _, degrees in said), strict=True))


def compute(_previous: Mapping[str, float] | None, current: Mapping[str, float], _seconds: float) -> Values:
    """Tenths of a degree, without what cannot be true."""
    names = instance_names(current, MAX_SHORT_INSTANCES_BYTES)
    degrees = {name: round(current[raw], 1) for name, raw in names.items() if LOWEST < current[raw] < HIGHEST}
    return {"temperature_celsius": degrees} if degrees else {}


_SENSORS = Sensors()

COLLECTOR = Collector("temperature", "show_temperatures", METRICS, compute, read)
