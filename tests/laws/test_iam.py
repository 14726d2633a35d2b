"""Least privilege: the policies allow exactly the calls of the code."""

from __future__ import annotations

from pathlib import Path

import pytest

from reconciler.kinds.fields import manifest_key
from reconciler.kinds.iam import (
    IN_YOUR_NAME,
    action_of,
    apply_actions,
    instance_actions,
    plan_actions,
    policy,
    render,
)
from reconciler.kinds.registry import KINDS
from reconciler.live import ReadRequest, read
from reconciler.model import Manifest, Scope
from reconciler.sandbox import in_process
from tests.builders.examples import EXAMPLES, SWITCHES, example, needed, permitted, surroundings
from tests.builders.manifests import manifest
from tests.builders.tables import attribute, key, table
from tests.worlds.agents import agent
from tests.worlds.other_instance import ALLOWED, NUMBER, Other
from tests.worlds.passwords import put
from tests.worlds.world import World

INSTANCE = "arn:aws:connect:eu-west-2:111122223333:instance/i"
SCOPE = Scope.at("centre", "prod", INSTANCE)
NUMBERS = "arn:aws:connect:eu-west-2:111122223333:phone-number/*"
WRITES = ("Create", "Update", "Delete", "Batch", "Tag", "Untag", "Put", "Associate")


def test_the_plan_policy_has_no_write_and_no_evaluation() -> None:
    called = [name.partition(":")[2] for name in plan_actions()]

    assert not [name for name in called if name.startswith((*WRITES, "Evaluate")) and not name.startswith("BatchGet")]


def test_the_plan_policy_has_exactly_the_calls_of_a_full_read(tmp_path: Path) -> None:
    with in_process() as control:
        world = World(control, tmp_path)
        every = _everything(world, "first")
        world.run(*every, **permitted(*every))
        world.every_call()

        world.plan(*every)
        read(world.aws, world.environment.scope, {}, ReadRequest(lambda ref: True, account_wide=KINDS))  # export
        called = world.every_call()

    assert set(map(action_of, called)) == plan_actions()


@pytest.mark.slow
def test_the_apply_policy_has_exactly_the_calls_of_all_writes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with in_process() as control:
        world = World(control, tmp_path)
        called = _tables(world)
        for kind in KINDS:
            called |= _life(world, kind)

        called |= _passwords(world) | _move(world) | _functions(world, monkeypatch)

    assert called | plan_actions() == apply_actions()


@pytest.mark.slow
@pytest.mark.parametrize("kind", KINDS)
def test_the_policies_of_declared_kinds_allow_their_plan_and_apply(tmp_path: Path, kind: str) -> None:
    """S-11: a role for these kinds alone is never denied."""
    with in_process() as control:
        called = _life(World(control, tmp_path), kind)

    examples = [example(kind), example(kind, "second")]
    declared = {each.ref.kind for each in (*examples, *surroundings(*examples))}
    assert called <= apply_actions(declared)


def test_undeclared_kinds_are_read_for_orphans_and_never_written() -> None:
    """S-11."""
    nothing = plan_actions([])

    assert {"connect:SearchQueues", "connect:ListDataTableValues"} <= nothing
    assert apply_actions([]) == nothing
    assert not nothing & {"connect:ListInstances", "connect:ListLambdaFunctions", "connect:ListUsers"}


def test_a_kind_that_depends_on_its_instance_may_describe_it() -> None:
    assert "connect:DescribeInstance" in plan_actions(["User"]) - plan_actions(["Queue"])
    assert "connect:ListInstances" not in apply_actions(["User"])


def test_a_declared_kind_is_granted_what_its_manifests_may_name() -> None:
    """S-11."""
    assert "connect:ListPhoneNumbersV2" in plan_actions(["Queue"]) - plan_actions([])
    assert "connect:ListPhoneNumbersV2" in plan_actions(["Queue"]) - plan_actions(["QuickConnect"])
    assert "connect:ListPhoneNumbersV2" in plan_actions(["DataTable", "PhoneNumber"]) - plan_actions(["DataTable"])


def test_actions_on_an_instance_have_a_policy_of_their_own() -> None:
    """S-11."""
    guarded = {"connect:CreateInstance", "connect:DeleteInstance", "connect:UpdateInstanceAttribute"}

    assert instance_actions() == guarded
    assert instance_actions(["ConnectInstance", "Queue"]) == guarded
    assert instance_actions([kind for kind in KINDS if kind != "ConnectInstance"]) == frozenset()


def test_a_policy_is_for_one_instance() -> None:
    (statement,) = policy({"connect:SearchDataTables"}, SCOPE)["Statement"]

    assert statement["Resource"] == [INSTANCE, f"{INSTANCE}/*"]


@pytest.mark.parametrize(
    ("action", "resources"),
    [
        ("connect:ListInstances", ["*"]),
        ("connect:CreateInstance", ["*"]),
        ("connect:ListPhoneNumbersV2", [NUMBERS]),
        ("connect:CreateQueue", [INSTANCE, f"{INSTANCE}/*", NUMBERS]),
        ("connect:UpdateQueueOutboundCallerConfig", [INSTANCE, f"{INSTANCE}/*", NUMBERS]),
        ("connect:DescribeInstance", [INSTANCE, f"{INSTANCE}/*"]),
        ("connect:TagResource", [INSTANCE, f"{INSTANCE}/*", NUMBERS]),
        ("connect:ReleasePhoneNumber", [NUMBERS]),
        ("connect:UpdatePhoneNumber", [INSTANCE, f"{INSTANCE}/*", NUMBERS]),
    ],
)
def test_an_action_is_granted_on_what_aws_documents_for_it(action: str, resources: list[str]) -> None:
    granted = policy(apply_actions(), SCOPE)["Statement"]

    assert [arn for each in granted if action in each["Action"] for arn in each["Resource"]] == resources


def test_only_actions_without_resources_are_granted_on_everything() -> None:
    for actions in (plan_actions(), apply_actions()):
        (anything,) = [each for each in policy(actions, SCOPE)["Statement"] if each["Resource"] == ["*"]]

        assert set(anything["Action"]) <= {
            *("cloudwatch:DescribeAlarms", "cloudwatch:ListDashboards", "cloudwatch:PutCompositeAlarm"),
            *("connect:CreateInstance", "connect:ListInstances", "ds:DescribeDirectories", "iam:ListRoles"),
            *("logs:DescribeLogGroups", "scheduler:ListScheduleGroups", "scheduler:ListSchedules", "tag:GetResources"),
            *("lambda:ListFunctions", "lambda:ListEventSourceMappings", "lambda:CreateEventSourceMapping"),
            *("wisdom:CreateAssistant", "wisdom:ListAssistants"),
            *("redshift-serverless:ListNamespaces", "redshift-serverless:ListWorkgroups"),
            *("emr-serverless:CreateApplication", "emr-serverless:ListApplications"),
            *("secretsmanager:ListSecrets", "states:ListStateMachines"),
            *("dynamodb:ListTables", "sqs:ListQueues"),
            *("sns:GetSubscriptionAttributes", "sns:ListTopics", "sns:SetSubscriptionAttributes", "sns:Unsubscribe"),
            *("s3:ListAllMyBuckets", "ssm:DescribeParameters"),
        }


def test_reads_in_the_callers_name_are_granted_and_writes_are_not() -> None:
    called = apply_actions()
    granted = {name for each in policy(called)["Statement"] for name in each["Action"]}

    # GetFunction answers with the tags if the role may list them.
    assert granted - called <= {"ds:DescribeDirectories", "iam:PassRole", "lambda:ListTags", "s3:TagResource"}
    assert "lambda:ListTags" in {name for each in policy(plan_actions())["Statement"] for name in each["Action"]}
    assert "| `connect:AssociateLambdaFunction` | `lambda:AddPermission` |" in render()


def test_actions_in_the_callers_name_belong_to_actions_that_are_called() -> None:
    assert set(IN_YOUR_NAME) <= apply_actions()


@pytest.mark.parametrize("action", ["connect:EvaluateDataTableValues", "connect:DescribeContact"])
def test_an_uncalled_action_is_in_no_policy(action: str) -> None:
    assert action not in apply_actions()


def _everything(world: World, which: str) -> list[Manifest]:
    """Returns an example of each kind, with its references."""
    world.control.set_faults({"switches": SWITCHES})
    examples = [example(kind, which) for kind in KINDS]
    every = [*examples, *surroundings(*examples)]
    world.seed(*every)
    return every


def _life(world: World, kind: str) -> set[str]:
    """Creates everything with lost replies, changes it back and forth, replaces what cannot change, and deletes it."""
    world.control.reset()
    first, second = example(kind), example(kind, "second")
    around = [each for each in surroundings(first, second) if each.ref != first.ref]
    world.seed(first, second, *around)
    switches = {"switches": SWITCHES}
    writing = KINDS[kind].writing
    operations = [writing.create, *([writing.publication.operation] if writing.publication else [])]
    world.every_call()
    world.control.set_faults({**switches, "lostReply": {"every": 1, "operations": operations}})
    world.run(first, *around, **permitted(first))
    world.control.set_faults(switches)
    minimal = manifest(kind, first.ref.name, needed(kind))
    specs = {which: EXAMPLES[kind][which]["spec"] for which in ("first", "second")}
    fixed = {key: value for key, value in specs["first"].items() if key in _fixed(kind)}
    updated = manifest(kind, first.ref.name, specs["second"] | fixed)
    protected = manifest(kind, first.ref.name, specs["first"] | dict.fromkeys(_protecting(kind), True))
    there_and_back = [updated, first, protected, first] if fixed and not KINDS[kind].cells else []
    for it in (second, first, *there_and_back, minimal, second, first):
        world.run(it, *around, prune=True, **permitted(first))
    last = first
    if "name" not in KINDS[kind].fixed and KINDS[kind].identity.key == "name":
        above = first.ref.name.rpartition("/")[0] if KINDS[kind].nests else ""
        name = f"{above}/renamed" if above else example(kind, name="renamed").ref.name
        last = manifest(kind, name, specs["first"], renamed_from=first.ref.name)
        world.run(last, *around, **permitted(last))
    address = str(last.ref)
    world.run(*around, removed=[address], prune=True, allow_delete=frozenset({address}))
    return set(map(action_of, world.every_call()))


def _protecting(kind: str) -> set[str]:
    """Returns the keys of fields by which AWS protects a resource, so that no example may set them."""
    return {"deletionProtectionEnabled"} & EXAMPLES[kind]["first"]["spec"].keys()


def _fixed(kind: str) -> set[str]:
    """Returns the keys of the fields that only a replacement can change."""
    return {manifest_key(KINDS[kind].spec, field) for field in KINDS[kind].fixed}


def _passwords(world: World) -> set[str]:
    """Creates a user with each source of a password, also where the secret is there already."""
    world.control.reset()
    world.control.set_faults({"switches": {"signIn": "CONNECT_MANAGED"}})
    names = ("bob", "eve")
    empty, leaving = (f"reconcile/contact-centre/test/users/{name}/password" for name in names)
    put(world, empty, None)
    put(world, leaving)
    world.client("secretsmanager").delete_secret(SecretId=leaving)
    world.every_call()
    world.run(*(agent(name, password={"generate": True}) for name in ("ada", *names)))
    return set(map(action_of, world.every_call()))


def _functions(world: World, monkeypatch: pytest.MonkeyPatch) -> set[str]:
    """Puts a large archive where another one is already, and clears the settings of asynchronous calls."""
    world.control.reset()
    monkeypatch.setattr("reconciler.apply.archives.DIRECT", 0)
    world.client("s3").create_bucket(Bucket="artifacts")
    here, it = world.with_settings(artifacts="artifacts"), example("LambdaFunction")
    spec = EXAMPLES["LambdaFunction"]["first"]["spec"]
    twin = manifest("LambdaFunction", "twin", spec)
    cleared = {"maximumRetryAttempts": 2, "maximumEventAgeInSeconds": 21_600, "destinationConfig": None}
    world.every_call()
    here.run(it, twin, *surroundings(it))
    here.run(manifest("LambdaFunction", "hello", spec | cleared), twin, *surroundings(it))
    return set(map(action_of, world.every_call()))


def _move(world: World) -> set[str]:
    """Takes a number over from another instance."""
    world.control.reset()
    Other(world)
    world.every_call()
    world.run(manifest("PhoneNumber", "support-line", {"phoneNumber": NUMBER, "contactFlow": "Main"}), **ALLOWED)
    return set(map(action_of, world.every_call()))


def test_only_a_manifest_that_names_a_number_is_granted_its_move() -> None:
    """S-11."""
    moves, declared = {"connect:UpdatePhoneNumber"}, {"PhoneNumber", "PhoneNumber.phone_number"}

    assert not moves & apply_actions({"PhoneNumber"})
    assert moves <= apply_actions(declared)
    assert plan_actions(declared) == plan_actions({"PhoneNumber"})


def test_only_a_declared_password_is_granted_the_values_of_secrets() -> None:
    """S-11: the plan role never reads one."""
    values = {"secretsmanager:GetSecretValue", "secretsmanager:PutSecretValue"}
    every = {kind for kind in KINDS if kind != "ConnectInstance"}

    assert not values & apply_actions(every)
    assert values <= apply_actions({"User", "User.password"})
    assert not values & (plan_actions() | instance_actions() | instance_actions({*every, "User.password"}))
    assert "secretsmanager:DescribeSecret" in plan_actions({"User", "User.password"})


def _tables(world: World) -> set[str]:
    columns = [key(), attribute("A"), attribute("B")]
    world.calls()
    world.control.set_faults({"lostReply": {"every": 1, "operations": ["CreateDataTable"]}})
    world.run(table(columns, [{"K": "a", "A": "1"}, {"K": "b", "A": "1"}], spec={"tags": {"One": "1"}}))
    called = world.calls()
    world.control.set_faults({})
    changed = table(
        [key(), attribute("A", description="x")],
        [{"K": "c", "A": "2"}, {"K": "b", "A": None}],
        moved=[({"K": "a"}, {"K": "c"})],
        spec={"description": "x", "tags": {"Two": "2"}},
    )
    world.run(changed, prune=True)
    world.run(allow_delete=frozenset({"DataTable/T"}))
    return {f"connect:{name}" for name in {**called, **world.calls()}}
