"""The function in a world of its own: the sandbox's AWS, a bucket, tables, and a clock that only sleeping moves."""

from __future__ import annotations

import csv
import io
import json
import random
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from typing import Any
from urllib.parse import quote_plus

from reconciler.lambdas.agent_upload.function import AgentUpload, spelled
from reconciler.lambdas.agents.item import ACTIVE, RosterItem, item_key, read_item, sequencer_text, typed
from reconciler.lambdas.agents.results import ResultRow
from reconciler.lambdas.agents.uploads import Places, Uploads
from reconciler.lambdas.shared.caller import Caller
from reconciler.lambdas.shared.calls import Calls
from reconciler.lambdas.shared.deadline import Deadline
from reconciler.lambdas.shared.surroundings import Surroundings
from reconciler.sandbox import INSTANCE_ID, Control
from tests.builders.agent_files import ADA, MANAGED, MARY, SECRET, agent_csv
from tests.lambdas.invocations import Context

NOON = datetime(2026, 1, 5, 12, tzinfo=UTC).timestamp()
UPLOADS, ROSTER, BUCKET, PREFIX = "agents-uploads", "agents-roster", "agents-111122223333", "agents/passwords"
KEYS = {UPLOADS: ("key", "sequencer"), ROSTER: ("instance_id", "username")}
WITH_PASSWORDS = tuple({**row, "password": SECRET} for row in (ADA, MARY))


@dataclass
class Inbox:
    sandbox: Control
    clients: Mapping[str, Any]
    at: float = NOON
    environ: dict[str, str] = field(default_factory=dict)
    lines: list[str] = field(default_factory=list)
    number: int = 0

    def __post_init__(self) -> None:
        self.environ |= {
            "INSTANCE_ID": INSTANCE_ID,
            "AWS_REGION": "us-east-1",
            "UPLOADS_TABLE": UPLOADS,
            "ROSTER_TABLE": ROSTER,
            "BUCKET_NAME": BUCKET,
            "SECRET_PREFIX": PREFIX,
        }
        for table, keys in KEYS.items():
            self.clients["dynamodb"].create_table(
                TableName=table,
                AttributeDefinitions=[{"AttributeName": name, "AttributeType": "S"} for name in keys],
                KeySchema=[
                    {"AttributeName": name, "KeyType": kind} for name, kind in zip(keys, ("HASH", "RANGE"), strict=True)
                ],
                BillingMode="PAY_PER_REQUEST",
            )
        self.s3.create_bucket(Bucket=BUCKET)
        self.s3.put_bucket_versioning(Bucket=BUCKET, VersioningConfiguration={"Status": "Enabled"})
        self.function = self.container()

    @property
    def s3(self) -> Any:
        return self.clients["s3"]

    def container(self) -> AgentUpload:
        """Returns the function as a new container has it."""
        return AgentUpload(self.around())

    def around(self) -> Surroundings:
        return Surroundings(
            environ=self.environ,
            client=lambda service, region, patience: self.clients[service],
            clock=lambda: self.at,
            now=lambda: self.at,
            sleep=self.sleep,
            random=random.Random(1).random,  # noqa: S311 - of pauses
            write=self.lines.append,
        )

    def sleep(self, seconds: float) -> None:
        self.at += seconds

    def put(self, content: str | bytes, key: str = "uploads/agents.csv", **more: Any) -> dict[str, Any]:
        """Puts an object, and returns the record of its event."""
        body = content if isinstance(content, bytes) else content.encode()
        self.at += 1
        self.number += 1
        put = self.s3.put_object(Bucket=BUCKET, Key=key, Body=body, **more)
        held = {"key": quote_plus(key, safe="/"), "size": len(body), "eTag": put["ETag"].strip('"')}
        held |= {"sequencer": f"0055AED6DCD902{self.number:04X}"}
        held |= {"versionId": put["VersionId"]} if "VersionId" in put else {}
        return {
            "eventVersion": "2.1",
            "eventSource": "aws:s3",
            "eventName": "ObjectCreated:Put",
            "eventTime": spelled(self.at),
            "s3": {"bucket": {"name": BUCKET}, "object": held},
        }

    def invoke(self, *records: Mapping[str, Any], seconds: float = 900.0) -> dict[str, int]:
        return self.function.answer({"Records": list(records)}, Context("agents-upload", seconds))

    def upload(self, content: str | bytes, key: str = "uploads/agents.csv") -> dict[str, int]:
        return self.invoke(self.put(content, key))

    def results(self, record: Mapping[str, Any]) -> list[dict[str, str]]:
        """Returns the rows of the result file as CSV has them."""
        text = self.object(f"{self.result_stem(record)}.csv").decode("utf-8-sig")
        return list(csv.DictReader(io.StringIO(text)))

    def result_json(self, record: Mapping[str, Any]) -> dict[str, Any]:
        return dict(json.loads(self.object(f"{self.result_stem(record)}.json")))

    def result_stem(self, record: Mapping[str, Any]) -> str:
        held = record["s3"]["object"]
        name = str(held["key"]).removeprefix("uploads/")
        return f"results/{name}-{held['sequencer'].lower().rstrip('0')}"

    def object(self, key: str) -> bytes:
        return bytes(self.s3.get_object(Bucket=BUCKET, Key=key)["Body"].read())

    def object_keys(self, prefix: str = "") -> list[str]:
        return [row["Key"] for row in self.s3.list_objects_v2(Bucket=BUCKET, Prefix=prefix).get("Contents", ())]

    def versions(self, prefix: str) -> list[str]:
        answer = self.s3.list_object_versions(Bucket=BUCKET, Prefix=prefix)
        return [row["Key"] for name in ("Versions", "DeleteMarkers") for row in answer.get(name, ())]

    def items(self, table: str) -> list[dict[str, Any]]:
        return list(self.clients["dynamodb"].scan(TableName=table)["Items"])

    def roster(self) -> dict[str, RosterItem]:
        items = map(read_item, self.items(ROSTER))
        return {item.username: item for item in items}

    def record(self, record: Mapping[str, Any]) -> dict[str, Any]:
        held = record["s3"]["object"]
        return self.uploads().read(str(held["key"]), sequencer_text(held["sequencer"]))

    def uploads(self) -> Uploads:
        """The uploads as `agent_roster` has them."""
        call = Caller(lambda service: self.clients[service], self.calls_within(900))
        return Uploads(call, Places(UPLOADS, BUCKET), lambda: self.at)

    def calls_within(self, seconds: float) -> Calls:
        return Calls(Deadline.within(seconds, lambda: self.at), self.sleep, lambda: 0.5)

    def settle(self, *usernames: str, result: str = "created") -> None:
        """Settles requests well, as `agent_roster` does."""
        for username in usernames:
            request = self.roster()[username].request
            assert request is not None
            plain = {
                "status": ACTIVE,
                "user_id": f"id-of-{username}",
                "settled_hash": request.agent_hash,
                "last_result": result,
            }
            self.set_attributes(username, **plain)
            row = ResultRow(request.row, username, result)
            self.uploads().settle(request.key, request.sequencer, [row])

    def set_attributes(self, username: str, **plain: Any) -> None:
        self.clients["dynamodb"].update_item(
            TableName=ROSTER,
            Key=item_key(INSTANCE_ID, username),
            UpdateExpression="SET " + ", ".join(f"#{name} = :{name}" for name in plain),
            ExpressionAttributeNames={f"#{name}": name for name in plain},
            ExpressionAttributeValues={f":{name}": typed(value) for name, value in plain.items()},
        )

    def secret(self, username: str) -> str:
        name = f"{PREFIX}/{INSTANCE_ID}/{username}/password"
        return str(self.clients["secretsmanager"].get_secret_value(SecretId=name)["SecretString"])

    def secrets(self) -> list[str]:
        listed = self.clients["secretsmanager"].list_secrets(IncludePlannedDeletion=True)
        return sorted(secret["Name"] for secret in listed["SecretList"])

    def calls(self) -> dict[str, int]:
        return dict(self.sandbox.stats()["calls"])


def managed_csv(rows: Iterable[Mapping[str, str]] = WITH_PASSWORDS, header: Iterable[str] = MANAGED) -> str:
    """Returns a file of an instance that keeps passwords."""
    return agent_csv(tuple(header), rows)


def row(**cells: str) -> dict[str, str]:
    """Returns Ada's row with other cells; `_` stands for a blank."""
    names = {name: name if "|" in name else name.replace("_", " ") for name in cells}
    return {**WITH_PASSWORDS[0], **{names[name]: text for name, text in cells.items()}}


__all__ = ["Inbox", "managed_csv", "replace", "row"]
