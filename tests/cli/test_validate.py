"""`validate`: offline, every mistake at once, in the form that the reader needs."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from reconciler.cli.validating import ValidationReport, as_annotations, as_text
from reconciler.model import Finding
from tests.cli.running import SANDBOX, Done, Repository, Server, command, table

Reconcile = Callable[..., Done]
TOO_LONG = {"id": "A", "tier": "x" * 21}
FORMULA = {"id": "A", "tier": "@sum", "seats": 1}


def test_what_is_right_is_0_and_says_how_much(reconcile: Reconcile, server: Server) -> None:
    done = reconcile("validate")

    assert done.code == 0
    assert done.last.startswith("valid: 1 resource in 1 environment")
    assert server.calls() == {}


def test_every_mistake_has_its_place_and_the_last_line_counts(repository: Repository, reconcile: Reconcile) -> None:
    """S0-31: table, row, attribute and rule are reported offline."""
    repository.declare(table("Tiers", rows=[TOO_LONG]), table("Teams", timeZone="Mars/Olympus"))

    done = reconcile("validate")

    assert done.code == 1
    assert done.out.startswith("manifests/base/0.yaml:")
    assert "\nmanifests/base/1.yaml:" in done.out
    assert "Mars/Olympus" in done.out
    assert done.last.startswith("2 mistakes, ")
    assert done.last.endswith("in 2 files")


def test_findings_are_reported_but_are_not_mistakes(repository: Repository, reconcile: Reconcile) -> None:
    repository.declare(table(rows=[FORMULA]))

    done = reconcile("validate")

    assert done.code == 0
    assert "warning: DataTable/Tiers" in done.out
    assert done.last == "valid: 1 resource in 1 environment, 1 finding"


def test_all_environments_are_looked_at_unless_one_is_named(repository: Repository, reconcile: Reconcile) -> None:
    repository.configure({"lab": SANDBOX, "loft": {**SANDBOX, "overlays": ["environments/loft"]}})
    overlay = repository.root / "manifests" / "environments" / "loft"
    overlay.mkdir(parents=True)
    (overlay / "tiers.yaml").write_text(json.dumps({**table(), "spec": {"timeZone": "Mars/Olympus"}}))

    assert reconcile("validate").code == 1
    assert reconcile("validate", "-e", "loft").code == 1
    assert reconcile("validate", "-e", "lab").code == 0
    assert reconcile("validate", "-e", "left").code == 64


def test_a_mistake_of_all_environments_is_reported_once(repository: Repository, reconcile: Reconcile) -> None:
    repository.configure({"lab": SANDBOX, "loft": SANDBOX})
    repository.declare(table(rows=[TOO_LONG]))

    assert reconcile("validate").last.startswith("1 mistake, ")


def test_the_configuration_is_looked_at_too(repository: Repository, reconcile: Reconcile) -> None:
    repository.configure({"lab": {**SANDBOX, "frozn": "x"}}, stak="x")

    done = reconcile("validate")

    assert done.code == 1
    assert done.out.startswith("reconcile.yaml:1:")
    assert done.last == "2 mistakes, 0 findings in 1 file"


def test_json_holds_what_the_text_says(repository: Repository, reconcile: Reconcile) -> None:
    repository.declare(table(rows=[TOO_LONG]))

    document = json.loads(reconcile("validate", "--format", "json").out)

    assert document["valid"] is False
    assert document["environments"] == ["lab"]
    assert document["mistakes"][0]["file"] == "manifests/base/0.yaml"
    assert document["mistakes"][0]["line"] > 1


def test_annotations_have_places_and_escapes(
    repository: Repository, reconcile: Reconcile, monkeypatch: pytest.MonkeyPatch
) -> None:
    repository.declare(table(rows=[TOO_LONG | {"tier": "100%" + "x" * 20}], description="first\nsecond"))
    (repository.root / "manifests" / "base" / "0.yaml").rename(repository.root / "manifests" / "base" / "a,b.yaml")
    monkeypatch.setenv("GITHUB_WORKSPACE", str(repository.root.parent))

    first = reconcile("validate", "--format", "github").out.splitlines()[0]

    folder = repository.root.name
    assert first.startswith(f"::error file={folder}/manifests/base/a%2Cb.yaml,line=")
    assert ",col=" in first
    assert "100%25" in first


def test_findings_are_annotations_as_well(repository: Repository, reconcile: Reconcile) -> None:
    repository.declare(table(rows=[FORMULA]))

    assert reconcile("validate", "--format", "github").out.startswith("::warning file=manifests/base/0.yaml,line=")


@pytest.mark.slow
def test_it_needs_no_account_and_no_network(repository: Repository) -> None:
    arn = "arn:aws:connect:ca-central-1:444455556666:instance/00000000-0000-4000-8000-000000000000"
    repository.configure({"prod": {"instance": arn}})

    done = command(repository.root, "validate", AWS_ENDPOINT_URL="http://127.0.0.1:9")

    assert done.code == 0


def test_a_finding_without_an_address_is_its_message() -> None:
    verdict = ValidationReport(Path(), ("lab",), findings=(Finding("warning", "", "the quota is near"),))

    assert as_text(verdict).splitlines()[0] == "warning: the quota is near"
    assert as_annotations(verdict, {}).splitlines()[0] == "::warning::the quota is near"
