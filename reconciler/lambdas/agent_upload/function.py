"""One invocation: reads settings and event, takes every object, and logs one line with counts that add up."""

from __future__ import annotations

import traceback
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from reconciler.lambdas.agent_upload.event import Created, read_event
from reconciler.lambdas.agent_upload.failures import Failed, NoTime, UploadFailed, WrongEvent
from reconciler.lambdas.agent_upload.instance import Instance
from reconciler.lambdas.agent_upload.objects import Objects
from reconciler.lambdas.agent_upload.reporting import report
from reconciler.lambdas.agent_upload.settings import Settings, read_settings
from reconciler.lambdas.agent_upload.uploading import Counts, Uploading
from reconciler.lambdas.agents.uploads import Places, Uploads
from reconciler.lambdas.shared.caller import Caller
from reconciler.lambdas.shared.calls import CallFailed, Calls, OutOfTime, Patience
from reconciler.lambdas.shared.deadline import Deadline
from reconciler.lambdas.shared.logs import Log

MARGIN = 3.0  # seconds that the runtime needs afterwards
UNLIMITED = 900.0  # the maximum duration of a Lambda
PATIENCE = Patience(connect=3.0, read=10.0, tries=6, pause=0.5)


@dataclass(frozen=True)
class Surroundings:
    """The outside world. `clock` counts seconds, `now` is epoch seconds, `random` returns 0 to 1."""

    environ: Mapping[str, str]
    client: Callable[[str, str, Patience], Any]
    """Creates the client of a service in a Region."""
    clock: Callable[[], float]
    now: Callable[[], float]
    sleep: Callable[[float], None]
    random: Callable[[], float]
    write: Callable[[str], None]


class AgentUpload:
    """The state of a container between events: clients, and the names of the instance."""

    def __init__(self, around: Surroundings) -> None:
        self.around = around
        self._clients: dict[tuple[str, str], Any] = {}
        self._instances: dict[str, Instance] = {}

    def answer(self, event: Any, context: Any) -> dict[str, int]:
        """Takes the event's objects and returns counts. Raises `Failed`: then retries, dead letters and alarms react.

        A failed object does not keep the others from being taken.
        """
        around = self.around
        began = around.clock()
        log = Log({"requestId": getattr(context, "aws_request_id", "")}, around.write)
        counts: Counts = Counter()
        failures: list[Failed] = []
        try:
            settings = read_settings(around.environ)
            created = read_event(event)
            _must_be_of(settings, created)
            uploading = self._uploading(settings, context)
            counts["objects"] = len(created)
            for one in created:
                taken, failed = _taken(uploading, one, log)
                counts += taken
                failures += failed
        except Failed as failed:
            failures.append(failed)
        except Exception as wrong:
            # The message of an unforeseen error may repeat a cell, so it is not logged.
            log.line("ERROR", "unforeseen", {"where": _where(wrong), "type": type(wrong).__name__})
            failures.append(Failed(f"unforeseen {type(wrong).__name__}; the log says where"))
        milliseconds = round((around.clock() - began) * 1000, 1)
        report(
            log, str(getattr(context, "function_name", "agent_upload")), around.now(), counts, failures, milliseconds
        )
        if failures:
            raise failures[0]
        return dict(counts)

    def _uploading(self, settings: Settings, context: Any) -> Uploading:
        around = self.around
        remaining = getattr(context, "get_remaining_time_in_millis", None)
        budget = remaining() / 1000 - MARGIN if remaining else UNLIMITED
        calls = Calls(Deadline.within(budget, around.clock), around.sleep, around.random, PATIENCE)
        call = Caller(lambda service: self._client(service, settings.region), calls)
        places = Places(settings.uploads_table, settings.bucket, settings.uploads, settings.results, settings.kms_key)
        if settings.instance_id not in self._instances:
            self._instances[settings.instance_id] = Instance(settings.instance_id, around.clock)
        return Uploading(
            settings=settings,
            call=call,
            objects=Objects(self._client("s3", settings.region), calls),
            uploads=Uploads(call, places, around.now),
            instance=self._instances[settings.instance_id],
            now=lambda: spelled(around.now()),
        )

    def _client(self, service: str, region: str) -> Any:
        if (service, region) not in self._clients:
            self._clients[service, region] = self.around.client(service, region, PATIENCE)
        return self._clients[service, region]


def spelled(epoch_seconds: float) -> str:
    """Returns a text of fixed length, so that texts sort like times, in the form of S3's events."""
    return datetime.fromtimestamp(epoch_seconds, UTC).isoformat(timespec="milliseconds")[:-6] + "Z"


def _must_be_of(settings: Settings, created: Sequence[Created]) -> None:
    if any(one.bucket != settings.bucket for one in created):
        raise WrongEvent("a record is of another bucket than BUCKET_NAME; correct the notification or the variable")


def _taken(uploading: Uploading, created: Created, log: Log) -> tuple[Counts, list[Failed]]:
    """Returns the counts of an object, and its failure if there is one."""
    try:
        return uploading.take(created), []
    except CallFailed as failed:
        failure: Failed = UploadFailed(f"an upload could not be taken: {failed}")
    except OutOfTime as wrong:
        failure = NoTime(f"no time left for {wrong}; the next try continues")
    log.line("ERROR", str(failure), {"key": created.key, "sequencer": created.sequencer})
    return Counter(failed=1), [failure]


def _where(wrong: Exception) -> list[str]:
    return [f"{frame.name}:{frame.lineno}" for frame in traceback.extract_tb(wrong.__traceback__)]
