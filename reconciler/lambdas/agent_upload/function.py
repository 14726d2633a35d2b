"""One invocation: reads settings and event, takes every object, and logs one line with counts that add up."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
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
from reconciler.lambdas.shared.calls import CallFailed, OutOfTime, Patience
from reconciler.lambdas.shared.logs import Log, code_places
from reconciler.lambdas.shared.surroundings import Surroundings, function_name

MARGIN = 3.0  # seconds that the runtime needs afterwards
UNLIMITED = 900.0  # the maximum duration of a Lambda
PATIENCE = Patience(connect=3.0, read=10.0, tries=6, pause=0.5)


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
        passed = around.stopwatch()
        log = around.log(context)
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
            failures.append(_unforeseen(wrong, log, {}))
        report(log, function_name(context, "agent_upload"), around.now(), counts, failures, passed())
        if failures:
            raise failures[0]
        return dict(counts)

    def _uploading(self, settings: Settings, context: Any) -> Uploading:
        around = self.around
        calls = around.calls(around.deadline(context, UNLIMITED, MARGIN), PATIENCE)
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
    place = {"key": created.key, "sequencer": created.sequencer}
    try:
        return uploading.take(created), []
    except CallFailed as failed:
        failure: Failed = UploadFailed(f"an upload could not be taken: {failed}")
        log.line("ERROR", str(failure), place)
    except OutOfTime as wrong:
        failure = NoTime(f"no time left for {wrong}; the next try continues")
        log.line("ERROR", str(failure), place)
    except Exception as wrong:
        failure = _unforeseen(wrong, log, place)
    return Counter(failed=1), [failure]


def _unforeseen(wrong: Exception, log: Log, place: Mapping[str, str]) -> Failed:
    """Logs where a defect is, and returns the failure. Its message may repeat a cell, so it is in neither."""
    name = type(wrong).__name__
    log.line("ERROR", "unforeseen", {**place, "where": code_places(wrong), "type": name})
    return Failed(f"unforeseen {name}; the log says where")
