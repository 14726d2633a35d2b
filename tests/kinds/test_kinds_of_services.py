"""Kinds of other services: their tags, their casing and their references follow from the service's value."""

from __future__ import annotations

from typing import Any

import pytest

from reconciler.aws.pacer import Pacer
from reconciler.directory import AwsIds, Directory
from reconciler.kinds.asking import again, listed
from reconciler.kinds.base import Kind
from reconciler.kinds.operations import reads_of, writes
from reconciler.kinds.service import Service, Tagging
from reconciler.model import IdOf, Ref, Resource
from reconciler.pacing import Rates
from reconciler.sandbox import INSTANCE_ID
from tests.builders.kinds_of_services import (
    Bucket,
    BucketKind,
    Group,
    GroupKind,
    Machine,
    MachineKind,
    Role,
    RoleKind,
    ScheduleGroup,
    ScheduleGroupKind,
    Target,
)
from tests.worlds.least_privilege import UnrecordedAws
from tests.worlds.world import World, session

TAGS = {"Team": "orders", "reconciler:stack": "shop/prod"}
ROLE = "arn:aws:iam::111122223333:role/r"
every = pytest.mark.parametrize(
    ("kind", "spec"),
    [
        (GroupKind(), Group(name="/orders")),
        (RoleKind(), Role(name="r")),
        (ScheduleGroupKind(), ScheduleGroup(name="g")),
    ],
    ids=["logs", "iam", "scheduler"],
)


@pytest.fixture
def aws(world: World) -> UnrecordedAws:
    return UnrecordedAws(session(), INSTANCE_ID, Pacer(Rates(default=None)))


def live(aws: UnrecordedAws, kind: Kind[Any], name: str) -> dict[str, Any]:
    """Returns the resource as plan reads it: from the search, and from the reads of each result."""
    (search,) = reads_of(kind).searches
    (found,) = [members for members in listed(aws, kind, search) if kind.id_and_arn(members)[0] == name]
    read = again(aws, kind, kind.own_of(found), ("tags",), kind.id_and_arn(found)[1])
    assert read
    return {**found, **read}


@every
def test_tags_are_written_and_read_in_the_services_form(aws: UnrecordedAws, kind: Kind[Any], spec: Resource) -> None:
    ref, directory = Ref(kind.name, spec.name), Directory()

    def send(call: Any) -> None:
        aws.write(call.service, call.operation, directory.by_id(call.params))

    send(kind.create_call(ref, spec, TAGS))
    created = live(aws, kind, spec.name)
    directory.add(ref, AwsIds(*kind.id_and_arn(created)))
    send(kind.tag_call(ref, {"Cost": "7"}))
    send(kind.untag_call(ref, ["Team"]))
    changed = live(aws, kind, spec.name)

    assert kind.tags_of(created) == TAGS
    assert kind.tags_of(changed) == {"Cost": "7", "reconciler:stack": "shop/prod"}
    assert kind.from_aws(changed, directory.name) == spec.model_copy(update={"tags": kind.tags_of(changed)})


@every
def test_an_untagged_resource_has_no_tags(aws: UnrecordedAws, kind: Kind[Any], spec: Resource) -> None:
    call = kind.create_call(Ref(kind.name, spec.name), spec, {})

    aws.write(call.service, call.operation, call.params)

    assert kind.tags_of(live(aws, kind, spec.name)) == {}


@every
def test_the_policies_hold_the_calls_on_tags(kind: Kind[Any], spec: Resource) -> None:
    tagging = kind.tagging

    assert {tagging.tag, tagging.untag} <= set(writes(kind))
    assert not tagging.read or tagging.read in {read.operation for read in reads_of(kind).of_plan}


def test_a_resource_that_is_gone_has_no_tags_to_read(aws: UnrecordedAws) -> None:
    arn = "arn:aws:logs:us-east-1:111122223333:log-group:/absent"

    assert again(aws, GroupKind(), {"logGroupName": "/absent"}, ("tags",), arn) is None


def test_parameters_and_answers_follow_the_casing() -> None:
    machine = Machine(name="m", role="r", queue="q", targets=(Target(role="r", group="g"),))

    params = MachineKind().to_aws(machine, Machine.model_fields)

    role = IdOf(Ref("Role", "r"), arn=True)
    assert params == {
        "name": "m",
        "roleArn": role,
        "queueId": IdOf(Ref("Queue", "q")),
        "targets": [{"roleArn": role, "groupName": IdOf(Ref("Group", "g"))}],
    }


def test_a_reference_comes_back_by_its_form() -> None:
    known = Directory(
        [
            (Ref("Role", "worker"), AwsIds("r", ROLE)),
            (Ref("Group", "logs"), AwsIds("/orders", "")),
            (Ref("Queue", "q"), AwsIds("q-1", "")),
        ]
    )
    answer = {"name": "m", "roleArn": ROLE, "queueId": "q-1", "targets": [{"roleArn": ROLE, "groupName": "/orders"}]}

    machine = MachineKind().from_aws(answer, known.name)

    assert machine == Machine(name="m", role="worker", queue="q", targets=(Target(role="worker", group="logs"),))
    assert known.by_id(MachineKind().to_aws(machine, Machine.model_fields)) == answer


def test_tags_that_are_replaced_as_a_whole_need_no_untag() -> None:
    assert "UntagResource" not in set(writes(BucketKind()))


def test_the_member_of_tags_may_have_a_casing_of_its_own() -> None:
    class QueueKind(BucketKind):
        service = Service("sqs", "Amazon SQS", tagging=Tagging(create="tags"))

    found = QueueKind().from_aws({"Bucket": "b", "tags": {"Team": "a"}}, Directory().name)

    assert found == Bucket(name="b", tags={"Team": "a"})


def test_a_service_without_tags_answers_with_none() -> None:
    class PlainKind(BucketKind):
        service = Service("kinesis", "Amazon Kinesis")

    assert PlainKind().tags_of({"Tags": {"a": "b"}}) == {}
    assert PlainKind().with_tags({"Name": "n"}, {}) == {"Name": "n"}
    with pytest.raises(TypeError, match="without tags"):
        PlainKind().tag_call(Ref("Bucket", "b"), {"a": "b"})
