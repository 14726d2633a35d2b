"""Rebuilt plans and outcomes give the same reports as the original values."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given

from reconciler.errors import Source, UsageError
from reconciler.model import Action, Key, Outcome, Plan, Scope
from reconciler.report import (
    drift_markdown,
    dumps,
    is_outcome,
    outcome_json,
    outcome_markdown,
    outcome_of,
    plan_json,
    plan_markdown,
    plan_of,
    read_plan,
)
from reconciler.review.digest import digest
from tests.builders.plans import declined_outcome, done_outcome, empty_plan, full_outcome, full_plan, small_plan
from tests.builders.values import cell, hostile
from tests.builders.values import plan_of as one_change

PLANS = [full_plan(), small_plan(), empty_plan()]
OUTCOMES = [full_outcome(), done_outcome(), declined_outcome()]


def without_columns(plan: Plan) -> Plan:
    """Drops columns of sources, which JSON does not have."""

    def shortened(source: Source | None) -> Source | None:
        return source and source._replace(column=0)

    changes = tuple(replace(change, source=shortened(change.source)) for change in plan.changes)
    findings = tuple(finding._replace(source=shortened(finding.source)) for finding in plan.findings)
    return replace(plan, changes=changes, findings=findings)


@pytest.mark.parametrize("plan", PLANS)
def test_a_rebuilt_plan_gives_the_same_reports(plan: Plan) -> None:
    rebuilt = plan_of(read_plan(dumps(plan_json(plan))))

    assert plan_markdown(rebuilt) == plan_markdown(without_columns(plan))
    assert drift_markdown(rebuilt) == drift_markdown(without_columns(plan))
    assert digest(rebuilt) == digest(plan)
    assert plan_json(rebuilt) == plan_json(plan)


def test_a_rebuilt_plan_has_the_whole_scope() -> None:
    here = Scope("shop", "ops", account="111122223333", region="eu-west-2")

    assert plan_of(plan_json(Plan(here))).scope == here
    assert plan_of(plan_json(full_plan())).scope == full_plan().scope


@pytest.mark.parametrize("outcome", OUTCOMES)
def test_a_rebuilt_outcome_gives_the_same_reports(outcome: Outcome) -> None:
    document = read_plan(dumps(outcome_json(outcome)))

    assert is_outcome(document)
    assert outcome_markdown(outcome_of(document)) == outcome_markdown(outcome)


def test_a_file_without_numbers_of_rows_still_counts() -> None:
    """B1: files of older versions lack them; the cells that differ decide then."""
    document = plan_json(full_plan())
    del document["summary"]["rows"]
    for change in document["changes"]:
        change.pop("counts", None)

    text = plan_markdown(plan_of(read_plan(dumps(document))))

    assert "rows: 252 added, 19 changed, 1 deleted, 1 renamed" in text


def test_the_action_of_a_row_survives() -> None:
    filled = replace(cell({"K": "1"}, "A", None, "x"), row=Action.UPDATE)
    plan = one_change(filled, keys=(Key("K", "TEXT", False),))

    assert plan_of(plan_json(plan)).changes[0].table.cells[0].row is Action.UPDATE


@given(hostile, hostile, hostile)
def test_any_value_survives(key: str, before: str, after: str) -> None:
    plan = one_change(cell({"K": key}, "A", before, after), keys=(Key("K", "TEXT", False),))
    document = json.loads(json.dumps(plan_json(plan)))

    assert plan_json(plan_of(document)) == plan_json(plan)


@pytest.mark.parametrize(
    "wrong",
    [
        {"orphans": [{}]},
        {"findings": [{"message": 1}]},
        {"estimate": {"seconds": "soon"}},
        {"changes": [{"address": "A/b", "action": "update", "fields": [], "cells": [], "rows": [], "reason": 5}]},
        {"unchanged": "all"},
    ],
)
def test_a_damaged_plan_is_one_line_that_names_the_file(wrong: dict[str, Any]) -> None:
    document = {**plan_json(small_plan()), **wrong}

    with pytest.raises(UsageError, match=r"^p\.json is damaged: ") as raised:
        plan_of(document, "p.json")

    assert len(str(raised.value).splitlines()) == 1


@pytest.mark.parametrize("count", [-1, 10**12])
def test_a_huge_count_in_a_file_is_refused(count: int) -> None:
    document = plan_json(small_plan())
    document["changes"][0]["calls"] = [{"operation": "connect:X", "count": count}]

    with pytest.raises(UsageError, match="count"):
        plan_of(document)
