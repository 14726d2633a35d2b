"""Every key of reconcile.yaml makes a difference that can be seen."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest

from tests.cli.running import SANDBOX, Done, Repository, Server, rows, table

pytestmark = pytest.mark.slow

Reconcile = Callable[..., Done]
INSTANCE = "arn:aws:connect:ca-central-1:111122223333:instance/00000000-0000-4000-8000-000000000000"


def lab(**more: Any) -> dict[str, Any]:
    return {"lab": {**SANDBOX, **more}}


def plan(reconcile: Reconcile, *words: str) -> dict[str, Any]:
    done = reconcile("plan", "--format", "json", *words)
    assert done.code == 0, done.err
    return dict(json.loads(done.out))


def test_the_stack_owns_its_resources(repository: Repository, reconcile: Reconcile) -> None:
    reconcile("apply", "--auto-approve")
    repository.configure(stack="another")

    assert plan(reconcile)["summary"]["blocked"] == 1


def test_the_manifests_folder_can_be_chosen(repository: Repository, reconcile: Reconcile) -> None:
    (repository.root / "manifests").rename(repository.root / "what-we-want")

    assert reconcile("plan").code == 1
    repository.configure(manifests="what-we-want")
    assert plan(reconcile)["summary"]["create"] == 1


def test_an_environment_without_instance_or_sandbox_is_an_error(repository: Repository, reconcile: Reconcile) -> None:
    repository.configure({"lab": {"region": "ca-central-1"}})

    assert reconcile("plan").code == 1


@pytest.mark.parametrize(("key", "value"), [("account", "444455556666"), ("region", "eu-west-2")])
def test_account_and_region_may_only_repeat_the_instance_s(
    repository: Repository, reconcile: Reconcile, key: str, value: str
) -> None:
    """S0-21: both follow from the ARN."""
    repository.configure({"prod": {"instance": INSTANCE, key: value}})
    wrong = reconcile("validate")
    repository.configure({"prod": {"instance": INSTANCE}})

    assert (wrong.code, reconcile("validate").code) == (1, 0)
    assert f"environments.prod.{key}" in wrong.out


def test_overlays_are_merged_into_the_base(repository: Repository, reconcile: Reconcile) -> None:
    overlay = repository.root / "manifests" / "environments" / "lab"
    overlay.mkdir(parents=True)
    (overlay / "it.yaml").write_text(
        json.dumps({"kind": "DataTable", "metadata": {"name": "Tiers"}, "spec": {"description": "laid over"}})
    )

    assert "laid over" not in reconcile("plan").out
    repository.configure(lab(overlays=["environments/lab"]))
    assert "laid over" in reconcile("plan").out


def test_variables_are_replaced_where_they_are_named(
    repository: Repository, reconcile: Reconcile, monkeypatch: pytest.MonkeyPatch
) -> None:
    """S0-34."""
    repository.declare(table(description="of ${var:TEAM}"))

    missing = reconcile("plan")
    repository.configure(lab(variables={"TEAM": "support"}))
    given = reconcile("plan")
    monkeypatch.setenv("RECONCILE_VAR_TEAM", "sales")
    overridden = reconcile("plan")

    assert (missing.code, "RECONCILE_VAR_TEAM" in missing.err) == (1, True)
    assert "of support" in given.out
    assert "of sales" in overridden.out


def test_max_update_bounds_what_one_run_changes(repository: Repository, reconcile: Reconcile) -> None:
    repository.declare(table(rows=rows(20)))
    reconcile("apply", "--auto-approve")
    repository.declare(table(rows=rows(20, "Gold")))

    refused = reconcile("apply", "--auto-approve")
    repository.configure(lab(policy={"maxUpdate": "100%"}))

    assert (refused.code, "policy.maxUpdate" in refused.err) == (3, True)
    assert reconcile("apply", "--auto-approve").code == 0


def test_max_delete_bounds_what_one_run_deletes(repository: Repository, reconcile: Reconcile) -> None:
    repository.declare(table(rows=rows(10)))
    reconcile("apply", "--auto-approve")
    repository.declare(table(rows=rows(5), prune=True))

    refused = reconcile("apply", "--auto-approve")
    repository.configure(lab(policy={"maxDelete": 5}))

    assert (refused.code, "policy.maxDelete" in refused.err) == (3, True)
    assert reconcile("apply", "--auto-approve").code == 0


def test_ignored_differences_are_skipped_by_plan_and_drift(repository: Repository, reconcile: Reconcile) -> None:
    reconcile("apply", "--auto-approve")
    repository.declare(table(rows=rows(3), description="another"))

    assert reconcile("drift").code == 2
    repository.configure(lab(ignore=[{"address": "DataTable/*", "path": "description"}]))
    assert reconcile("drift").code == 0
    assert plan(reconcile)["changes"] == []


def test_the_estimate_uses_the_rates(repository: Repository, reconcile: Reconcile) -> None:
    repository.declare(table(rows=rows(300)))
    seconds = []
    for rates in ({"default": {"perSecond": 2, "burst": 1}}, {"default": {"perSecond": 4, "burst": 1}}, "unlimited"):
        repository.configure({"lab": {"sandbox": True, "rates": rates}})
        (repository.root / ".reconcile").mkdir(exist_ok=True)
        seconds.append(plan(reconcile)["estimate"]["seconds"])

    assert seconds[0] > 1.8 * seconds[1] > seconds[2]


def test_the_rate_of_one_operation_is_its_own(repository: Repository, reconcile: Reconcile) -> None:
    repository.declare(table(rows=rows(300)))
    slow = {"BatchCreateDataTableValue": {"perSecond": 0.5, "burst": 1}, "default": "unlimited"}
    repository.configure({"lab": {"sandbox": True, "rates": slow}})

    assert plan(reconcile)["estimate"]["seconds"] > 20


def test_attempts_limit_the_calls_of_a_write(repository: Repository, reconcile: Reconcile, server: Server) -> None:
    """S0-52."""
    tries = []
    for attempts in (1, 3):
        server.reset()
        server.set_faults(
            error={"every": 1, "code": "InternalServiceException", "operations": ["CreateDataTable"]},
        )
        repository.configure(lab(retries={"attempts": attempts}))
        reconcile("apply", "--auto-approve")
        tries.append(server.calls()["connect:CreateDataTable"])

    assert tries == [1, 3]


def test_conflicts_limit_the_rounds_of_a_batch_without_progress(
    repository: Repository, reconcile: Reconcile, server: Server
) -> None:
    """S0-52."""
    tries = []
    for conflicts in (0, 3):
        server.reset()
        server.set_faults()
        repository.configure(lab(retries={"conflicts": conflicts}))
        repository.declare(table(rows=rows(3), level="DATA_TABLE"))
        reconcile("apply", "--auto-approve")
        repository.declare(table(rows=rows(3, "Gold"), level="DATA_TABLE"))
        server.set_faults(otherWriter={"every": 1, "mode": "bump"})
        done = reconcile("apply", "--auto-approve")
        assert done.code in (1, 5)
        tries.append(server.calls()["connect:BatchUpdateDataTableValue"])

    assert tries == [1, 4]


def test_more_cells_than_the_quota_are_a_mistake_unless_it_is_raised(
    repository: Repository, reconcile: Reconcile
) -> None:
    repository.configure(lab(quotas={"cellsPerTable": 2}))

    refused = reconcile("validate")
    repository.configure(lab(quotas={"cellsPerTable": 3}))

    assert refused.code == 1
    assert reconcile("validate").code == 0


def test_more_attributes_than_the_quota_are_a_mistake(repository: Repository, reconcile: Reconcile) -> None:
    repository.configure(lab(quotas={"attributesPerTable": 2}))

    assert reconcile("validate").code == 1
    repository.configure(lab(quotas={"attributesPerTable": 3}))
    assert reconcile("validate").code == 0


def test_a_nearly_full_table_quota_is_a_warning(repository: Repository, reconcile: Reconcile) -> None:
    warning = "its quota is 1"

    assert warning not in reconcile("plan").out
    repository.configure(lab(quotas={"tablesPerInstance": 1}))
    assert warning in reconcile("plan").out


def test_batch_items_limit_the_values_of_one_call(repository: Repository, reconcile: Reconcile) -> None:
    assert plan(reconcile)["estimate"]["operations"]["connect:BatchCreateDataTableValue"] == 1
    repository.configure(lab(quotas={"batchItems": 1}))
    assert plan(reconcile)["estimate"]["operations"]["connect:BatchCreateDataTableValue"] == 3


def test_recheck_lists_the_values_again_before_it_changes_them(
    repository: Repository, reconcile: Reconcile, server: Server
) -> None:
    reads = []
    for recheck in (False, True):
        server.reset()
        repository.configure(lab(recheck=recheck))
        repository.declare(table(rows=rows(3)))
        reconcile("apply", "--auto-approve")
        repository.declare(table(rows=rows(3, "Gold")))
        reconcile("apply", "--auto-approve")
        reads.append(server.calls()["connect:ListDataTableValues"])

    assert reads == [1, 2]


def test_a_frozen_environment_is_planned_and_not_applied(repository: Repository, reconcile: Reconcile) -> None:
    repository.configure(lab(frozen="until Monday"))

    done = reconcile("apply", "--auto-approve")

    assert (done.code, "until Monday" in done.err) == (3, True)
    assert reconcile("plan").code == 0


@pytest.mark.parametrize("text", ["recheckk: true", "policy: {maxCreate: 1}", "quotas: {cells: 1}"])
def test_an_unknown_key_is_an_error(repository: Repository, reconcile: Reconcile, text: str) -> None:
    (repository.root / "reconcile.yaml").write_text(f"stack: s\nenvironments:\n  lab:\n    sandbox: true\n    {text}\n")

    done = reconcile("plan")

    assert (done.code, "unknown key" in done.err) == (1, True)
