"""What an operator can set for a host: one table, from which form, schema, agent and documentation come."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from components.checking import checked_number, show
from components.errors import InvalidPayload


@dataclass(frozen=True)
class Setting:
    """One thing an operator can set for a host; form, schema, agent and documentation come from it."""

    name: str
    default: bool | float
    help: str
    minimum: float | None = None
    maximum: float | None = None
    unit: str = ""
    label: str = ""
    """What people call it, where that is not the name with blanks."""
    later: bool = False
    """It came after the first release, so an older hub does not send it: an agent then uses the default."""

    @property
    def words(self) -> str:
        """What people call it: `show CPUs`."""
        return self.label or self.name.replace("_", " ")

    def check(self, value: object) -> bool | float:
        """`value` in its own type, or InvalidPayload that names the setting, the value and the bound."""
        if isinstance(self.default, bool):
            if not isinstance(value, bool):
                raise InvalidPayload(f"{self.name} is {show(value)}; it must be true or false")
            return value
        number = checked_number(value, self.name)
        if self.minimum is not None and number < self.minimum:
            raise InvalidPayload(f"{self.name} {number:g} {self.unit} is below {self.minimum:g} {self.unit}")
        if self.maximum is not None and number > self.maximum:
            raise InvalidPayload(f"{self.name} {number:g} {self.unit} is above {self.maximum:g} {self.unit}")
        return number


SETTINGS: tuple[Setting, ...] = (
    Setting("interval", 1.0, "Seconds from one sample to the next.", minimum=0.2, maximum=3600.0, unit="s"),
    Setting("show_cpus", True, "Report how busy each CPU is.", label="show CPUs"),
    Setting("show_memory", True, "Report memory and swap space."),
    Setting("show_disk", True, "Report how full each disk is, and what is read and written."),
    Setting("show_network", True, "Report what each network interface sends and receives."),
    Setting("show_load", True, "Report the load averages and the uptime."),
    Setting("show_temperatures", True, "Report what sensors of temperature say, where there are any.", later=True),
    Setting("disabled", False, "Send no samples. The agent stays connected and obeys its settings."),
)
SETTING = {setting.name: setting for setting in SETTINGS}


def described_settings() -> list[dict[str, bool | float | str | None]]:
    """The table, for the browser's form."""
    names = ("name", "default", "help", "minimum", "maximum", "unit")
    return [{**{name: getattr(setting, name) for name in names}, "label": setting.words} for setting in SETTINGS]


def check_settings(values: Mapping[str, object], *, partial: bool = False) -> dict[str, bool | float]:
    """The known settings among `values`, checked. Unknown names are ignored, unless `partial`: a person who sets something unknown
    has mistyped it. InvalidPayload names the first one that is wrong or, unless `partial` or `later`, missing.
    """
    if partial:
        for name in values:
            if name not in SETTING:
                raise InvalidPayload(f"there is no setting {show(name)}; there are {', '.join(SETTING)}")
        return {name: SETTING[name].check(value) for name, value in values.items()}
    for setting in SETTINGS:
        if setting.name not in values and not setting.later:
            raise InvalidPayload(f"{setting.name} is missing from the settings")
    return {setting.name: setting.check(values.get(setting.name, setting.default)) for setting in SETTINGS}
