"""The traces of an invocation in CloudWatch Logs and CloudWatch: its lines, its embedded metrics, and AWS/Lambda's.

Logs and metrics carry the sandbox's clock. A container's is ahead of the machine's by what the sandbox's was moved when
its event was sent; the time of an embedded metric is moved by the rest.
"""

from __future__ import annotations

import itertools
import json
import time
from collections.abc import Iterator
from datetime import UTC, datetime
from math import ceil
from typing import Any

from moto.awslambda.models import LambdaFunction
from moto.cloudwatch.models import cloudwatch_backends

from reconciler.sandbox.functions.containers import Answer, Container, Invocation, timed_out
from reconciler.sandbox.functions.members import logging_config
from reconciler.sandbox.world import world

Json = dict[str, Any]


def log_group(function: LambdaFunction) -> str:
    settings = logging_config(function)
    return str(settings.get("LogGroup") or f"/aws/lambda/{function.function_name}")


def keep(function: LambdaFunction, container: Container, invocation: Invocation, answer: Answer) -> str:
    """Writes the logs and metrics of an invocation. Returns its log as text."""
    lines = [line.replace("\r", "\n") for line in answer.log.split("\n") if line]
    for line in lines:
        _keep_embedded(function, line, invocation.ahead)
    messages = _messages(function, invocation, answer, lines)
    _write_log(function, container, messages)
    milliseconds = answer.seconds * 1000
    for name, value, unit in (
        ("Invocations", 1.0, "Count"),
        ("Errors", float(answer.is_error), "Count"),
        ("Duration", milliseconds, "Milliseconds"),
    ):
        put_metric(function, "AWS/Lambda", name, value, unit, _own_dimensions(function))
    return "\n".join(messages) + "\n"


def keep_throttle(function: LambdaFunction) -> None:
    put_metric(function, "AWS/Lambda", "Throttles", 1.0, "Count", _own_dimensions(function))


def put_metric(
    function: LambdaFunction,
    namespace: str,
    name: str,
    value: float,
    unit: str,
    dimensions: Json,
    seconds: float | None = None,
) -> None:
    """Writes one value, at `seconds` since 1970 or now."""
    at = datetime.fromtimestamp(world.now() if seconds is None else seconds, UTC).replace(tzinfo=None)  # as moto does
    listed = [{"Name": key, "Value": str(text)} for key, text in dimensions.items()]
    datum = {"MetricName": name, "Value": value, "Unit": unit, "Dimensions": listed, "Timestamp": at}
    with world.lock:
        cloudwatch_backends[function.account_id][function.region].put_metric_data(namespace, [datum])


def _messages(function: LambdaFunction, invocation: Invocation, answer: Answer, lines: list[str]) -> list[str]:
    id, milliseconds = invocation.request_id, answer.seconds * 1000
    report = [
        f"REPORT RequestId: {id}",
        f"Duration: {milliseconds:.2f} ms",
        f"Billed Duration: {ceil(milliseconds)} ms",
        f"Memory Size: {function.memory_size} MB",
        f"Max Memory Used: {answer.peak_memory} MB",
    ]
    if answer.init_seconds is not None:
        report.append(f"Init Duration: {answer.init_seconds * 1000:.2f} ms")
    timeout = [f"{_iso(world.now())} {timed_out(invocation).replace(' Error:', '')}"] if answer.is_timeout else []
    return [
        f"START RequestId: {id} Version: {function.version}",
        *lines,
        *timeout,
        f"END RequestId: {id}",
        "\t".join(report),
    ]


def _write_log(function: LambdaFunction, container: Container, messages: list[str]) -> None:
    """Writes to the log group, which Lambda creates if it does not exist.

    moto's PutLogEvents refuses times that are far from the machine's, so the events go into the stream without it.
    """
    backend, group, stream = function.logs_backend, log_group(function), container.blueprint.environ[STREAM]
    at = int(world.now() * 1000)
    with world.lock:
        backend.ensure_log_group(group)
        backend.ensure_log_stream(group, stream)
        backend.groups[group].put_log_events(stream, [{"timestamp": at, "message": text} for text in messages])


STREAM = "AWS_LAMBDA_LOG_STREAM_NAME"


def _keep_embedded(function: LambdaFunction, line: str, ahead: float) -> None:
    """Writes the metrics of a line in embedded metric format. Any other line has none. `ahead`: the invocation's."""
    if not line.startswith("{") or '"_aws"' not in line:
        return
    try:
        root = json.loads(line)
        values = list(_embedded(root))
    except (ValueError, KeyError, TypeError):  # CloudWatch leaves such a line out as well.
        return
    behind = world.clock() - time.time() - ahead
    seconds = float(root["_aws"].get("Timestamp") or (time.time() + ahead) * 1000) / 1000 + behind
    for namespace, name, value, unit, dimensions in values:
        put_metric(function, namespace, name, value, unit, dimensions, seconds)


def _embedded(root: Json) -> Iterator[tuple[str, str, float, str, Json]]:
    for directive in root["_aws"]["CloudWatchMetrics"]:
        for keys, metric in itertools.product(directive.get("Dimensions") or [[]], directive["Metrics"]):
            values = root[metric["Name"]]
            for value in values if isinstance(values, list) else [values]:
                dimensions = {key: root[key] for key in keys}
                yield directive["Namespace"], metric["Name"], float(value), metric.get("Unit", "None"), dimensions


def _own_dimensions(function: LambdaFunction) -> Json:
    return {"FunctionName": function.function_name}


def _iso(seconds: float) -> str:
    return datetime.fromtimestamp(seconds, UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
