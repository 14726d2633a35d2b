"""Functions: two updates wait for each other, a guard protects other writers, and a hand-made upload is seen."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from reconciler.errors import CallError, ContentError
from reconciler.kinds.operations import reads_of
from reconciler.kinds.registry import KINDS
from reconciler.model import Manifest, Outcome, Status
from reconciler.model.events import CallMade
from reconciler.report import dumps, outcome_json, plan_json, plan_text
from tests.builders.archives import archive_of
from tests.builders.examples import example, surroundings
from tests.builders.manifests import manifest
from tests.worlds.world import World

pytestmark = pytest.mark.slow

TRUST = {"Effect": "Allow", "Principal": {"Service": "lambda.amazonaws.com"}, "Action": "sts:AssumeRole"}
TRUSTING = {"Version": "2012-10-17", "Statement": [TRUST]}
ROLE = manifest("IamRole", "functions", {"assumeRolePolicyDocument": TRUSTING})
CONNECT = {"StatementId": "amazon-connect", "Action": "lambda:InvokeFunction", "Principal": "connect.amazonaws.com"}


@pytest.fixture(autouse=True)
def without_waiting(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("reconciler.apply.waiting.PAUSE", 0.0)
    monkeypatch.setattr("reconciler.apply.sending.backoff", lambda attempt: 0.0)


def function(name: str = "hello", **spec: Any) -> Manifest:
    needed = {"code": {"folder": "hello"}, "runtime": "python3.13", "handler": "main.handler", "role": "functions"}
    return manifest("LambdaFunction", name, {**needed, **spec})


def statement(name: str, principal: str = "s3.amazonaws.com") -> dict[str, str]:
    return {"statementId": f"reconcile-{name}", "action": "lambda:InvokeFunction", "principal": principal}


def run(world: World, *manifests: Manifest) -> Outcome:
    done = world.run(ROLE, *manifests)
    assert done.exit_code == 0, set(done.results.values())
    return done


def writes(world: World) -> list[str]:
    return [it.operation.removeprefix("lambda:") for it in world.events if isinstance(it, CallMade)]


def meanwhile(world: World, operation: str, act: Callable[[], None]) -> None:
    """Acts as another writer right after apply has read the function for its next `operation`."""
    write = world.aws.write

    class Between:
        def __getattr__(self, name: str) -> Any:
            return getattr(world_aws, name)

        def write(self, service: str, named: str, params: Any) -> Any:
            if named == operation and not done:
                done.append(named)
                act()
            return write(service, named, params)

    world_aws, done = world.aws, list[str]()
    world.aws = Between()  # type: ignore[assignment]


def test_configuration_and_code_wait_for_each_other(world: World, tmp_path: Path) -> None:
    world.control.set_faults({"settling": {"calls": 4}})
    run(world, function())
    world.client("lambda").update_function_code(FunctionName="hello", ZipFile=archive_of({"main.py": "theirs"}))
    world.events.clear()

    run(world, function(timeout=10))

    assert writes(world) == ["UpdateFunctionConfiguration", "UpdateFunctionCode", "TagResource"]
    assert not world.plan(ROLE, function(timeout=10)).changes


def test_an_update_that_fails_later_fails_its_fields(world: World) -> None:
    run(world, function())
    world.control.set_faults({"settling": {"calls": 1, "fails": "The subnet has no free addresses"}})

    done = world.run(ROLE, function(timeout=10))

    (result,) = [it for it in done.results.values() if it.status is Status.FAILED]
    assert result.message == "its update failed: The subnet has no free addresses"


def test_an_upload_by_hand_is_seen_and_replaced(world: World) -> None:
    run(world, function())
    world.client("lambda").update_function_code(FunctionName="hello", ZipFile=archive_of({"main.py": "theirs"}))
    world.plan(ROLE, function())  # the upload settles

    (change,) = world.plan(ROLE, function()).changes

    (code,) = change.fields
    assert (code.path, code.before.keys(), code.after.keys()) == ("code", {"sha256", "size"}, {"tree"})
    run(world, function())
    assert not world.plan(ROLE, function()).changes


def test_a_run_that_ends_between_upload_and_tag_uploads_once_more(world: World) -> None:
    run(world, function(code={"package": "session_data"}))
    world.control.set_faults({"error": {"every": 1, "code": "AccessDeniedException", "operations": ["TagResource"]}})
    assert world.run(ROLE, function()).exit_code != 0
    world.control.set_faults({})
    world.events.clear()

    run(world, function())

    assert writes(world) == ["UpdateFunctionCode", "TagResource"]
    assert not world.plan(ROLE, function()).changes


def test_an_undeclared_field_that_another_writer_changes_meanwhile_is_kept(world: World) -> None:
    run(world, function())
    world.control.set_faults({"settling": {"calls": 30}})
    edit = {"FunctionName": "hello", "MemorySize": 512}
    meanwhile(
        world, "UpdateFunctionConfiguration", lambda: world.client("lambda").update_function_configuration(**edit)
    )

    run(world, function(timeout=10))

    live = world.client("lambda").get_function_configuration(FunctionName="hello")
    assert (live["Timeout"], live["MemorySize"]) == (10, 512)


def test_a_declared_field_that_another_writer_changes_meanwhile_conflicts(world: World) -> None:
    run(world, function())
    edit = {"FunctionName": "hello", "Timeout": 20}
    meanwhile(
        world, "UpdateFunctionConfiguration", lambda: world.client("lambda").update_function_configuration(**edit)
    )

    done = world.run(ROLE, function(timeout=10))

    (result,) = [it for it in done.results.values() if it.status is Status.CONFLICT]
    assert result.found == 20


def test_statements_of_others_stay_and_own_ones_are_added_changed_and_removed(world: World) -> None:
    run(world, function(permissions=[statement("old"), statement("kept")]))
    world.client("lambda").add_permission(FunctionName="hello", **CONNECT)

    changed = function(permissions=[statement("kept", "sns.amazonaws.com"), statement("new")])
    run(world, changed)

    policy = world.client("lambda").get_policy(FunctionName="hello")["Policy"]
    assert all(sid in policy for sid in ("amazon-connect", "reconcile-kept", "reconcile-new", "sns.amazonaws.com"))
    assert "reconcile-old" not in policy
    assert not world.plan(ROLE, changed).changes


def test_a_statement_of_another_writer_that_comes_meanwhile_stays(world: World) -> None:
    run(world, function(permissions=[statement("old")]))
    meanwhile(world, "RemovePermission", lambda: world.client("lambda").add_permission(FunctionName="hello", **CONNECT))

    run(world, function(permissions=[]))

    policy = world.client("lambda").get_policy(FunctionName="hello")["Policy"]
    assert "amazon-connect" in policy
    assert "reconcile-old" not in policy


def test_a_new_role_is_not_usable_at_once(world: World) -> None:
    world.control.set_faults({"propagation": {"calls": 4}})

    run(world, function())

    assert not world.plan(ROLE, function()).changes


def test_a_large_archive_goes_into_the_bucket_once(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("reconciler.apply.archives.DIRECT", 10)
    stores = world.client("s3")
    stores.create_bucket(Bucket="artifacts", CreateBucketConfiguration={"LocationConstraint": "ca-central-1"})
    here = world.with_settings(artifacts="artifacts")

    run(here, function(), function("twin"))

    (stored,) = stores.list_objects_v2(Bucket="artifacts")["Contents"]
    assert stored["Key"].startswith("hello/")
    assert not here.plan(ROLE, function()).changes


def test_a_large_archive_without_a_bucket_stops_the_run_before_it_writes(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("reconciler.apply.archives.DIRECT", 10)

    with pytest.raises(ContentError, match="add artifacts"):
        world.run(ROLE, function())

    assert not world.client("iam").list_roles(PathPrefix="/reconcile/")["Roles"]


def test_another_file_at_the_place_of_an_archive_is_refused(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("reconciler.apply.archives.DIRECT", 10)
    monkeypatch.setattr("reconciler.apply.archives._key", lambda *parts: "taken.zip")
    stores = world.client("s3")
    stores.create_bucket(Bucket="artifacts", CreateBucketConfiguration={"LocationConstraint": "ca-central-1"})
    stores.put_object(Bucket="artifacts", Key="taken.zip", Body=b"theirs")

    done = world.with_settings(artifacts="artifacts").run(ROLE, function())

    (result,) = {it.message for it in done.results.values() if it.status is Status.FAILED}
    assert "another writer put it there" in result


def test_a_plan_builds_nothing(world: World) -> None:
    world.preview(ROLE, function(), *surroundings(example("LambdaFunction")))

    assert not (world.environment.root / ".reconcile" / "archives").exists()


def test_a_function_without_its_tags_is_not_taken_for_that_of_another_stack() -> None:
    kind = KINDS["LambdaFunction"]
    read = reads_of(kind).describe
    assert read
    error = {"ErrorCode": "AccessDeniedException", "Message": "not allowed"}

    with pytest.raises(CallError, match="needs the action lambda:ListTags") as wrong:
        kind.of_structure(read, {"Configuration": {}, "TagsError": error})

    assert wrong.value.is_denied


def test_the_log_of_a_function_keeps_what_no_manifest_says(world: World) -> None:
    run(world, function(loggingConfig={"logFormat": "JSON", "applicationLogLevel": "WARN"}))
    to_text = function(loggingConfig={"logFormat": "Text"})

    assert not world.plan(ROLE, function(loggingConfig={"logFormat": "JSON"})).changes
    run(world, to_text)
    assert not world.plan(ROLE, to_text).changes


def test_no_plan_or_outcome_has_a_live_variable(world: World) -> None:
    run(world, function(environment={"MODE": "1"}))
    secret = {"FunctionName": "hello", "Environment": {"Variables": {"MODE": "hunter2", "KEY": "hunter3"}}}
    world.client("lambda").update_function_configuration(**secret)
    world.plan(ROLE, function())  # the update settles

    done = world.run(ROLE, function(environment={"MODE": "1"}))

    changes = {field.path: (field.before, field.after) for field in done.plan.changes[0].fields}
    concealed = {"concealed": True}
    assert changes == {"environment[MODE]": (concealed, "1"), "environment[KEY]": (concealed, None)}
    assert "hunter" not in dumps(plan_json(done.plan)) + dumps(outcome_json(done))
    assert "(not shown)" in plan_text(done.plan, colour=False)
