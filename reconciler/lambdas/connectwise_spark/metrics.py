"""The metrics of a job, which it sends to CloudWatch by a call.

A Lambda has its metrics in its log lines, and CloudWatch reads them there. AWS does not document that for the logs of
EMR Serverless. So a job takes them out of its lines, and nothing counts them twice.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import partial
from typing import Any

from reconciler.lambdas.shared.calls import CallFailed, Calls, OutOfTime
from reconciler.lambdas.shared.logs import to_stdout

EMBEDDED = "_aws"


@dataclass(frozen=True)
class MetricLines:
    """Writes log lines without their metrics, and keeps these, by namespace, until they are sent."""

    output: Callable[[str], None] = to_stdout
    kept: dict[str, list[dict[str, Any]]] = field(default_factory=dict)

    def write(self, line: str) -> None:
        content = json.loads(line)
        given = content.pop(EMBEDDED, None)
        if given is None:
            self.output(line)
            return
        for directive in given["CloudWatchMetrics"]:
            self.kept.setdefault(directive["Namespace"], []).extend(_data(content, directive, given["Timestamp"]))
        self.output(json.dumps(content))

    def send(self, client: Any, calls: Calls) -> None:
        """Sends the metrics. The job has done its work, so metrics that are not taken are a line of the log."""
        for namespace, data in self.kept.items():
            send = partial(client.put_metric_data, Namespace=namespace, MetricData=data)
            try:
                calls.make("cloudwatch:PutMetricData", send)
            except (CallFailed, OutOfTime) as wrong:
                line = {"level": "ERROR", "message": "connectwise spark: metrics are not sent", "reason": str(wrong)}
                self.output(json.dumps(line))
        self.kept.clear()


def _data(content: Mapping[str, Any], directive: Mapping[str, Any], milliseconds: int) -> Iterator[dict[str, Any]]:
    """Yields the data of PutMetricData that CloudWatch would make of a line."""
    at = datetime.fromtimestamp(milliseconds / 1000, UTC)
    for names in directive["Dimensions"]:
        dimensions = [{"Name": name, "Value": content[name]} for name in names]
        for metric in directive["Metrics"]:
            value = {"Value": content[metric["Name"]], "Unit": metric["Unit"]}
            yield {"MetricName": metric["Name"], "Timestamp": at, "Dimensions": dimensions, **value}
