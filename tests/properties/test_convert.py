"""Any folder of the JSON layout becomes manifests, and then a live table with the values of the JSON."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from reconciler.convert import files_of, read_layout
from reconciler.export import Target
from reconciler.export.write import compared, write
from reconciler.model.cells import same
from reconciler.reconcile import Options, preview
from tests.builders.json_layouts import layout, named_value
from tests.worlds.world import World

NAMES = ("Tier", "Größe", "a b", "x:y", "N-1")
LETTERS = st.text(st.characters(codec="utf-8", exclude_categories=("Cs", "Cc")), max_size=8)
TEXTS = st.one_of(st.sampled_from(["", "a,b", '"', "${x", "$${DataTable/T.arn}", "=1", "null", "007"]), LETTERS)
ITEMS = LETTERS.map(str.strip).filter(lambda text: not set(text) & set(",[="))
NUMBERS = st.one_of(st.integers(-999, 999), st.sampled_from([0.5, -2.25, 1e3]), st.sampled_from(["12", "1.50", "-3"]))
VALUES: Mapping[str, st.SearchStrategy[Any]] = {
    "TEXT": TEXTS,
    "NUMBER": NUMBERS,
    "BOOLEAN": st.sampled_from([True, False, "true", "False", "TRUE"]),
    "TEXT_LIST": st.one_of(st.lists(TEXTS, max_size=3), st.lists(ITEMS, min_size=2, max_size=3).map(", ".join)),
    "NUMBER_LIST": st.one_of(st.lists(NUMBERS, max_size=3), st.sampled_from(["", "1,2.5", " 3 , 4"])),
}


@st.composite
def layouts(draw: st.DrawFn) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
    keys = [{"name": name, "valueType": "TEXT", "primary": True} for name in draw(st.sampled_from([["K"], ["K", "L"]]))]
    names = draw(st.lists(st.sampled_from(NAMES), unique=True, min_size=1, max_size=4))
    others = [{"name": name, "valueType": draw(st.sampled_from(list(VALUES)))} for name in names]
    texts = st.tuples(*(st.sampled_from(["a", "b", "007", "ü", "${k}"]) for _ in keys))
    rows = [
        {
            "primaryValues": [named_value(str(key["name"]), text) for key, text in zip(keys, row, strict=True)],
            "attributes": draw(_cells(others)),
        }
        for row in draw(st.lists(texts, unique=True, max_size=4))
    ]
    default = draw(st.one_of(st.none(), _cells(others)))
    rows += [{"primaryValues": [], "attributes": default}] if default else []
    return draw(st.permutations([*keys, *others])), rows


@st.composite
def _cells(draw: st.DrawFn, others: list[dict[str, str]]) -> list[dict[str, Any]]:
    chosen = draw(st.lists(st.sampled_from(others), unique_by=lambda each: each["name"]))
    return [named_value(each["name"], draw(VALUES[each["valueType"]])) for each in chosen]


def _meant(value_type: str, value: Any) -> str:
    """Returns the text that AWS stores for a value of the JSON."""
    if value_type == "TEXT_LIST":
        items = value if isinstance(value, list) else [part.strip() for part in value.split(",")]
        return json.dumps([] if value == "" else items)
    if value_type == "NUMBER_LIST":
        items = value if isinstance(value, list) else [part for part in value.split(",") if part.strip()]
        return f"[{', '.join(str(item) for item in items)}]"
    return str(value).lower() if value_type == "BOOLEAN" else str(value)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
@given(layouts(), st.sampled_from(["NONE", "DATA_TABLE", "PRIMARY_VALUE", "ATTRIBUTE", "VALUE"]))
def test_converted_values_are_stored_as_in_the_json(
    world: World, drawn: tuple[list[dict[str, Any]], list[dict[str, Any]]], level: str
) -> None:
    attributes, rows = drawn
    world.control.reset()
    with TemporaryDirectory() as folder:
        root = Path(folder)
        world.environment = world.with_settings(root=root).environment
        target = Target(root / "manifests/base", root, root / "manifests")
        found = read_layout(layout(root, attributes, rows, valueLockLevel=level, tags={}))
        write(compared([file for each in files_of(found, target).values() for file in each], target), target)
        options = Options(world.environment, world.aws)
        done = world.apply(preview(options))
        again = preview(options).plan

    assert done.exit_code == 0
    assert again.changes == ()
    stored = world.cells("T")
    types = {str(each["name"]): str(each["valueType"]) for each in attributes}
    for row in rows:
        key = tuple(each["value"] for each in sorted(row["primaryValues"], key=lambda each: each["attributeName"]))
        for cell in row["attributes"]:
            name = cell["attributeName"]
            text = stored.pop((key, name))
            assert same(types[name], text, _meant(types[name], cell["value"]))
    assert stored == {}
