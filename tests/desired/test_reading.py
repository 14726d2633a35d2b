"""Reads folders of manifests into the desired state."""

from __future__ import annotations

import os
from dataclasses import replace
from pathlib import Path
from typing import Annotated, Any

import pytest
from pydantic import BeforeValidator, WithJsonSchema, create_model

from reconciler.desired import examine, read_desired
from reconciler.errors import ManifestError, Source
from reconciler.kinds.base import Kind
from reconciler.kinds.connect.data_table.kind import DataTable, DataTableKind
from reconciler.kinds.groups import Identity, Writing
from reconciler.kinds.registry import DECLARABLE
from reconciler.kinds.services import CONNECT
from reconciler.model import Manifest, Record, Ref, Resource, Spec
from tests.builders.folders import BASE, TIERS, messages, of_table, reading, write

REF = Ref("DataTable", "Tiers")
TABLE = "kind: DataTable\nmetadata: {{name: {}}}\nspec: {{timeZone: UTC}}\n"


def tiers(root: Path, text: str = TIERS) -> Manifest:
    read = reading(root, {**BASE, "manifests/base/Tiers.yaml": text})
    assert messages(read) == []
    assert read.desired
    return read.desired.manifests[REF]


def names(root: Path, files: dict[str, str | bytes]) -> list[str]:
    return [ref.name for ref in read_desired(write(root, files), {}).manifests]


def test_a_manifest_and_its_rows_become_a_spec_and_records(tmp_path: Path) -> None:
    manifest = tiers(tmp_path)

    assert isinstance(manifest.spec, DataTable)
    assert (manifest.spec.name, manifest.spec.time_zone) == ("Tiers", "America/New_York")
    assert [attribute.name for attribute in manifest.spec.attributes] == ["Customer", "Tier", "Score"]
    assert manifest.records.rows == (
        Record({"Customer": "C1"}, {"Tier": "Basic", "Score": "1"}, Source("manifests/base/Tiers.csv", 2, 1)),
        Record({"Customer": "C2"}, {"Tier": "Premium", "Score": "2.0"}, Source("manifests/base/Tiers.csv", 3, 1)),
    )


def test_the_spec_does_not_contain_its_rows(tmp_path: Path) -> None:
    spec = tiers(tmp_path).spec

    assert isinstance(spec, DataTable)
    assert (spec.values, spec.moved) == (None, ())


def test_only_written_fields_are_declared(tmp_path: Path) -> None:
    assert tiers(tmp_path).spec.model_fields_set == {"name", "description", "time_zone", "attributes"}


def test_a_manifest_has_its_position(tmp_path: Path) -> None:
    assert tiers(tmp_path, "# a remark\n---\n" + TIERS).source == Source("manifests/base/Tiers.yaml", 3, 1)


def test_metadata_is_not_part_of_the_spec(tmp_path: Path) -> None:
    metadata = "name: Tiers\n  protect: false\n  adopt: true\n  renamedFrom: Old"

    manifest = tiers(tmp_path, TIERS.replace("name: Tiers\n", f"{metadata}\n", 1))

    assert (manifest.protect, manifest.adopt, manifest.renamed_from) == (False, True, "Old")


def test_missing_metadata_is_left_open(tmp_path: Path) -> None:
    manifest = tiers(tmp_path)

    assert (manifest.protect, manifest.adopt, manifest.renamed_from) == (None, False, None)


def test_every_yaml_file_below_the_base_is_read_whatever_its_folder(tmp_path: Path) -> None:
    files = {
        "manifests/base/a.yaml": TABLE.format("A"),
        "manifests/base/x/y/b.yml": TABLE.format("B") + "---\n" + TABLE.format("C"),
        "manifests/base/folder.yaml/d.yaml": TABLE.format("D"),
        "manifests/base/notes.txt": "no manifest",
        "manifests/base/.hidden.yaml": "{",
        "manifests/base/.git/e.yaml": "{",
    }

    assert sorted(names(tmp_path, files)) == ["A", "B", "C", "D"]


@pytest.mark.parametrize("text", ["", "---\n", "# nothing\n", "---\n---\n"])
def test_empty_files_are_skipped(tmp_path: Path, text: str) -> None:
    assert names(tmp_path, {"manifests/base/a.yaml": text, "manifests/base/b.yaml": TABLE.format("B")}) == ["B"]


def test_no_manifest_at_all_is_a_warning(tmp_path: Path) -> None:
    read = reading(tmp_path, {"manifests/base/.gitkeep": ""})

    assert read.desired
    assert read.desired.manifests == {}
    assert [(finding.severity, finding.address) for finding in read.findings] == [("warning", "")]


def test_a_missing_base_is_empty(tmp_path: Path) -> None:
    assert reading(tmp_path, {"manifests/README.md": ""}).mistakes == ()


def test_a_base_that_is_not_a_folder_is_a_mistake(tmp_path: Path) -> None:
    assert "the folder does not exist" in messages(reading(tmp_path, {"manifests/base": ""}))[0]


def test_a_missing_manifests_folder_is_a_mistake(tmp_path: Path) -> None:
    (mistake,) = messages(reading(tmp_path, {}))

    assert mistake.startswith(
        "manifests: the folder does not exist; create it with a file such as .gitkeep, because git"
    )


def test_a_yaml_file_beside_the_base_is_a_warning(tmp_path: Path) -> None:
    (finding,) = reading(tmp_path, {**BASE, "manifests/stray.yaml": "{"}).findings

    assert finding.severity == "warning"
    assert finding.source == Source("manifests/stray.yaml")


def test_manifests_may_be_anywhere(tmp_path: Path) -> None:
    environment = write(tmp_path, {"wanted/base/a.yaml": TABLE.format("A")})
    (tmp_path / "sub").mkdir()

    elsewhere = replace(environment, root=tmp_path / "sub", manifests=Path("../wanted"))

    (manifest,) = read_desired(elsewhere, {}).manifests.values()
    assert manifest.source.file == "../wanted/base/a.yaml"


def test_links_to_files_outside_are_not_read(tmp_path: Path) -> None:
    """S0-10: a typed error that names the file."""
    environment = write(tmp_path, {**BASE, "secret.yaml": TABLE.format("A")})
    (tmp_path / "manifests/base/a.yaml").symlink_to(tmp_path / "secret.yaml")

    (mistake,) = messages(examine(environment, {}))

    assert "is a link to a file outside manifests" in mistake


def test_links_to_files_inside_are_read(tmp_path: Path) -> None:
    environment = write(tmp_path, {"manifests/base/x.txt": TABLE.format("A")})
    (tmp_path / "manifests/base/a.yaml").symlink_to(tmp_path / "manifests/base/x.txt")

    assert [ref.name for ref in read_desired(environment, {}).manifests] == ["A"]


def test_links_to_folders_are_reported_and_not_skipped(tmp_path: Path) -> None:
    environment = write(tmp_path, {**BASE, "elsewhere/a.yaml": TABLE.format("A")})
    (tmp_path / "manifests/base/more").symlink_to(tmp_path / "elsewhere")

    (mistake,) = messages(examine(environment, {}))

    assert mistake.startswith("manifests/base/more: is a link to a folder")


def test_dangling_and_circular_links_are_mistakes(tmp_path: Path) -> None:
    environment = write(tmp_path, BASE)
    (tmp_path / "manifests/base/a.yaml").symlink_to(tmp_path / "manifests/base/gone")
    (tmp_path / "manifests/base/b.yaml").symlink_to(tmp_path / "manifests/base/b.yaml")

    assert [mistake.source.file for mistake in examine(environment, {}).mistakes] == [
        "manifests/base/a.yaml",
        "manifests/base/b.yaml",
    ]


def test_a_pipe_is_not_a_file(tmp_path: Path) -> None:
    environment = write(tmp_path, BASE)
    os.mkfifo(tmp_path / "manifests/base/a.yaml")

    assert messages(examine(environment, {})) == ["manifests/base/a.yaml: is not a regular file"]


def test_mistakes_of_all_files_are_sorted_and_unique(tmp_path: Path) -> None:
    files = {
        "manifests/base/b.yaml": "kind: Dog\n",
        "manifests/base/a.yaml": "kind: DataTable\nmetadata: {nme: A}\nspec: {timeZone: 1, tags: {a: 2}}\n---\n- x\n",
    }

    assert messages(reading(tmp_path, files)) == [
        'manifests/base/a.yaml:2:12: unknown key "nme" in metadata; did you mean "name"?',
        'manifests/base/a.yaml:3:18: spec.timeZone must be a text, is the number 1; write it in quotes: "1"',
        'manifests/base/a.yaml:3:31: spec.tags.a must be a text, is the number 2; write it in quotes: "2"',
        "manifests/base/a.yaml:5:1: a manifest must be a map with kind, metadata and spec",
        f'manifests/base/b.yaml:1:7: unknown kind "Dog"; write {", ".join(DECLARABLE)} or Removed',
    ]


def test_an_error_has_every_mistake(tmp_path: Path) -> None:
    with pytest.raises(ManifestError) as raised:
        read_desired(write(tmp_path, {"manifests/base/a.yaml": "- x\n---\n- y\n"}), {})

    assert len(raised.value.mistakes) == 2


def test_a_mistake_means_no_desired_state(tmp_path: Path) -> None:
    assert reading(tmp_path, {**BASE, "manifests/base/a.yaml": "- x\n"}).desired is None


@pytest.mark.parametrize(
    ("old", "new", "at", "words"),
    [
        ("kind: DataTable", "kind: DataTabel", "1:7", 'did you mean "DataTable"?'),
        ("kind: DataTable", "knd: DataTable", "1:1", "kind is missing"),
        ("kind: DataTable", "kind: [DataTable]", "1:7", "unknown kind"),
        ("kind: DataTable", "kind: DataTable\nstatus: x", "2:1", 'unknown key "status"'),
        ("  name: Tiers\n", "  protect: true\n", "3:3", "metadata.name is missing"),
        ("  name: Tiers\n", "  name: 5\n", "3:9", "must be a text"),
        ("  name: Tiers\n", "  name: Tiers\n  protect: yes\n", "4:12", "true or false"),
        ("  name: Tiers\n", "  name: Tiers\n  enviroments: [prod]\n", "4:3", 'did you mean "environments"?'),
        ("  name: Tiers\n", "  name: Tiers\n  environments: [prd]\n", "4:18", 'did you mean "prod"?'),
        ("  name: Tiers\n", "  name: ' Tiers'\n", "3:9", "spaces around it"),
        ("  name: Tiers\n", "  name: AWS:x\n", "3:9", "AWS reserves"),
        ("  name: Tiers\n", "  name: connect:x\n", "3:9", "AWS reserves"),
        ("  name: Tiers\n", "  name: ..\n", "3:9", "URL"),
        ("  name: Tiers\n", "  name: a/b\n", "3:9", 'may not contain "/"'),
        ("  name: Tiers\n", f"  name: {'a' * 128}\n", "3:9", "at most 127 characters, has 128"),
        ("  timeZone: America/New_York\n", "", "5:3", "spec.timeZone is missing"),
        ("timeZone: A", "timezone: A", "6:3", 'did you mean "timeZone"?'),
        ("America/New_York", "America/NewYork", "6:13", "America/New_York"),
        ("Who is served how", "'" + "x" * 251 + "'", "5:16", "at most 250 characters, has 251"),
        ("Who is served how", ".inf", "5:16", "must be a text"),
        ("Tier, valueType: TEXT}", "Tier, valueType: TXT}", "9:31", 'did you mean "TEXT"?'),
        ("Tier, valueType: TEXT}", "Tier, valueType: TEXT, primry: true}", "9:37", 'did you mean "primary"?'),
        (
            "Tier, valueType: TEXT}",
            "Tier}",
            "9:7",
            "spec.attributes[Tier].valueType is missing; write TEXT, NUMBER, BOOLEAN, TEXT_LIST or NUMBER_LIST",
        ),
        (
            "valueType: NUMBER}",
            "valueType: NUMBER, validation: {minimum: .inf}}",
            "10:62",
            "cannot be sent to AWS; write a finite number",
        ),
        ("valueType: NUMBER}", "valueType: NUMBER, validation: {minimum: '1'}}", "10:62", "without quotes"),
        ("valueType: NUMBER}", "valueType: NUMBER, validation: {multipleOf: 0}}", "10:65", "more than 0"),
        ("valueType: TEXT, primary: true}", "valueType: TEXT, primary: 'true'}", "8:50", "without quotes"),
        ("file: Tiers.csv", "file: Tier.csv", "12:11", 'did you mean "Tiers.csv"?'),
        ("file: Tiers.csv", "file: 5", "12:11", "must be a text"),
        ("file: Tiers.csv", "fil: Tiers.csv", "12:5", 'did you mean "file"?'),
        ("file: Tiers.csv", "file: ''", "12:11", "is not a file; write a path to a CSV file"),
        ("file: Tiers.csv", "file: .", "12:11", "is not a file"),
        ("file: Tiers.csv", "{file: Tiers.csv", "12:5", "invalid YAML"),
    ],
)
def test_a_mistake_has_its_place_and_its_remedy(tmp_path: Path, old: str, new: str, at: str, words: str) -> None:
    (mistake,) = of_table(tmp_path, old, new)

    assert mistake.startswith(f"manifests/base/Tiers.yaml:{at}: ")
    assert words in mistake


def test_rows_are_checked_neither_by_schema_nor_by_spec(tmp_path: Path) -> None:
    def refuse(value: object) -> object:
        raise ValueError("a cell was looked at")

    rows = Annotated[Any, BeforeValidator(refuse), WithJsonSchema({"type": "array", "items": False})]
    values = create_model("Values", __base__=Spec, rows=(rows, None))
    table = create_model("Table", __base__=Resource, values=(values | None, None))
    writing, identity = Writing("CreateTable"), Identity("TableId")
    attributes = {"spec": table, "service": CONNECT, "identity": identity, "writing": writing}
    kind = type("TableKind", (Kind,), {**attributes, "cells": DataTableKind.cells})()
    text = "kind: Table\nmetadata: {name: A}\nspec: {values: {rows: [{a: 1}, {b: 2}]}}\n"

    read = examine(write(tmp_path, {"manifests/base/a.yaml": text}), {}, kinds={"Table": kind})

    assert messages(read) == []


@pytest.mark.parametrize(
    ("document", "text"),
    [
        (
            "kind: PredefinedAttribute\nmetadata: {name: P, protect: true}\nspec: {}\n",
            "a PredefinedAttribute has no tags, so protect cannot be stored; delete the line",
        ),
        (
            "kind: DataTable\nmetadata: {name: A, protect: true, adopt: true}\nspec: {timeZone: UTC}\n",
            "protect is stored as a tag, but adopt: true writes no tags; choose one of them",
        ),
    ],
)
def test_a_protection_without_tags_is_a_mistake(tmp_path: Path, document: str, text: str) -> None:
    (mistake,) = messages(reading(tmp_path, {"manifests/base/it.yaml": document}))

    assert mistake.endswith(text)
