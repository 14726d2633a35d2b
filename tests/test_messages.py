"""Numbers with their nouns, and commands that a shell reads back as they were meant."""

from __future__ import annotations

import shlex
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reconciler.messages import command, counted, duration, flag, plural

# A shell's text cannot hold a NUL.
WORDS = st.text(st.characters(exclude_categories=("Cs",), exclude_characters="\0"))


@pytest.mark.parametrize(
    ("count", "text"),
    [(0, "0 rows"), (1, "1 row"), (2, "2 rows"), (1124, "1,124 rows"), (1_000_000, "1,000,000 rows"), (-1, "-1 rows")],
)
def test_a_number_has_its_noun(count: int, text: str) -> None:
    assert counted(count, "row") == text


@pytest.mark.parametrize(
    ("count", "many", "word"), [(1, "", "key"), (2, "", "keys"), (0, "", "keys"), (1, "are", "key"), (2, "are", "are")]
)
def test_a_word_has_the_form_that_follows_its_number(count: int, many: str, word: str) -> None:
    assert plural(count, "key", many) == word


@pytest.mark.parametrize(
    ("seconds", "text"),
    [
        (0, "0 s"),
        (59, "59 s"),
        (60, "1 min"),
        (7500, "2 h 5 min"),
        (7501, "2 h 5 min"),
        (86_400, "1 d"),
        (86_460, "1 d 1 min"),
        (90_000_000, "1,041 d 16 h"),
    ],
)
def test_a_duration_has_its_two_largest_units(seconds: int, text: str) -> None:
    assert duration(seconds) == text


@pytest.mark.parametrize(
    ("words", "more", "text"),
    [
        (("plan",), {}, "reconcile plan"),
        (("plan",), {"environment": "prod"}, "reconcile -e prod plan"),
        (("plan",), {"folder": Path("a b")}, "reconcile -C 'a b' plan"),
        (("plan",), {"environment": "prod", "folder": "x"}, "reconcile -C x -e prod plan"),
        (("plan",), {"folder": ""}, "reconcile plan"),
        (("adopt", "Queue/it's"), {}, """reconcile adopt 'Queue/it'"'"'s'"""),
        (("apply", "$(rm)", ""), {}, "reconcile apply '$(rm)' ''"),
    ],
)
def test_a_command_can_be_pasted(words: tuple[str, ...], more: dict[str, object], text: str) -> None:
    assert command(*words, **more) == text


@given(st.lists(WORDS, min_size=1), WORDS, WORDS)
def test_a_shell_reads_a_command_as_it_was_meant(words: list[str], environment: str, folder: str) -> None:
    places = (["-C", folder] if folder else []) + (["-e", environment] if environment else [])

    assert shlex.split(command(*words, environment=environment, folder=folder)) == ["reconcile", *places, *words]


@given(WORDS)
def test_a_shell_reads_a_flag_as_it_was_meant(value: str) -> None:
    assert shlex.split(flag("--allow-delete", value)) == ["--allow-delete", value]


def test_a_flag_takes_any_value() -> None:
    assert flag("--allow-delete", Path("Queue/a b")) == "--allow-delete 'Queue/a b'"
