"""Moves of phone numbers from another instance: made once, continued by the next run, and given back if they fail."""

from __future__ import annotations

from typing import Any

import pytest

from reconciler.model import Manifest, Outcome
from reconciler.model.events import CallMade
from reconciler.port import Answer
from reconciler.sandbox import INSTANCE_ARN
from tests.builders.manifests import manifest
from tests.worlds.flows import flow, says
from tests.worlds.other_instance import ADDRESS, ALLOWED, MANAGED, NUMBER, Other
from tests.worlds.world import World

HERE = {"stack": "contact-centre/test", "address": ADDRESS}
TAKEN = {**HERE, "moved-from": "contact-centre/prod PhoneNumber/old-line"}
THERE = {"stack": "contact-centre/prod", "address": "PhoneNumber/old-line"}


def number(**fields: Any) -> Manifest:
    return manifest("PhoneNumber", "support-line", {"phoneNumber": NUMBER, "contactFlow": "Main", **fields})


def messages(done: Outcome) -> set[str]:
    return {result.message for result in done.results.values()}


class Killed(BaseException):
    """The end of a run that no handler sees, as a kill is."""


class EndsAt:
    """A port that ends the run at an operation, before or after AWS has done it."""

    def __init__(self, world: World, operation: str, *, is_done: bool) -> None:
        self._aws, self._operation, self._is_done = world.aws, operation, is_done

    def __getattr__(self, name: str) -> Any:
        return getattr(self._aws, name)

    def write(self, service: str, operation: str, params: Any) -> Answer:
        if operation == self._operation and not self._is_done:
            raise Killed
        answer = self._aws.write(service, operation, params)
        if operation == self._operation:
            raise Killed
        return answer


def killed(world: World, operation: str, *, is_done: bool) -> None:
    """Runs the move until the operation, as a run that is killed there."""
    aws = world.aws
    world.aws = EndsAt(world, operation, is_done=is_done)  # type: ignore[assignment]
    with pytest.raises(Killed):
        world.run(number(), **ALLOWED)
    world.aws = aws


def test_a_move_takes_a_number_over_and_associates_its_flow(world: World) -> None:
    other = Other(world, MANAGED)
    world.control.set_faults({"claim": {"calls": 3}})

    done = world.run(number(description="Support", tags={"Team": "Support"}), **ALLOWED)

    assert (done.exit_code, other.place, other.number["PhoneNumberDescription"]) == (0, INSTANCE_ARN, "Support")
    assert (other.tags, other.number["Tags"]["Team"]) == (TAKEN, "Support")
    assert (other.flows(), other.flows(other.instance)) == (1, 0)
    assert not world.plan(number(description="Support")).changes


def test_a_move_keeps_what_the_manifest_does_not_declare(world: World) -> None:
    other = Other(world)

    world.run(number(), **ALLOWED)

    assert (other.number["PhoneNumberDescription"], other.number["Tags"]["Team"]) == ("Old", "Care")
    assert other.tags == HERE


def test_the_flow_is_created_before_the_move_and_associated_right_after_it(world: World) -> None:
    """Between the two, calls reach no flow."""
    other = Other(world)

    done = world.run(flow("New", says("Hello")), number(contactFlow="New", description="Support"), **ALLOWED)

    assert (done.exit_code, other.flows()) == (0, 1)
    assert [event.operation for event in world.events if isinstance(event, CallMade)] == [
        "connect:CreateContactFlow",
        "connect:TagResource",
        "connect:UpdatePhoneNumber",
        "connect:AssociatePhoneNumberContactFlow",
        "connect:UpdatePhoneNumberMetadata",
    ]


def test_a_number_does_not_move_if_its_flow_cannot_be_created(world: World) -> None:
    other = Other(world)
    error = {"every": 1, "code": "AccessDeniedException", "operations": ["CreateContactFlow"]}
    world.control.set_faults({"error": error})

    done = world.run(flow("New", says("Hello")), number(contactFlow="New"), **ALLOWED)

    assert (done.exit_code, other.place, other.tags) == (1, other.arn, {})


def test_a_flow_that_names_the_number_does_not_wait_for_itself(world: World) -> None:
    other = Other(world)
    named = says("${PhoneNumber/support-line.arn}")

    done = world.run(flow("New", named), number(contactFlow="New"), **ALLOWED)

    assert (done.exit_code, other.place, other.flows()) == (0, INSTANCE_ARN, 1)


@pytest.mark.slow
@pytest.mark.parametrize("shown", ["target", "source"])
@pytest.mark.parametrize("tokens", ["honoured", "ignored"])
def test_a_move_without_a_reply_is_looked_up_and_never_made_twice(world: World, shown: str, tokens: str) -> None:
    other = Other(world, MANAGED)
    lost = {"every": 1, "operations": ["UpdatePhoneNumber", "TagResource"]}
    switches = {"movingNumbers": shown, "clientTokens": tokens, "sameInstance": "refused"}
    world.control.set_faults({"lostReply": lost, "claim": {"calls": 4}, "switches": switches})

    done = world.run(number(), **ALLOWED)

    assert (done.exit_code, other.place, other.tags, other.flows()) == (0, INSTANCE_ARN, TAKEN, 1)
    assert world.calls()["UpdatePhoneNumber"] == 1


@pytest.mark.parametrize("fault", ["dropBefore", "error"])
def test_a_move_that_did_not_arrive_is_repeated(world: World, fault: str) -> None:
    other = Other(world, MANAGED)
    more = {"code": "ThrottlingException"} if fault == "error" else {}
    world.control.set_faults({fault: {"every": 2, "operations": ["UpdatePhoneNumber"], **more}})

    for _ in range(2):
        world.run(number(), **ALLOWED)

    assert (other.place, other.tags, other.flows()) == (INSTANCE_ARN, TAKEN, 1)


def test_a_move_that_fails_says_why_and_gives_the_number_back(world: World) -> None:
    other = Other(world, MANAGED)
    world.control.set_faults({"claim": {"calls": 2, "fails": "the limit of the target is reached"}})

    done = world.run(number(description="Support"), **ALLOWED)

    assert done.exit_code == 1
    assert "AWS could not claim or move it: the limit of the target is reached" in messages(done)
    assert (other.place, other.tags, other.flows(other.instance)) == (other.arn, THERE, 1)
    assert other.number["PhoneNumberDescription"] == "Old"


def test_a_failed_move_can_be_repeated(world: World) -> None:
    other = Other(world)
    world.control.set_faults({"claim": {"calls": 1, "fails": "reason"}})
    world.run(number(), **ALLOWED)
    assert other.tags == {}
    world.control.set_faults({})

    done = world.run(number(), **ALLOWED)

    assert (done.exit_code, other.place, other.flows()) == (0, INSTANCE_ARN, 1)


def test_a_refused_move_gives_the_number_back(world: World) -> None:
    other = Other(world, MANAGED)
    error = {"every": 1, "code": "AccessDeniedException", "operations": ["UpdatePhoneNumber"]}
    world.control.set_faults({"error": error})

    done = world.run(number(), **ALLOWED)

    assert (done.exit_code, other.place, other.tags) == (1, other.arn, THERE)
    assert {result.code for result in done.results.values()} == {"AccessDeniedException", "Dependency"}


@pytest.mark.parametrize(
    ("operation", "is_done", "place"),
    [("UpdatePhoneNumber", True, INSTANCE_ARN), ("AssociatePhoneNumberContactFlow", False, INSTANCE_ARN)],
)
def test_a_run_that_is_killed_after_the_move_only_needs_the_rest(
    world: World, operation: str, is_done: bool, place: str
) -> None:
    other = Other(world, MANAGED)
    killed(world, operation, is_done=is_done)
    assert (other.place, other.flows()) == (place, 0)
    world.calls()

    done = world.run(number())

    assert [field.path for change in done.plan.changes for field in change.fields] == ["contactFlow"]
    assert (done.exit_code, other.flows(), other.tags) == (0, 1, TAKEN)
    assert "UpdatePhoneNumber" not in world.calls()


def test_a_run_that_is_killed_before_the_move_needs_the_flag_again(world: World) -> None:
    """The number has the tags of this stack, and is where it was."""
    other = Other(world, MANAGED)
    killed(world, "UpdatePhoneNumber", is_done=False)
    assert (other.place, other.tags) == (other.arn, TAKEN)

    (blocked,) = world.plan(number()).changes
    done = world.run(number(), **ALLOWED)

    assert blocked.action == "blocked"
    assert "with the tags of this stack" in blocked.reason
    assert (done.exit_code, other.place, other.flows(), other.tags) == (0, INSTANCE_ARN, 1, TAKEN)


def test_a_number_that_another_writer_moves_meanwhile_is_left_alone(world: World) -> None:
    other = Other(world, MANAGED)
    seen = world.preview(number(), **ALLOWED)
    world.connect.update_phone_number(PhoneNumberId=other.id, TargetArn=INSTANCE_ARN)
    assert other.place == INSTANCE_ARN

    done = world.apply(seen)

    message = f"another writer moved it to {INSTANCE_ARN} meanwhile; it is left alone; plan again"
    assert (done.exit_code, other.tags) == (5, THERE)
    assert message in messages(done)


def test_a_number_that_another_stack_took_over_meanwhile_is_left_alone(world: World) -> None:
    other = Other(world, MANAGED)
    seen = world.preview(number(), **ALLOWED)
    arn = other.number["PhoneNumberArn"]
    world.connect.tag_resource(resourceArn=arn, tags={"reconciler:stack": "contact-centre/stage"})

    done = world.apply(seen)

    assert (done.exit_code, other.place, other.tags["stack"]) == (5, other.arn, "contact-centre/stage")


def test_a_number_in_progress_is_not_moved(world: World) -> None:
    other = Other(world, MANAGED)
    seen = world.preview(number(), **ALLOWED)
    world.control.set_faults({"claim": {"calls": 99}})
    world.connect.update_phone_number_metadata(PhoneNumberId=other.id, PhoneNumberDescription="Other")

    (blocked,) = world.plan(number(), **ALLOWED).changes
    done = world.apply(seen)

    assert (blocked.action, "still IN_PROGRESS" in blocked.reason) == ("blocked", True)
    assert f"another writer changes it in {other.arn}; it is left alone; plan again later" in messages(done)
    assert (other.place, other.tags) == (other.arn, THERE)


def test_the_move_back_is_a_move_of_the_other_environment(world: World) -> None:
    """A token of the first move must not answer the third one."""
    other = Other(world, MANAGED)
    world.run(number(), **ALLOWED)
    back = manifest("PhoneNumber", "support-line", {"phoneNumber": NUMBER, "contactFlow": "Elsewhere"})

    returned = other.world.run(back, **ALLOWED)
    assert (returned.exit_code, other.place, other.flows(other.instance)) == (0, other.arn, 1)
    again = world.run(number(), **ALLOWED)

    assert (again.exit_code, other.place, other.flows()) == (0, INSTANCE_ARN, 1)
    assert other.tags == {**HERE, "moved-from": f"contact-centre/prod {ADDRESS}"}
