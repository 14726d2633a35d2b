"""Metrics within a log line."""

from __future__ import annotations

import json
from typing import Any

import jsonschema
import pytest

from reconciler.lambdas.session_data.outcome import Outcome, as_metrics
from reconciler.lambdas.shared.logs import Log
from reconciler.lambdas.shared.metrics import embedded
from tests.lambdas.emf import must_be_metrics


def test_a_line_is_what_cloudwatch_makes_metrics_of() -> None:
    lines: list[str] = []
    metrics = embedded("reconcile/session_data", {"FunctionName": "f"}, as_metrics(Outcome(), 12.5), 1_700_000_000.5)

    Log({"requestId": "r"}, lines.append).line("INFO", "two\nlines", {"note": "a\nb", "status": "updated"}, metrics)

    must_be_metrics(lines[0])
    assert json.loads(lines[0])["Duration"] == 12.5


@pytest.mark.parametrize(
    "broken",
    [
        {"FunctionName": ""},
        {"Duration": "12"},
        {"Errors": None},
        {"_aws": {"Timestamp": 1700000000, "CloudWatchMetrics": []}},
    ],
)
def test_what_cloudwatch_passes_over_is_seen(broken: dict[str, Any]) -> None:
    metrics = embedded("n", {"FunctionName": "f"}, as_metrics(Outcome(), 1.0), 1_700_000_000.0)

    with pytest.raises((AssertionError, jsonschema.ValidationError)):
        must_be_metrics(json.dumps({**metrics, **broken}))
