"""Overlays: the differences of one environment."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reconciler.desired import examine
from reconciler.desired.layers import Draft
from reconciler.desired.overlays import merged_draft
from reconciler.documents.nodes import Entry, ListNode, MapNode, Node, Scalar, plain
from reconciler.errors import Source
from reconciler.kinds.connect.data_table.kind import DataTable
from reconciler.kinds.registry import KINDS
from reconciler.model import Manifest, Ref
from tests.builders.folders import BASE, messages, reading, write

HEAD = "kind: DataTable\nmetadata: {name: Tiers}\n"


def merged(root: Path, overlay: str, files: dict[str, str | bytes] | None = None) -> Manifest:
    read = reading(root, {**BASE, "manifests/prod/o.yaml": overlay, **(files or {})})
    assert messages(read) == []
    assert read.desired
    return read.desired.manifests[Ref("DataTable", "Tiers")]


def spec(root: Path, body: str) -> DataTable:
    found = merged(root, f"{HEAD}spec: {body}\n").spec
    assert isinstance(found, DataTable)
    return found


def mistakes(root: Path, overlay: str) -> list[str]:
    return messages(reading(root, {**BASE, "manifests/prod/o.yaml": overlay}))


def test_maps_merge_key_by_key(tmp_path: Path) -> None:
    found = spec(tmp_path, "{description: For prod, tags: {Team: A}}")

    assert (found.description, found.tags, found.time_zone) == ("For prod", {"Team": "A"}, "America/New_York")


def test_null_removes_a_key(tmp_path: Path) -> None:
    assert "description" not in spec(tmp_path, "{description: null}").model_fields_set


def test_null_for_a_required_key_is_a_mistake(tmp_path: Path) -> None:
    assert mistakes(tmp_path, f"{HEAD}spec: {{timeZone: null}}\n") == [
        "manifests/base/Tiers.yaml:5:3: spec.timeZone is missing"
    ]


def test_metadata_merges_too(tmp_path: Path) -> None:
    assert merged(tmp_path, "kind: DataTable\nmetadata: {name: Tiers, protect: true}\n").protect is True


def test_items_of_a_keyed_list_merge_by_name_in_the_order_of_the_base(tmp_path: Path) -> None:
    found = spec(tmp_path, "{attributes: [{name: New, valueType: TEXT}, {name: Tier, description: x}]}")

    assert [(each.name, each.description) for each in found.attributes] == [
        ("Customer", ""),
        ("Tier", "x"),
        ("Score", ""),
        ("New", ""),
    ]


def test_an_item_of_a_keyed_list_can_be_removed(tmp_path: Path) -> None:
    found = merged(
        tmp_path,
        f"{HEAD}spec: {{attributes: [{{name: Score, remove: true}}]}}\n",
        {"manifests/base/Tiers.csv": "Customer,Tier\na,b\n"},
    )

    assert [each.name for each in found.spec.attributes] == ["Customer", "Tier"]  # type: ignore[attr-defined]


def test_maps_inside_an_item_merge_too(tmp_path: Path) -> None:
    base = BASE["manifests/base/Tiers.yaml"].replace(
        "{name: Tier, valueType: TEXT}", "{name: Tier, valueType: TEXT, validation: {minLength: 1, maxLength: 9}}"
    )
    overlay = f"{HEAD}spec: {{attributes: [{{name: Tier, validation: {{minLength: null, maxLength: 8}}}}]}}\n"

    tier = merged(tmp_path, overlay, {"manifests/base/Tiers.yaml": base}).spec.attributes[1]  # type: ignore[attr-defined]

    assert (tier.validation.min_length, tier.validation.max_length) == (None, 8)


def test_other_lists_replace(tmp_path: Path) -> None:
    base = BASE["manifests/base/Tiers.yaml"].replace(
        "{name: Tier, valueType: TEXT}",
        "{name: Tier, valueType: TEXT, validation: {enum: {strict: true, values: [Basic, Premium, Old]}}}",
    )
    overlay = f"{HEAD}spec: {{attributes: [{{name: Tier, validation: {{enum: {{values: [Basic, Premium]}}}}}}]}}\n"

    tier = merged(tmp_path, overlay, {"manifests/base/Tiers.yaml": base}).spec.attributes[1]  # type: ignore[attr-defined]

    assert (tier.validation.enum.strict, tier.validation.enum.values) == (True, ("Basic", "Premium"))


def test_values_replace_whole_and_keep_null_cells(tmp_path: Path) -> None:
    found = merged(tmp_path, f"{HEAD}spec: {{values: {{rows: [{{Customer: X, Tier: null}}]}}}}\n").records

    assert [(row.key, row.cells) for row in found.rows] == [({"Customer": "X"}, {"Tier": None})]


def test_a_file_path_is_relative_to_its_overlay(tmp_path: Path) -> None:
    overlay = f"{HEAD}spec: {{values: {{file: Tiers.csv}}}}\n"

    found = merged(tmp_path, overlay, {"manifests/prod/Tiers.csv": "Customer,Tier,Score\nX,Y,1\n"}).records

    assert [row.source.file for row in found.rows] == ["manifests/prod/Tiers.csv"]


def test_mistakes_have_the_position_of_the_winning_text(tmp_path: Path) -> None:
    (mistake,) = mistakes(tmp_path, f"{HEAD}spec:\n  timeZone: Nowhere\n")

    assert mistake.startswith("manifests/prod/o.yaml:4:13: ")


def test_a_mistake_of_an_overlay_is_reported_once(tmp_path: Path) -> None:
    body = "{description: 5, valueLockLevel: X, tgs: {}, attributes: [{name: Tier, valueType: X, primry: true}]}"

    assert len(mistakes(tmp_path, f"{HEAD}spec: {body}\n")) == 5


def test_a_null_for_an_unknown_key_is_a_mistake(tmp_path: Path) -> None:
    assert 'did you mean "description"?' in mistakes(tmp_path, f"{HEAD}spec: {{descripton: null}}\n")[0]


@pytest.mark.parametrize(
    ("body", "at", "words"),
    [
        ("{attributes: [{name: Tir, remove: true}]}", "3:28", 'did you mean "Tier"?'),
        ("{attributes: [{name: Tier, remove: false}]}", "3:42", "must be true"),
        ("{attributes: [{description: x}]}", "3:21", "name is missing"),
        ("{attributes: [{name: New}]}", "3:21", "valueType is missing"),
        ("5", "3:7", "must be a map"),
        ("", "3:6", "must be a map"),
    ],
)
def test_a_mistake_in_an_overlay_has_its_place(tmp_path: Path, body: str, at: str, words: str) -> None:
    (mistake,) = [each for each in mistakes(tmp_path, f"{HEAD}spec: {body}\n") if words in each]

    assert mistake.startswith(f"manifests/prod/o.yaml:{at}: ")


def test_an_overlay_needs_a_name(tmp_path: Path) -> None:
    (mistake,) = mistakes(tmp_path, "kind: DataTable\nmetadata: {}\nspec: {description: x}\n")

    assert "metadata.name is missing" in mistake


def test_an_overlay_may_add_a_resource(tmp_path: Path) -> None:
    overlay = "kind: DataTable\nmetadata: {name: New}\nspec: {timeZone: UTC, description: null}\n"

    read = reading(tmp_path, {**BASE, "manifests/prod/o.yaml": overlay})

    assert read.desired
    assert [ref.name for ref in read.desired.manifests] == ["Tiers", "New"]


def test_a_resource_added_by_an_overlay_must_be_complete(tmp_path: Path) -> None:
    overlay = "kind: DataTable\nmetadata: {name: New}\nspec: {description: x}\n"

    assert mistakes(tmp_path, overlay) == [
        "manifests/prod/o.yaml:2:18: no DataTable/New in manifests/base; correct the name, or declare the "
        "complete resource here: spec.timeZone is missing"
    ]


def test_an_overlay_can_exclude_a_resource_from_its_environment(tmp_path: Path) -> None:
    read = reading(tmp_path, {**BASE, "manifests/prod/o.yaml": HEAD.replace("Tiers}", "Tiers, environments: [test]}")})

    assert read.desired
    assert read.desired.manifests == {}


def test_an_overlay_must_not_declare_a_resource_twice(tmp_path: Path) -> None:
    (mistake,) = mistakes(tmp_path, f"{HEAD}spec: {{}}\n---\n{HEAD}spec: {{}}\n")

    assert "is also declared at manifests/prod/o.yaml:1:1" in mistake


def test_later_overlays_win(tmp_path: Path) -> None:
    files = {f"manifests/{name}/o.yaml": f"{HEAD}spec: {{description: {name}}}\n" for name in ("one", "two")}
    environment = replace(write(tmp_path, {**BASE, **files}), overlays=(Path("one"), Path("two")))

    desired = examine(environment, {}).desired

    assert desired
    assert desired.manifests[Ref("DataTable", "Tiers")].spec.description == "two"  # type: ignore[attr-defined]


@pytest.mark.parametrize(
    ("folder", "words"),
    [
        ("gone", "git does not keep empty folders"),
        ("../outside", "is outside manifests"),
        ("base", "inside manifests/base"),
        ("base/sub", "inside manifests/base"),
        ("loop", "the folder does not exist"),
        ("/var", "is outside manifests"),
    ],
)
def test_an_overlay_folder_must_exist_outside_the_base(tmp_path: Path, folder: str, words: str) -> None:
    environment = write(tmp_path, {**BASE, "outside/a.yaml": "", "manifests/base/sub/a.yaml": ""})
    (tmp_path / "manifests/loop").symlink_to(tmp_path / "manifests/loop")

    (mistake,) = messages(examine(replace(environment, overlays=(Path(folder),)), {}))

    assert words in mistake


AT = Source("x.yaml", 1, 1)
DRAFT_KIND = KINDS["DataTable"]


def node(value: Any) -> Node:
    match value:
        case dict():
            return MapNode({key: Entry(AT, node(item)) for key, item in value.items()}, AT)
        case list():
            return ListNode(tuple(map(node, value)), AT)
    return Scalar(value, str(value), AT)


def draft(spec: Any) -> Draft:
    document = node({"kind": "DataTable", "metadata": {"name": "T"}, "spec": spec})
    assert isinstance(document, MapNode)
    return Draft("DataTable", "T", document)


def laid(base: Draft, over: Draft) -> Any:
    return plain(merged_draft(base, over, DRAFT_KIND).node)


_SCALARS = st.none() | st.booleans() | st.integers(0, 3) | st.sampled_from(["a", "b"])
_MAPS = st.dictionaries(st.sampled_from(["x", "y", "z"]), _SCALARS, max_size=3)
_ITEMS = st.fixed_dictionaries(
    {"name": st.sampled_from(["A", "B", "C"])},
    optional={"validation": _MAPS, "description": _SCALARS, "primary": st.booleans()},
)
_UNIQUE = st.lists(_ITEMS, max_size=3, unique_by=lambda item: item["name"])
_OVER_ITEMS = st.lists(
    _ITEMS | st.builds(lambda item: {**item, "remove": True}, _ITEMS), max_size=3, unique_by=lambda item: item["name"]
)
_VALUES = st.fixed_dictionaries({}, optional={"rows": st.lists(_MAPS, max_size=2), "default": _MAPS})


def specs(items: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    return st.fixed_dictionaries(
        {},
        optional={
            "description": _SCALARS,
            "tags": _MAPS,
            "attributes": items,
            "values": _VALUES,
            "moved": st.lists(_MAPS),
        },
    )


@given(specs(_UNIQUE))
def test_an_empty_overlay_changes_nothing(spec: Any) -> None:
    assert laid(draft(spec), draft({})) == plain(draft(spec).node)


@given(specs(_UNIQUE), specs(_OVER_ITEMS))
def test_merging_an_overlay_twice_equals_merging_it_once(spec: Any, over: Any) -> None:
    once = merged_draft(draft(spec), draft(over), DRAFT_KIND)

    assert laid(once, draft(over)) == plain(once.node)


@given(specs(_UNIQUE), specs(_OVER_ITEMS))
def test_the_values_of_an_overlay_win(spec: Any, over: Any) -> None:
    found = laid(draft(spec), draft(over))["spec"]

    names = {item["name"] for item in found.get("attributes") or []}
    for item in over.get("attributes") or []:
        assert (item["name"] in names) != item.get("remove", False)
    assert "values" not in over or found["values"] == over["values"]
    assert "moved" not in over or found["moved"] == over["moved"]
    for key, value in (over.get("tags") or {}).items():
        assert found["tags"].get(key) == value


QUEUE = "kind: Queue\nmetadata: {name: Sales}\nspec: {hoursOfOperation: arn:aws:connect:x, description: The desk}\n"


def overlaid(root: Path, overlay: str) -> list[str]:
    hours = "kind: HoursOfOperation\nmetadata: {name: Day}\nspec: {timeZone: UTC, config: []}\n"
    files = {
        "manifests/base/q.yaml": QUEUE.replace("arn:aws:connect:x", "Day"),
        "manifests/base/h.yaml": hours,
        "manifests/prod/q.yaml": overlay,
    }
    return messages(reading(root, files))


def test_a_misspelled_overlay_gets_a_suggestion(tmp_path: Path) -> None:
    """m12: the message was about a missing field of the queue."""
    found = overlaid(tmp_path, "kind: Queue\nmetadata: {name: Salez}\nspec: {description: Other}\n")

    assert found == ['manifests/prod/q.yaml:2:18: no Queue/Salez in manifests/base; did you mean "Sales"?']


def test_an_overlay_without_base_gets_the_missing_field(tmp_path: Path) -> None:
    """m12: a reference to it is not reported as well."""
    found = overlaid(tmp_path, "kind: HoursOfOperation\nmetadata: {name: Night}\nspec: {timeZone: UTC}\n")

    assert found == [
        "manifests/prod/q.yaml:2:18: no HoursOfOperation/Night in manifests/base; correct the name, or declare the "
        "complete resource here: spec.config is missing"
    ]


def test_an_overlay_may_add_a_complete_resource(tmp_path: Path) -> None:
    """m12."""
    assert overlaid(tmp_path, "kind: Queue\nmetadata: {name: Salez}\nspec: {hoursOfOperation: Day}\n") == []
