"""Export next to existing manifests: declared resources are left alone, or keep the settings of their manifest."""

from __future__ import annotations

from pathlib import Path

import pytest

from reconciler.sandbox import INSTANCE_ID
from tests.builders.folders import write
from tests.builders.live_tables import make
from tests.builders.manifests import manifest
from tests.worlds.exporting import TIER, exported, plans_nothing, rename, table
from tests.worlds.world import World

SPEC = """\
kind: DataTable
metadata: {name: T}
spec:
  timeZone: ${var:ZONE}
  attributes:
    - {name: Key, valueType: TEXT, primary: true}
    - {name: Tier, valueType: TEXT, ownership: observed}
    - {name: Seats, valueType: NUMBER, ownership: seed}
  values:
    prune: true
    rows: [{Key: C1, Seats: 1}]
"""
MINE = "manifests/base/mine.yaml"


@pytest.fixture
def world_with_manifest(world: World, tmp_path: Path) -> World:
    """Returns a world with a table of another writer, and a manifest of it."""
    write(tmp_path, {MINE: SPEC})
    seats = {"Name": "Seats", "ValueType": "NUMBER"}
    make(world.connect, table("T", [TIER, seats], [("C1", "Gold", "1")]))
    return world.with_settings(variables={"ZONE": "UTC"})


def test_declared_resources_are_left_alone(world_with_manifest: World, tmp_path: Path) -> None:
    world = world_with_manifest
    make(world.connect, table("Other", [TIER], [("C1", "Gold")]))

    found = exported(world, tmp_path)

    assert found.left == (f"DataTable/T is declared in {MINE}; left alone; write it elsewhere with --into DIR",)
    assert [path.name for path in found.written] == ["Other.csv", "Other.yaml"]
    assert (tmp_path / MINE).read_text() == SPEC
    assert plans_nothing(world)


def test_a_declared_resource_renamed_in_the_console_is_left_alone(world_with_manifest: World, tmp_path: Path) -> None:
    world_with_manifest.environment = world_with_manifest.with_settings(root=tmp_path).environment
    world_with_manifest.adopt()
    rename(world_with_manifest, "T", "Renamed")

    found = exported(world_with_manifest, tmp_path)

    assert (len(found.left), found.written) == (1, ())


def test_resources_of_other_environments_are_left_alone(world: World, tmp_path: Path) -> None:
    write(tmp_path, {MINE: SPEC.replace("${var:ZONE}", "UTC").replace("{name: T}", "{name: t, environments: [other]}")})
    make(world.connect, table("T", [TIER]))

    found = exported(world, tmp_path)

    assert found.left == (
        f"DataTable/T is declared in {MINE}, for other environments; left alone; write it elsewhere with --into DIR",
    )
    assert found.written == ()


def test_resources_with_a_tombstone_are_not_exported(world: World, tmp_path: Path) -> None:
    write(tmp_path, {MINE: "kind: Removed\nspec: {addresses: [DataTable/T]}\n"})
    make(world.connect, table("T", [TIER]))

    found = exported(world, tmp_path)

    assert found.left == (f"DataTable/T is to be deleted by {MINE}; left alone; write it elsewhere with --into DIR",)
    assert found.written == ()


def test_an_export_elsewhere_keeps_value_ownership(world_with_manifest: World, tmp_path: Path) -> None:
    found = exported(world_with_manifest, tmp_path, into="copy")

    csv, text = (path.read_text() for path in found.written)
    assert found.left == ()
    assert csv == "Key,Seats\nC1,1\n"
    assert text.partition("spec:\n")[2] == (
        "  timeZone: UTC\n"
        "  attributes:\n"
        "    - name: Key\n"
        "      valueType: TEXT\n"
        "      primary: true\n"
        "    - name: Seats\n"
        "      valueType: NUMBER\n"
        "      ownership: seed\n"
        "    - name: Tier\n"
        "      valueType: TEXT\n"
        "      ownership: observed\n"
        "  values: {file: T.csv, prune: true}\n"
    )


def test_names_similar_to_a_declared_one_get_their_own_file(world: World, tmp_path: Path) -> None:
    world.run(manifest("DataTable", "a b", {"timeZone": "UTC"}))
    (first,) = exported(world, tmp_path).written
    make(world.connect, table("a-b", [TIER]))

    found = exported(world, tmp_path)

    assert len(found.left) == 1
    assert first not in found.written
    assert plans_nothing(world)


def test_references_in_a_circle_are_written_as_ids_and_others_as_names(world: World, tmp_path: Path) -> None:
    ids = {name: make(world.connect, table(name, [TIER])) for name in "ABC"}
    for name, text in {"A": ids["B"], "B": ids["A"], "C": ids["A"]}.items():
        place = {"InstanceId": INSTANCE_ID, "DataTableId": ids[name]}
        world.connect.update_data_table_metadata(
            **place, Name=name, TimeZone="UTC", ValueLockLevel="NONE", Description=f"see {text}"
        )

    texts = [path.read_text() for path in exported(world, tmp_path).written]

    assert f"see {ids['B']}" in texts[0]
    assert f"see {ids['A']}" in texts[1]
    assert "see ${DataTable/A.id}" in texts[2]
    assert plans_nothing(world)
