"""Pairs: rows and secrets that cannot be used, poison, leases, events, and failures of AWS."""

from __future__ import annotations

import json
from types import SimpleNamespace
from typing import Any

import pytest

from reconciler.lambdas.connectwise.failures import LedgerFailed, WrongEvent, WrongSettings
from reconciler.lambdas.connectwise.ledger import LEASE_SECONDS
from reconciler.lambdas.connectwise_ingest.handler import handler
from reconciler.sandbox.connectwise import Fault
from tests.lambdas.connectwise_ingest.world import BUCKET, SLOT, TICKETS, World, errors, lane, statuses, ticket


@pytest.mark.parametrize(
    ("secret", "error"),
    [
        ("no JSON", "SECRET: it must be JSON"),
        ("[]", "SECRET: it lacks company_id, public_key, private_key, client_id"),
        ({"company_id": "x", "public_key": "x", "private_key": 5}, "SECRET: it lacks private_key, client_id"),
    ],
)
def test_a_secret_that_cannot_be_used_is_named_without_its_content(world: World, secret: Any, error: str) -> None:
    world.add_tenant()
    world.put_secret("harbor-dental", secret)

    assert world.run()["error"] == error
    assert "no JSON" not in world.everything()


def test_a_tenant_that_hashes_needs_a_key(world: World) -> None:
    world.add_tenant(privacy={"contact": "hash"})
    world.put_secret("harbor-dental", world.vendor.credentials("harbor-dental"))

    assert "pii_key" in world.run()["error"]


@pytest.mark.parametrize(
    ("changes", "error"),
    [
        ({"enabled": False}, "TENANT: it is disabled"),
        ({"rate_per_minute": "many"}, "TENANT: rate_per_minute must be a whole number"),
        ({"tables": ["time/entries"]}, "TENANT: it has no table service/tickets"),
    ],
)
def test_a_row_that_changed_since_the_plan_fails_its_pair(world: World, changes: dict[str, Any], error: str) -> None:
    """S2-27."""
    world.add_tenant(**changes)

    result = world.run()

    assert (result["status"], result["requests"]) == ("failed", 0)
    assert result["error"].startswith(error)


def test_a_tenant_that_was_deleted_since_the_plan_fails_its_pair(world: World) -> None:
    assert errors(world.invoke(lane("gone"))) == ["TENANT: it is not in TenantServices"]


def test_a_pair_that_failed_three_times_is_tried_once_an_hour(world: World) -> None:
    world.add_tenant().put(TICKETS, ticket(1))
    world.vendor.faults.add(Fault("status", 401, times=1000))
    failed = [world.poll()["error"] for _ in range(3)]
    world.vendor.requests.clear()

    held = world.poll()
    after_an_hour = world.poll(3000)

    assert failed == ["AUTH"] * 3
    assert held["error"].startswith("POISONED: AUTH; tried again at 2026-11-28T21:")
    assert (held["requests"], after_an_hour["error"], len(world.vendor.requests)) == (0, "AUTH", 1)


def test_a_poisoned_pair_heals_and_a_person_need_not_wait(world: World) -> None:
    world.add_tenant().put(TICKETS, ticket(1))
    world.vendor.faults.add(Fault("status", 401, times=1000))
    for _ in range(3):
        world.poll()
    world.vendor.faults.clear()

    by_hand = world.invoke({"tenant_id": "harbor-dental"})

    assert statuses(by_hand) == ["done"]
    assert (world.state()["failures"], "retry_at" in world.state()) == (0, False)


def test_the_error_of_another_mode_stays_until_that_mode_succeeds(world: World) -> None:
    world.add_tenant().put(TICKETS, ticket(1))
    world.poll()
    world.vendor.faults.add(Fault("status", 403))
    refused = world.poll(mode="content")
    kept = [world.state()["errors"]]
    world.vendor.faults.add(Fault("status", 401))
    world.poll()
    both = (world.state()["error"], world.state()["errors"])

    increment = world.poll()
    kept.append(world.state()["errors"])
    healed = world.poll(mode="content")

    assert (refused["status"], increment["status"], healed["status"]) == ("failed", "quiet", "done")
    assert kept == [{"content": "FORBIDDEN"}] * 2
    assert both == ("AUTH", {"content": "FORBIDDEN"})
    assert {"error", "errors"} & world.state().keys() == set()


def test_the_errors_of_two_modes_heal_one_by_one(world: World) -> None:
    world.add_tenant().put(TICKETS, ticket(1))
    world.poll()
    for mode in ("content", "ids"):
        world.vendor.faults.add(Fault("status", 403))
        world.poll(mode=mode)

    world.poll(mode="ids")

    assert world.state()["errors"] == {"content": "FORBIDDEN"}


def test_a_second_run_leaves_a_leased_pair_alone(world: World) -> None:
    world.add_tenant().put(TICKETS, ticket(1))
    world.ledger().lease(TICKETS, "another", int(world.clock()))

    answer = world.invoke(lane("harbor-dental"))

    assert (statuses(answer), answer["pairs"][0]["requests"]) == (["quiet"], 0)
    assert errors(answer)[0].startswith("LEASED")


def test_a_lease_that_was_taken_away_ends_the_pass_and_the_other_run_goes_on(world: World) -> None:
    """The clocks of the two functions are 5 minutes apart."""
    company = world.add_tenant(backfill={"days": 1, "chunk_days": 1})
    company.put_all(TICKETS, [ticket(id) for id in range(1, 31)])
    other: dict[str, Any] = {}

    def intrude(address: str) -> None:
        if "pageId=20" in address and not other:
            other["lease"] = world.ledger().lease(TICKETS, "another", int(world.clock()) + 300)

    world.vendor.before = intrude
    first = world.invoke(lane("harbor-dental"), PAGE_SIZE="10", FLUSH_ROWS="10")
    world.vendor.before = None
    fenced = world.state()
    world.pass_time(LEASE_SECONDS + 301)
    second = world.run(PAGE_SIZE="10")

    assert errors(first)[0].startswith("LEASED")
    assert fenced["lease_owner"] == "another"
    assert second["status"] == "done"
    assert sorted({row["id"] for row in world.rows()}) == list(range(1, 31))


def test_a_lane_works_in_order_and_leaves_pairs_without_time_for_the_next_round(world: World) -> None:
    for tenant in ("a", "b"):
        world.add_tenant(tenant, backfill={"days": 1, "chunk_days": 1}).put(TICKETS, ticket(1))
    world.vendor.before = lambda address: setattr(world.clock, "seconds", world.clock.seconds + 20)
    world.budget = 105.0

    first = world.invoke(lane("a", "b"))
    second = world.invoke({**first, "pairs": first["pairs"][1:]})

    assert statuses(first) == ["done", "behind"]
    assert errors(first)[-1] == "BEHIND: no time for this pair"
    assert statuses(second) == ["done"]


def test_an_answer_is_the_lane_with_results_and_each_result_is_in_the_bucket(world: World) -> None:
    world.add_tenant().put(TICKETS, ticket(1))
    event = {**lane("harbor-dental"), "extra": 1}

    answer = world.invoke(event)

    (pair,) = answer.pop("pairs")
    del event["pairs"]
    assert answer == {**event, "now": "2026-11-28T19:40:00Z"}
    assert {"tenant_id", "table_name", "mode", "status", "rows", "files", "requests", "retries"} <= pair.keys()
    assert {"drifted", "unknown", "rejected", "watermark"} <= pair.keys()
    key = "harbor-dental/runs/20261128T194000Z/service.tickets.json"
    assert json.loads(world.client("s3").get_object(Bucket=BUCKET, Key=key)["Body"].read()) == pair


def test_a_call_by_hand_plans_for_itself(world: World) -> None:
    """S2-35, and the event of the README: {} or a tenant and a table."""
    world.add_tenant("a").put(TICKETS, ticket(1))
    world.add_tenant("b", enabled=False)
    world.add_tenant("c", rate_per_minute="many")

    answer = world.invoke({})

    assert [(pair["tenant_id"], pair["status"]) for pair in answer["pairs"]] == [("a", "done")]
    assert {row["tenant_id"] for row in answer["skipped"]} == {"b", "c"}
    assert answer["run"].endswith("-00000001")
    with pytest.raises(WrongEvent, match="Did you mean"):
        world.invoke({"tenant_id": "a", "table_name": "service/ticket"})


def test_without_a_tenant_it_answers_an_empty_list(world: World) -> None:
    """S2-10."""
    assert world.invoke({})["pairs"] == []


@pytest.mark.parametrize(
    "event",
    [
        None,
        {"pairs": {}},
        {"pairs": [], "run": "yesterday", "slot": SLOT},
        {"pairs": [], "run": "20261128T194000Z", "slot": "19:40"},
        {"pairs": [{}], "run": "20261128T194000Z", "slot": SLOT},
        {"pairs": [{"tenant_id": "a", "table_name": TICKETS, "mode": "x"}], "run": "20261128T194000Z", "slot": SLOT},
    ],
)
def test_a_wrong_event_is_an_error(world: World, event: Any) -> None:
    with pytest.raises(WrongEvent):
        world.invoke(event)
    assert json.loads(world.lines[-1])["PairsFailed"] == 1


@pytest.mark.parametrize("name", ["BUCKET_NAME", "TENANT_SERVICES_TABLE", "LAST_UPDATED_TABLE", "TENANT_ROLE_ARN"])
def test_a_missing_variable_is_an_error_that_names_it(world: World, name: str) -> None:
    """S2-28, S2-29, S2-30."""
    with pytest.raises(WrongSettings, match=f"{name} is missing"):
        world.invoke({}, **{name: ""})


def test_planning_without_a_ledger_is_an_error(world: World) -> None:
    with pytest.raises(LedgerFailed):
        world.invoke({}, TENANT_SERVICES_TABLE="absent")


@pytest.mark.parametrize(
    ("operation", "error"),
    [
        ("AssumeRole", "AWS: sts:AssumeRole"),
        ("GetSecretValue", "SECRET: secretsmanager:GetSecretValue"),
        ("UpdateItem", "LEDGER: the ledger does not answer: dynamodb:UpdateItem"),
        ("PutObject", "AWS: s3:PutObject"),
        ("TransactWriteItems", "LEDGER: the ledger does not answer: dynamodb:TransactWriteItems"),
    ],
)
def test_a_failure_of_aws_fails_the_pair_and_the_next_run_heals_it(world: World, operation: str, error: str) -> None:
    world.add_tenant().put(TICKETS, ticket(1))
    world.control.set_faults({"error": {"every": 1, "code": "InternalError", "operations": [operation]}})

    failed = world.run()
    world.control.set_faults({})

    assert (failed["status"], failed["error"].startswith(error)) == ("failed", True), failed
    assert world.poll()["status"] == "done"
    assert [row["id"] for row in world.rows()] == [1]


@pytest.mark.parametrize(
    "faults", [{"lostReply": {"every": 3}}, {"error": {"probability": 0.05, "code": "InternalError"}}]
)
def test_lost_replies_and_internal_errors_of_aws_lose_and_double_nothing(world: World, faults: dict[str, Any]) -> None:
    company = world.add_tenant(backfill={"days": 1, "chunk_days": 1})
    company.put_all(TICKETS, [ticket(id) for id in range(1, 31)])
    operations = ["PutObject", "UpdateItem", "TransactWriteItems", "GetItem", "AssumeRole"]
    world.control.set_faults({kind: {**fault, "operations": operations} for kind, fault in faults.items()})

    for _ in range(3):
        world.poll(PAGE_SIZE="5", FLUSH_ROWS="5")
    world.control.set_faults({})
    world.poll()

    assert sorted(row["id"] for row in world.rows()) == list(range(1, 31))


def test_the_entry_point_reads_the_environment_of_its_process(
    world: World, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    keys = {"AWS_ACCESS_KEY_ID": "AKIDEXAMPLE", "AWS_SECRET_ACCESS_KEY": "secret"}
    for name, value in {**world.environ, **keys}.items():
        monkeypatch.setenv(name, value)

    answer = handler({}, SimpleNamespace(aws_request_id="request", function_name="connectwise-ingest"))

    assert answer["pairs"] == []
    assert json.loads(capsys.readouterr().out)["PairsFailed"] == 0
