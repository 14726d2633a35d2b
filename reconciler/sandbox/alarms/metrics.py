"""Data points of metrics, by period: what alarms look at."""

from __future__ import annotations

from bisect import bisect_left, insort
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from math import ceil
from typing import Any

from moto.cloudwatch.models import CloudWatchBackend, MetricAggregatedDatum, MetricDatumBase

Dimensions = frozenset[tuple[str, str]]
Key = tuple[str, str, Dimensions]


@dataclass(frozen=True)
class Value:
    """A value, or a set of values of which only statistics are known. `at`: seconds since 1970."""

    at: float
    low: float
    high: float
    sum: float
    count: float
    unit: str


class Metrics:
    """The values of one account and Region, by metric. Reading again takes only what is new."""

    def __init__(self, backend: CloudWatchBackend) -> None:
        self._backend = backend
        self._read = 0
        self._values: dict[Key, list[Value]] = defaultdict(list)

    def refresh(self) -> None:
        data = self._backend.metric_data
        for datum in data[self._read :]:
            dimensions = frozenset((str(one.name), str(one.value)) for one in datum.dimensions)
            insort(self._values[datum.namespace, datum.name, dimensions], _value(datum), key=_time)
        self._read = len(data)

    def point(self, metric: Mapping[str, Any], stat: str, unit: str | None, start: float, end: float) -> float | None:
        """Returns a statistic of a metric within a period, or None without a value."""
        dimensions = frozenset((one["Name"], one["Value"]) for one in metric.get("Dimensions") or ())
        values = self._values.get((metric["Namespace"], metric["MetricName"], dimensions), [])
        within = values[bisect_left(values, start, key=_time) : bisect_left(values, end, key=_time)]
        chosen = [value for value in within if unit in (None, value.unit)]
        return statistic(stat, chosen) if chosen else None


def _time(value: Value) -> float:
    return value.at


def statistic(stat: str, values: Sequence[Value]) -> float:
    """Returns a statistic by its name, such as Sum or p95. Raises `ValueError` for one that is not known here."""
    match stat:
        case "Sum":
            return sum(value.sum for value in values)
        case "SampleCount":
            return sum(value.count for value in values)
        case "Average":
            return sum(value.sum for value in values) / sum(value.count for value in values)
        case "Minimum":
            return min(value.low for value in values)
        case "Maximum":
            return max(value.high for value in values)
    if stat.startswith("p") and stat[1:].replace(".", "", 1).isdigit():
        return _percentile(float(stat[1:]), [value.sum / value.count for value in values])
    raise ValueError(f"the statistic {stat}")


def _percentile(percent: float, values: Iterable[float]) -> float:
    """Returns the smallest value that so many percent of the values do not exceed [the nearest rank: inferred]."""
    ordered = sorted(values)
    return ordered[max(0, ceil(percent / 100 * len(ordered)) - 1)]


def _value(datum: MetricDatumBase) -> Value:
    at, unit = _seconds(datum.timestamp), datum.unit or "None"
    if isinstance(datum, MetricAggregatedDatum):
        return Value(at, float(datum.min), float(datum.max), float(datum.sum), float(datum.sample_count), unit)
    value = float(datum.value)  # type: ignore[attr-defined]
    return Value(at, value, value, value, 1.0, unit)


def _seconds(time: datetime) -> float:
    return (time if time.tzinfo else time.replace(tzinfo=UTC)).timestamp()
