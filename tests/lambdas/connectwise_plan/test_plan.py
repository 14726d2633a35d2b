"""The function that plans, with its own role, on the local AWS."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import botocore.session
import moto  # noqa: F401 - clients made before moto is imported are not answered by it
import pytest
from boto3.dynamodb.types import TypeSerializer

import reconciler.lambdas.connectwise_plan as package
from reconciler.lambdas.connectwise.failures import LedgerFailed, WrongEvent, WrongSettings
from reconciler.lambdas.connectwise.session import TenantRole
from reconciler.lambdas.connectwise_plan.actions import ACTIONS
from reconciler.lambdas.connectwise_plan.function import answer
from reconciler.lambdas.connectwise_plan.handler import handler
from reconciler.lambdas.shared import calls
from reconciler.lambdas.shared.calls import Calls, Patience
from reconciler.lambdas.shared.deadline import Deadline
from reconciler.lambdas.shared.surroundings import Surroundings
from reconciler.sandbox import ACCOUNT, Control, in_process
from tests.lambdas.connectwise.places import LEDGER, TENANTS, create_tables, row
from tests.lambdas.dying import Death, Dying, Killed
from tests.lambdas.emf import must_be_metrics
from tests.lambdas.policies import filled_in

FOLDER = Path(package.__file__).parent
OPERATIONS = json.loads((FOLDER / "operations.json").read_text())
POLICY = json.loads((FOLDER / "policy.json").read_text())
ENVIRON = {
    **{"BUCKET_NAME": "lake", "TENANT_SERVICES_TABLE": TENANTS, "LAST_UPDATED_TABLE": LEDGER},
    "AWS_REGION": "us-east-1",
}
PLACES = {"PARTITION": "aws", "REGION": "us-east-1", "ACCOUNT": ACCOUNT, "FUNCTION_NAME": "connectwise-plan"}
TRUST = {
    "Version": "2012-10-17",
    "Statement": {"Effect": "Allow", "Principal": {"AWS": "*"}, "Action": ["sts:AssumeRole", "sts:TagSession"]},
}
SLOT = "2026-11-28T19:40:00Z"
NOW = 1_796_000_000.75


class Planner:
    """The function, with the session of a role that has this policy."""

    def __init__(self, control: Control, session: botocore.session.Session, policy: Any = POLICY) -> None:
        self.control, self.aws, self.lines = control, session, list[str]()
        create_tables(self.client("dynamodb"))
        self.client("s3").create_bucket(Bucket="lake")
        iam = self.client("iam")
        iam.create_role(RoleName="plan", AssumeRolePolicyDocument=json.dumps(TRUST))
        iam.put_role_policy(RoleName="plan", PolicyName="main", PolicyDocument=filled_in(policy, {**ENVIRON, **PLACES}))
        calm = Calls(Deadline.within(100.0, lambda: 0.0), lambda seconds: None, lambda: 0.0)
        self.own = TenantRole(self.client("sts"), calm, f"arn:aws:iam::{ACCOUNT}:role/plan").session("-", "plan")

    def client(self, name: str, session: botocore.session.Session | None = None) -> Any:
        return calls.client(name, "us-east-1", Patience(connect=3.0, read=10.0), session or self.aws)

    def add(self, tenant: str, **changes: Any) -> None:
        item = {name: TypeSerializer().serialize(value) for name, value in row(tenant, **changes).items()}
        self.client("dynamodb").put_item(TableName=TENANTS, Item=item)

    def plan(self, event: Any, death: Death | None = None, **environ: str) -> dict[str, Any]:
        def client(name: str) -> Any:
            own = self.client(name, self.own)
            return Dying(own, death) if death else own

        around = Surroundings(
            {**ENVIRON, **environ},
            lambda service, region, patience: client(service),
            lambda: 0.0,
            lambda: NOW,
            lambda seconds: None,
            lambda: 0.5,
            self.lines.append,
            lambda: "0badcafe" * 4,
        )
        return answer(event, SimpleNamespace(aws_request_id="r", function_name="connectwise-plan"), around)

    def lanes(self, key: str) -> Any:
        return json.loads(self.client("s3").get_object(Bucket="lake", Key=key)["Body"].read())


@pytest.fixture
def planner(session: botocore.session.Session) -> Iterator[Planner]:
    with in_process() as control:
        yield Planner(control, session)


def test_a_scheduled_run_is_named_after_its_slot(planner: Planner) -> None:
    planner.add("harbor-dental", tables=["service/tickets", "time/entries"])
    planner.add("quay-legal")

    answer = planner.plan({"slot": SLOT})

    assert answer == {
        **{"run": "20261128T194000Z", "bucket": "lake", "key": "runs/20261128T194000Z/lanes.json"},
        **{"lanes": 3, "pairs": 3, "waiting": 0, "skipped": []},
    }
    first = planner.lanes(answer["key"])[0]
    pair = {"tenant_id": "harbor-dental", "table_name": "service/tickets", "mode": "incremental"}
    assert first == {"run": "20261128T194000Z", "slot": SLOT, "round": 1, "pairs": [pair]}


def test_schedules_that_are_due_in_the_same_minute_have_runs_of_their_own(planner: Planner) -> None:
    """Results, reports and leases are kept by the name of the run."""
    planner.add("harbor-dental", tables=["service/tickets", "time/entries"])
    events: list[dict[str, str]] = [{}, {"mode": "ids"}, {"mode": "content"}, {"tenant_id": "harbor-dental"}]

    answers = [planner.plan({"slot": SLOT, **event}) for event in events]

    names = [answer["run"] for answer in answers]
    assert (names[0], len(set(names))) == ("20261128T194000Z", 4)
    assert {name[:13] for name in names} == {"20261128T1940"}
    lanes = [planner.lanes(answer["key"])[0] for answer in answers]
    assert [lane["run"] for lane in lanes] == names
    assert [lane["slot"].replace("-", "").replace(":", "") for lane in lanes] == names
    assert planner.plan({"slot": SLOT, "mode": "ids"}) == answers[1]


def test_a_run_by_hand_has_a_name_of_its_own_and_the_wall_clock(planner: Planner) -> None:
    planner.add("harbor-dental")

    answer = planner.plan({})

    assert answer["run"].endswith("Z-0badcafe")
    assert planner.lanes(answer["key"])[0]["slot"].endswith("Z")


def test_a_broken_row_and_a_disabled_tenant_stop_no_other(planner: Planner) -> None:
    """S2-27."""
    planner.add("broken", rate_per_minute="many")
    planner.add("disabled", enabled=False)
    planner.add("harbor-dental")

    answer = planner.plan({"slot": SLOT})

    assert (answer["pairs"], {row["tenant_id"] for row in answer["skipped"]}) == (1, {"broken", "disabled"})
    must_be_metrics(planner.lines[-1])
    line = json.loads(planner.lines[-1])
    assert (line["PairsDue"], line["TenantsSkipped"], line["level"]) == (1, 1, "WARNING")


@pytest.mark.parametrize("when", ["before", "after"])
def test_a_kill_at_any_call_and_one_more_delivery_are_as_no_kill(planner: Planner, when: str) -> None:
    planner.add("harbor-dental")
    planner.add("quay-legal")
    wanted = planner.plan({"slot": SLOT})
    lanes, calls_of_plan = planner.lanes(wanted["key"]), Death(0, when)
    planner.plan({"slot": SLOT}, calls_of_plan)

    for number in range(1, calls_of_plan.calls + 1):
        planner.client("s3").delete_object(Bucket="lake", Key=wanted["key"])
        with pytest.raises(Killed):
            planner.plan({"slot": SLOT}, Death(number, when))

        assert planner.plan({"slot": SLOT}) == wanted
        assert planner.lanes(wanted["key"]) == lanes
    assert calls_of_plan.calls == 2


def quiet(planner: Planner, tenant: str, passes: int, at: str = SLOT) -> None:
    item = {"tenant_id": {"S": tenant}, "table_name": {"S": "service/tickets"}, "quiet_at": {"S": at}}
    planner.client("dynamodb").put_item(TableName=LEDGER, Item={**item, "quiet": {"N": str(passes)}})


def test_quiet_pairs_wait_within_the_freshness_of_their_tenant(planner: Planner) -> None:
    for tenant, freshness in (("harbor-dental", 60), ("north-clinic", 15), ("oak-care", 60)):
        planner.add(tenant, freshness_minutes=freshness)
        quiet(planner, tenant, 3)
    planner.add("quay-legal", freshness_minutes=60)
    quiet(planner, "oak-care", 0)

    answer = planner.plan({"slot": "2026-11-28T20:25:00Z"})

    due = [lane["pairs"][0]["tenant_id"] for lane in planner.lanes(answer["key"])]
    assert due == ["north-clinic", "oak-care", "quay-legal"]
    assert (answer["pairs"], answer["waiting"]) == (3, 1)
    assert json.loads(planner.lines[-1])["PairsWaiting"] == 1
    assert planner.plan({"slot": "2026-11-28T20:40:00Z"})["waiting"] == 0


@pytest.mark.parametrize("event", [{}, {"slot": SLOT, "mode": "ids"}])
def test_a_run_by_hand_and_a_sweep_have_every_pair(planner: Planner, event: dict[str, str]) -> None:
    planner.add("harbor-dental", freshness_minutes=60)
    quiet(planner, "harbor-dental", 3)

    assert planner.plan(event)["pairs"] == 1


def test_more_pairs_than_one_call_takes_are_all_judged(planner: Planner) -> None:
    for number in range(101):
        planner.add(f"tenant-{number:03}", freshness_minutes=60)
        quiet(planner, f"tenant-{number:03}", 3)

    assert planner.plan({"slot": SLOT})["waiting"] == 101


def test_without_a_tenant_there_are_no_lanes(planner: Planner) -> None:
    """S2-10."""
    answer = planner.plan({"slot": SLOT})

    assert (answer["lanes"], planner.lanes(answer["key"])) == (0, [])


def test_an_unknown_name_is_an_error(planner: Planner) -> None:
    """S2-35."""
    planner.add("harbor-dental")

    with pytest.raises(WrongEvent, match="Did you mean"):
        planner.plan({"tenant_id": "harbor-dentl"})
    assert "WrongEvent" in planner.lines[-1]


@pytest.mark.parametrize("name", ["BUCKET_NAME", "TENANT_SERVICES_TABLE", "LAST_UPDATED_TABLE"])
def test_a_missing_variable_is_named(planner: Planner, name: str) -> None:
    """S2-28, S2-29, S2-30."""
    with pytest.raises(WrongSettings, match=name):
        planner.plan({}, **{name: ""})


def test_a_second_delivery_of_a_slot_is_the_same_run(planner: Planner) -> None:
    planner.add("harbor-dental")

    assert planner.plan({"slot": SLOT}) == planner.plan({"slot": SLOT})


@pytest.mark.parametrize("operation", ["Scan", "PutObject"])
def test_a_failure_of_aws_fails_the_run(planner: Planner, operation: str) -> None:
    planner.control.set_faults({"error": {"every": 1, "code": "InternalError", "operations": [operation]}})

    with pytest.raises(LedgerFailed, match=operation):
        planner.plan({"slot": SLOT})
    planner.control.set_faults({})


@pytest.mark.parametrize("place", range(len(ACTIONS)))
def test_each_action_is_needed(session: botocore.session.Session, place: int) -> None:
    """Without one of them the run fails."""
    short = {**POLICY, "Statement": [each for n, each in enumerate(POLICY["Statement"]) if n != place]}

    with in_process() as control:
        planner = Planner(control, session, short)
        planner.add("harbor-dental", freshness_minutes=60)
        with pytest.raises(LedgerFailed, match="AccessDenied"):
            planner.plan({"slot": SLOT})


def test_its_declarations_agree_with_its_code(planner: Planner) -> None:
    planner.plan({"slot": SLOT})

    (made,) = json.loads(planner.lines[-1])["_aws"]["CloudWatchMetrics"]
    assert {each["Name"]: each["Unit"] for each in made["Metrics"]} == {
        name: each["unit"] for name, each in OPERATIONS["metrics"].items()
    }
    assert (made["Namespace"], made["Dimensions"]) == (OPERATIONS["namespace"], [[OPERATIONS["dimension"]]])
    schema = json.loads((FOLDER / "environment.schema.json").read_text())
    assert set(schema["required"]) == {"BUCKET_NAME", "TENANT_SERVICES_TABLE", "LAST_UPDATED_TABLE"}


def test_the_entry_point_reads_the_environment_of_its_process(
    planner: Planner, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    keys = {"AWS_ACCESS_KEY_ID": "AKIDEXAMPLE", "AWS_SECRET_ACCESS_KEY": "secret"}
    for name, value in {**ENVIRON, **keys}.items():
        monkeypatch.setenv(name, value)

    answer = handler({"slot": SLOT}, SimpleNamespace(aws_request_id="r", function_name="connectwise-plan"))

    assert (answer["run"], answer["lanes"]) == ("20261128T194000Z", 0)
    assert json.loads(capsys.readouterr().out)["PairsDue"] == 0
