"""What the README says is so."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest

from reconciler.cli import root

ROOT = Path(__file__).resolve().parents[2]
README = (ROOT / "README.md").read_text(encoding="utf-8")


def test_what_is_made_from_the_code_is_fresh() -> None:
    done = subprocess.run([sys.executable, str(ROOT / "scripts" / "readme.py"), "--check"], check=False)

    assert done.returncode == 0


@pytest.mark.parametrize("target", sorted(set(re.findall(r"\]\((?!https?:)([^)#]+)\)", README))))
def test_every_link_leads_somewhere(target: str) -> None:
    assert (ROOT / target).exists()


@pytest.mark.parametrize("command", sorted(root.commands))
def test_every_command_is_told_of(command: str) -> None:
    assert command == "completion" or f"`reconcile {command}`" in README


@pytest.mark.parametrize("command", ["make demo", "make test"])
def test_its_two_commands_are_targets(command: str) -> None:
    """S0-25."""
    assert command in README
    assert re.search(rf"^{command.split()[1]}:", (ROOT / "Makefile").read_text(encoding="utf-8"), re.MULTILINE)


def test_where_to_look_and_whom_to_ask_is_told() -> None:
    """S0-57..60, S0-68: rules, list formats, permissions, conflicts; issues, troubleshooting, AWS's pages."""
    for words in ("breaks its attribute's rule", "a list cell", "the role needs the action", "conflict", "issues"):
        assert words in README
    assert "docs.aws.amazon.com" in README
