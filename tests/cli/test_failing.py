"""What nobody foresaw is one line, and a traceback for who asks."""

from __future__ import annotations

from pathlib import Path

import pytest

from reconciler.cli.choices import Flags, Verbosity
from reconciler.cli.failing import guarded


def broken() -> int:
    return 1 // 0


def test_what_was_not_foreseen_is_one_line_and_1(capsys: pytest.CaptureFixture[str]) -> None:
    assert guarded(Flags(), broken) == 1
    assert capsys.readouterr().err == (
        "error: ZeroDivisionError: integer division or modulo by zero; this is a bug; run with -v for the traceback\n"
    )


def test_v_shows_the_traceback_of_what_was_not_foreseen(capsys: pytest.CaptureFixture[str]) -> None:
    assert guarded(Flags(verbosity=Verbosity.VERBOSE), broken) == 1
    assert "Traceback (most recent call last)" in capsys.readouterr().err


def test_an_error_of_the_system_is_one_line_with_its_file(capsys: pytest.CaptureFixture[str]) -> None:
    assert guarded(Flags(), Path("/nowhere/at/all").read_text) == 1
    assert capsys.readouterr().err == "error: No such file or directory: /nowhere/at/all\n"
