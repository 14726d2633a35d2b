"""Reads the place of an environment without an instance from reconcile.yaml: its account and its Region."""

from __future__ import annotations

from pathlib import Path

import pytest

from reconciler.config import Config, read_config
from reconciler.errors import ManifestError


def config(root: Path, text: str, environ: dict[str, str] | None = None) -> Config:
    (root / "reconcile.yaml").write_text(text)
    return read_config(root / "reconcile.yaml", environ or {})


def test_account_and_region_are_enough_without_an_instance(tmp_path: Path) -> None:
    text = "stack: s\nenvironments: {ops: {account: '111122223333', region: ca-central-1}}"

    ops = config(tmp_path, text).environments["ops"]

    assert (ops.instance, ops.account, ops.region) == ("", "111122223333", "ca-central-1")
    assert (ops.has_instance, ops.scope.place) == (False, "111122223333/ca-central-1")


def test_variables_may_supply_account_and_region(tmp_path: Path) -> None:
    text = "stack: s\nenvironments: {ops: {account: '${var:ACCOUNT}', region: '${var:REGION}'}}"

    ops = config(tmp_path, text, {"RECONCILE_VAR_ACCOUNT": "111122223333", "RECONCILE_VAR_REGION": "eu-west-2"})

    assert ops.environments["ops"].scope.place == "111122223333/eu-west-2"


@pytest.mark.parametrize(
    ("keys", "words"),
    [
        ("{}", "prod.instance is missing; write the instance's ARN, both account and region, or sandbox: true"),
        ("{account: '111122223333'}", "prod.region is missing; write both account and region, or the instance's ARN"),
        ("{region: eu-west-2}", "prod.account is missing; write both account and region, or the instance's ARN"),
        ("{sandbox: false}", "prod.instance is missing"),
    ],
)
def test_an_environment_needs_a_place(tmp_path: Path, keys: str, words: str) -> None:
    with pytest.raises(ManifestError) as raised:
        config(tmp_path, f"stack: s\nenvironments: {{prod: {keys}}}")

    (mistake,) = raised.value.mistakes
    assert str(mistake).startswith("reconcile.yaml:2:22: ")
    assert words in mistake.message
