"""Conversion of the JSON layout: values that are carried over, findings about the rest, and mistakes."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest

from reconciler.convert import files_of, read_layout
from reconciler.errors import ManifestError, UsageError
from reconciler.export import Target
from tests.builders.json_layouts import ARN, KEY, TIER, layout, named_value, row, write

ROW = row(("K", "a"), Tier="Gold")


def texts(folder: Path) -> dict[str, str]:
    """Returns the texts of all files by their name."""
    root = folder.parent
    target = Target(root / "manifests/base", root, root / "manifests")
    return {file.path.name: file.text for each in files_of(read_layout(folder), target).values() for file in each}


def findings_of(folder: Path) -> list[str]:
    """Returns the findings, with paths relative to the folder."""
    findings = read_layout(folder).findings
    return [f"{str(each.source).removeprefix(f'{folder}/')} {each.address}: {each.message}" for each in findings]


def mistakes(folder: Path) -> list[str]:
    with pytest.raises(ManifestError) as wrong:
        read_layout(folder)
    return [str(each).removeprefix(f"{folder}/") for each in wrong.value.mistakes]


def test_a_table_becomes_a_manifest_with_its_rows_beside_it(tmp_path: Path) -> None:
    attributes = [KEY, {**TIER, "description": "Which", "validation": {"minLength": 1, "maxLength": 9}}]
    found = texts(layout(tmp_path, attributes, [ROW], description="d", timeZone="UTC", tags={"Team": "a"}))

    assert found["T.csv"] == "K,Tier\na,Gold\n"
    assert found["T.yaml"] == (
        "# yaml-language-server: $schema=../../../schemas/DataTable.schema.json\n"
        "kind: DataTable\nmetadata:\n  name: T\nspec:\n  description: d\n  timeZone: UTC\n  valueLockLevel: NONE\n"
        "  tags: {Team: a}\n  attributes:\n    - name: K\n      valueType: TEXT\n      primary: true\n"
        "    - name: Tier\n      valueType: TEXT\n      description: Which\n"
        "      validation: {minLength: 1, maxLength: 9}\n  values: {file: T.csv}\n"
    )


def test_defaults_of_the_old_program_are_written_out(tmp_path: Path) -> None:
    """The old program's time zone, lock level and strict enums are not AWS's defaults."""
    attributes = [KEY, {**TIER, "validation": {"enum": {"values": ["Gold"]}}}]

    text = texts(layout(tmp_path, attributes, []))["T.yaml"]

    assert "  timeZone: US/Eastern\n  valueLockLevel: NONE\n" in text
    assert "enum: {strict: true, values: [Gold]}" in text


def test_an_enum_that_is_not_strict_stays_so(tmp_path: Path) -> None:
    attributes = [KEY, {**TIER, "validation": {"enum": {"strict": "False", "values": ["Gold", 7]}}}]

    assert 'enum: {strict: false, values: [Gold, "7"]}' in texts(layout(tmp_path, attributes, []))["T.yaml"]


def test_empty_tags_stay_empty_and_numbers_in_tags_are_texts(tmp_path: Path) -> None:
    assert "tags: {}" in texts(layout(tmp_path, tags={}))["T.yaml"]
    assert 'tags: {Cost: "12", Empty: ""}' in texts(layout(tmp_path, tags={"Cost": 12, "Empty": ""}))["T.yaml"]


def test_texts_of_numbers_and_flags_are_converted(tmp_path: Path) -> None:
    rules = {"minLength": "1", "maxLength": " 20 ", "ignoreCase": "TRUE"}
    attributes = [{**KEY, "primary": "true", "validation": rules}]

    text = texts(layout(tmp_path, attributes))["T.yaml"]

    assert "primary: true" in text
    assert "validation: {minLength: 1, maxLength: 20, ignoreCase: true}" in text


@pytest.mark.parametrize(
    ("value_type", "value", "cell"),
    [
        ("TEXT", "", '""'),
        ("TEXT", "a,b", '"a,b"'),
        ("TEXT", 7.50, "7.5"),
        ("TEXT", True, "true"),
        ("TEXT", "${x}", "$${x}"),
        ("TEXT", "=1 + 1", "=1 + 1"),
        ("TEXT", None, ""),
        ("NUMBER", "12.50", "12.50"),
        ("NUMBER", 12, "12"),
        ("NUMBER", "", ""),
        ("BOOLEAN", "True", "true"),
        ("BOOLEAN", False, "false"),
        ("TEXT_LIST", "Email, Phone", '"[""Email"", ""Phone""]"'),
        ("TEXT_LIST", ["a,b", 1], '"[""a,b"", ""1""]"'),
        ("TEXT_LIST", "", "[]"),
        ("TEXT_LIST", [], "[]"),
        ("TEXT_LIST", "[x], =y", '"[""[x]"", ""=y""]"'),
        ("TEXT_LIST", "=x", '"[""=x""]"'),
        ("TEXT_LIST", '["x"]', '"[""x""]"'),
        ("NUMBER_LIST", "1,2.5", '"[1, 2.5]"'),
        ("NUMBER_LIST", [1, "2.50"], '"[1, 2.50]"'),
        ("NUMBER_LIST", "", "[]"),
    ],
)
def test_a_value_becomes_a_cell_of_its_type(tmp_path: Path, value_type: str, value: Any, cell: str) -> None:
    """S0-8, S0-42..44."""
    columns = [KEY, {"name": "V", "valueType": value_type}, {"name": "W", "valueType": "TEXT"}]

    found = texts(layout(tmp_path, columns, [row(("K", "a"), V=value, W="w")]))

    assert found["T.csv"] == f"K,V,W\na,{cell},w\n"


def test_the_row_without_a_key_is_the_default_record(tmp_path: Path) -> None:
    found = texts(layout(tmp_path, rows=[row(Tier="Gold")]))

    assert "values:\n    default: {Tier: Gold}\n" in found["T.yaml"]
    assert "T.csv" not in found


def test_every_omitted_key_is_reported_with_its_path(tmp_path: Path) -> None:
    attributes = [KEY, {**TIER, "note": 1, "validation": {"minLenght": 1, "enum": {"values": ["Gold"], "x y": 2}}}]
    folder = layout(
        tmp_path, attributes, [{**ROW, "id": 7}, row(("K", "b"), Tier="Gold")], owner="me", description=None
    )
    write(folder / "attributes" / "Old.json", {})

    assert findings_of(folder) == [
        "data_tables_config.json:6:4 $.dataTables[0].owner: unknown key, not carried over",
        "data_tables_config.json:7:4 $.dataTables[0].description: null counts as absent",
        "attributes/T.json:12:4 $.attributes[1].note: unknown key, not carried over",
        "attributes/T.json:14:5 $.attributes[1].validation.minLenght: unknown key, not carried over; did you mean "
        '"minLength"?',
        'attributes/T.json:19:6 $.attributes[1].validation.enum["x y"]: unknown key, not carried over',
        "attribute_values/T.json:17:4 $.values[0].id: unknown key, not carried over",
        "attributes/Old.json : no table in data_tables_config.json has this name; the file is not carried over",
    ]


def test_cells_that_become_absent_are_reported(tmp_path: Path) -> None:
    columns = [KEY, TIER, {"name": "N", "valueType": "NUMBER"}]
    folder = layout(tmp_path, columns, [row(("K", "a"), Tier=None, N=" ")])

    assert [line.partition(" ")[2] for line in findings_of(folder)] == [
        "$.values[0].attributes[0].value: null counts as absent",
        "$.values[0].attributes[1].value: an empty text is not a valid NUMBER; the cell becomes absent",
    ]


def test_missing_cells_are_counted(tmp_path: Path) -> None:
    (line,) = findings_of(layout(tmp_path, rows=[ROW, row(("K", "b"))]))

    assert '1 cell is not listed (the first: "Tier" of the row in line 18)' in line


def test_a_table_without_a_values_file_has_no_rows(tmp_path: Path) -> None:
    """S0-19."""
    folder = layout(tmp_path)

    assert findings_of(folder) == ['attribute_values/T.json : does not exist, so table "T" gets no rows']
    assert list(texts(folder)) == ["T.yaml"]


def test_all_mistakes_are_reported_at_once(tmp_path: Path) -> None:
    columns = [KEY, {**TIER, "validation": {"minLength": 5, "maxLength": 2}}, {"name": "B", "valueType": "text"}]
    rows = [row(("K", "a"), Tier="Gold", Nope=1), row(("K", "a")), row(("Tier", "x"), K="y"), {"attributes": [{}]}]
    folder = layout(tmp_path, columns, rows, valueLockLevel="ROW", timeZone="Mars/Base")
    write(folder / "attributes/T.json", (folder / "attributes/T.json").read_text().replace('"T"', '"t"', 1))

    found = mistakes(folder)

    for place, words in [
        ("data_tables_config.json:6:22", "spec.valueLockLevel must be NONE"),
        ("data_tables_config.json:7:16", '"Mars/Base" is not a valid time zone'),
        ("attributes/T.json:2:15", '$.tableName is "t", but this is the file of table "T"; correct one of them'),
        ("attributes/T.json:13:18", "minLength 5 is greater than maxLength 2"),
        ("attributes/T.json:19:17", "spec.attributes[B].valueType must be TEXT"),
        ("attribute_values/T.json:14:15", "Tier of K=a: maxLength 2"),
        ("attribute_values/T.json:18:15", 'attribute "Nope" is not declared'),
        ("attribute_values/T.json:22:3", "row K=a is declared twice"),
        ("attribute_values/T.json:33:5", '$.values[2].primaryValues[0]: "Tier" is not a primary attribute'),
        ("attribute_values/T.json:39:5", '$.values[2].attributes[0]: "K" is a primary attribute'),
        ("attribute_values/T.json:45:3", "$.values[3].primaryValues is missing; write [] for the default record"),
        ("attribute_values/T.json:47:5", "$.values[3].attributes[0].attributeName is missing"),
    ]:
        assert any(line.startswith(f"{place}: ") and words in line for line in found), (place, words, found)


@pytest.mark.parametrize(
    ("main", "words"),
    [
        ("[]", "$ must be an object, is a list"),
        ({"instanceARN": ARN}, "$.dataTables is missing"),
        ({"dataTables": []}, "$.instanceARN is missing"),
        ({"instanceARN": "an-instance", "dataTables": []}, '$.instanceARN has an invalid format, "an-instance"'),
        ({"instanceARN": ARN, "dataTables": {}}, "$.dataTables must be a list, is an object"),
        ({"instanceARN": ARN, "dataTables": [7]}, "$.dataTables[0] must be an object, is 7"),
        ({"instanceARN": ARN, "dataTables": [{}]}, "$.dataTables[0].name is missing"),
        ({"instanceARN": ARN, "dataTables": [{"name": "../T"}]}, '"../T" is not a valid file name'),
        ({"instanceARN": ARN, "dataTables": [{"name": "T"}, {"name": "t"}]}, 'duplicate table "t"'),
        ({"instanceARN": ARN, "dataTables": [{"name": "U"}]}, "attributes/U.json: there is no such file"),
        (
            {"instanceARN": ARN, "dataTables": [{"name": "T", "description": "\x07"}]},
            "a character that a manifest cannot hold",
        ),
        ('{"instanceARN": 1, "instanceARN": 2}', 'duplicate key "instanceARN"'),
        ("{", "invalid JSON"),
    ],
)
def test_mistakes_in_the_main_file_are_reported(tmp_path: Path, main: Any, words: str) -> None:
    folder = layout(tmp_path)
    write(folder / "data_tables_config.json", main)

    assert any(words in line for line in mistakes(folder)), mistakes(folder)


@pytest.mark.parametrize(
    ("values", "words"),
    [
        ([row(("K", "a"), Tier={"a": 1})], 'the cell "Tier" must be a text, a number'),
        ([row(("K", "a"), Tier=["a"])], "Tier of K=a: valueType TEXT"),
        ([row(("K", "a"), Tier="\x00")], "a character that a manifest cannot hold"),
        ([row(("K", "a"), Tier="\ud800")], "a character that a manifest cannot hold"),
        (
            [{**ROW, "attributes": [named_value("Tier", "a"), named_value("Tier", "b")]}],
            '"Tier" is listed twice in this row',
        ),
        ([{**ROW, "attributes": [{"attributeName": "Tier"}]}], "$.values[0].attributes[0].value is missing"),
        ([{**ROW, "attributes": [{"attributeName": 7, "value": ""}]}], "attributeName must be a text, is 7"),
        ([row(Tier="a"), row(Tier="b")], "a second row without primaryValues"),
        ([row(K="a")], '"K" is a primary attribute; write it under primaryValues'),
        (["a"], '$.values[0] must be an object, is "a"'),
    ],
)
def test_mistakes_in_a_row_are_reported(tmp_path: Path, values: list[Any], words: str) -> None:
    """S0-24."""
    found = mistakes(layout(tmp_path, rows=values))

    assert any(words in line for line in found), found


def test_files_in_another_encoding_are_reported(tmp_path: Path) -> None:
    """S0-10."""
    folder = layout(tmp_path)
    (folder / "attributes/T.json").write_bytes(b'{"a": "\xff"}')

    assert re.match(r"attributes/T\.json:1:8: byte 0xFF .* is not UTF-8", mistakes(folder)[0])


def test_a_wrong_folder_gets_a_suggestion(tmp_path: Path) -> None:
    folder = layout(tmp_path)

    with pytest.raises(UsageError, match=f"did you mean {re.escape(str(folder))}"):
        read_layout(tmp_path)


def test_similar_names_get_different_files(tmp_path: Path) -> None:
    folder = layout(tmp_path, name="a b")
    layout(tmp_path, name="a:b")
    write(folder / "data_tables_config.json", {"instanceARN": ARN, "dataTables": [{"name": "a b"}, {"name": "a:b"}]})

    assert len(texts(folder)) == 2
