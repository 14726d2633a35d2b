"""Output for the runner, parsed as the runner parses it."""

from __future__ import annotations

import re
from pathlib import Path, PurePath

import pytest
from hypothesis import given

from reconciler.errors import Source, UsageError
from reconciler.github.runner import (
    SUMMARY_LIMIT,
    Annotation,
    folder_in,
    lines_of,
    room_for_summary,
    write_outputs,
    write_summary,
)
from tests.builders.values import hostile
from tests.github.steps import outputs_of


def command_of(line: str) -> tuple[str, dict[str, str], str]:
    """Splits a command as the runner does: the first `::`, properties, the second `::`."""
    found = re.fullmatch(r"::(\w+)(?: ([^:]*))?::(.*)", line)
    assert found
    pairs = dict(pair.split("=", 1) for pair in (found[2] or "").split(",") if pair)
    return found[1], {key: _plain(value) for key, value in pairs.items()}, _plain(found[3])


def _plain(text: str) -> str:
    for escape, char in (("%2C", ","), ("%3A", ":"), ("%0A", "\n"), ("%0D", "\r"), ("%25", "%")):
        text = text.replace(escape, char)
    return text


def test_an_annotation_names_file_line_and_column() -> None:
    annotation = Annotation("error", "too long", Source("manifests/a.yaml", 3, 5), "Queue/x")

    assert (
        annotation.line(PurePath("centre"))
        == "::error file=centre/manifests/a.yaml,line=3,col=5,title=Queue/x::too long"
    )


def test_an_annotation_without_a_source_names_no_file() -> None:
    assert Annotation("notice", "so").line(PurePath()) == "::notice::so"


@given(hostile, hostile, hostile)
def test_no_value_forms_a_command(message: str, file: str, title: str) -> None:
    (line,) = lines_of([Annotation("error", message, Source(file, 1), title)], PurePath()).split("\n")[:-1]

    level, properties, text = command_of(line)

    assert (level, properties["line"], properties.get("title", "")) == ("error", "1", title)
    assert text == message


@given(hostile, hostile)
def test_outputs_survive_the_round_trip(tmp_path_factory: pytest.TempPathFactory, one: str, other: str) -> None:
    values = {"one": one.encode("utf-8", "replace").decode(), "other": other.encode("utf-8", "replace").decode()}
    path = tmp_path_factory.mktemp("step") / "output"

    write_outputs({"GITHUB_OUTPUT": str(path)}, values)

    assert outputs_of(path.read_bytes().decode()) == values


def test_outputs_are_added_to_those_of_earlier_commands(tmp_path: Path) -> None:
    path = tmp_path / "output"
    write_outputs({"GITHUB_OUTPUT": str(path)}, {"a": "1"})
    write_outputs({"GITHUB_OUTPUT": str(path)}, {"b": "2\n3"})

    assert outputs_of(path.read_text("utf-8")) == {"a": "1", "b": "2\n3"}


def test_no_value_can_guess_the_end_of_its_block(tmp_path: Path) -> None:
    ends = set()
    for at in range(5):
        path = tmp_path / f"{at}"
        write_outputs({"GITHUB_OUTPUT": str(path)}, {"a": "x"})
        ends.add(path.read_text("utf-8").split("\n")[0])

    assert len(ends) == 5


def test_a_summary_fits_into_the_remaining_space(tmp_path: Path) -> None:
    environ = {"GITHUB_STEP_SUMMARY": str(tmp_path / "summary")}

    write_summary(environ, "é")

    assert room_for_summary(environ) == SUMMARY_LIMIT - 2


def test_a_summary_outside_of_a_step_is_wrong_usage() -> None:
    with pytest.raises(UsageError, match="GITHUB_STEP_SUMMARY"):
        room_for_summary({})


def test_files_are_relative_to_the_repositorys_root(tmp_path: Path) -> None:
    assert folder_in(str(tmp_path), tmp_path / "centre") == PurePath("centre")
    assert folder_in(str(tmp_path / "other"), tmp_path) == PurePath()
    assert folder_in("", tmp_path) == PurePath()
