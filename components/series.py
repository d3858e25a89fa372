"""The last ten minutes of every host, in memory: columns of numbers, one for each metric and instance. Values and `now` only.

What is kept is 4 bytes a number and at most one point a second; samples that come faster are merged into their mean. A host that is
silent keeps what it has until that is too old. This is what the page draws before anything is stored for longer.
"""

from __future__ import annotations

import math
import sys
from array import array
from bisect import bisect_left
from collections.abc import Collection, Iterator, Mapping, Sequence
from itertools import pairwise
from typing import TypeAlias

from components.limits import INSTANCES_OF_HOST, SERIES, SERIES_OF_HOST
from components.payloads import MetricValue

KEPT_SECONDS = 600.0
TRIM_SECONDS = 60.0
"""What is too old goes once in so many seconds: moving columns costs more than keeping them a little longer."""
MERGE_SECONDS = 0.9
"""A sample that comes sooner after the start of the newest point is merged into it. Less than a second, because beats are not exact."""
GAP_FACTOR = 2.5
"""So many times the usual time between two points is a gap; one lost sample is none."""
CLOCK_STEP_SECONDS = 1.0
"""If the hub's clock went back by more, what is kept is of another time and goes."""

_NOTHING = math.nan
_MOST_INSTANCES = int(INSTANCES_OF_HOST.most)
Column: TypeAlias = "array[float]"


class HostSeries:
    """Those of one host. All columns are as long as `at`; NaN is where a sample lacked the number."""

    def __init__(self) -> None:
        self.at: Column = array("d")
        self.plain: dict[str, Column] = {}
        self.instances: dict[str, dict[str, Column]] = {}
        self.count = 0
        self._merged = 1
        self._crowded = False

    def add(self, metrics: Mapping[str, MetricValue], at: float, most: int) -> bool:
        """Take over a sample that was received at `at`; False if it would make more than `most` series in all."""
        self._crowded = False
        if self.at and self.at[-1] - CLOCK_STEP_SECONDS > at:
            self._clear()
        if self.at and at < self.at[-1] + MERGE_SECONDS:
            self._merged += 1
            self._merge(metrics)
            return True
        self._merged = 1
        self.at.append(at)
        self._append(metrics, most)
        if self.at[0] < at - KEPT_SECONDS - TRIM_SECONDS:
            self._trim(at - KEPT_SECONDS)
        return not self._crowded

    def _append(self, metrics: Mapping[str, MetricValue], most: int) -> None:
        written = 0
        # whatever comes first, totals have room: on a huge host some of its cores or interfaces lack a past, and not its CPU
        limit = min(most, _MOST_INSTANCES + len(self.plain))
        for name, value in metrics.items():
            if isinstance(value, dict):
                columns = self.instances.get(name, {})
                for instance, number in value.items():
                    if (column := columns.get(instance)) is not None or (column := self._new(columns, instance, limit)) is not None:
                        column.append(number)
                        written += 1
                if columns and name not in self.instances:  # without any, a host that makes up names would fill the memory
                    self.instances[sys.intern(name)] = columns
            elif (column := self.plain.get(name)) is not None or (column := self._new(self.plain, name, most)) is not None:
                column.append(value)
                written += 1
        if written < self.count:
            self._pad()

    def _new(self, columns: dict[str, Column], name: str, most: int) -> Column | None:
        if self.count >= most:
            self._crowded = True
            return None
        self.count += 1
        column = columns[sys.intern(name)] = array("f", [_NOTHING]) * (len(self.at) - 1)
        return column

    def _pad(self) -> None:
        length = len(self.at)
        for column in self._columns():
            if len(column) < length:
                column.append(_NOTHING)

    def _merge(self, metrics: Mapping[str, MetricValue]) -> None:
        for name, value in metrics.items():
            if isinstance(value, dict):
                columns = self.instances.get(name, {})
                for instance, number in value.items():
                    if (column := columns.get(instance)) is not None:
                        self._mean(column, number)
            elif (column := self.plain.get(name)) is not None:
                self._mean(column, value)

    def _mean(self, column: Column, number: float) -> None:
        before = column[-1]
        column[-1] = number if before != before else before + (number - before) / self._merged  # noqa: PLR0124  # NaN is not itself

    def _trim(self, oldest: float) -> None:
        past = bisect_left(self.at, oldest)
        del self.at[:past]
        for column in self._columns():
            del column[:past]
        # an instance that is gone goes with its last number
        for columns in (self.plain, *self.instances.values()):
            for name in [name for name, column in columns.items() if _is_empty(column)]:
                del columns[name]
                self.count -= 1
        for name in [name for name, columns in self.instances.items() if not columns]:
            del self.instances[name]

    def _clear(self) -> None:
        self.__init__()  # type: ignore[misc]  # as new

    def _columns(self) -> Iterator[Column]:
        yield from self.plain.values()
        for columns in self.instances.values():
            yield from columns.values()

    def copied(self, metric: str) -> dict[str, Column] | Column | None:
        """The column of this metric, or that of each of its instances, as they are now; None if there is none."""
        if (column := self.plain.get(metric)) is not None:
            return column[:]
        if (columns := self.instances.get(metric)) is not None:
            return {instance: column[:] for instance, column in columns.items()}
        return None

    def usual_seconds(self) -> float:
        """The median of the last few times between two points; 1 if there are none."""
        last = self.at[-10:]
        steps = sorted(after - before for before, after in pairwise(last))
        return steps[len(steps) // 2] if steps else 1.0

    def is_gap(self, index: int) -> bool:
        """Whether the host was silent before the point at `index`, measured by the times around it."""
        at = self.at
        if index == 0:
            return True
        around = [1.0]
        if index >= 2:
            around.append(at[index - 1] - at[index - 2])
        if index + 1 < len(at):
            around.append(at[index + 1] - at[index])
        return at[index] - at[index - 1] > GAP_FACTOR * max(around)


class Series:
    """Those of all hosts, within the limits of what the hub keeps."""

    def __init__(self) -> None:
        self._hosts: dict[str, HostSeries] = {}
        self._count = 0

    def __len__(self) -> int:
        return self._count

    def add(self, host_id: str, metrics: Mapping[str, MetricValue], at: float) -> bool:
        """Keep a sample that was received at `at`; False if some of it has no room."""
        host = self._hosts.get(host_id)
        if host is None:
            host = self._hosts[host_id] = HostSeries()
        before = host.count
        complete = host.add(metrics, at, int(min(SERIES_OF_HOST.most, SERIES.most - self._count + before)))
        self._count += host.count - before
        return complete

    def get(self, host_id: str) -> HostSeries | None:
        """Those of one host, if it has sent anything lately."""
        return self._hosts.get(host_id)

    def forget(self, host_ids: Collection[str]) -> None:
        """These hosts are gone."""
        for host_id in host_ids:
            if host := self._hosts.pop(host_id, None):
                self._count -= host.count

    def sweep(self, now: float) -> None:
        """Forget the hosts that have been silent for so long that nothing of them is wanted."""
        self.forget([host_id for host_id, host in self._hosts.items() if host.at[-1] < now - KEPT_SECONDS])


def _is_empty(column: Sequence[float]) -> bool:
    return all(number != number for number in column)  # noqa: PLR0124  # NaN is not itself
