"""A command imports only what it needs, so that help and completion are fast."""

from __future__ import annotations

import subprocess
import sys

import pytest

from tests.cli.running import Repository, environ

pytestmark = pytest.mark.slow

HEAVY = ("boto3", "botocore", "moto", "pydantic", "jsonschema", "rich", "yaml", "deepdiff", "reconciler.kinds")


def imported(repository: Repository, *arguments: str) -> set[str]:
    script = (
        "import sys\nfrom reconciler.cli import run\n"
        f"try: run({list(arguments)!r})\nexcept SystemExit: pass\n"
        "sys.stderr.write(chr(10).join(sys.modules))"
    )
    done = subprocess.run(
        [sys.executable, "-c", script],
        cwd=repository.root,
        env=environ(),
        capture_output=True,
        text=True,
        timeout=60,
        check=True,
    )
    return set(done.stderr.splitlines())


@pytest.mark.parametrize("arguments", [["--help"], ["apply", "--help"], ["--version"], ["completion", "zsh"], ["plam"]])
def test_help_imports_nothing_heavy(repository: Repository, arguments: list[str]) -> None:
    assert imported(repository, *arguments).isdisjoint(HEAVY)


def test_validating_does_not_import_aws_clients(repository: Repository) -> None:
    modules = imported(repository, "validate")

    assert modules.isdisjoint({"boto3", "botocore", "moto", "rich", "deepdiff"})
    assert "reconciler.desired" in modules
