"""The last ten minutes in memory, and the buckets that are drawn of them."""

from __future__ import annotations

import json
import math
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from components.buckets import DIGITS, Grid, reduce, shorten, size_of
from components.limits import INSTANCES_OF_HOST, SERIES, SERIES_OF_HOST
from components.series import KEPT_SECONDS, TRIM_SECONDS, HostSeries, Series

A, B = "aaaaaaaaaaaa", "bbbbbbbbbbbb"
START = 1_000_000.0


def fill(seconds: float, *, every: float = 1.0, start: float = START, series: Series | None = None, **metrics: Any) -> Series:
    """Samples from `start` on, for so many seconds; the value of `n` is how many seconds have passed."""
    series = series or Series()
    for number in range(round(seconds / every)):
        assert series.add(A, {"n": number * every, **metrics}, start + number * every)
    return series


def host_of(series: Series) -> HostSeries:
    host = series.get(A)
    assert host
    return host


def drawn(series: Series, start: float, end: float, points: int, metric: str = "n") -> list[Any]:
    """The means of one metric, bucket by bucket."""
    host = host_of(series)
    grid = Grid.over(start, end, points, host.usual_seconds())
    column = host.copied(metric)
    assert column is not None
    assert not isinstance(column, dict)
    return reduce(column, grid.ranges(host))["mean"]


# --- keeping ----------------------------------------------------------------------------------------------------------------------------


def test_ten_minutes_are_kept_and_not_much_more() -> None:
    host = host_of(fill(2000, at_rest=5.0))
    assert KEPT_SECONDS <= len(host.at) <= KEPT_SECONDS + TRIM_SECONDS + 2
    assert {len(column) for column in host.plain.values()} == {len(host.at)}
    assert host.at[-1] == START + 1999
    assert host.plain["n"][-1] == 1999


def test_faster_samples_are_merged_to_one_point_a_second() -> None:
    """Each point is the mean of its second."""
    host = host_of(fill(10, every=0.2))
    assert len(host.at) == 10
    assert list(host.plain["n"]) == pytest.approx([second + 0.4 for second in range(10)])


def test_a_beat_that_is_not_exact_is_not_merged() -> None:
    series = Series()
    for number in range(100):
        series.add(A, {"n": 1.0}, START + number + (0.05 if number % 2 else 0))
    assert len(host_of(series).at) == 100


def test_what_a_sample_lacks_is_no_number() -> None:
    """Also before the metric was first there, and within a merged second."""
    series = Series()
    series.add(A, {"a": 1.0, "disk": {"/": 1.0}}, START)
    series.add(A, {"b": 2.0, "disk": {"/": 2.0, "/mnt": 5.0}}, START + 1)
    series.add(A, {"a": 3.0}, START + 2)
    series.add(A, {"a": 5.0, "b": 4.0, "late": 1.0}, START + 2.2)
    host = host_of(series)
    shown = {name: [None if math.isnan(number) else number for number in column] for name, column in host.plain.items()}
    assert shown == {"a": [1.0, None, 4.0], "b": [None, 2.0, 4.0]}
    assert [list(column)[:2] for column in host.instances["disk"].values()] == [[1.0, 2.0], [pytest.approx(math.nan, nan_ok=True), 5.0]]
    assert {len(column) for column in host.instances["disk"].values()} == {3}
    assert len(series) == 4


def test_an_instance_that_is_gone_is_forgotten_with_its_last_number() -> None:
    series = Series()
    series.add(A, {"n": 0.0, "disk": {"/mnt": 1.0}}, START)
    fill(KEPT_SECONDS + TRIM_SECONDS + 5, start=START + 1, series=series)
    assert (len(series), host_of(series).count, host_of(series).instances) == (1, 1, {})


def test_a_silent_host_keeps_what_it_has_until_it_is_too_old() -> None:
    series = fill(10)
    series.sweep(START + 9 + KEPT_SECONDS)
    assert series.get(A)
    series.sweep(START + 10 + KEPT_SECONDS)
    assert series.get(A) is None
    assert len(series) == 0


def test_a_deleted_host_is_forgotten() -> None:
    series = fill(10)
    series.add(B, {"n": 1.0}, START)
    series.forget({A, "zzzzzzzzzzzz"})
    assert (series.get(A), len(series)) == (None, 1)


def test_a_clock_that_was_set_back_begins_afresh() -> None:
    """A small step is no other time."""
    series = fill(10)
    series.add(A, {"n": 1.0}, START + 8.5)
    assert len(host_of(series).at) == 10
    series.add(A, {"n": 1.0}, START - 3600)
    assert list(host_of(series).at) == [START - 3600]
    assert host_of(series).count == 1


def test_it_begins_afresh_with_all_the_room_there_is(monkeypatch: pytest.MonkeyPatch) -> None:
    """Also of a host that had used up its own, or all of the hub's."""
    many = {"disk": {str(number): 1.0 for number in range(int(INSTANCES_OF_HOST.most))}}
    series = Series()
    for start in (START, START - 3600):
        assert series.add(A, many, start)
        assert len(series) == INSTANCES_OF_HOST.most
    monkeypatch.setattr("components.series.SERIES", type(SERIES)("series", INSTANCES_OF_HOST.most, "hub", "no"))
    assert series.add(A, many, START - 7200)
    assert len(series) == INSTANCES_OF_HOST.most


def test_a_metric_that_becomes_one_of_instances_and_back() -> None:
    """Only a hostile host does that."""
    series = Series()
    for number in range(20):
        series.add(A, {"n": {"x": 1.0} if number % 2 else 1.0}, START + number)
    host = host_of(series)
    assert {len(host.plain["n"]), len(host.instances["n"]["x"])} == {20}


def test_no_host_has_more_series_than_it_may() -> None:
    """However it names them, and the first ones go on."""
    series = Series()
    assert series.add(A, {"n": 1.0}, START)
    for number in range(1, 10):
        assert not series.add(A, {"n": 1.0, "disk": {f"{number}-{each}": 1.0 for each in range(400)}}, START + number)
    assert len(series) == host_of(series).count == INSTANCES_OF_HOST.most + 1
    assert not series.add(A, {f"n{number}": 1.0 for number in range(int(SERIES_OF_HOST.most))}, START + 10)
    assert len(series) == SERIES_OF_HOST.most
    assert list(host_of(series).plain["n"])[:10] == [1.0] * 10


@pytest.mark.parametrize("first", ["instances", "totals"])
def test_totals_have_a_past_on_the_hugest_host(first: str) -> None:
    """Whatever comes first in a sample, and rates only come with the second one; of instances the first ones have a past."""
    totals = {"cpu": 0.5, "load": 1.0, "uptime": 9.0}
    instances: dict[str, Any] = {"core": {str(core): 0.5 for core in range(128)}, "disk": {f"/{disk}": 1.0 for disk in range(300)}}
    sample = {**instances, **totals} if first == "instances" else {**totals, **instances}
    series = Series()
    for second in range(3):
        series.add(A, sample, START + second)
    assert not series.add(A, {**sample, "network": {"eth0": 1.0}, "rate": 1.0}, START + 3)
    host = host_of(series)
    assert set(host.plain) == {*totals, "rate"}
    assert {name: list(columns) for name, columns in host.instances.items()} == {
        "core": [str(core) for core in range(128)],
        "disk": [f"/{disk}" for disk in range(int(INSTANCES_OF_HOST.most) - 128)],
    }


@pytest.mark.parametrize("instances", [{}, {"a": 1.0}])
def test_made_up_names_are_not_kept(instances: dict[str, float]) -> None:
    """A host that says other names each time takes no more memory than one that keeps to its own."""
    series = Series()
    for second in range(300):
        series.add(A, {f"m{second}_{number}": instances for number in range(10)}, START + second)
    assert len(host_of(series).instances) <= SERIES_OF_HOST.most


def test_all_together_have_a_limit(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("components.series.SERIES", type(SERIES)("series", 3, "hub", "no"))
    series = Series()
    assert series.add(A, {"a": 1.0, "b": 1.0}, START)
    assert not series.add(B, {"a": 1.0, "b": 1.0}, START)
    series.forget({A})
    assert series.add(B, {"a": 1.0, "b": 1.0}, START + 1)
    assert len(series) == 2


# --- buckets ----------------------------------------------------------------------------------------------------------------------------


@given(st.floats(0, 1e9, allow_subnormal=False), st.floats(0.001, 1e6), st.integers(2, 1000), st.floats(0, 4000))
def test_a_grid_is_aligned_within_the_time_and_never_finer_than_asked(start: float, span: float, points: int, usual: float) -> None:
    grid = Grid.over(start, start + span, points, usual)
    starts = grid.starts()
    assert 1 <= len(starts) <= points
    assert all(each % grid.width == 0 for each in starts)
    assert starts[0] >= start or len(starts) == 1
    assert starts[-1] < start + span <= starts[-1] + grid.width


def test_the_usual_grids() -> None:
    """Ten minutes in 60 and in 600."""
    assert Grid.over(START - 600, START, 60, 1.0) == Grid(999_400, 10, 60)
    assert Grid.over(START - 599.7, START + 0.3, 60, 1.004) == Grid(999_410, 10, 60)
    assert Grid.over(START - 600, START, 600, 1.004) == Grid(999_400, 1, 600)
    assert Grid.over(START - 600, START, 600, 30.2) == Grid(999_420, 30, 20)


def test_a_question_for_less_than_a_bucket_is_answered_with_the_one_of_its_end() -> None:
    """None begins in the future: a page would take it for the newest that there is."""
    assert Grid.over(START + 12, START + 15, 60, 30.0) == Grid(999_990, 30, 1)
    assert Grid.over(START + 28, START + 33, 60, 30.0) == Grid(1_000_020, 30, 1)


def test_least_mean_and_most() -> None:
    series = fill(40)
    host = host_of(series)
    column = host.copied("n")
    assert column is not None
    assert not isinstance(column, dict)
    grid = Grid.over(START, START + 40, 4, 1.0)
    assert reduce(column, grid.ranges(host)) == {"min": [0, 10, 20, 30], "mean": [4.5, 14.5, 24.5, 34.5], "max": [9, 19, 29, 39]}


def test_a_silence_is_a_gap_and_a_lost_sample_is_none() -> None:
    series = fill(5)
    fill(5, start=START + 6, series=series)  # one sample is lost
    fill(5, start=START + 20, series=series)
    assert drawn(series, START, START + 25, 25) == [0, 1, 2, 3, 4, 0, 0, 1, 2, 3, 4, *[None] * 9, 0, 1, 2, 3, 4]


def test_a_beat_beside_the_second_leaves_no_hole() -> None:
    """With samples at 0.99, 2.01, 2.99, 4.01 every other second has none."""
    series = Series()
    for number in range(20):
        series.add(A, {"n": 1.0}, START + number + (0.01 if number % 2 else 0.99 - 1))
    assert None not in drawn(series, START, START + 19, 19)


def test_a_slow_host_is_known_between_its_samples() -> None:
    """When asked beside a fast one; alone it has wider buckets."""
    series = fill(60, every=5.0)
    host = host_of(series)
    column = host.copied("n")
    assert column is not None
    assert not isinstance(column, dict)
    fine = reduce(column, Grid(int(START), 1, 60).ranges(host))["mean"]
    assert fine[:12] == [0, 5, 5, 5, 5, 5, 10, 10, 10, 10, 10, 15]
    assert None not in fine
    assert drawn(series, START, START + 60, 60) == [5.0 * number for number in range(12)]


def test_a_change_of_the_interval_is_no_gap() -> None:
    series = fill(10)
    fill(200, every=50.0, start=START + 10, series=series)
    assert None not in drawn(series, START, START + 160, 160)


def test_after_the_last_sample_nothing_is_known_for_long() -> None:
    """The next one is on its way for a while."""
    means = drawn(fill(10), START, START + 20, 20)
    assert means[:10] == list(range(10))
    assert means[10] == 9
    assert means[12:] == [None] * 8


def test_a_number_that_was_not_shown_for_a_while_is_a_gap_of_its_own() -> None:
    series = fill(10, cpu=0.5)
    fill(10, start=START + 10, series=series)
    assert drawn(series, START, START + 20, 2, "cpu") == [0.5, None]


# --- numbers ----------------------------------------------------------------------------------------------------------------------------


@given(st.floats(0, 2.0**63) | st.floats(0, 1) | st.floats(-300, 300))
def test_a_shortened_number_is_as_good_as_the_digits(number: float) -> None:
    short = shorten(number)
    assert abs(short - number) <= max(abs(number) * 0.51 * 10 ** (1 - DIGITS), 1e-9)
    assert len(str(short)) <= (20 if abs(number) >= 1 else 10)


@pytest.mark.parametrize(
    ("number", "short"),
    [(0.123456, 0.1235), (0.0, 0), (5.0, 5), (1234.56, 1235), (99999.0, 100000), (8213456789.0, 8213000000), (-12.3456, -12.35)],
)
def test_shortened_numbers(number: float, short: float) -> None:
    assert shorten(number) == short


@given(st.lists(st.none() | st.floats(0, 2.0**63).map(shorten) | st.floats(0, 1).map(shorten), max_size=20))
def test_the_size_is_that_of_the_json(column: list[int | float | None]) -> None:
    """Never less, and hardly more."""
    size = len(json.dumps({"mean": column}, separators=(",", ":")))
    assert size - 2 <= size_of({"mean": column}) <= size + 4
