"""Passwords of new users: generated and stored before they are used, or read from a secret; never shown."""

from __future__ import annotations

import json

import pytest

from reconciler.errors import CallError, Fate
from reconciler.model import Action, Outcome, Plan, Status
from tests.builders.manifests import manifest
from tests.worlds.agents import HERE, agent, id_of, sign_in
from tests.worlds.passwords import GENERATED, PLANTED, Sent, put, tags_of, value
from tests.worlds.world import World

ADA = "User/ada"
GENERATE, STORED = {"generate": True}, {"secret": "first-password"}


@pytest.fixture
def sent(world: World) -> Sent:
    sign_in(world, "CONNECT_MANAGED")
    world.aws = port = Sent()
    return port


def reasons(plan: Plan) -> dict[str, str]:
    return {str(change.ref): change.reason for change in plan.changes if change.action is Action.BLOCKED}


def results(outcome: Outcome) -> set[tuple[Status, str]]:
    return {(result.status, result.message) for result in outcome.results.values()}


def users(world: World) -> list[str]:
    return [user["Username"] for user in world.connect.list_users(**HERE)["UserSummaryList"]]


# Generated passwords.


def test_a_generated_password_is_stored_and_then_sent(world: World, sent: Sent) -> None:
    done = world.run(agent(password=GENERATE))

    assert done.exit_code == 0, done
    assert sent.operations == ["CreateSecret", "CreateUser"]
    assert sent.passwords == [value(world)]
    assert not world.plan(agent(password=GENERATE)).changes


def test_generated_passwords_differ_and_keep_the_rules_of_aws(world: World, sent: Sent) -> None:
    done = world.run(*(agent(f"agent-{number}", password=GENERATE) for number in range(5)))

    assert done.exit_code == 0, done
    assert len({*sent.passwords}) == 5


@pytest.mark.slow
def test_the_secret_of_a_generated_password_has_the_tags_of_the_stack(world: World, sent: Sent) -> None:
    world.run(agent(password=GENERATE))

    address = f"Secret/{GENERATED}"
    assert tags_of(world) == {"reconciler:stack": "contact-centre/test", "reconciler:address": address}
    assert world.plan(agent(password=GENERATE)).orphans == ()


def test_the_estimate_counts_the_calls_for_passwords(world: World, sent: Sent) -> None:
    put(world, "first-password")
    seen = world.preview(agent(password=GENERATE), agent("eve", password=STORED))
    world.every_call()

    world.apply(seen)

    assert world.every_call() == seen.plan.estimate.operations


@pytest.mark.parametrize("operation", ["secretsmanager:CreateSecret", "connect:CreateUser"])
def test_a_lost_reply_neither_makes_a_second_password_nor_a_second_user(
    world: World, sent: Sent, operation: str
) -> None:
    faults = {"lostReply": {"every": 1, "operations": [operation]}}
    world.control.set_faults({"switches": {"signIn": "CONNECT_MANAGED"}, **faults})

    done = world.run(agent(password=GENERATE))

    assert done.exit_code == 0, done
    assert {*sent.passwords} == {value(world)}
    assert users(world) == ["ada"]


@pytest.mark.parametrize("operation", ["CreateSecret", "CreateUser"])
@pytest.mark.parametrize("fate", [Fate.NOT_DONE, Fate.UNKNOWN])
def test_a_call_that_was_not_sent_is_repeated(world: World, sent: Sent, operation: str, fate: Fate) -> None:
    def drop(called: str) -> None:
        if called == operation:
            sent.before = lambda operation: None
            raise CallError(operation, "Dropped", "the connection was closed", fate=fate)

    sent.before = drop

    done = world.run(agent(password=GENERATE))

    assert done.exit_code == 0, done
    assert {*sent.passwords} == {value(world)}


@pytest.mark.parametrize("operation", ["CreateSecret", "CreateUser"])
def test_a_killed_run_leaves_a_password_that_the_next_one_uses(world: World, sent: Sent, operation: str) -> None:
    def kill(called: str) -> None:
        if called == operation:
            raise SystemExit("killed")

    sent.before = kill
    with pytest.raises(SystemExit):
        world.run(agent(password=GENERATE))
    stored = None if operation == "CreateSecret" else value(world)
    world.aws = second = Sent()

    done = world.run(agent(password=GENERATE))

    assert done.exit_code == 0, done
    assert second.passwords == [value(world)]
    assert stored in (None, value(world))


def test_two_runs_at_once_use_one_password(world: World, sent: Sent) -> None:
    """Another run stores its password between the look and the write of this one."""

    def overtake(operation: str) -> None:
        sent.before = lambda operation: None
        put(world, GENERATED)

    sent.before = overtake

    done = world.run(agent(password=GENERATE))

    assert done.exit_code == 0, done
    assert sent.passwords == [PLANTED]


def test_a_secret_without_a_value_gets_the_password(world: World, sent: Sent) -> None:
    key = "arn:aws:kms:us-east-1:111122223333:key/00000000-0000-4000-8000-000000000001"
    secret = manifest("Secret", GENERATED, {"kmsKeyId": key})

    done = world.run(agent(password=GENERATE), secret)

    assert done.exit_code == 0, done
    assert sent.passwords == [value(world)]
    assert world.client("secretsmanager").describe_secret(SecretId=GENERATED)["KmsKeyId"] == key
    assert not world.plan(agent(password=GENERATE), secret).changes


def test_a_password_whose_secret_is_scheduled_for_deletion_is_restored(world: World, sent: Sent) -> None:
    put(world, GENERATED)
    world.client("secretsmanager").delete_secret(SecretId=GENERATED)

    done = world.run(agent(password=GENERATE))

    assert done.exit_code == 0, done
    assert sent.passwords == [PLANTED]


def test_an_existing_user_gets_no_password(world: World, sent: Sent) -> None:
    world.run(agent(password=GENERATE))
    sent.operations.clear()

    done = world.run(agent(password=STORED, tags={"Site": "London"}))

    assert done.exit_code == 0, done
    assert sent.operations == ["TagResource"]


def test_the_secret_of_a_user_who_is_gone_is_an_orphan_and_is_pruned_with_a_permission(
    world: World, sent: Sent
) -> None:
    world.run(agent(password=GENERATE))
    other = manifest("LogGroup", "/other", {})
    world.run(other, allow_delete=frozenset({ADA}))

    kept = world.plan(other)
    done = world.run(other, prune=True, allow_delete=frozenset({f"Secret/{GENERATED}"}))

    assert [str(ref) for ref in kept.orphans] == [f"Secret/{GENERATED}"]
    assert done.exit_code == 0, done
    assert world.client("secretsmanager").describe_secret(SecretId=GENERATED)["DeletedDate"]
    assert not world.plan(other).orphans


# Passwords of secrets.


@pytest.mark.parametrize("text", [PLANTED, json.dumps({"password": PLANTED, "user": "ada"})])
def test_a_password_is_read_from_a_secret(world: World, sent: Sent, text: str) -> None:
    put(world, "first-password", text)

    done = world.run(agent(password=STORED))

    assert done.exit_code == 0, done
    assert (sent.operations, sent.passwords) == (["CreateUser"], [PLANTED])


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (None, "Secret/first-password has no value, or is not there; put the first password there, then apply again"),
        ("Shh-1", "Secret/first-password has no password that AWS takes"),
        (f"{PLANTED}\n", "Secret/first-password has blanks in its password, of which a line end is one"),
        (json.dumps({"secret": PLANTED}), 'Secret/first-password is a JSON object without a text "password"'),
        (PLANTED * 4, "AWS takes 8 to 64 characters with a lower-case letter, an upper-case letter and a digit"),
    ],
)
def test_a_value_that_aws_would_refuse_is_named_by_its_secret_and_its_rule(
    world: World, sent: Sent, text: str | None, message: str
) -> None:
    put(world, "first-password", text)

    done = world.run(agent(password=STORED))

    ((status, words),) = results(done)
    assert (status, message in words) == (Status.FAILED, True), words
    assert not any(shown in words for shown in (PLANTED, "Shh-1"))
    assert users(world) == []


def test_a_secret_that_does_not_exist_is_blocked_in_the_plan(world: World, sent: Sent) -> None:
    reason = reasons(world.plan(agent(password=STORED)))[ADA]

    assert reason == "refers to Secret/first-password, which is neither live nor created by this plan"


def test_a_user_waits_for_a_secret_of_the_same_run(world: World, sent: Sent) -> None:
    done = world.run(agent(password=STORED), manifest("Secret", "first-password", {}))

    assert sent.operations == ["CreateSecret"]
    assert any("has no value" in message for _, message in results(done))


def test_a_user_stays_when_the_secret_of_the_first_password_is_gone(world: World, sent: Sent) -> None:
    put(world, "first-password")
    world.run(agent(password=STORED))
    world.client("secretsmanager").delete_secret(SecretId="first-password", ForceDeleteWithoutRecovery=True)

    assert not world.plan(agent(password=STORED)).changes
    assert world.run(agent(password=STORED, tags={"Site": "London"})).exit_code == 0
    assert id_of(world)


# Ways to sign in.


@pytest.mark.parametrize(
    ("way", "words"),
    [("SAML", "sign in with SAML"), ("EXISTING_DIRECTORY", "sign in with a directory")],
)
def test_a_password_is_refused_where_users_do_not_sign_in_with_one(world: World, way: str, words: str) -> None:
    sign_in(world, way)
    world.every_call()

    done = world.run(agent(password=GENERATE))

    assert f"{words}, and AWS takes no password of them; delete password" in reasons(done.plan)[ADA]
    assert "secretsmanager:CreateSecret" not in world.every_call()
