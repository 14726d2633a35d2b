"""The roles that `init` writes: who may take them, and for which instance."""

from __future__ import annotations

import json
import os
import subprocess
from pathlib import Path
from typing import Any

import pytest

from reconciler.init import repository_of
from tests.cli.running import Reconcile
from tests.init.instance import INSTANCE

READS = ("connect:BatchGet", "connect:Describe", "connect:List", "connect:Search", "tag:Get")
QUEUE = """\
kind: HoursOfOperation
metadata: {name: Office}
spec: {timeZone: UTC, config: [{day: MONDAY, startTime: "09:00", endTime: "17:00"}]}
---
kind: Queue
metadata: {name: Sales}
spec: {hoursOfOperation: Office, maxContacts: 10}
"""
A_CONNECT_INSTANCE = """\
kind: ConnectInstance
metadata: {name: shop}
spec: {identityManagementType: CONNECT_MANAGED, inboundCallsEnabled: true, outboundCallsEnabled: true}
"""
CLAIM = "token.actions.githubusercontent.com"


def test_trust_is_in_the_workflow_the_environment_and_the_repository(reconcile: Reconcile, empty: Path) -> None:
    reconcile("init", "--instance", INSTANCE, "--repository", "example/contact-centre")

    conditions = {part: _condition(empty, part) for part in ("plan", "apply")}

    assert conditions["plan"] == {
        f"{CLAIM}:aud": "sts.amazonaws.com",
        f"{CLAIM}:sub": [
            "repo:example/contact-centre:pull_request",
            "repo:example/contact-centre:ref:refs/heads/main",
        ],
    }
    assert conditions["apply"] == {
        f"{CLAIM}:aud": "sts.amazonaws.com",
        f"{CLAIM}:sub": "repo:example/contact-centre:environment:prod",
        f"{CLAIM}:job_workflow_ref": "example/contact-centre/.github/workflows/apply.yml@refs/heads/main",
    }


def test_a_subject_with_numbers_is_accepted(reconcile: Reconcile, empty: Path) -> None:
    subject = "repo:example-1/contact-centre-2"
    reconcile("init", "--instance", INSTANCE, "--repository", "example/contact-centre", "--subject", subject)

    assert _condition(empty, "apply")[f"{CLAIM}:sub"] == f"{subject}:environment:prod"


def test_without_a_repository_there_is_no_trust_policy(reconcile: Reconcile, empty: Path) -> None:
    done = reconcile("init", "--instance", INSTANCE)

    assert {path.name for path in (empty / "iam/prod").iterdir()} == {"plan-permissions.json", "apply-permissions.json"}
    assert "--repository OWNER/NAME" in done.out


def test_permissions_are_for_the_one_instance(reconcile: Reconcile, empty: Path) -> None:
    (empty / "manifests/base").mkdir(parents=True)
    (empty / "manifests/base/all.yaml").write_text(f"{QUEUE}---\n{A_CONNECT_INSTANCE}")

    reconcile("init", "--instance", INSTANCE)

    inside, numbers, anything = _policy(empty, "plan")["Statement"]
    assert inside["Resource"] == [INSTANCE, f"{INSTANCE}/*"]
    assert (numbers["Action"], anything["Action"]) == (
        ["connect:ListPhoneNumbersV2"],
        ["connect:ListInstances", "ds:DescribeDirectories", "tag:GetResources"],
    )


def test_a_repository_with_one_data_table_may_write_data_tables_and_nothing_else(
    reconcile: Reconcile, empty: Path
) -> None:
    """S-11."""
    reconcile("init", "--instance", INSTANCE)

    granted = _actions(empty, "apply")
    assert {action for action in granted if not action.startswith(READS)} == {
        f"connect:{name}"
        for name in (
            *("BatchCreateDataTableValue", "BatchDeleteDataTableValue", "BatchUpdateDataTableValue"),
            *("CreateDataTable", "CreateDataTableAttribute", "DeleteDataTable", "DeleteDataTableAttribute"),
            *("TagResource", "UntagResource"),
            *("UpdateDataTableAttribute", "UpdateDataTableMetadata", "UpdateDataTablePrimaryValues"),
        )
    }
    assert all(action.startswith(READS) for action in _actions(empty, "plan"))
    assert not (empty / "iam/prod/apply-instance-permissions.json").exists()


def test_a_new_kind_is_granted_on_the_next_run_and_reported(reconcile: Reconcile, empty: Path) -> None:
    """S-11."""
    reconcile("init", "--instance", INSTANCE, "--repository", "example/contact-centre")
    (empty / "manifests/base/queue.yaml").write_text(QUEUE)

    done = reconcile("init", "--repository", "example/contact-centre")

    lines = done.out.splitlines()
    assert "replaced iam/prod/apply-permissions.json" in lines
    assert "  + connect:CreateQueue" in lines
    assert "connect:CreateQueue" in _actions(empty, "apply")
    assert "    --policy-document file://iam/prod/apply-permissions.json" in lines
    assert "create-role" not in done.out
    assert reconcile("init").out == "init: nothing to do\n"


def test_a_kind_without_manifests_may_only_be_read(reconcile: Reconcile, empty: Path) -> None:
    """S-11."""
    (empty / "manifests/base").mkdir(parents=True)
    (empty / "manifests/base/queue.yaml").write_text(QUEUE)
    reconcile("init", "--instance", INSTANCE)
    (empty / "manifests/base/queue.yaml").unlink()

    done = reconcile("init")

    assert "  - connect:DeleteQueue" in done.out.splitlines()
    assert "connect:SearchQueues" in _actions(empty, "plan") & _actions(empty, "apply")
    assert "connect:DeleteQueue" not in _actions(empty, "apply")


def test_a_tombstone_grants_its_deletion(reconcile: Reconcile, empty: Path) -> None:
    """S-11."""
    reconcile("init", "--instance", INSTANCE)
    (empty / "manifests/base/gone.yaml").write_text("kind: Removed\nspec: {addresses: [Queue/Sales]}\n")

    reconcile("init")

    assert "connect:DeleteQueue" in _actions(empty, "apply")


@pytest.mark.parametrize("password", ["", "password: {generate: true}, "])
def test_only_a_declared_password_grants_the_values_of_secrets(
    reconcile: Reconcile, empty: Path, password: str
) -> None:
    """S-11, S4-31."""
    reconcile("init", "--instance", INSTANCE)
    spec = f"{{{password}routingProfile: Basic, securityProfiles: [Agent]}}"
    (empty / "manifests/base/user.yaml").write_text(f"kind: User\nmetadata: {{name: ann}}\nspec: {spec}\n")

    reconcile("init")

    values = {"secretsmanager:CreateSecret", "secretsmanager:GetSecretValue", "secretsmanager:PutSecretValue"}
    assert "connect:CreateUser" in _actions(empty, "apply")
    assert values & _actions(empty, "apply") == (values if password else set())
    assert not values & _actions(empty, "plan")


@pytest.mark.slow
@pytest.mark.parametrize("manifest", ["declared", "removed"])
def test_a_declared_instance_has_a_policy_of_its_own(reconcile: Reconcile, empty: Path, manifest: str) -> None:
    """S-11."""
    reconcile("init", "--instance", INSTANCE, "--repository", "example/contact-centre")
    path = empty / "manifests/base/instance.yaml"
    texts = {"declared": A_CONNECT_INSTANCE, "removed": "kind: Removed\nspec: {addresses: [ConnectInstance/shop]}\n"}
    path.write_text(texts[manifest])

    done = reconcile("init", "--repository", "example/contact-centre")

    instance_actions = {"connect:CreateInstance", "connect:DeleteInstance", "connect:UpdateInstanceAttribute"}
    assert _actions(empty, "apply-instance") == instance_actions | {"ds:DescribeDirectories"}
    assert not instance_actions & (_actions(empty, "apply") | _actions(empty, "plan"))
    assert "    --policy-name reconcile-instance \\" in done.out.splitlines()

    path.unlink()
    done = reconcile("init", "--repository", "example/contact-centre")

    assert not (empty / "iam/prod/apply-instance-permissions.json").exists()
    assert "deleted iam/prod/apply-instance-permissions.json" in done.out.splitlines()
    assert "  aws iam delete-role-policy \\" in done.out.splitlines()


def test_each_environment_has_the_permissions_of_its_own_manifests(reconcile: Reconcile, empty: Path) -> None:
    """S-11."""
    other = INSTANCE.replace("00000000-", "00000001-")
    config = {"stack": "s", "environments": {"north": {"instance": INSTANCE}, "south": {"instance": other}}}
    (empty / "reconcile.yaml").write_text(json.dumps(config))
    (empty / "manifests/base").mkdir(parents=True)
    only_north = QUEUE.replace("{name: Sales}", "{name: Sales, environments: [north]}")
    (empty / "manifests/base/queue.yaml").write_text(only_north)

    reconcile("init")

    assert "connect:CreateQueue" in _actions(empty, "apply", "north")
    assert "connect:CreateQueue" not in _actions(empty, "apply", "south")


def test_manifests_with_mistakes_do_not_change_the_permissions(reconcile: Reconcile, empty: Path) -> None:
    """S-11: which kinds are declared is not known then."""
    reconcile("init", "--instance", INSTANCE)
    before = _actions(empty, "apply")
    (empty / "manifests/base/queue.yaml").write_text(QUEUE.replace("maxContacts: 10", "maxContacts: many"))

    done = reconcile("init")

    assert (done.code, _actions(empty, "apply")) == (0, before)
    assert "the manifests of prod have mistakes, so its policies in iam/ are not derived" in done.err


# The commands that are printed.


def test_the_printed_aws_commands_run_as_they_are_pasted(reconcile: Reconcile, empty: Path, tmp_path: Path) -> None:
    """M5: a command of several lines is one command for a shell."""
    config = {"stack": "s", "environments": {"north east": {"instance": INSTANCE}}}
    (empty / "reconcile.yaml").write_text(json.dumps(config))
    printed = reconcile("init", "--repository", "example/contact-centre").out
    aws = printed[printed.index("In AWS") : printed.index("On GitHub")]
    script = "\n".join(line for line in aws.splitlines() if not line.startswith("In AWS"))
    stand_in = tmp_path / "bin" / "aws"
    stand_in.parent.mkdir()
    stand_in.write_text('#!/bin/sh\nfor each in "$@"; do printf "%s|" "$each"; done; echo\n')
    stand_in.chmod(0o755)

    done = subprocess.run(
        ["sh", "-c", script],
        cwd=empty,
        env={"PATH": f"{stand_in.parent}:{os.environ['PATH']}"},
        capture_output=True,
        text=True,
        check=True,
    )

    calls = [line.rstrip("|").split("|") for line in done.stdout.splitlines()]
    assert done.stderr == ""
    assert [call[1] for call in calls] == [
        "create-open-id-connect-provider",
        *("create-role", "create-role", "put-role-policy", "put-role-policy"),
    ]
    assert calls[0][2:] == [
        *("--url", "https://token.actions.githubusercontent.com"),
        *("--client-id-list", "sts.amazonaws.com"),
    ]
    documents = [word.removeprefix("file://") for call in calls for word in call if word.startswith("file://")]
    assert len(documents) == 4
    assert all((empty / document).is_file() for document in documents)


def test_an_instance_filled_in_later_gets_its_roles(reconcile: Reconcile, empty: Path) -> None:
    reconcile("init")
    with (empty / "reconcile.yaml").open("a") as config:
        config.write(f"  north:\n    instance: {INSTANCE}\n")

    done = reconcile("init", "--repository", "example/contact-centre")

    assert {line for line in done.out.splitlines() if line.startswith("wrote")} == {
        f"wrote iam/north/{part}-{what}.json" for part in ("plan", "apply") for what in ("permissions", "trust")
    }


def _policy(folder: Path, name: str, environment: str = "prod") -> dict[str, Any]:
    return dict(json.loads((folder / f"iam/{environment}/{name}-permissions.json").read_text()))


def _actions(folder: Path, name: str, environment: str = "prod") -> set[str]:
    return {action for each in _policy(folder, name, environment)["Statement"] for action in each["Action"]}


def _condition(folder: Path, part: str) -> dict[str, object]:
    (statement,) = json.loads((folder / f"iam/prod/{part}-trust.json").read_text())["Statement"]
    return dict(statement["Condition"]["StringEquals"])


@pytest.mark.parametrize(
    ("remote", "name"),
    [
        ("git@github.com:example/contact-centre.git", "example/contact-centre"),
        ("https://github.com/example/contact-centre", "example/contact-centre"),
        ("ssh://git@github.com:22/example/contact.centre.git", "example/contact.centre"),
        ("https://gitlab.com/example/contact-centre", ""),
        ("https://example.com/github.com.git", ""),
    ],
)
def test_the_repository_is_git_s_origin(empty: Path, remote: str, name: str) -> None:
    subprocess.run(["git", "-C", empty, "remote", "add", "origin", remote], check=True)

    assert repository_of(empty) == name


def test_a_folder_without_a_remote_is_not_on_github(empty: Path, tmp_path: Path) -> None:
    assert repository_of(empty) == repository_of(tmp_path / "nowhere") == ""


def test_a_policy_fits_into_a_managed_policy(reconcile: Reconcile, empty: Path) -> None:
    """6,144 characters without blanks (IAM, quotas)."""
    reconcile("init", "--instance", INSTANCE)

    texts = [path.read_text() for path in (empty / "iam/prod").glob("*-permissions.json")]
    assert len(texts) == 2
    assert all(len("".join(text.split())) <= 6144 for text in texts)
