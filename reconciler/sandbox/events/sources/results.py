"""A function's report on a batch: all done, some records failed, or all of it failed."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

from moto.awslambda.models import EventSourceMapping
from moto.events.models import EventPattern

from reconciler.sandbox.functions.containers import Answer

REPORTS = "ReportBatchItemFailures"
Record = dict[str, Any]


def failed_records(mapping: EventSourceMapping, answer: Answer, ids: Sequence[str]) -> frozenset[str]:
    """Returns the ids of the records that failed.

    The whole batch fails with an exception, and with a report that names no record of the batch.
    A report without failures is a success. Source: the developer guide, "Success and failure conditions".
    """
    if answer.is_error:
        return frozenset(ids)
    if REPORTS not in (mapping.function_response_types or []):
        return frozenset()
    report = _parsed(answer.body)
    if not isinstance(report, dict) or not report.get("batchItemFailures"):
        return frozenset()
    failures = report["batchItemFailures"]
    named: frozenset[Any] = frozenset(
        item.get("itemIdentifier") if isinstance(item, dict) else None for item in failures
    )
    return named if named <= frozenset(ids) else frozenset(ids)


def is_wanted(mapping: EventSourceMapping, record: Record) -> bool:
    """Returns whether a record passes one of the mapping's filters, or it has none."""
    filters = (mapping.filter_criteria or {}).get("Filters") or []
    patterns = [json.loads(one["Pattern"]) for one in filters if one.get("Pattern")]
    return not patterns or any(EventPattern("", pattern).matches_event(_seen(record)) for pattern in patterns)


def _seen(record: Record) -> Any:
    """Returns the record as filters see it: with a body that is JSON as an object."""
    body = _parsed(record["body"].encode()) if "body" in record else None
    return record | {"body": body} if isinstance(body, dict) else record


def _parsed(body: bytes) -> Any:
    try:
        return json.loads(body or b"null")
    except ValueError:
        return None
