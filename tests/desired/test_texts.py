"""`${…}` in manifests and their rows."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reconciler.desired import examine, read_desired
from reconciler.desired.texts import Text, Texts
from reconciler.kinds.connect.data_table.kind import DataTable
from reconciler.model import REFERENCE, Linked, Ref
from tests.builders.folders import messages, reading, write

TABLE = """\
kind: DataTable
metadata: {name: T}
spec:
  timeZone: UTC
  description: DESCRIPTION
  tags: {Team: TAG}
  attributes:
    - {name: K, valueType: TEXT, primary: true}
    - {name: V, valueType: TEXT}
    - {name: L, valueType: TEXT_LIST}
  values:
    rows: [{K: a, V: CELL, L: [x, ITEM]}]
---
kind: DataTable
metadata: {name: Other}
spec: {timeZone: UTC}
"""
TEXTS = Texts("prod", {"TEAM": "support", "ODD": "${x}"}, "never")


def table(root: Path, **texts: str) -> DataTable:
    (spec,) = [each.spec for ref, each in read(root, **texts).items() if ref.name == "T"]
    assert isinstance(spec, DataTable)
    return spec


def read(root: Path, **texts: str):  # type: ignore[no-untyped-def]
    return read_desired(write(root, {"manifests/base/t.yaml": filled(**texts)}), {}).manifests


def filled(**texts: str) -> str:
    text = TABLE
    for word in ("DESCRIPTION", "TAG", "CELL", "ITEM"):
        text = text.replace(word, f'"{texts.get(word.lower(), "x")}"')
    return text


def mistakes(root: Path, **texts: str) -> list[str]:
    return messages(reading(root, {"manifests/base/t.yaml": filled(**texts)}))


@pytest.mark.parametrize("text", ["who is served how", "see ${DataTable/Other.id} too"])
def test_white_space_around_a_description_is_trimmed(tmp_path: Path, text: str) -> None:
    assert table(tmp_path, description=rf"\t {text} \n") == table(tmp_path, description=text)


def test_variables_are_filled_in_everywhere(tmp_path: Path) -> None:
    found = read(tmp_path, description="for ${var:TEAM}", tag="${var:TEAM}s", cell="${var:TEAM}", item="${var:TEAM}")

    manifest = found[Ref("DataTable", "T")]
    assert (manifest.spec.description, manifest.spec.tags) == ("for support", {"Team": "supports"})
    assert manifest.records.rows[0].cells == {"V": "support", "L": '["x", "support"]'}


def test_variables_are_filled_into_csv_cells(tmp_path: Path) -> None:
    text = TABLE.replace("rows: [{K: a, V: CELL, L: [x, ITEM]}]", "file: t.csv")
    files = {"manifests/base/t.yaml": text, "manifests/base/t.csv": "K,V,L\n${var:TEAM},${DataTable/Other.id},\n"}

    (row,) = read_desired(write(tmp_path, files), {}).manifests[Ref("DataTable", "T")].records.rows

    assert row.key == {"K": "support"}
    assert row.cells["V"] == Linked("${DataTable/Other.id}")
    assert isinstance(row.cells["V"], Linked)


def test_variables_are_filled_into_names_and_file_names(tmp_path: Path) -> None:
    text = "kind: DataTable\nmetadata: {name: 'T ${var:TEAM}'}\nspec: {timeZone: UTC}\n"

    assert list(read_desired(write(tmp_path, {"manifests/base/t.yaml": text}), {}).manifests) == [
        Ref("DataTable", "T support")
    ]


def test_the_process_environment_overrides_variables(tmp_path: Path) -> None:
    environment = write(tmp_path, {"manifests/base/t.yaml": filled(description="${var:TEAM}")})

    found = read_desired(environment, {"RECONCILE_VAR_TEAM": "sales"}).manifests[Ref("DataTable", "T")].spec

    assert found.description == "sales"  # type: ignore[attr-defined]


def test_a_variable_that_is_not_set_names_the_environment_and_the_remedy(tmp_path: Path) -> None:
    (mistake,) = mistakes(tmp_path, cell="${var:NAME}")

    assert mistake.startswith("manifests/base/t.yaml:12:22: ")
    assert 'environment "prod" has no variable "NAME"' in mistake
    assert "RECONCILE_VAR_NAME" in mistake


def test_a_misspelled_variable_gets_a_suggestion(tmp_path: Path) -> None:
    assert 'did you mean "TEAM"?' in mistakes(tmp_path, cell="${var:TEM}")[0]


def test_a_mistake_in_a_text_is_not_repeated_by_other_rules(tmp_path: Path) -> None:
    text = "kind: DataTable\nmetadata: {name: '${var:NONE}'}\nspec: {timeZone: '${var:NONE}'}\n"

    assert len(reading(tmp_path, {"manifests/base/t.yaml": text}).mistakes) == 2


def test_a_doubled_dollar_is_a_plain_one(tmp_path: Path) -> None:
    description = table(tmp_path, description="$${var:TEAM} and $$${x}").description

    assert description == "${var:TEAM} and $${x}"
    assert not isinstance(description, Linked)


def test_other_dollars_and_braces_are_left_alone(tmp_path: Path) -> None:
    assert table(tmp_path, description="$5 {x} $$ }").description == "$5 {x} $$ }"


def test_a_text_with_a_reference_is_linked(tmp_path: Path) -> None:
    found = table(tmp_path, description="see ${DataTable/Other.arn}", tag="${DataTable/Other.id}")

    assert isinstance(found.description, Linked)
    assert isinstance(found.tags["Team"], Linked)


def test_a_list_with_a_reference_is_linked(tmp_path: Path) -> None:
    cells = read(tmp_path, item="${DataTable/Other.arn}")[Ref("DataTable", "T")].records.rows[0].cells

    assert isinstance(cells["L"], Linked)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("${DataTable/Othr.id}", 'DataTable/Othr is not declared; did you mean "DataTable/Other"?'),
        ("${Queue/x.arn}", "Queue/x is not declared"),
        ("${DataTable/Other.name}", "is unknown"),
        ("${DataTable/Other.stream}", "only a DynamoDBTable has a stream"),
        ("${DataTable/Other}", "is unknown"),
        ("${team}", "is unknown"),
        ("${}", "is unknown"),
        ("${var:TEAM", "is not closed"),
        ("${secret:KEY}", "every flow can read the values of a data table"),
        ("$${x} ${DataTable/Other.id}", "which look the same"),
    ],
)
@pytest.mark.parametrize("where", ["description", "tag", "cell", "item"])
def test_an_unknown_form_is_a_mistake(tmp_path: Path, where: str, text: str, words: str) -> None:
    (mistake,) = mistakes(tmp_path, **{where: text})

    assert words in mistake


@pytest.mark.parametrize("where", ["description", "tag"])
def test_a_resource_that_refers_to_itself_is_a_mistake(tmp_path: Path, where: str) -> None:
    (mistake,) = mistakes(tmp_path, **{where: "see ${DataTable/T.id}"})

    assert "DataTable/T refers to itself, but has no id before it is created" in mistake


def test_values_may_be_part_of_a_circle(tmp_path: Path) -> None:
    back = filled(cell="${DataTable/T.id} ${DataTable/Other.id}").replace(
        "spec: {timeZone: UTC}", "spec: {timeZone: UTC, description: 'see ${DataTable/T.id}'}"
    )

    assert messages(reading(tmp_path, {"manifests/base/t.yaml": back})) == []


def test_a_circle_of_references_is_reported_once_with_its_path(tmp_path: Path) -> None:
    def table(name: str, spec: str) -> str:
        return f"kind: DataTable\nmetadata: {{name: {name}}}\nspec: {{timeZone: UTC, {spec}}}\n"

    described = "attributes: [{name: X, valueType: TEXT, description: '${DataTable/C.arn}'}]"
    texts = [
        table("A", "description: '${DataTable/B.id}'"),
        table("B", described),
        table("C", "tags: {Next: '${DataTable/A.id}'}"),
    ]

    (mistake,) = messages(reading(tmp_path, {"manifests/base/t.yaml": "---\n".join(texts)}))

    assert mistake.startswith("manifests/base/t.yaml:3:36: references form a circle, ")
    assert "DataTable/A → DataTable/B → DataTable/C → DataTable/A, so none can be created first" in mistake


def test_metadata_must_not_have_references(tmp_path: Path) -> None:
    text = "kind: DataTable\nmetadata: {name: T, renamedFrom: '${DataTable/T.id}'}\nspec: {timeZone: UTC}\n"

    assert "cannot be referenced here" in messages(reading(tmp_path, {"manifests/base/t.yaml": text}))[0]


def test_a_reference_to_another_environments_resource_is_explained(tmp_path: Path) -> None:
    text = filled(cell="${DataTable/Other.id}").replace("{name: Other}", "{name: Other, environments: [test]}")

    (mistake,) = messages(reading(tmp_path, {"manifests/base/t.yaml": text}))

    assert "is not declared in this environment" in mistake


def test_references_are_not_dangling_while_a_file_is_unreadable(tmp_path: Path) -> None:
    files = {"manifests/base/t.yaml": filled(cell="${DataTable/New.id}"), "manifests/base/new.yaml": "kind: [New"}

    (mistake,) = messages(reading(tmp_path, files))

    assert "invalid YAML" in mistake


def test_a_manifest_for_another_environment_needs_no_variables(tmp_path: Path) -> None:
    text = "kind: DataTable\nmetadata: {name: T, environments: [test]}\nspec: {timeZone: '${var:NONE}'}\n"

    assert examine(write(tmp_path, {"manifests/base/t.yaml": text}), {}).mistakes == ()


_PIECES = st.sampled_from(["a", "$", "{", "}", "$$", "${var:TEAM}", "${var:ODD}", "$${", "${Queue/b.id}", "${x}", "${"])


@given(st.lists(_PIECES).map("".join))
def test_a_text_is_linked_exactly_if_it_has_references(text: str) -> None:
    found = TEXTS.read(text)

    named = tuple(Ref(each["kind"], each["name"]) for each in REFERENCE.finditer(found.text))
    assert found.faults or isinstance(found.text, Linked) == bool(found.refs)
    assert found.faults or not isinstance(found.text, Linked) or named == found.refs


@given(st.text())
def test_an_escaped_text_is_read_back(text: str) -> None:
    assert TEXTS.read(text.replace("${", "$${")) == Text(text)


def test_a_reference_in_a_sorted_list_stays_a_reference(tmp_path: Path) -> None:
    values = [("zone", "${HoursOfOperation/A.id}"), ("area", "plain")]
    allowed = [{"accessType": "ALLOW", "attributeName": name, "values": [text]} for name, text in values]
    keys = {"primaryAttributeAccessControlConfiguration": {"primaryAttributeValues": allowed}}
    control = {"granularAccessControlConfiguration": {"dataTableAccessControlConfiguration": keys}}
    hours = "kind: HoursOfOperation\nmetadata: {name: A}\nspec: {timeZone: UTC, config: []}\n"
    profile = json.dumps({"kind": "SecurityProfile", "metadata": {"name": "S"}, "spec": control})

    found = reading(tmp_path, {"manifests/base/it.yaml": f"{hours}---\n{profile}"})

    assert messages(found) == []
    assert found.desired
    spec = next(each.spec for ref, each in found.desired.manifests.items() if ref.kind == "SecurityProfile")
    held = spec.granular_access_control_configuration.data_table_access_control_configuration
    texts = [
        text
        for each in held.primary_attribute_access_control_configuration.primary_attribute_values
        for text in each.values
    ]
    assert [type(text) for text in texts if text.startswith("${")] == [Linked]
