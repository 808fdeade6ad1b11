"""Metrics as plain numbers, made into Prometheus' families when somebody asks.

Everything is counted on one thread, so no lock is needed, which the library's own counters take
at each step; looking up and adding here costs a quarter of that.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Sequence
from itertools import accumulate

from prometheus_client.core import (
    CounterMetricFamily,
    HistogramMetricFamily,
    Metric,
    SummaryMetricFamily,
)

Labels = tuple[str, ...]

OTHER = "(other)"


class Counts:
    """Totals by their labels' values."""

    __slots__ = ("_labels", "_name", "_purpose", "values")

    def __init__(self, name: str, purpose: str, labels: Labels = ()) -> None:
        self._name = name
        self._purpose = purpose
        self._labels = labels
        # What has no labels begins at zero; the rest begins when it first happens.
        self.values: dict[Labels, float] = {} if labels else {(): 0}

    def add(self, labels: Labels = (), amount: float = 1) -> None:
        values = self.values
        values[labels] = values.get(labels, 0) + amount

    def family(self) -> Metric:
        family = CounterMetricFamily(self._name, self._purpose, labels=self._labels)
        for labels, value in self.values.items():
            family.add_metric(labels, value)
        return family


class Durations:
    """Histograms of seconds by their labels' values; `bounds` are the buckets' upper ends."""

    __slots__ = ("_bounds", "_labels", "_name", "_purpose", "_values")

    def __init__(
        self, name: str, purpose: str, labels: Labels = (), *, bounds: Sequence[float]
    ) -> None:
        self._name = name
        self._purpose = purpose
        self._labels = labels
        self._bounds = tuple(bounds)
        # One count for each bucket and one beyond the last, then the sum.
        self._values: dict[Labels, list[float]] = {} if labels else {(): self._empty()}

    def observe(self, seconds: float, labels: Labels = ()) -> None:
        cells = self._values.get(labels)
        if cells is None:
            cells = self._values[labels] = self._empty()
        cells[bisect_left(self._bounds, seconds)] += 1
        cells[-1] += seconds

    def family(self) -> Metric:
        family = HistogramMetricFamily(self._name, self._purpose, labels=self._labels)
        ends = [*(str(float(bound)) for bound in self._bounds), "+Inf"]
        for labels, cells in self._values.items():
            buckets = list(zip(ends, accumulate(cells[:-1]), strict=True))
            family.add_metric(labels, buckets, cells[-1])
        return family

    def _empty(self) -> list[float]:
        return [0.0] * (len(self._bounds) + 2)


class Sums:
    """How many, and how many seconds in all, by one label's value."""

    __slots__ = ("_label", "_name", "_purpose", "_values")

    def __init__(self, name: str, purpose: str, label: str) -> None:
        self._name = name
        self._purpose = purpose
        self._label = label
        self._values: dict[str, list[float]] = {}

    def observe(self, seconds: float, value: str) -> None:
        cells = self._values.get(value)
        if cells is None:
            cells = self._values[value] = [0, 0.0]
        cells[0] += 1
        cells[1] += seconds

    def family(self) -> Metric:
        family = SummaryMetricFamily(self._name, self._purpose, labels=(self._label,))
        for value, (count, seconds) in self._values.items():
            family.add_metric((value,), count_value=int(count), sum_value=seconds)
        return family


class Names:
    """A bounded set of label values: the first `limit` that come, and OTHER for the rest.

    Who can name operations could otherwise make as many time series as he likes.
    """

    __slots__ = ("_known", "_limit")

    def __init__(self, limit: int) -> None:
        self._limit = limit
        self._known: set[str] = set()

    def bounded(self, name: str) -> str:
        if name in self._known:
            return name
        if len(self._known) < self._limit:
            self._known.add(name)
            return name
        return OTHER
