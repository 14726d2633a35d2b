"""AWS's own policies that the product names: they exist, and none of them allows a whole service."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from moto.iam.aws_managed_policies import aws_managed_policies_data

ROOT = Path(__file__).resolve().parents[2]
SHIPPED = ("reconciler", "manifests", "docs", ".github")
OWN = re.compile(r"arn:aws[a-z-]*:iam::aws:policy/(?:[\w+=,.@-]+/)*(?P<name>[\w+=,.@-]+)")
TEXTS = {".csv", ".json", ".md", ".py", ".yaml", ".yml"}


def named() -> Iterator[tuple[str, str]]:
    """Yields each of AWS's own policies that a shipped file names, with the file."""
    for folder in SHIPPED:
        for path in sorted((ROOT / folder).rglob("*")):
            if path.suffix in TEXTS:
                for match in OWN.finditer(path.read_text(encoding="utf-8")):
                    yield match["name"], str(path.relative_to(ROOT))


NAMED = sorted(set(named()))


@pytest.mark.parametrize(("name", "file"), NAMED)
def test_a_named_policy_of_aws_exists_and_is_no_full_access(name: str, file: str) -> None:
    """S4-10: AWS renames and retires its policies, and a name that is out of date fails at apply."""
    existing = json.loads(aws_managed_policies_data)

    assert name in existing, f"{file} names the policy {name}, which AWS does not have"
    assert "FullAccess" not in name
    assert name not in ("AdministratorAccess", "PowerUserAccess")


def test_the_lint_reads_names_with_a_path() -> None:
    assert "AWSLambdaBasicExecutionRole" in {name for name, _ in NAMED}
