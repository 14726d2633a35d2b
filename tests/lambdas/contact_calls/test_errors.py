"""The error of a run is the one that happened, and the ledger has it."""

from __future__ import annotations

import time
from typing import Any

import pytest

from reconciler.lambdas.contact_calls import statements
from reconciler.lambdas.contact_calls.failures import LoadFailed
from reconciler.lambdas.contact_calls.function import NOTING
from tests.lambdas.contact_calls.loads import warehouse
from tests.lambdas.contact_calls.pipeline import Clock, Pipeline, at_time

pytestmark = pytest.mark.slow
UTC = {"TIME_ZONE": "UTC"}


class Slow:
    """A client whose calls of a method take so many seconds."""

    def __init__(self, client: Any, clock: Clock, method: str, seconds: float) -> None:
        self._client, self._clock, self._method, self._seconds = client, clock, method, seconds

    def __getattr__(self, name: str) -> Any:
        if name == self._method:
            self._clock.sleep(self._seconds)
        return getattr(self._client, name)


class Ticking(Clock):
    """A clock on which real time passes too, from the first sleep on."""

    def __call__(self) -> float:
        return self.at + (time.monotonic() - self.started if self.started else 0.0)

    started = 0.0

    def sleep(self, seconds: float) -> None:
        self.started = self.started or time.monotonic()
        super().sleep(seconds)


def test_a_load_that_fails_at_the_deadline_is_what_the_error_and_the_ledger_say(pipeline: Pipeline) -> None:
    """S3-26: the database takes all of the time, and still there is some to note why."""
    pipeline.seed("a", "11:00")
    pipeline.clock = Ticking(at_time("12:40"))
    slow = Slow(pipeline.client("secretsmanager"), pipeline.clock, "get_secret_value", 97 - NOTING - 5.5)
    pipeline.clients = {**pipeline.clients, "secretsmanager": slow}

    with warehouse(pipeline).connections.open() as holder:
        holder.cursor().execute(statements.ALONE)
        with pytest.raises(LoadFailed, match="Redshift: ProgrammingError 57014"):
            pipeline.run("12:40", seconds=100, **UTC)

    noted = pipeline.item("window#2026-01-05T10:00:00.000Z")
    assert (noted["status"]["S"], noted["reason"]["S"][:33]) == ("failed", "LoadFailed: Redshift: Programming")


def test_a_ledger_that_does_not_take_the_note_hides_no_error(pipeline: Pipeline) -> None:
    pipeline.run("10:40", **UTC)
    pipeline.seed("a", "11:00")
    client = pipeline.client("dynamodb")
    pipeline.clients = {**pipeline.clients, "dynamodb": Unwriting(client)}

    with pytest.raises(LoadFailed, match="the bucket"):
        pipeline.run("12:40", LOAD_BUCKET="another-bucket", **UTC)

    assert [line["message"] for line in pipeline.logged() if line["level"] == "ERROR"] == [
        "a failed window could not be noted",
        "contact calls: failed",
    ]


class Unwriting:
    """A DynamoDB that takes no item of a window."""

    def __init__(self, client: Any) -> None:
        self._client = client

    def __getattr__(self, name: str) -> Any:
        return getattr(self._client, name)

    def update_item(self, **asked: Any) -> Any:
        table = "nowhere" if asked["Key"]["item"]["S"].startswith("window#") else asked["TableName"]
        return self._client.update_item(**asked | {"TableName": table})
