"""The function with its own role alone: each action of its policy is needed, and one that is missing is reported."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import botocore.session
import pytest

from reconciler.lambdas.agent_roster.actions import ACTIONS
from reconciler.lambdas.shared import calls
from reconciler.lambdas.shared.calls import CallFailed
from reconciler.sandbox import INSTANCE_ID, in_process
from tests.lambdas.agent_roster.desk import ADA, BUCKET, OWNER, QUEUE, ROSTER, UPLOADS, Clock, Desk
from tests.lambdas.granted import Role

KEY = "arn:aws:kms:us-east-1:111122223333:key/00000000-0000-4000-8000-000000000001"
VALUES = {
    **{"CONNECT_INSTANCE_ID": INSTANCE_ID, "UPLOADS_TABLE": UPLOADS, "ROSTER_TABLE": ROSTER, "BUCKET_NAME": BUCKET},
    **{"RESULT_PREFIX": "results/", "SECRET_PREFIX": "agents/passwords", "KMS_KEY_ARN": KEY},
    **{"GROUPS_INSTANCE_ID": INSTANCE_ID, "DELETES_INSTANCE_ID": INSTANCE_ID},
    "FAILED_EVENTS_QUEUE_ARN": f"arn:aws:sqs:us-east-1:111122223333:{QUEUE}",
}
# Lambda reads the stream with the function's role.
OF_LAMBDA = {"DescribeStream", "GetRecords", "GetShardIterator", "ListStreams"}
USED = [number for number, action in enumerate(ACTIONS) if action.operation not in OF_LAMBDA]
# Refusals that end the batch, so that Lambda repeats it: without the tables and the bucket there is no result.
ENDING = {"dynamodb", "s3", "sqs"}
# The call that AWS refuses, where it is not the action's own. Writes of a transaction are judged one by one.
REFUSED_CALLS = {
    "dynamodb:PutItem": "TransactWriteItems",
    "kms:Decrypt": "GetSecretValue",
    "kms:GenerateDataKey": "PutObject",
}


class Granted:
    """One world for all tests of this file, and the function with its role. Each story has a user of its own."""

    def __init__(self, desk: Desk, role: Role) -> None:
        self.desk, self.role, self.own = desk, role, role.clients(*desk.clients)
        self.administrators = desk.clients
        connect, instance = desk.clients["connect"], desk.environ["INSTANCE_ID"]
        connect.update_user_hierarchy_structure(InstanceId=instance, HierarchyStructure={"LevelOne": {"Name": "City"}})
        connect.create_security_profile(InstanceId=instance, SecurityProfileName="No access")
        queue = connect.list_queues(InstanceId=instance, QueueTypes=["STANDARD"])["QueueSummaryList"][0]["Id"]
        media = [{"Channel": "VOICE", "Concurrency": 1}]
        own = {"Name": "Second", "Description": "x", "DefaultOutboundQueueId": queue, "MediaConcurrencies": media}
        connect.create_routing_profile(InstanceId=instance, **own)

    def story(self, name: str) -> str:
        """Changes a user in every part, deletes it, and gives up an item without an agent. Returns every reason."""
        desk, ada = self.desk, replace(ADA, username=name)
        secret = f"agents/passwords/{INSTANCE_ID}/{name}/password"
        desk.clients["secretsmanager"].create_secret(Name=secret, SecretString="Correct-horse-1", KmsKeyId=KEY)
        desk.create_user(name, reconciler_stack=OWNER)
        person: dict[str, Any] = {"last_name": "King", "auto_accept": True, "hierarchy_group": name}
        moved = replace(ada, **person, tags=(("a", "b"),), routing_profile="Second", security_profiles=("No access",))
        desk.function = desk.container()
        reasons = []
        for agent in (ada, moved, replace(ada, tags=())):
            sequencer = desk.upload(agent, key=f"uploads/{name}.csv")
            self._run()
            reasons.append(desk.results(sequencer, f"uploads/{name}.csv")[name][1])
        desk.forget(name)
        self._run()
        pending = {"instance_id": INSTANCE_ID, "username": f"{name}-x", "status": "PENDING"}
        item = {key: {"S": text} for key, text in pending.items()}
        desk.clients["dynamodb"].put_item(TableName=ROSTER, Item=item)
        self._run()
        logged = [str(line.get("reason", "")) for line in desk.logged()]
        desk.lines.clear()
        return "\n".join((*reasons, *logged))

    def _run(self) -> None:
        records = self.desk.records()
        self.desk.clients = self.own
        try:
            assert self.desk.run(records) == []
        finally:
            self.desk.clients = self.administrators


@pytest.fixture(scope="module")
def granted(clients: dict[str, Any], session: botocore.session.Session) -> Iterator[Granted]:
    admins = {name: calls.client(name, "us-east-1", session=session) for name in ("iam", "sts")}
    clock = Clock()
    with in_process(clock=clock, sleep=clock.sleep) as control:
        desk = Desk(control, clock, clients)
        desk.environ |= {"CREATE_HIERARCHY_GROUPS": "true", "REMOVE": "delete", "MOST_TRIES": "1", "KMS_KEY_ARN": KEY}
        yield Granted(desk, Role(admins.__getitem__, "agent_roster", VALUES))


@pytest.mark.parametrize("tags", ["need_permission", "need_none"])
def test_the_shipped_policy_suffices(granted: Granted, tags: str) -> None:
    """S4-18: also if AWS asks for no permission to give a new user its tags."""
    granted.role.allow_all_but()
    name = f"every-right-{tags}"
    granted.desk.control.set_faults({"switches": {"tagsOfACreate": tags}})

    try:
        reasons = granted.story(name)
    finally:
        granted.desk.control.set_faults({})

    assert "may not call" not in reasons
    assert name not in granted.desk.users()
    assert [letter["reason"] for letter in granted.desk.dead_letters()] == ["the item has no valid agent"]


@pytest.mark.slow
@pytest.mark.parametrize("number", USED, ids=[f"{number}-{ACTIONS[number].allows}" for number in USED])
def test_without_one_action_the_call_that_aws_refuses_is_reported(granted: Granted, number: int) -> None:
    """S4-18: no action of the policy is more than the least. A row has the reason, or the batch fails with it."""
    action = ACTIONS[number]
    granted.role.allow_all_but(number)
    call = REFUSED_CALLS.get(action.allows, action.operation)
    if action.allows == "connect:TagResource":
        # Users and groups are created with tags.
        call = "CreateUserHierarchyGroup" if "creates_groups" in action.resources[0] else "CreateUser"
    granted.desk.clock.sleep(600)

    if action.service in ENDING or call == "PutObject":
        with pytest.raises(CallFailed, match=f"{call}: AccessDenied"):
            granted.story(f"without-{number}")
    else:
        assert f"may not call {call};" in granted.story(f"without-{number}")
