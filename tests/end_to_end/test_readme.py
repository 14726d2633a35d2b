"""Checks what README and the first pages promise."""

from __future__ import annotations

import re
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
README = (ROOT / "README.md").read_text(encoding="utf-8")


def page(name: str) -> str:
    return (ROOT / "docs" / f"{name}.md").read_text(encoding="utf-8")


@pytest.mark.slow
def test_what_is_made_from_the_code_is_fresh() -> None:
    done = subprocess.run([sys.executable, str(ROOT / "scripts" / "readme.py"), "--check"], check=False)

    assert done.returncode == 0


def test_it_is_short() -> None:
    assert len(README.splitlines()) <= 150


def test_the_status_is_the_first_thing_below_the_introduction() -> None:
    """B4: what was tried against what, that no real instance was, and what to try first on one."""
    status = README[: README.index("\n## ")]

    assert "not yet used on a real Amazon Connect instance" in status
    assert all(word in status for word in ("sandbox", "`aws`", "`make rehearse`", "non-production"))
    assert re.findall(r"^> \d\. `reconcile -e ENV (\w+)", status, re.MULTILINE) == ["check", "plan", "export"]


def test_install_works_from_a_clone_from_a_wheel_and_from_a_lock() -> None:
    """B3; tests/end_to_end/test_install.py and tests/init/test_wheel.py run what is written here."""
    section = page("getting-started").partition("\n## Install\n")[2].partition("\n## ")[0]
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    wheel = f"dist/{project['name'].replace('-', '_')}-{project['version']}-py3-none-any.whl"

    for command in (
        *("pip install '.[sandbox]'", "pip install .", "make wheel", "pip wheel . --no-deps -w dist"),
        *(f'uv tool install "{wheel}[sandbox]"', f'pipx install "{wheel}[sandbox]"'),
        "pip install --require-hashes -r .reconcile-tool/requirements.lock",
    ):
        assert command in section
    assert "never by its name alone" in README
    assert "getting-started.md#install" in README


def test_no_page_promises_a_review_in_minutes() -> None:
    """M16."""
    assert "It takes about an hour" in page("guides/github-actions")
    assert "## Try it in sixty seconds" in README
    assert "minutes" not in README.lower()


@pytest.mark.parametrize("command", ["make demo", "make test"])
def test_its_two_commands_are_targets(command: str) -> None:
    """S0-25."""
    assert command in README
    assert re.search(rf"^{command.split()[1]}:", (ROOT / "Makefile").read_text(encoding="utf-8"), re.MULTILINE)


def test_help_and_troubleshooting_are_linked() -> None:
    """S0-57..60, S0-68: rules, list formats, permissions, conflicts; issues, troubleshooting, AWS's pages."""
    troubleshooting = page("guides/troubleshooting")

    for words in ("breaks its attribute's rule", "a list cell", "the role needs the action", "Conflict"):
        assert words in troubleshooting
    for words in ("docs/guides/troubleshooting.md", "issue in this repository", "docs.aws.amazon.com"):
        assert words in README
