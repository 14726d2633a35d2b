"""The files beside the code: policies, metrics, alarms, environment, requirements."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import botocore.session
import pytest

import reconciler.lambdas.connectwise as shared
import reconciler.lambdas.connectwise_ingest as package
from reconciler.lambdas.connectwise import actions as of_tenants
from reconciler.lambdas.connectwise_ingest import settings
from reconciler.lambdas.connectwise_ingest.actions import ACTIONS
from reconciler.lambdas.connectwise_ingest.failures import CODES
from reconciler.sandbox import in_process
from reconciler.sandbox.connectwise import standing_in
from tests.lambdas.connectwise.places import create_tables
from tests.lambdas.connectwise_ingest.world import FUNCTION, ROLE, START, TICKETS, World, ticket
from tests.lambdas.emf import must_be_metrics
from tests.lambdas.invocations import Clock

FOLDER = Path(package.__file__).parent
OPERATIONS = json.loads((FOLDER / "operations.json").read_text())
SCHEMA = json.loads((FOLDER / "environment.schema.json").read_text())
OWN = json.loads((FOLDER / "policy.json").read_text())
TENANT = json.loads((Path(shared.__file__).parent / "policy.json").read_text())


def allowed(policy: Any) -> set[str]:
    return {action for statement in policy["Statement"] for action in statement["Action"]}


def test_the_policy_of_the_role_of_tenants_allows_the_calls_of_its_table() -> None:
    assert allowed(TENANT) == {action.allows for action in of_tenants.ACTIONS}


def test_everything_of_a_tenant_is_limited_by_the_tag_of_the_session() -> None:
    tag = "${aws:PrincipalTag/tenant}"

    for statement in TENANT["Statement"]:
        keys = statement.get("Condition", {}).get("ForAllValues:StringEquals", {}).get("dynamodb:LeadingKeys")
        assert keys == [tag] or all(f"{tag}/*" in resource for resource in statement["Resource"])


def work(world: World) -> list[str]:
    """Runs each mode once, and returns the statuses and errors."""
    world.add_tenant(deletes={"confirmations": 1}).put_all(TICKETS, [ticket(1), ticket(2)])
    world.vendor.behaviour.has_fixed_codebase = False
    results = [world.run(), world.poll(mode="ids")]
    world.vendor.company("harbor-dental").delete(TICKETS, 2)
    results += [world.poll(mode="ids"), world.poll(mode="content")]
    try:
        results += world.invoke({})["pairs"]
    except Exception as wrong:
        results.append({"status": "failed", "error": str(wrong)})
    return [f"{result['status']} {result.get('error', '')}" for result in results]


@pytest.mark.slow
@pytest.mark.parametrize(
    ("role", "policy", "place"),
    [
        *((ROLE, TENANT, place) for place in range(len(of_tenants.ACTIONS))),
        *((FUNCTION, OWN, place) for place in range(len(ACTIONS))),
    ],
)
def test_each_action_is_needed(session: botocore.session.Session, role: str, policy: Any, place: int) -> None:
    """Without one of them a run fails."""
    clock = Clock(START)
    with standing_in() as vendor, in_process(clock=clock, sleep=clock.sleep) as control:
        world = World(control, vendor, clock, session)
        create_tables(world.client("dynamodb"))
        world.set_up()
        statements = [statement for number, statement in enumerate(policy["Statement"]) if number != place]
        world.allow(role, {**policy, "Statement": statements})

        ended = work(world)

    assert any("AccessDenied" in text for text in ended), ended


def test_with_all_actions_every_mode_works(world: World) -> None:
    assert [text.strip() for text in work(world)] == ["done", "quiet", "done", "done", "quiet"]


def test_every_metric_is_declared_with_its_unit_and_every_alarm_has_its_metric(world: World) -> None:
    work(world)

    units = {}
    for text in world.lines:
        line = json.loads(text)
        if "_aws" in line:
            must_be_metrics(text)
            (made,) = line["_aws"]["CloudWatchMetrics"]
            units |= {each["Name"]: each["Unit"] for each in made["Metrics"]}
            assert (made["Namespace"], made["Dimensions"]) == (OPERATIONS["namespace"], [[OPERATIONS["dimension"]]])
    assert units == {name: each["unit"] for name, each in OPERATIONS["metrics"].items()}
    assert {each["metric"] for each in OPERATIONS["alarms"].values()} <= units.keys()


def test_the_variables_are_those_that_the_code_reads() -> None:
    code = "".join(
        path.read_text() for folder in (FOLDER, Path(shared.__file__).parent) for path in folder.glob("*.py")
    )
    read = set(re.findall(r"reader?\.\w+\(\"([A-Z_]+)\"|self\.\w+\(\"([A-Z_]+)\"", code))

    names = {first or second for first, second in read} - {"AWS_REGION"}
    assert names == set(SCHEMA["properties"])
    for name, default in (("PAGE_SIZE", "page_size"), ("OVERLAP_SECONDS", "overlap"), ("FLUSH_ROWS", "flush_rows")):
        assert SCHEMA["properties"][name]["default"] == str(getattr(settings.Settings, default))


def test_every_failure_has_a_meaning() -> None:
    code = "".join(path.read_text() for path in FOLDER.glob("*.py"))
    raised = set(re.findall(r"PairFailed\(\s*\"([A-Z_]+)\"", code)) | set(re.findall(r"code = \"([A-Z_]+)\"", code))

    assert raised <= CODES.keys()


def test_its_dependencies_are_pinned_with_hashes() -> None:
    text = (FOLDER / "requirements.txt").read_text()
    pinned = re.findall(r"^([a-z0-9-]+)==\S+ \\$", text, re.MULTILINE)

    assert {"msgspec", "orjson", "pyarrow", "requests"} <= set(pinned)
    assert text.count("--hash=sha256:") >= len(pinned)
    assert not re.search(r"://|;|^-", text, re.MULTILINE)
