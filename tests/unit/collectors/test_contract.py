"""Every collector keeps the contract of the table. A new one is tested by being in it."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

import pytest

from components.collectors import COLLECTORS
from components.collectors.collector import MAX_INSTANCES, Collector, Values
from components.host_settings import SETTING
from components.payloads import METRIC_NAME, parse_sample

each_collector = pytest.mark.parametrize("collector", COLLECTORS, ids=lambda collector: collector.name)
each_metric = pytest.mark.parametrize(
    ("collector", "metric"),
    [pytest.param(collector, metric, id=metric.name) for collector in COLLECTORS for metric in collector.metrics],
)


ABSENT = {"network": "interface but the loopback", "disk_io": "disk of its own", "temperature": "sensors"}
"""What a machine may lack; the collector's own tests have it all the same."""


def read(collector: Collector[Any]) -> Any:
    """What this machine says now, the parts asked one after another."""
    if collector.list_parts:
        return {name: part.read() for name, part in collector.list_parts().items()}
    assert collector.read is not None
    return collector.read()


def values(collector: Collector[Any]) -> Values:
    """The values of two readings of this machine, 1 s apart; the CPU's are made to differ."""
    before, after = read(collector), read(collector)
    if collector.name == "cpu":
        after = [core._replace(user=core.user + 0.25, idle=core.idle + 0.75) for core in before]
    computed: Values = collector.compute(before, after, 1.0)
    return computed


def test_names_are_unique() -> None:
    """No two collectors share a name, and no metric belongs to two."""
    names = [collector.name for collector in COLLECTORS]
    metrics = [metric.name for collector in COLLECTORS for metric in collector.metrics]
    assert len(set(names)) == len(names)
    assert len(set(metrics)) == len(metrics)


@each_collector
def test_is_shown_by_a_setting(collector: Collector[Any]) -> None:
    """An operator can hide each family with a setting that exists and is a tick."""
    assert SETTING[collector.setting].default is True
    assert (collector.read is None) != (collector.list_parts is None)


@each_metric
def test_metric_is_described(collector: Collector[Any], metric: Any) -> None:
    """The name fits the wire, ends with its unit, and has a help text."""
    assert METRIC_NAME.fullmatch(metric.name)
    assert metric.help.endswith(".")
    if metric.unit:
        assert metric.name.endswith(f"_{metric.unit}")
    else:
        assert collector.name == "load"


@each_collector
def test_gives_what_it_describes(collector: Collector[Any]) -> None:
    """The metrics of a reading of this machine are those described, with instances where the description says so."""
    computed = values(collector)
    if not computed and collector.name in ABSENT:
        pytest.skip(f"this machine has no {ABSENT[collector.name]}")
    assert set(computed) == {metric.name for metric in collector.metrics}
    for metric in collector.metrics:
        assert isinstance(computed[metric.name], dict) == (metric.instances is not None)


@each_collector
def test_fits_the_wire(collector: Collector[Any]) -> None:
    """The hub takes the values, and they survive JSON unchanged."""
    computed = values(collector)
    sample = {"run": "r", "seq": 1, "at": 0.0, "revision": 1, "metrics": computed, "failed": {}}
    assert parse_sample(sample)["metrics"] == computed
    assert json.loads(json.dumps(computed, allow_nan=False)) == computed


@each_collector
def test_first_reading_has_no_rates(collector: Collector[Any]) -> None:
    """Without a previous reading, or with no time in between, only what needs none of it is there."""
    reading = read(collector)
    first, at_once = collector.compute(None, reading, 0.0), collector.compute(reading, reading, 0.0)
    assert set(first) <= {metric.name for metric in collector.metrics}
    assert set(at_once) == set(first)
    for name, value in first.items():
        assert not name.endswith(("_per_second", "_busy_ratio"))
        assert value != {}


@each_collector
def test_number_of_instances_is_bounded(collector: Collector[Any]) -> None:
    """No metric has more instances than a sample may carry."""
    for value in values(collector).values():
        assert not isinstance(value, Mapping) or len(value) <= MAX_INSTANCES
