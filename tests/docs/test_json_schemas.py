"""The JSON Schemas of plans and outcomes describe what the product writes: all of it, and nothing else."""

from __future__ import annotations

import copy
import json
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft7Validator

from reconciler.model import Ref, TableChange
from reconciler.reconcile import preview, run
from reconciler.report import dumps, outcome_json, plan_json, rebuilt_json
from scripts.readme import changed
from tests.builders.plans import full_plan
from tests.docs.conftest import EXAMPLES, Examples

ROOT = EXAMPLES.parents[1]
GOLDEN = ROOT / "tests" / "golden"
# A list of each document, and a key that each of its items must have.
LISTS = {"plan": ("changes", "action"), "outcome": ("changes", "action"), "status": ("pipelines", "status")}
NAMES = tuple(LISTS)
SAMPLES = [path for name in NAMES for path in sorted(GOLDEN.glob(f"{name}*.json"))]


def validator(name: str) -> Draft7Validator:
    schema = json.loads((ROOT / "schemas" / f"{name}.json").read_text(encoding="utf-8"))
    Draft7Validator.check_schema(schema)
    return Draft7Validator(schema)


def faults(name: str, document: Any) -> list[str]:
    """Returns what is wrong with a document as it is after a way through a file."""
    return [f"{error.json_path}: {error.message}" for error in validator(name).iter_errors(json.loads(dumps(document)))]


def objects(schema: Any, path: str = "$") -> Iterator[tuple[str, Any]]:
    """Yields every object that a schema describes by its keys."""
    if "properties" in schema:
        yield path, schema
        for key, value in schema["properties"].items():
            yield from objects(value, f"{path}.{key}")
    if "items" in schema:
        yield from objects(schema["items"], f"{path}[]")


def keys(document: Any, path: str = "$") -> Iterator[str]:
    if isinstance(document, dict):
        for key, value in document.items():
            yield f"{path}.{key}"
            yield from keys(value, f"{path}.{key}")
    elif isinstance(document, list):
        for value in document:
            yield from keys(value, f"{path}[]")


@pytest.mark.parametrize("path", SAMPLES, ids=lambda path: path.name)
def test_a_golden_file_satisfies_its_schema(path: Path) -> None:
    name = path.stem.partition("-")[0]

    assert faults(name, json.loads(path.read_text(encoding="utf-8"))) == []


@pytest.mark.slow
def test_a_plan_and_an_outcome_that_create_satisfy_their_schemas(examples: Examples) -> None:
    assert faults("plan", plan_json(examples.plan)) == []
    assert faults("plan", plan_json(examples.plan_after)) == []
    assert faults("outcome", outcome_json(examples.outcome)) == []


@pytest.mark.slow
def test_a_plan_and_an_outcome_that_change_satisfy_their_schemas() -> None:
    with changed() as options:
        plan = preview(options).plan
        outcome = run(options)

    assert plan.changes
    assert outcome.totals.done
    assert faults("plan", plan_json(plan)) == []
    assert faults("outcome", outcome_json(outcome)) == []


@pytest.mark.slow
def test_the_outcome_of_a_killed_run_satisfies_its_schema(examples: Examples) -> None:
    times = {"started_at": "2026-01-01T00:00:00.000Z", "last_at": "2026-01-01T00:00:01.000Z"}

    assert faults("outcome", rebuilt_json(plan_json(examples.plan), {}, **times)) == []


@pytest.mark.parametrize("name", NAMES)
def test_every_object_is_closed_and_every_key_described(name: str) -> None:
    for path, schema in objects(validator(name).schema):
        assert schema["additionalProperties"] is False, path
        assert all(key.get("description") for key in schema["properties"].values()), path


@pytest.mark.parametrize("name", NAMES)
def test_every_key_of_a_schema_is_written(name: str) -> None:
    """A key that the product no longer writes must leave the schema."""
    plan = full_plan()
    owner = Ref("DataTable", "Tiers")
    part = replace(plan.changes[0], part_of=owner, origin=owner, table=TableChange(columns=("id", "tier")))
    samples = [plan_json(replace(plan, changes=(part,)))] + [json.loads(path.read_text("utf-8")) for path in SAMPLES]
    described = {f"{path}.{key}" for path, schema in objects(validator(name).schema) for key in schema["properties"]}

    assert described - {key for sample in samples for key in keys(sample)} == set()


@pytest.mark.slow
@pytest.mark.parametrize("name", NAMES)
def test_a_key_too_many_and_a_key_too_few_are_faults(name: str) -> None:
    sample = json.loads((GOLDEN / f"{name}.json").read_text(encoding="utf-8"))
    items, key = LISTS[name]
    extra, less = copy.deepcopy(sample), copy.deepcopy(sample)
    extra[items][0]["unheard-of"] = 1
    del less[items][0][key]

    assert len(faults(name, extra)) == 1
    assert len(faults(name, less)) == 1
