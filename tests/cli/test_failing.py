"""An unexpected error is one line; -v shows the traceback."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from reconciler.cli.choices import Flags, Verbosity
from reconciler.cli.failing import guarded
from tests.cli.running import Done, Repository


def broken() -> int:
    return 1 // 0


def test_an_unexpected_error_is_one_line_and_1(capsys: pytest.CaptureFixture[str]) -> None:
    assert guarded(Flags(), broken) == 1
    assert capsys.readouterr().err == (
        "error: ZeroDivisionError: integer division or modulo by zero; this is a bug; run with -v for the traceback\n"
    )


def test_v_shows_the_traceback_of_an_unexpected_error(capsys: pytest.CaptureFixture[str]) -> None:
    assert guarded(Flags(verbosity=Verbosity.VERBOSE), broken) == 1
    assert "Traceback (most recent call last)" in capsys.readouterr().err


def test_an_error_of_the_system_is_one_line_with_its_file(capsys: pytest.CaptureFixture[str]) -> None:
    assert guarded(Flags(), Path("/nowhere/at/all").read_text) == 1
    assert capsys.readouterr().err == "error: No such file or directory: /nowhere/at/all\n"


EVIL = "x\n::error file=a.yaml::owned.yaml"  # no slash: the name of one file


@pytest.mark.parametrize("words", [["plan"], ["validate"], ["validate", "--format", "github"]])
def test_no_file_name_becomes_a_command_of_the_runner(
    repository: Repository, as_user: Callable[..., Done], words: list[str]
) -> None:
    """S-16."""
    repository.declare()
    (repository.root / "manifests" / "base" / EVIL).write_text("kind: [", encoding="utf-8")

    done = as_user(*words, GITHUB_ACTIONS="true")

    assert done.code == 1
    commands = [line for line in (done.out + done.err).splitlines() if line.lstrip().startswith("::")]
    assert [line for line in commands if "owned" in line and "%0A" not in line] == []
    assert "owned.yaml" in done.out + done.err


@pytest.mark.parametrize("text", ["::error::owned", "a\n::error::owned", "a\n  ::error::owned", "a\r::error::owned"])
def test_no_line_of_an_error_is_a_command_of_the_runner(capsys: pytest.CaptureFixture[str], text: str) -> None:
    """S-16."""

    def fails() -> int:
        raise OSError(2, text, text)

    assert guarded(Flags(), fails) == 1
    lines = capsys.readouterr().err.splitlines()
    assert lines
    assert not any(line.lstrip().startswith("::") for line in lines)
