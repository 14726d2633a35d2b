"""Export: texts that YAML, CSV or a reader could misread."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from reconciler.documents.scalars import resolve
from reconciler.export.yaml_out import yaml_text
from tests.builders.live_tables import make
from tests.worlds.exporting import TIER, csv_of, exported, plans_nothing, table
from tests.worlds.world import World


@pytest.mark.parametrize(
    ("text", "written"),
    [
        ("Tiers by region (new)", "Tiers by region (new)"),
        ("no", '"no"'),
        ("y", '"y"'),
        ("NULL", '"NULL"'),
        ("007", '"007"'),
        ("1e3", '"1e3"'),
        ("2024-01-01", '"2024-01-01"'),
        ("12:30", '"12:30"'),
        ("= 1", '"= 1"'),
        ("a: b", '"a: b"'),
        ("a #b", '"a #b"'),
        ("- a", '"- a"'),
        ("say 'no'", "\"say 'no'\""),
        ('say "no"', '"say \\"no\\""'),
        ("two\nlines", '"two\\nlines"'),
        ("\u202eright to left", '"\\u202eright to left"'),
        ("zero\u200bwidth", '"zero\\u200bwidth"'),
        ("\U000e0041tag", '"\\U000e0041tag"'),
        ("Größe", "Größe"),
        ("🎈", '"🎈"'),
    ],
)
def test_ambiguous_texts_are_quoted(text: str, written: str) -> None:
    assert yaml_text({"description": text}) == f"description: {written}\n"


@pytest.mark.parametrize(("number", "written"), [(2.0, "2"), (0.05, "0.05"), (1e-07, "1e-07"), (1e22, "1e+22")])
def test_a_number_is_written_as_yaml_reads_it(number: float, written: str) -> None:
    assert yaml_text({"minimum": number}) == f"minimum: {written}\n"
    assert resolve(written) == number


def test_long_values_become_blocks() -> None:
    tags = {f"key {at}": "v" * 30 for at in range(4)}

    assert yaml_text({"spec": {"tags": tags}}).splitlines()[:3] == [
        "spec:",
        "  tags:",
        f"    {json.dumps('key 0')[1:-1]}: {'v' * 30}",
    ]


def test_a_plain_dollar_brace_is_written_as_an_escape(world: World, tmp_path: Path) -> None:
    odd = table("T", [TIER], [("C1", "${var:TEAM}")], Description="pay ${amount} to $${x}")
    make(world.connect, odd)

    csv, text = (path.read_text() for path in exported(world, tmp_path).written)

    assert "$${var:TEAM}" in csv
    assert "pay $${amount} to $$${x}" in text
    assert plans_nothing(world)


def test_an_exported_table_is_referred_to_by_name(world: World, tmp_path: Path) -> None:
    id = make(world.connect, table("Other", [TIER]))
    make(world.connect, table("T", [TIER], [("C1", f'=XLOOKUP("{id}", [a])')]))

    csv = csv_of(exported(world, tmp_path))

    assert "${DataTable/Other.id}" in csv
    assert plans_nothing(world)


def test_other_tables_are_referred_to_by_id(world: World, tmp_path: Path) -> None:
    id = make(world.connect, table("Other", [TIER]))
    make(world.connect, table("T", [TIER], [("C1", f'=XLOOKUP("{id}", [a])')]))

    csv = csv_of(exported(world, tmp_path, "T"))

    assert id in csv
    assert plans_nothing(world)


@pytest.mark.parametrize("around", ["${x}%s", "$%s", "$${%s}"])
def test_an_id_beside_a_dollar_stays_an_id(world: World, tmp_path: Path, around: str) -> None:
    id = make(world.connect, table("Other", [TIER]))
    make(world.connect, table("T", [TIER], [("C1", around % id)]))

    csv = csv_of(exported(world, tmp_path))

    assert id in csv
    assert plans_nothing(world)
