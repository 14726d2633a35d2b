"""An environment without an instance: every command works on the resources of account and Region."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import boto3
import pytest

from reconciler.aws.client import Aws
from reconciler.kinds.registry import DECLARABLE, KINDS
from reconciler.sandbox import ACCOUNT, INSTANCE_ARN, REGION
from tests.builders.kinds_of_services import GroupKind
from tests.cli.running import Done, Repository, Server, resource, table
from tests.worlds.least_privilege import UnrecordedAws

Reconcile = Callable[..., Done]

PLACE = f"{ACCOUNT}/{REGION}"
KEYS = {"AWS_ACCESS_KEY_ID": "AKIDEXAMPLE", "AWS_SECRET_ACCESS_KEY": "secret"}
OPS = {"account": ACCOUNT, "region": REGION, "rates": "unlimited"}


def group(name: str = "calls", team: str = "a") -> dict[str, Any]:
    return resource("Group", name, {"logGroupClass": "STANDARD", "tags": {"Team": team}})


@pytest.fixture
def account(
    repository: Repository, server: Server, as_user: Reconcile, monkeypatch: pytest.MonkeyPatch
) -> Callable[..., Done]:
    """The command in an account that the sandbox answers for, with an invented kind of log groups."""
    for kinds in (KINDS, DECLARABLE):
        monkeypatch.setitem(kinds, "Group", GroupKind())
    # No policy holds the calls of an invented kind.
    monkeypatch.setattr(Aws, "_call", UnrecordedAws._call)
    repository.configure({"ops": OPS})
    repository.declare(group())
    return lambda *words: as_user(*words, AWS_ENDPOINT_URL=server.endpoint, **KEYS)


def logs(server: Server) -> Any:
    """Returns the client of another writer."""
    return boto3.client(
        "logs",
        region_name=REGION,
        endpoint_url=server.endpoint,
        aws_access_key_id="AKIDSOMEBODY",
        aws_secret_access_key="else",  # noqa: S106 - the sandbox does not check it
    )


def live(server: Server) -> dict[str, dict[str, str]]:
    """Returns the author's tags of every live log group."""
    made = {each["logGroupName"]: each["logGroupArn"] for each in logs(server).describe_log_groups()["logGroups"]}
    tags = {name: logs(server).list_tags_for_resource(resourceArn=arn)["tags"] for name, arn in made.items()}
    return {name: {key: text for key, text in its.items() if key == "Team"} for name, its in tags.items()}


def services(server: Server) -> set[str]:
    return {call.partition(":")[0] for call in server.calls()}


def test_a_plan_names_account_and_region_and_asks_nothing_of_amazon_connect(account: Reconcile, server: Server) -> None:
    done = account("plan")

    assert done.out.startswith(f"Plan for shop/ops · {PLACE}\n")
    assert "+ create Group/calls\n" in done.out
    assert "logs" in services(server)
    assert "connect" not in services(server)


def test_an_applied_plan_leaves_nothing_to_do(account: Reconcile, server: Server) -> None:
    done = account("apply", "--auto-approve")

    assert (done.code, live(server)) == (0, {"calls": {"Team": "a"}})
    assert "Applied to shop/ops · 111122223333/us-east-1\n" in done.out
    assert account("plan", "--detailed-exitcode").code == 0


def test_the_region_of_the_environment_is_the_one_that_is_used(
    repository: Repository, account: Reconcile, server: Server
) -> None:
    repository.configure({"ops": {**OPS, "region": "eu-west-2"}})

    done = account("apply", "--auto-approve")

    assert f"Applied to shop/ops · {ACCOUNT}/eu-west-2\n" in done.out
    assert live(server) == {}


def test_credentials_of_another_account_write_and_read_nothing(
    repository: Repository, account: Reconcile, server: Server
) -> None:
    repository.configure({"ops": {**OPS, "account": "444455556666"}})

    done = account("apply", "--auto-approve")

    assert done.code == 1
    assert f'are for account {ACCOUNT}, but environment "ops" is in 444455556666' in done.err
    assert server.calls() == {"sts:GetCallerIdentity": 1}


def test_a_reviewed_plan_is_applied_and_one_of_another_region_is_not(
    repository: Repository, account: Reconcile, server: Server
) -> None:
    account("plan", "--out", "plan.json")
    repository.configure({"ops": {**OPS, "region": "eu-west-2"}})

    elsewhere = account("apply", "--plan", "plan.json", "--auto-approve")
    repository.configure({"ops": OPS})
    here = account("apply", "--plan", "plan.json", "--auto-approve")

    assert elsewhere.code == 4
    assert f'is for place "{PLACE}", but this is "{ACCOUNT}/eu-west-2"' in elsewhere.err + elsewhere.out
    assert (here.code, set(live(server))) == (0, {"calls"})


def test_drift_is_found_and_the_lookup_is_not_of_amazon_connect_alone(account: Reconcile, server: Server) -> None:
    account("apply", "--auto-approve")
    logs(server).delete_log_group(logGroupName="calls")

    done = account("drift")

    assert done.code == 2
    assert done.out.startswith(f"Drift of shop/ops · {PLACE}\n")
    assert f"--region {REGION} --lookup-attributes AttributeKey=ReadOnly,AttributeValue=false" in done.out


@pytest.mark.slow
def test_a_run_is_undone(repository: Repository, account: Reconcile, server: Server) -> None:
    account("apply", "--auto-approve")
    repository.declare(group(team="b"))
    account("apply", "--auto-approve", "--outcome", "o.json")
    assert live(server) == {"calls": {"Team": "b"}}

    done = account("undo", "o.json", "--auto-approve")

    assert (done.code, live(server)) == (0, {"calls": {"Team": "a"}})


def test_a_run_of_another_region_is_not_undone(repository: Repository, account: Reconcile) -> None:
    account("apply", "--auto-approve", "--outcome", "o.json")
    repository.configure({"ops": {**OPS, "region": "eu-west-2"}})

    done = account("undo", "o.json", "--auto-approve")

    assert done.code == 4
    assert f'the outcome is of place "{PLACE}", this is "{ACCOUNT}/eu-west-2"' in done.err


def test_an_unmanaged_resource_is_exported_and_adopted(
    repository: Repository, account: Reconcile, server: Server
) -> None:
    repository.declare()
    logs(server).create_log_group(logGroupName="old", tags={"Team": "c"})

    written = account("export")
    adopted = account("adopt", "Group/old", "--auto-approve")

    assert "wrote manifests/base/groups/old.yaml" in written.out
    assert (written.code, adopted.code) == (0, 0)
    assert account("plan", "--detailed-exitcode").code == 0


def test_everything_managed_is_destroyed(account: Reconcile, server: Server) -> None:
    account("apply", "--auto-approve")
    logs(server).create_log_group(logGroupName="other")

    done = account("destroy", "--yes")

    assert (done.code, live(server)) == (0, {"other": {}})


def test_a_check_has_no_checks_of_an_instance(account: Reconcile, server: Server) -> None:
    done = account("check", "--format", "json")

    document = json.loads(done.out)
    assert (done.code, document["instance"]) == (0, PLACE)
    assert [each["name"] for each in document["checks"]] == [
        "credentials",
        "permissions of plan",
        "permissions of apply",
    ]
    assert "connect" not in services(server)
    assert account("check").out.startswith(f"Check of shop/ops · {PLACE}\n")


def test_a_check_in_another_account_lists_only_what_it_would_have_checked(
    repository: Repository, account: Reconcile
) -> None:
    repository.configure({"ops": {**OPS, "account": "444455556666"}})

    done = account("check", "--format", "json")

    results = {each["name"]: each["result"] for each in json.loads(done.out)["checks"]}
    assert done.code == 1
    assert results.pop("credentials") == "failed"
    assert results == dict.fromkeys(("permissions of plan", "permissions of apply", "quotas"), "unknown")


def test_a_kind_of_an_instance_is_a_mistake_with_its_place_and_remedy(
    repository: Repository, account: Reconcile
) -> None:
    repository.declare(group(), table())

    done = account("validate")

    assert done.code == 1
    assert done.out.startswith(
        'manifests/base/1.yaml:2:10: DataTable is a kind of Amazon Connect, but environment "ops" has no instance; '
        "add one in reconcile.yaml, or list other environments in metadata.environments\n"
    )


def test_one_repository_serves_an_instance_and_an_account(
    repository: Repository, account: Reconcile, server: Server
) -> None:
    repository.configure({"prod": {"instance": INSTANCE_ARN, "rates": "unlimited"}, "ops": OPS})
    repository.declare(
        {**group(), "metadata": {"name": "calls", "environments": ["ops"]}}, table(environments=["prod"])
    )

    valid = account("validate")
    codes = [account("-e", name, "apply", "--auto-approve").code for name in ("ops", "prod")]

    assert (valid.code, codes) == (0, [0, 0])
    assert (set(live(server)), server.calls()["connect:CreateDataTable"]) == ({"calls"}, 1)
