"""The JSON of plans and outcomes: the keys that other programs rely on, and equal bytes for equal plans."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reconciler.errors import Source
from reconciler.model import (
    Action,
    Call,
    CellChange,
    Change,
    Does,
    Estimate,
    FieldChange,
    Finding,
    Item,
    Outcome,
    Plan,
    Ref,
    Result,
    RowChange,
    Scope,
    Size,
    Status,
    Step,
    TableChange,
)
from reconciler.report import dumps, outcome_json, plan_json, read_plan

NOON = datetime(2026, 1, 1, 12, tzinfo=UTC)
SCOPE = Scope("stack", "prod", "arn:aws:connect:ca-central-1:111122223333:instance/i")

KEYS: tuple[dict[str, str], ...] = ({"K": "1", "L": "2"}, {"L": "2", "K": "1"})


def cell(before: str | None, after: str | None, **key: str) -> CellChange:
    action = Action.CREATE if before is None else Action.DELETE if after is None else Action.UPDATE
    return CellChange(action, key, "A", before, after, "TEXT", tuple(key.values()))


def change(*cells: CellChange, **more: Any) -> Change:
    of_table = {name: more.pop(name) for name in ("rows", "keys") if name in more}
    return Change(Action.UPDATE, Ref("DataTable", "T"), table=TableChange(cells=cells, **of_table), **more)


def plan(*changes: Change) -> Plan:
    return Plan(SCOPE, changes)


def only_cell(made: Plan) -> dict[str, Any]:
    return dict(plan_json(made)["changes"][0]["cells"][0])


def ran(made: Plan, results: dict[Item, Result]) -> dict[str, Any]:
    return outcome_json(Outcome(made, "partial", 5, NOON, NOON, results))


def test_a_change_has_the_keys_of_the_contract() -> None:
    made = change(
        reason="why",
        irreversible=True,
        source=Source("a.yaml", 3, 7),
        fields=(FieldChange("attributes", 20, 40, item="Tier", inner="validation.maxLength"),),
        rows=(RowChange({"K": "a"}, {"K": "b"}),),
        steps=(Step(Call("connect", "BatchUpdateDataTableValue", {}), Does.CELLS),) * 2,
    )

    assert plan_json(plan(made))["changes"] == [
        {
            "address": "DataTable/T",
            "action": "update",
            "reason": "why",
            "irreversible": True,
            "source": {"file": "a.yaml", "line": 3},
            "fields": [{"path": "attributes[Tier].validation.maxLength", "before": 20, "after": 40}],
            "cells": [],
            "rows": [{"action": "rename", "from": {"K": "a"}, "to": {"K": "b"}}],
            "calls": [{"operation": "connect:BatchUpdateDataTableValue", "count": 2}],
            "counts": {
                "rows": {"create": 0, "update": 0, "delete": 0, "rename": 1},
                "cells": {"create": 0, "update": 0, "delete": 0},
            },
        }
    ]


def test_the_summary_sums_the_rows_and_cells_of_all_changes() -> None:
    """B1, M2."""
    gone = Change(Action.DELETE, Ref("DataTable", "Gone"), table=TableChange(size=Size(300, {"A": 300, "B": 299})))
    document = plan_json(plan(change(cell("a", None, K="1"), cell(None, "b", K="2")), gone))

    assert document["summary"]["rows"] == {"create": 1, "update": 0, "delete": 301, "rename": 0}
    assert document["summary"]["cells"] == {"create": 1, "update": 0, "delete": 600}
    assert [each["counts"]["rows"]["delete"] for each in document["changes"]] == [1, 300]


def test_a_cell_has_the_action_of_its_row() -> None:
    made = replace(cell(None, "b", K="1"), row=Action.UPDATE)

    assert only_cell(plan(change(made)))["row"] == "update"


def test_an_absent_cell_is_null_and_an_empty_text_is_not() -> None:
    document = only_cell(plan(change(cell(None, "", K="1"))))

    assert (document["before"], document["after"]) == (None, "")


def test_the_default_record_has_an_empty_key() -> None:
    assert only_cell(plan(change(cell("a", "b"))))["key"] == {}


def test_a_cell_keeps_its_wire_text() -> None:
    assert only_cell(plan(change(cell("2.0", "[1, 2.50]", K="1"))))["after"] == "[1, 2.50]"


def test_the_order_of_key_names_does_not_matter() -> None:
    one, other = (plan(change(CellChange(Action.UPDATE, key, "A", "a", "b", "TEXT", ("1", "2")))) for key in KEYS)

    assert dumps(plan_json(one)) == dumps(plan_json(other))


def test_a_finding_has_its_place_and_an_orphan_its_address() -> None:
    found = Finding("warning", "DataTable/T", "look", Source("a.csv", 4))
    document = plan_json(Plan(SCOPE, orphans=(Ref("DataTable", "Old"),), findings=(found,)))

    assert document["orphans"] == [{"address": "DataTable/Old"}]
    assert document["findings"] == [
        {"severity": "warning", "address": "DataTable/T", "message": "look", "source": {"file": "a.csv", "line": 4}}
    ]


def test_an_estimate_counts_calls_by_operation() -> None:
    estimate = Estimate(1.23456, {"connect:B": 2, "connect:A": 1})

    document = plan_json(Plan(SCOPE, estimate=estimate))["estimate"]

    assert document == {"calls": 3, "seconds": 1.235, "operations": {"connect:A": 1, "connect:B": 2}}
    assert list(document["operations"]) == ["connect:A", "connect:B"]


def test_times_are_utc_whatever_their_zone() -> None:
    toronto = datetime(2026, 1, 1, 7, tzinfo=timezone(timedelta(hours=-5)))

    document = plan_json(plan(change(modified=toronto, region="ca-central-1")))["changes"][0]

    assert document["lastModified"] == {"time": "2026-01-01T12:00:00Z", "region": "ca-central-1"}


def test_an_item_has_its_result() -> None:
    made = plan(change(cell("a", "b", K="1")))
    document = ran(made, {Item(0, "cell", 0): Result(Status.FAILED, "no", "Code", "r-1")})["changes"][0]["cells"][0]

    assert (document["status"], document["message"], document["code"], document["requestId"]) == (
        "failed",
        "no",
        "Code",
        "r-1",
    )


def test_before_is_the_live_value_that_the_run_found() -> None:
    made = plan(change(cell("a", "b", K="1"), cell("a", "b", K="2")))
    results = {
        Item(0, "cell", 0): Result(Status.CONFLICT, found="c", looked=True),
        Item(0, "cell", 1): Result(Status.DONE),
    }

    assert [document["before"] for document in ran(made, results)["changes"][0]["cells"]] == ["c", "a"]


@pytest.mark.parametrize(
    ("statuses", "worst"),
    [
        ([Status.DONE, Status.DONE], "done"),
        ([Status.DONE, Status.SKIPPED], "skipped"),
        ([Status.CONFLICT, Status.SKIPPED], "conflict"),
        ([Status.CONFLICT, Status.FAILED], "failed"),
    ],
)
def test_a_change_has_the_status_of_its_worst_item(statuses: list[Status], worst: str) -> None:
    made = plan(change(cell("a", "b", K="1"), cell("a", "b", K="2")))
    results = {Item(0, "cell", at): Result(status) for at, status in enumerate(statuses)}

    assert ran(made, results)["changes"][0]["status"] == worst


def test_an_item_that_the_run_did_not_reach_has_no_status() -> None:
    assert ran(plan(change(cell("a", "b", K="1"))), {})["changes"][0]["cells"][0]["status"] is None


def test_an_outcome_contains_its_plan() -> None:
    outcome = Outcome(
        plan(), "done", 0, NOON, NOON + timedelta(seconds=1.5), {}, {"connect:B": 1, "connect:A": 2}, 3, 4, "well"
    )
    document = outcome_json(outcome)

    assert {key: document[key] for key in list(document)[-9:]} == {
        "status": "done",
        "exitCode": 0,
        "startedAt": "2026-01-01T12:00:00.000Z",
        "finishedAt": "2026-01-01T12:00:01.500Z",
        "totals": {"asked": 0, "done": 0, "unchanged": 0, "skipped": 0, "failed": 0, "conflict": 0},
        "operations": {"connect:A": 2, "connect:B": 1},
        "retries": 3,
        "conflictsResolved": 4,
        "message": "well",
    }


@given(st.text(), st.text(), st.text(st.characters(categories=None)))
def test_any_value_survives_the_round_trip(key: str, before: str, after: str) -> None:
    made = plan(change(cell(before, after, K=key), fields=(FieldChange(key, [before], {"a": after}),)))

    text = dumps(plan_json(made))

    assert read_plan(text) == plan_json(made)
    assert all(line.isprintable() for line in text.removesuffix("\n").split("\n"))


def test_a_lone_surrogate_can_be_written_as_utf_8() -> None:
    text = dumps(plan_json(plan(change(cell("a", "\ud800", K="1")))))

    assert json.loads(text.encode())["changes"][0]["cells"][0]["after"] == "\ud800"


def test_letters_stay_readable() -> None:
    assert "Montréal 日本" in dumps(plan_json(plan(change(cell("a", "Montréal 日本", K="1")))))


def test_each_cell_has_a_line_of_its_own() -> None:
    text = dumps(plan_json(plan(change(*(cell("a", "b", K=str(at)) for at in range(3))))))

    assert sum('"attribute": "A"' in line for line in text.splitlines()) == 3
