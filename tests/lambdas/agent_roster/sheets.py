"""The function `agent_upload` in front of a desk: a spreadsheet goes through both functions."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from types import SimpleNamespace
from typing import Any

import moto  # noqa: F401 - clients made before moto is imported are not answered by it

from reconciler.lambdas.agent_roster.function import PATIENCE
from reconciler.lambdas.agent_upload.function import AgentUpload
from reconciler.lambdas.shared.calls import client
from reconciler.lambdas.shared.surroundings import Surroundings
from reconciler.sandbox import REGION, in_process
from tests.lambdas.agent_roster.desk import BUCKET, Clock, Desk
from tests.lambdas.clients import signed_session

SERVICES = ("connect", "dynamodb", "s3", "secretsmanager", "sqs")


class Sheets:
    """The function beside the desk's tables, in the desk's time."""

    def __init__(self, desk: Desk) -> None:
        self.desk, clock = desk, desk.clock
        environ = {**desk.environ, "SECRET_PREFIX": "agents/passwords"}
        around = Surroundings(environ, desk.client, clock, clock, clock.sleep, lambda: 0.5, desk.lines.append)
        self.function, self.count = AgentUpload(around), 0

    def put(self, content: bytes, key: str) -> dict[str, int]:
        """Uploads a spreadsheet, and gives the function its event."""
        stored = self.desk.clients["s3"].put_object(Bucket=BUCKET, Key=key, Body=content)
        self.count, tag = self.count + 1, stored["ETag"].strip('"')
        at = datetime.fromtimestamp(self.desk.clock(), UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
        record: dict[str, Any] = {
            "eventSource": "aws:s3",
            "eventName": "ObjectCreated:Put",
            "eventTime": at,
            "s3": {
                "bucket": {"name": BUCKET},
                "object": {"key": key, "size": len(content), "eTag": tag, "sequencer": f"{self.count:018X}"},
            },
        }
        context = SimpleNamespace(aws_request_id="r", function_name="u", get_remaining_time_in_millis=lambda: 900_000)
        return self.function.answer({"Records": [record]}, context)

    def result(self) -> tuple[str, bytes]:
        """Returns the name and the content of the only result file."""
        s3 = self.desk.clients["s3"]
        listed = s3.list_objects_v2(Bucket=BUCKET, Prefix="results/")["Contents"]
        (key,) = (it["Key"] for it in listed if it["Key"].endswith(".csv"))
        return key.removeprefix("results/"), s3.get_object(Bucket=BUCKET, Key=key)["Body"].read()


@contextmanager
def sheets() -> Iterator[Sheets]:
    """Yields both functions in a world of their own."""
    session, clock = signed_session(), Clock()
    with in_process(clock=clock, sleep=clock.sleep) as control:
        yield Sheets(Desk(control, clock, {name: client(name, REGION, PATIENCE, session) for name in SERVICES}))
