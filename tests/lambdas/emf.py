"""A log line as CloudWatch reads it: the specification of its embedded metric format."""

from __future__ import annotations

import json
from typing import Any

import jsonschema

# The format of the CloudWatch user guide: another line silently makes no metric.
NAME = {"type": "string", "minLength": 1, "maxLength": 1024}
DIMENSIONS = {"type": "array", "maxItems": 30, "items": {"type": "string", "minLength": 1, "maxLength": 250}}
UNITS = ["Seconds", "Microseconds", "Milliseconds", "Bytes", "Percent", "Count", "Count/Second", "None"]
METRIC = {
    "type": "object",
    "required": ["Name"],
    "additionalProperties": False,
    "properties": {"Name": NAME, "Unit": {"enum": UNITS}, "StorageResolution": {"enum": [1, 60]}},
}
DIRECTIVE = {
    "type": "object",
    "required": ["Namespace", "Dimensions", "Metrics"],
    "additionalProperties": False,
    "properties": {
        "Namespace": {"type": "string", "pattern": "^[0-9A-Za-z.\\-_/#: ]{1,1024}$"},
        "Dimensions": {"type": "array", "minItems": 1, "items": DIMENSIONS},
        "Metrics": {"type": "array", "maxItems": 100, "items": METRIC},
    },
}
SCHEMA = {
    "type": "object",
    "required": ["_aws"],
    "properties": {
        "_aws": {
            "type": "object",
            "required": ["Timestamp", "CloudWatchMetrics"],
            "additionalProperties": False,
            "properties": {
                "Timestamp": {"type": "integer", "minimum": 1_000_000_000_000},
                "CloudWatchMetrics": {"type": "array", "minItems": 1, "items": DIRECTIVE},
            },
        }
    },
}


def must_be_metrics(line: str) -> None:
    """Raises where CloudWatch would make none of it."""
    result: dict[str, Any] = json.loads(line)
    jsonschema.validate(result, SCHEMA)
    for directive in result["_aws"]["CloudWatchMetrics"]:
        for dimensions in directive["Dimensions"]:
            assert all(isinstance(result[name], str) and result[name] for name in dimensions)
        for metric in directive["Metrics"]:
            assert isinstance(result[metric["Name"]], (int, float))
            assert not isinstance(result[metric["Name"]], bool)
    assert "\n" not in line
    assert len(line.encode()) < 256 * 1024
