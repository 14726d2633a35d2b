"""Messages about invalid YAML: the position of the cause, and the text to write instead."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import yaml

from reconciler.documents.yaml_text import LOADER, read_yaml
from tests.builders.folders import BASE, TIERS, messages, reading

# The texts of the table "Mistakes: 130 + 26 tried" whose message had no cause or remedy, and similar ones.
FAULTS = {
    "a: 1\n   b: 2\n": "2:4: ! the line is indented more than line 1, which has a value; begin it in column 1",
    "m:\n  a: 1\n\n    b: 2\n  c: 3\n": (
        "4:5: ! the line is indented more than line 2, which has a value; begin it in column 3"
    ),
    "s:\n    a: 1\n  b: 2\n": (
        "3:3: ! the line begins in column 3, but the lines above begin in column 1 or 5; indent it like one of them"
    ),
    "a: b: c": ('1:5: ! put a text with ": " in quotes, as in description: "Sales: the team"'),
    'a: "b\nc: 1\n': "1:4: ! the quote opened here is never closed; close it",
    'a: "b\nc: "d"\ne: 1\n': ("1:4: ! the quote opened here is closed only in line 2; close it in its own line"),
    "a: 'it's'\n": (
        "1:8: ! text follows the closing quote; write a quote inside \"…\" as \\\", and one inside '…' as ''"
    ),
    "a: {b: 1\nc: 2\n": ("1:4: ! the { opened here is not closed, or a comma is missing before line 2, column 2"),
    "a: [b\nc: 2\n": ("1:4: ! the [ opened here is not closed, or a comma is missing before line 2, column 2"),
    "a: [b]]\n": "1:7: ! nothing opens this ]; delete it, or put the text in quotes",
    "a:\n\tb: 1\n": "2:1: ! a tab; indent with spaces, not tabs",
    "a: @b": "1:4: ! put a text that begins with @ in quotes",
    "a: *\n": "1:4: ! put a text that begins with * in quotes",
    "a: & b\n": "1:4: ! put a text that begins with & in quotes",
    "a:1\nb: 2\n": "1:1: ! `a:1` needs a space after its colon",
    "a: 1\nname\nb: 2\n": ("2:1: ! `name` is not a key with a value; write a colon and a space after the key"),
    "m:\n  name A\n  b: 2\n": ("2:3: ! `name A` is not a key with a value; write a colon and a space after the key"),
    "a: - b\n": "1:4: ! begin the list in a line of its own, or write it as [a, b]",
    "a:\n  - b\n  c: 1\n": (
        "3:3: ! the line is neither inside nor outside the list that begins in line 2; indent it more, "
        "begin it with -, or begin it in the column of the list's key"
    ),
    "a: {{ .Values.b }}\n": (
        "1:4: templates with {{ … }} are not supported; write ${var:NAME}, or put a text that contains {{ in quotes"
    ),
    '{% if a %}\na: {{ include "b" . }}\n': (
        "1:1: ! templates with {{ … }} are not supported; write ${var:NAME}, or put a text that contains {{ in quotes"
    ),
}


@pytest.mark.parametrize("loader", [LOADER, yaml.SafeLoader])
@pytest.mark.parametrize(("text", "message"), FAULTS.items())
def test_invalid_yaml_is_reported_at_its_cause_with_the_remedy(text: str, message: str, loader: Any) -> None:
    """Weak messages: extra indent, `a: b: c`, unclosed quotes and braces, templates; also with the Python parser."""
    (mistake,) = read_yaml(text, "x.yaml", loader=loader).mistakes

    assert str(mistake) == f"x.yaml:{message}".replace("! ", "invalid YAML: ")


def test_an_unknown_escape_is_reported_with_the_remedy() -> None:
    (mistake,) = read_yaml('a: "C:\\path"', "x.yaml").mistakes

    assert mistake.message == (
        r"invalid YAML: a backslash between double quotes begins an escape; write \\, or use single quotes"
    )


CONFLICT = "<<<<<<< HEAD\n{}\n=======\n{}\n>>>>>>> branch\n"


def test_merge_conflicts_hide_other_mistakes_of_yaml() -> None:
    """m9."""
    text = "a: 1\n" + CONFLICT.format("b: 2", "b: 3") + "c: : :\n" + CONFLICT.format("d: 2", "d: 3")

    first, second = read_yaml(text, "x.yaml").mistakes

    assert str(first) == (
        "x.yaml:2:1: an unresolved merge conflict (lines 2–6); keep one side, and delete the lines that begin with "
        "<<<<<<<, ======= and >>>>>>>"
    )
    assert str(second).startswith("x.yaml:8:1: an unresolved merge conflict (lines 8–12)")


@pytest.mark.parametrize("end", ["\n", "\r\n"])
def test_merge_conflicts_hide_other_mistakes_of_csv(tmp_path: Path, end: str) -> None:
    """m9: no advice about commas."""
    rows = ("Customer,Tier,Score\n" + CONFLICT.format("C1,Basic,1", "C1,Gold,1")).replace("\n", end)

    (mistake,) = messages(reading(tmp_path, {**BASE, "manifests/base/Tiers.csv": rows}))

    assert mistake.startswith("manifests/base/Tiers.csv:2:1: an unresolved merge conflict (lines 2–6)")


def test_a_lone_conflict_marker_is_a_conflict() -> None:
    (mistake,) = read_yaml("a: 1\n>>>>>>> branch\n", "x.yaml").mistakes

    assert "an unresolved merge conflict (line 2)" in mistake.message


def test_a_name_in_a_file_with_a_conflict_is_not_missing(tmp_path: Path) -> None:
    files = {
        **BASE,
        "manifests/base/q.yaml": "kind: Queue\nmetadata: {name: Q}\nspec: {hoursOfOperation: Day}\n",
        "manifests/base/h.yaml": "kind: HoursOfOperation\n" + CONFLICT.format("metadata: {name: Day}", "x: 1"),
    }

    assert len(messages(reading(tmp_path, files))) == 1


def test_a_template_is_one_mistake_in_every_field(tmp_path: Path) -> None:
    """Weak messages: `{{ .Values.x }}` was reported as a map that cannot be a key, and as a name that is a map."""
    text = TIERS.replace("name: Tiers", "name: {{ .Values.x }}").replace("America/New_York", "{{ .Values.zone }}")

    found = messages(reading(tmp_path, {**BASE, "manifests/base/Tiers.yaml": text}))

    assert [mistake.split(":")[1:3] for mistake in found] == [["3", "9"], ["6", "13"]]
