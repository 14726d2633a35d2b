"""Export writes manifests of live resources. A plan of them is empty."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from reconciler.live import ReadRequest, read
from reconciler.model import Live, Ref
from reconciler.reconcile import Options, preview, run
from reconciler.sandbox import INSTANCE_ID
from tests.builders.live_tables import Made, live_tables, make, names
from tests.builders.manifests import manifest
from tests.worlds.exporting import TIER, exported, plans_nothing, rename, table
from tests.worlds.world import World

quick = settings(max_examples=12, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
thorough = settings(quick, max_examples=60)
several = st.lists(names, unique_by=str.casefold, min_size=1, max_size=3).flatmap(
    lambda named: st.tuples(*(live_tables(name) for name in named))
)


def lives(world: World) -> dict[Ref, Live]:
    return dict(read(world.aws, world.environment.scope, {}, ReadRequest(lambda ref: ref.kind == "DataTable")).live)


def contents(live: Live) -> Any:
    parts = {part.name: part for part in live.spec.attributes}
    cells = {
        (tuple(sorted(record.key.items())), name): cell.text
        for record in live.records
        for name, cell in record.cells.items()
    }
    return live.spec.model_copy(update={"attributes": ()}), parts, cells


def comes_back(world: World, tables: tuple[Made, ...]) -> None:
    world.control.reset()
    for each in tables:
        make(world.connect, each)
    with TemporaryDirectory() as folder:
        found = exported(world, Path(folder))
        before = {ref: contents(live) for ref, live in lives(world).items()}
        world.adopt()

        seen = preview(Options(world.environment, world.aws))

        assert found.notes == ()
        assert (seen.plan.changes, seen.plan.orphans) == ((), ())
        assert [path for path in Path(folder).rglob("*") if path.name.startswith(".") and path.suffix == ".part"] == []
        world.control.reset()
        made = run(Options(world.environment, world.aws))
        assert made.exit_code == 0
        assert {ref: contents(live) for ref, live in lives(world).items()} == before


@pytest.mark.slow
@quick
@given(several)
def test_an_export_plans_nothing_and_recreates_the_same(world: World, tables: tuple[Made, ...]) -> None:
    comes_back(world, tables)


@pytest.mark.slow
@thorough
@given(several)
def test_an_export_plans_nothing_and_recreates_the_same_at_length(world: World, tables: tuple[Made, ...]) -> None:
    comes_back(world, tables)


# One file for each resource.


def test_a_table_is_one_yaml_file_with_its_rows_beside_it(world: World, tmp_path: Path) -> None:
    make(world.connect, table("Customer Tiers", [TIER], [("C2", "Gold"), ("C10", "")]))

    found = exported(world, tmp_path)

    folder = tmp_path / "manifests/base/data-tables"
    assert found.written == (folder / "Customer-Tiers.csv", folder / "Customer-Tiers.yaml")
    assert found.written[0].read_text() == 'Key,Tier\nC10,""\nC2,Gold\n'
    assert found.written[1].read_text() == (
        "# yaml-language-server: $schema=../../../schemas/DataTable.schema.json\n"
        "kind: DataTable\n"
        "metadata:\n"
        "  name: Customer Tiers\n"
        "spec:\n"
        "  timeZone: UTC\n"
        "  attributes:\n"
        "    - name: Key\n"
        "      valueType: TEXT\n"
        "      primary: true\n"
        "    - name: Tier\n"
        "      valueType: TEXT\n"
        "  values: {file: Customer-Tiers.csv}\n"
    )


def test_number_keys_are_sorted_as_numbers(world: World, tmp_path: Path) -> None:
    key = {"Name": "Key", "ValueType": "NUMBER", "Primary": True}
    rows = [("10", "a"), ("9", "b"), ("-1", "c")]
    make(world.connect, table("T", [key, TIER], rows))

    csv = exported(world, tmp_path).written[0].read_text()

    assert csv == "Key,Tier\n-1,c\n9,b\n10,a\n"


def test_a_partly_empty_key_is_exported(world: World, tmp_path: Path) -> None:
    keys = [{"Name": name, "ValueType": "TEXT", "Primary": True} for name in ("Key", "Region")]
    make(world.connect, table("T", [*keys, TIER], [("", "west", "Gold")]))

    found = exported(world, tmp_path)

    assert found.written[0].read_text() == 'Key,Region,Tier\n"",west,Gold\n'
    assert plans_nothing(world)


def test_only_selected_resources_are_exported(world: World, tmp_path: Path) -> None:
    for name in ("A", "B"):
        make(world.connect, table(name, [TIER]))

    found = exported(world, tmp_path, "B")

    assert [path.name for path in found.written] == ["B.yaml"]


def test_protection_is_exported_and_own_tags_are_not(world: World, tmp_path: Path) -> None:
    world.run(manifest("DataTable", "T", {"timeZone": "UTC", "tags": {"Team": "a"}}, protect=True))

    text = exported(world, tmp_path).written[0].read_text()

    assert "  protect: true\n" in text
    assert "  tags: {Team: a}\n" in text


def test_a_table_renamed_in_the_console_gets_renamed_from(world: World, tmp_path: Path) -> None:
    world.run(manifest("DataTable", "Old", {"timeZone": "UTC"}))
    rename(world, "Old", "New")

    text = exported(world, tmp_path).written[0].read_text()

    assert "  name: New\n  renamedFrom: Old\n" in text


# Values that are invalid in a manifest.


def test_rows_that_break_a_later_rule_are_left_out(world: World, tmp_path: Path) -> None:
    id = make(world.connect, table("T", [TIER], [("C1", "Gold"), ("C2", "Bronze"), ("C3", "Iron")]))
    place = {"InstanceId": INSTANCE_ID, "DataTableId": id, "AttributeName": "Tier"}
    strict = {"Enum": {"Strict": True, "Values": ["Gold"]}}
    world.connect.update_data_table_attribute(**place, Name="Tier", ValueType="TEXT", Validation=strict)

    found = exported(world, tmp_path)

    assert found.written[0].read_text() == "Key,Tier\nC1,Gold\n"
    assert [note.message for note in found.notes] == [
        '2 of 3 rows are left out and left alone: Tier of Key=C2: enum [Gold]: "Bronze" is not in the list'
    ]
    assert plans_nothing(world)


def test_a_rule_of_another_type_is_left_out(world: World, tmp_path: Path) -> None:
    odd = {"Name": "Count", "ValueType": "NUMBER", "Validation": {"MaxLength": 3, "Minimum": 0}}
    make(world.connect, table("T", [odd], [("C1", "1")]))

    found = exported(world, tmp_path)

    assert "validation" not in found.written[1].read_text()
    assert [note.message.split(":")[0] for note in found.notes] == [
        "attributes[Count].validation is left out and left alone"
    ]
    assert plans_nothing(world)


def test_a_nul_in_a_row_leaves_the_row_out(world: World, tmp_path: Path) -> None:
    make(world.connect, table("T", [TIER], [("C1", "a\0b"), ("C2", "c")]))

    found = exported(world, tmp_path)

    assert found.written[0].read_text() == "Key,Tier\nC2,c\n"
    assert len(found.notes) == 1
    assert plans_nothing(world)


def test_a_control_character_in_the_default_record_leaves_that_cell_out(world: World, tmp_path: Path) -> None:
    made = table("T", [TIER, {"Name": "Count", "ValueType": "NUMBER"}])
    default = ({"AttributeName": "Tier", "Value": "\x1b[31m"}, {"AttributeName": "Count", "Value": "1"})
    make(world.connect, replace(made, values=default))

    found = exported(world, tmp_path)

    assert '    default: {Count: "1"}\n' in found.written[0].read_text()
    assert [note.message for note in found.notes] == [
        "Tier of the default record is left out and left alone: holds a control character, which a manifest cannot hold"
    ]
    assert plans_nothing(world)


def test_a_table_with_an_unwritable_name_is_not_exported(world: World, tmp_path: Path) -> None:
    make(world.connect, table("..", [TIER]))

    found = exported(world, tmp_path)

    assert found.written == ()
    assert [note.message.split(":")[0] for note in found.notes] == ["is left out completely"]
