"""The files beside the code for those who deploy it: policy, metrics and alarms, environment, requirements."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import jsonschema
import pytest

import reconciler.lambdas.connectwise_transform as package
from reconciler.lambdas.connectwise import actions as of_tenants
from reconciler.lambdas.connectwise.failures import WrongEvent, WrongSettings
from reconciler.lambdas.connectwise.ledger import LedgerFailed
from reconciler.lambdas.connectwise_transform.actions import ACTIONS
from reconciler.lambdas.shared.calls import CallFailed
from tests.lambdas.connectwise_transform.guarded import TENANT_ROLE, Guarded
from tests.lambdas.connectwise_transform.world import ENVIRON, SOURCE, TENANT, TransformWorld, seen
from tests.lambdas.emf import must_be_metrics

FOLDER = Path(package.__file__).parent
OPERATIONS = json.loads((FOLDER / "operations.json").read_text())
ENVIRONMENT = json.loads((FOLDER / "environment.schema.json").read_text())
# The actions of the tenant role that ingest alone needs.
OF_INGEST = {"dynamodb:GetItem", "dynamodb:PutItem", "secretsmanager:GetSecretValue"}
USED = [
    *(("function", action.allows) for action in ACTIONS),
    *(("tenant", action.allows) for action in of_tenants.ACTIONS if action.allows not in OF_INGEST),
]


def everything(world: TransformWorld, guarded: Guarded) -> list[dict[str, Any]]:
    """Uses every call: two commits, of which the second tags what the first one replaced, and a call by hand."""
    answered = []
    for at in (900, 1050, 1100):
        world.add_raw([seen(1, at, f"c{at}")])
        answered += world.invoke({}, client=guarded.client, TENANT_ROLE_ARN=TENANT_ROLE)["pairs"]
    return answered


@pytest.mark.slow
def test_the_shipped_policies_suffice(world: TransformWorld) -> None:
    answered = everything(world, Guarded(world))

    assert [pair.get("error") for pair in answered] == [None, None, None]
    assert len(world.rows()) == 3


@pytest.mark.slow
@pytest.mark.parametrize("without", USED)
def test_without_one_action_of_the_policies_a_run_fails(world: TransformWorld, without: tuple[str, str]) -> None:
    try:
        answered = everything(world, Guarded(world, without))
    except (LedgerFailed, CallFailed):
        return

    assert [pair["error"] for pair in answered if "error" in pair], without


@pytest.mark.slow
def test_a_session_of_one_tenant_writes_nothing_of_another(world: TransformWorld) -> None:
    """S2-1: a ledger that names another tenant's object is refused by IAM."""
    world.add_tenant("acme")
    key = world.add_raw([seen(1, 900, "theirs")], tenant="acme")
    world.add_raw([seen(1, 900, "a")])
    item = dict(world.ledger().read(f"raw#{SOURCE}#000000000001"))
    world.ledger().put(f"raw#{SOURCE}#000000000001", {**item, "key": key})

    answered = world.invoke({"tenant_id": TENANT}, client=Guarded(world).client, TENANT_ROLE_ARN=TENANT_ROLE)

    assert answered["pairs"][0]["error"].startswith("AWS: s3:GetObject: AccessDenied")
    assert world.listed(f"{TENANT}/canonical/") == []


def test_the_metrics_are_those_of_the_operations_and_every_alarm_has_one(world: TransformWorld) -> None:
    """S2-31, S2-32."""
    world.add_raw([seen(1, 900, "a")])
    world.run()

    line = world.lines[-1]
    must_be_metrics(line)
    listed = json.loads(line)["_aws"]["CloudWatchMetrics"][0]
    assert listed["Namespace"] == OPERATIONS["namespace"]
    assert {it["Name"]: it["Unit"] for it in listed["Metrics"]} == {
        name: metric["unit"] for name, metric in OPERATIONS["metrics"].items()
    }
    assert {alarm["metric"] for alarm in OPERATIONS["alarms"].values()} <= set(OPERATIONS["metrics"])


def test_a_failed_pair_and_a_stopped_invocation_are_counted(world: TransformWorld) -> None:
    world.run({"tenant_id": TENANT, "table_name": "time/entries"})
    with pytest.raises(WrongEvent):
        world.invoke({"tables": "x"})

    assert [json.loads(line)["PairsFailed"] for line in world.lines if "PairsFailed" in line] == [1, 1]


@pytest.mark.parametrize("name", ["BUCKET_NAME", "TENANT_SERVICES_TABLE", "LAST_UPDATED_TABLE", "TENANT_ROLE_ARN"])
def test_a_missing_variable_is_an_error_at_the_start_that_names_it(world: TransformWorld, name: str) -> None:
    """S2-28..30."""
    with pytest.raises(WrongSettings, match=f"{name} is missing"):
        world.invoke({}, **{name: ""})

    assert name in ENVIRONMENT["required"]


@pytest.mark.parametrize(
    ("name", "value"),
    [("COMMIT_FILES", "0"), ("COMMIT_ROWS", "x"), ("DATABASE_MEMORY_PERCENT", "99"), ("DATABASE_THREADS", "0")],
)
def test_a_number_out_of_its_range_is_refused(world: TransformWorld, name: str, value: str) -> None:
    with pytest.raises(WrongSettings, match=f"{name} must be a whole number"):
        world.invoke({}, **{name: value})


def test_the_variables_of_the_tests_satisfy_the_schema() -> None:
    jsonschema.validate(ENVIRON, ENVIRONMENT)


@pytest.mark.parametrize(
    ("event", "message"),
    [
        ([], "the event must be a JSON object"),
        ({"tenant": "x"}, "tenant is not a member of the event"),
        ({"table_name": "service/ticket"}, 'Did you mean "service/tickets"'),
        ({"pairs": [], "run": "x", "slot": "2026-01-05T12:00:00Z"}, "run must be the name of a run"),
        ({"pairs": [{}], "run": "20260105T120000Z", "slot": "2026-01-05T12:00:00Z"}, "a pair must have a tenant_id"),
        ({"pairs": "x", "run": "20260105T120000Z", "slot": "2026-01-05T12:00:00Z"}, "pairs must be a list"),
        ({"pairs": [], "run": "20260105T120000Z", "slot": "noon"}, "slot must be an instant"),
        ({"pairs": [], "run": "20260105T120000Z", "slot": "2026-01-05T12:00:00Z", "round": "1"}, "round must be"),
        (
            {
                "pairs": [{"tenant_id": "a", "table_name": "b", "mode": "x"}],
                "run": "20260105T120000Z",
                "slot": "2026-01-05T12:00:00Z",
            },
            "mode must be one of",
        ),
    ],
)
def test_a_wrong_event_is_refused_with_what_is_wrong(world: TransformWorld, event: Any, message: str) -> None:
    """S2-35: an unknown name is an error with near matches."""
    with pytest.raises(WrongEvent, match=message):
        world.invoke(event)
