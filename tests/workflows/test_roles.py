"""The roles that `init` writes: who may take them, and for which instance."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path

import pytest

from reconciler.init import repository_of
from tests.workflows.conftest import INSTANCE, Reconcile

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


def test_a_subject_with_numbers_is_taken_as_github_shows_it(reconcile: Reconcile, empty: Path) -> None:
    subject = "repo:example-1/contact-centre-2"
    reconcile("init", "--instance", INSTANCE, "--repository", "example/contact-centre", "--subject", subject)

    assert _condition(empty, "apply")[f"{CLAIM}:sub"] == f"{subject}:environment:prod"


def test_nobody_is_trusted_where_the_repository_is_not_known(reconcile: Reconcile, empty: Path) -> None:
    done = reconcile("init", "--instance", INSTANCE)

    assert {path.name for path in (empty / "iam/prod").iterdir()} == {"plan-permissions.json", "apply-permissions.json"}
    assert "--repository OWNER/NAME" in done.out


def test_permissions_are_for_the_one_instance(reconcile: Reconcile, empty: Path) -> None:
    reconcile("init", "--instance", INSTANCE)

    inside, numbers, anything = json.loads((empty / "iam/prod/plan-permissions.json").read_text())["Statement"]

    assert inside["Resource"] == [INSTANCE, f"{INSTANCE}/*"]
    assert (numbers["Action"], anything["Action"]) == (
        ["connect:ListPhoneNumbersV2"],
        ["connect:ListInstances", "ds:DescribeDirectories"],
    )


def test_an_instance_filled_in_later_gets_its_roles(reconcile: Reconcile, empty: Path) -> None:
    reconcile("init")
    with (empty / "reconcile.yaml").open("a") as config:
        config.write(f"  north:\n    instance: {INSTANCE}\n")

    done = reconcile("init", "--repository", "example/contact-centre")

    assert {line for line in done.out.splitlines() if line.startswith("wrote")} == {
        f"wrote iam/north/{part}-{what}.json" for part in ("plan", "apply") for what in ("permissions", "trust")
    }


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


def test_a_folder_without_a_remote_is_no_repository_on_github(empty: Path, tmp_path: Path) -> None:
    assert repository_of(empty) == repository_of(tmp_path / "nowhere") == ""


def test_a_policy_fits_into_a_managed_one(reconcile: Reconcile, empty: Path) -> None:
    """6,144 characters without blanks (IAM, quotas)."""
    reconcile("init", "--instance", INSTANCE)

    texts = [path.read_text() for path in (empty / "iam/prod").glob("*-permissions.json")]
    assert len(texts) == 2
    assert all(len("".join(text.split())) <= 6144 for text in texts)
