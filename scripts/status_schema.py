"""Describes the JSON of `reconcile pipelines status` as a JSON Schema (draft-07).

The keys come from reconciler/cli/pipelines/status_json.py. The golden files of the status are held against it.
"""

from __future__ import annotations

from reconciler.pipelines.state import Verdict
from scripts.schema_parts import Schema, count, document, enum, flag, list_of, object_of, optional_text, string

_SOME = ("contacts", "pairs", "uploads")  # keys that only pipelines of some types have
_WORDS = [verdict.value for verdict in Verdict]


def status_schema() -> Schema:
    keys = {
        "format_version": string("Version of this format. A minor version only adds keys.") | {"const": "1.0"},
        "stack": string("Name of the stack."),
        "environment": string("Name of the environment."),
        "pipelines": list_of("Every pipeline that was asked for.", _pipeline()),
    }
    return document("Status", "The status of pipelines, as `pipelines status` writes it.", keys)


def _pipeline() -> Schema:
    keys = {
        "name": string("Name of the `Pipeline`."),
        "type": string("Its type, such as `contact_calls`."),
        "status": enum("The verdict. `error` if the status cannot be read.", _WORDS),
        "reasons": list_of("Reasons for the verdict, the worst first.", string("One reason.")),
        "error": string("Why the status cannot be read, or empty."),
        "schedules": list_of("Its schedules.", _schedule()),
        "functions": list_of("Its functions.", _function()),
        "alarms": list_of("Its alarms.", _alarm()),
        "deadLetters": list_of("Its dead-letter queues.", _queue()),
        "contacts": _contacts(),
        "pairs": list_of("Only for `connectwise`: the pairs of tenant and table.", _pair()),
        "uploads": list_of("Only for `agent_import`: the uploads with rows that wait.", _upload()),
    }
    return object_of("One pipeline.", keys, [key for key in keys if key not in _SOME])


def _schedule() -> Schema:
    keys = {
        "name": string("Name of the schedule."),
        "expression": string("Its expression, or empty if it is not live."),
        "timeZone": string("Its time zone."),
        "state": string("`ENABLED` or `DISABLED`; empty if it is not live."),
        "watermark": _moment("All contacts that ended before it are loaded. `null` if the schedule loads nothing."),
        "lagSeconds": _maybe_count("Seconds from the watermark to where it should be. `null` if there is none."),
    }
    return object_of("One schedule.", keys)


def _function() -> Schema:
    error = object_of(
        "Last error in its log within 24 hours. `null` if there is none.",
        {"at": string("Time in UTC."), "message": string("The error.")},
    )
    keys = {"name": string("Name of the function."), "lastError": error | {"type": ["object", "null"]}}
    return object_of("One function.", keys)


def _alarm() -> Schema:
    keys = {
        "name": string("Name of the alarm."),
        "state": string("`OK`, `ALARM` or `INSUFFICIENT_DATA`; empty if it is not live."),
        "since": _moment("Time of its last change. `null` if AWS does not say it."),
        "reason": string("Reason that AWS states."),
    }
    return object_of("One alarm.", keys)


def _queue() -> Schema:
    keys = {
        "queue": string("Name of the queue."),
        "messages": _maybe_count("Approximate number of events in it. `null` if the queue is not live."),
    }
    return object_of("One dead-letter queue.", keys)


def _contacts() -> Schema:
    window = {
        "from": string("Begin of the window, in UTC."),
        "to": string("End of the window, in UTC."),
        "status": string("`never` or `failed`."),
        "reason": string("Why it failed, or empty."),
        "overdue": flag("False while the run of the schedule may still be on its way."),
    }
    keys = {
        "watermark": _moment("All contacts that ended before it are loaded. `null` before the first run."),
        "lagSeconds": _maybe_count("Seconds from the watermark to where it should be."),
        "paused": string("Reason of a pause, or empty."),
        "quarantined": count("Contacts in quarantine."),
        "missingCount": _maybe_count("Number of windows that are due and not done. `null` if it is unknown."),
        "missing": list_of("Those windows, up to 500.", object_of("One window.", window)),
        "missingUnknown": string("Why the missing are unknown, or empty."),
    }
    return object_of("Only for `contact_calls`: what is loaded.", keys)


def _pair() -> Schema:
    progress = {
        "from": string("Oldest instant of the history that is wanted."),
        "to": string("Instant at which the history begins; it is fetched backwards."),
        "reached": string("Instant to which it has come."),
        "percent": count("Share that is done."),
    }
    commit = {
        "table": string("Name of the canonical table."),
        "commit": count("Its newest commit."),
        "loaded": count("The commit that is in the warehouse, 0 if there is none."),
    }
    keys = {
        "tenant": string("Name of the tenant."),
        "table": string("Source table, or empty if the row of the tenant is broken."),
        "status": enum("The verdict on the pair.", _WORDS),
        "retired": flag("True if the tenant is not enabled, so that no run polls it."),
        "watermark": _moment("Newest stamp of the vendor that was fetched."),
        "lastRun": _moment("End of the last pass."),
        "ageSeconds": _maybe_count("Seconds since then. `null` before the first pass."),
        "error": string("The error, or empty."),
        "backfill": object_of("The fetching of history. `null` if there is none.", progress)
        | {"type": ["object", "null"]},
        "commits": list_of("The canonical tables that it feeds.", object_of("One canonical table.", commit)),
    }
    return object_of("One pair.", keys)


def _upload() -> Schema:
    keys = {
        "key": string("Key of the file."),
        "receivedAt": string("Time of the upload, in UTC."),
        "rows": count("All of its rows."),
        "settled": count("Rows whose users are settled."),
        "pending": count("Rows that were handed over, settled ones too."),
    }
    return object_of("One upload.", keys)


def _moment(description: str) -> Schema:
    return optional_text(description) | {"format": "date-time"}


def _maybe_count(description: str) -> Schema:
    return count(description) | {"type": ["integer", "null"]}
