"""The tables of an import, as `agent_upload` fills them, and the function beside them, in a time of their own."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from types import SimpleNamespace
from typing import Any

from moto.dynamodb.models import dynamodb_backends

from reconciler.lambdas.agent_roster.function import Roster
from reconciler.lambdas.agents.agent import Agent
from reconciler.lambdas.agents.item import Request, item_key, request_attributes, sequencer_text
from reconciler.lambdas.agents.results import PENDING, ResultRow, Upload
from reconciler.lambdas.agents.uploads import Places, Uploads
from reconciler.lambdas.shared.caller import Caller
from reconciler.lambdas.shared.calls import Calls
from reconciler.lambdas.shared.deadline import Deadline
from reconciler.lambdas.shared.surroundings import Surroundings
from reconciler.sandbox import ACCOUNT, INSTANCE_ID, REGION, Control

OWNER = "centre/prod:Pipeline/agents"
ROSTER, UPLOADS, BUCKET, QUEUE = "agents-roster", "agents-uploads", "example-agents", "agents-dead"
KEY = "uploads/agents.csv"
PASSWORD = "Plant3d-and-nowhere-else"  # noqa: S105 - planted
ADA = Agent("ada", "Basic Routing Profile", ("Agent",), "Ada", "Lovelace", email="ada@example.com")
MOMENT = datetime(2026, 3, 4, 5, 6, 7, tzinfo=UTC).timestamp()


class Clock:
    """Seconds that pass only during a wait."""

    def __init__(self) -> None:
        self.seconds = MOMENT

    def __call__(self) -> float:
        return self.seconds

    def sleep(self, seconds: float) -> None:
        self.seconds += seconds


class Killed(BaseException):
    """The end of a container: no code of the function sees it."""


@dataclass
class Kill:
    """The container ends right before or after its call with this number, from 1."""

    at: int
    is_after: bool = False
    calls: list[str] = field(default_factory=list)

    def count(self, operation: str, *, is_after: bool) -> None:
        if not is_after:
            self.calls.append(operation)
        if len(self.calls) == self.at and is_after is self.is_after:
            raise Killed


@dataclass(frozen=True)
class Mortal:
    """A client in a container that ends at one of its calls."""

    client: Any
    kill: Kill

    def __getattr__(self, operation: str) -> Callable[..., Any]:
        def call(**params: Any) -> Any:
            self.kill.count(operation, is_after=False)
            answer = getattr(self.client, operation)(**params)
            self.kill.count(operation, is_after=True)
            return answer

        return call


@dataclass
class Desk:
    """`ask` and `upload` write requests, and `run` gives the function the records of the stream since the last run."""

    control: Control
    clock: Clock
    clients: Mapping[str, Any]
    environ: dict[str, str] = field(default_factory=dict)
    lines: list[str] = field(default_factory=list)
    kill: Kill | None = None
    uploaded: str = ""
    _uploads: int = 0
    _read: int = 0

    def __post_init__(self) -> None:
        dynamodb = self.clients["dynamodb"]
        for name, keys in ((ROSTER, ("instance_id", "username")), (UPLOADS, ("key", "sequencer"))):
            stream = {"StreamEnabled": True, "StreamViewType": "NEW_AND_OLD_IMAGES"}
            dynamodb.create_table(
                TableName=name,
                BillingMode="PAY_PER_REQUEST",
                AttributeDefinitions=[{"AttributeName": key, "AttributeType": "S"} for key in keys],
                KeySchema=[
                    {"AttributeName": key, "KeyType": kind} for key, kind in zip(keys, ("HASH", "RANGE"), strict=True)
                ],
                **({"StreamSpecification": stream} if name == ROSTER else {}),
            )
        self.clients["s3"].create_bucket(Bucket=BUCKET)
        self.queue = self.clients["sqs"].create_queue(QueueName=QUEUE)["QueueUrl"]
        own = {"INSTANCE_ID": INSTANCE_ID, "AWS_REGION": REGION, "UPLOADS_TABLE": UPLOADS, "ROSTER_TABLE": ROSTER}
        self.environ = {**own, "BUCKET_NAME": BUCKET, "OWNER": OWNER, "DEAD_LETTERS_URL": self.queue} | self.environ
        self.function = self.container()
        self.control.reset_stats()

    def container(self) -> Roster:
        """Returns a new container, which knows nothing yet."""
        clock = self.clock
        return Roster(
            Surroundings(self.environ, self.client, clock, clock, clock.sleep, lambda: 0.5, self.lines.append)
        )

    def client(self, service: str, region: str, patience: object) -> Any:
        return Mortal(self.clients[service], self.kill) if self.kill else self.clients[service]

    def upload(self, *agents: Agent, password: str | None = PASSWORD, key: str = KEY) -> str:
        """Requests agents in one upload, as `agent_upload` does. Returns its sequencer."""
        self._uploads += 1
        sequencer = sequencer_text(f"00{self._uploads:016x}")
        at = datetime.fromtimestamp(self.clock(), UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
        rows = [ResultRow(row, agent.username, PENDING) for row, agent in enumerate(agents, 2)]
        for row, agent in enumerate(agents, 2):
            self.ask(Request(agent, agent.hash, key, sequencer, row, at), password)
        self.uploads.draft(Upload(key, sequencer, at), rows)
        self.uploads.note(key, sequencer, pending=len(rows), status="running", received_at=at)
        return sequencer

    def ask(self, request: Request, password: str | None) -> None:
        secret = f"agents/passwords/{INSTANCE_ID}/{request.agent.username}/password"
        if password:
            self._keep(secret, password)
            request = replace(request, password_secret=secret)
        attributes = request_attributes(request)
        self.clients["dynamodb"].update_item(
            TableName=ROSTER,
            Key=item_key(INSTANCE_ID, request.agent.username),
            UpdateExpression="SET " + ", ".join(f"#{at} = :{at}" for at in range(len(attributes))),
            ExpressionAttributeNames={f"#{at}": name for at, name in enumerate(attributes)},
            ExpressionAttributeValues={f":{at}": value for at, value in enumerate(attributes.values())},
        )

    def _keep(self, name: str, password: str) -> None:
        secrets = self.clients["secretsmanager"]
        known = {it["Name"] for it in secrets.list_secrets()["SecretList"]}
        if name not in known:
            secrets.create_secret(Name=name, SecretString=password)

    def forget(self, username: str) -> None:
        """Deletes an item, as an operator does."""
        self.clients["dynamodb"].delete_item(TableName=ROSTER, Key=item_key(INSTANCE_ID, username))

    @property
    def uploads(self) -> Uploads:
        patient = Calls(Deadline.within(60, self.clock), self.clock.sleep, lambda: 0.5)
        return Uploads(Caller(self.clients.__getitem__, patient), Places(UPLOADS, BUCKET), self.clock)

    # The events.

    def records(self) -> list[dict[str, Any]]:
        """Returns the records of the stream since the last time."""
        shard = dynamodb_backends[ACCOUNT][REGION].tables[ROSTER].stream_shard
        every = [dict(item.to_json()) for item in shard.items]
        new = every[self._read :]
        self._read = len(every)
        return [{**it, "dynamodb": {**it["dynamodb"], "ApproximateCreationDateTime": 0}} for it in new]

    def run(self, records: Sequence[Mapping[str, Any]] | None = None, seconds: float = 900) -> list[str]:
        """Gives the function a batch, and returns the sequence numbers that it reports."""
        batch = self.records() if records is None else records
        ends = self.clock() + seconds
        context = SimpleNamespace(
            aws_request_id="00000000-0000-4000-8000-00000000aaaa",
            function_name="agents-roster",
            get_remaining_time_in_millis=lambda: int((ends - self.clock()) * 1000),
        )
        answer = self.function.answer({"Records": list(batch)}, context)
        return [failure["itemIdentifier"] for failure in answer["batchItemFailures"]]

    def run_until_done(self, most: int = 30) -> int:
        """Repeats a batch as Lambda does, from the record that is reported. Returns the number of invocations."""
        batch = self.records()
        for count in range(1, most + 1):
            failed = self.run(batch)
            if not failed:
                return count
            numbers = [record["dynamodb"]["SequenceNumber"] for record in batch]
            batch = batch[numbers.index(failed[0]) :]
        raise AssertionError(f"not done after {most} invocations")

    # The state.

    def item(self, username: str = "ada") -> dict[str, Any]:
        """Returns the item's attributes as plain texts."""
        found = self.clients["dynamodb"].get_item(TableName=ROSTER, Key=item_key(INSTANCE_ID, username))
        return {name: next(iter(value.values())) for name, value in found.get("Item", {}).items()}

    def results(self, sequencer: str, key: str = KEY) -> dict[str, tuple[str, str]]:
        """Returns result and reason of each user of an upload's result file."""
        return {row["username"]: (row["result"], row["reason"]) for row in self.result_rows(sequencer, key)}

    def result_rows(self, sequencer: str, key: str = KEY) -> list[dict[str, Any]]:
        """Returns the rows of an upload's result file as JSON has them."""
        place = Places(UPLOADS, BUCKET).result(key, sequencer, "json")
        content = json.loads(self.clients["s3"].get_object(Bucket=BUCKET, Key=place)["Body"].read())
        return list(content["rows"])

    def users(self, *names: str) -> dict[str, Any]:
        """Returns users of the instance, by name, as DescribeUser answers them: those of these names, or every one."""
        connect = self.clients["connect"]
        listed = connect.list_users(InstanceId=INSTANCE_ID, MaxResults=1000)["UserSummaryList"]
        ids = {it["Username"]: it["Id"] for it in listed}
        wanted = {name: id for name, id in ids.items() if not names or name in names}
        return {name: connect.describe_user(InstanceId=INSTANCE_ID, UserId=id)["User"] for name, id in wanted.items()}

    def calls(self, service: str = "connect") -> dict[str, int]:
        """Returns the calls on a service since the last time."""
        made: dict[str, int] = self.control.stats()["calls"]
        self.control.reset_stats()
        return {name.partition(":")[2]: count for name, count in made.items() if name.startswith(f"{service}:")}

    def create_user(self, name: str = "ada", **tags: str) -> str:
        """Makes a user by another hand, with these tags. Returns its id."""
        connect = self.clients["connect"]
        routing = connect.list_routing_profiles(InstanceId=INSTANCE_ID)["RoutingProfileSummaryList"][0]["Id"]
        security = connect.list_security_profiles(InstanceId=INSTANCE_ID)["SecurityProfileSummaryList"][0]["Id"]
        created = connect.create_user(
            InstanceId=INSTANCE_ID,
            Username=name,
            Password=PASSWORD,
            IdentityInfo={"FirstName": "Ada", "LastName": "Byron"},
            PhoneConfig={"PhoneType": "SOFT_PHONE", "AutoAccept": False, "AfterContactWorkTimeLimit": 0},
            RoutingProfileId=routing,
            SecurityProfileIds=[security],
            **({"Tags": {name.replace("_", ":"): value for name, value in tags.items()}} if tags else {}),
        )
        self.control.reset_stats()
        return str(created["UserId"])

    def logged(self) -> list[dict[str, Any]]:
        return [json.loads(line) for line in self.lines]

    def dead_letters(self) -> list[dict[str, Any]]:
        answer = self.clients["sqs"].receive_message(QueueUrl=self.queue, MaxNumberOfMessages=10)
        return [json.loads(message["Body"]) for message in answer.get("Messages", ())]
