"""Metrics as members of a log line, which CloudWatch turns into metrics: the embedded metric format.

They need no call, so they cost no time and cannot fail.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

Metric = tuple[float, str]
"""A value and its unit, as CloudWatch names units: Count, Milliseconds."""


def embedded(
    namespace: str, dimensions: Mapping[str, str], metrics: Mapping[str, Metric], epoch_seconds: float
) -> dict[str, Any]:
    """Returns the members that a log line needs; the dimensions are one set."""
    return {
        "_aws": {
            "Timestamp": int(epoch_seconds * 1000),
            "CloudWatchMetrics": [
                {
                    "Namespace": namespace,
                    "Dimensions": [list(dimensions)],
                    "Metrics": [{"Name": name, "Unit": unit} for name, (_, unit) in metrics.items()],
                }
            ],
        },
        **dimensions,
        **{name: value for name, (value, _) in metrics.items()},
    }
