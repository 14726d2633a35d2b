"""The digest of a plan: what changes it, and what does not. Plans are values here; no instance makes them."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from dataclasses import replace
from random import Random
from typing import Any

import pytest
from hypothesis import given

from reconciler.errors import Source
from reconciler.model import Action, Change, Estimate, FieldChange, Finding, Key, Linked, Plan, Ref, RowChange, Scope
from reconciler.report import dumps, plan_json
from reconciler.review.digest import digest, digest_of, meaning
from tests.builders.plans import MOMENT, cell, empty_plan, full_plan, small_plan, texts
from tests.builders.values import cell as any_cell
from tests.builders.values import plan_of, tame_cells

Edit = Callable[[Change], Change]


def edited(plan: Plan, at: int, edit: Edit) -> Plan:
    changes = list(plan.changes)
    changes[at] = edit(changes[at])
    return replace(plan, changes=tuple(changes))


def table(**more: Any) -> Edit:
    return lambda change: replace(change, table=replace(change.table, **more))


def first(part: str, **more: Any) -> Edit:
    """Returns an edit of the first field, cell or row of a change."""

    def edit(change: Change) -> Change:
        if part == "fields":
            return replace(change, fields=(replace(change.fields[0], **more), *change.fields[1:]))
        one, *others = getattr(change.table, part)
        return replace(change, table=replace(change.table, **{part: (replace(one, **more), *others)}))

    return edit


# Everything that a reviewer sees.

UPDATED = 3  # the change of the full plan that has fields, cells, rows and keys
SHOWN: dict[str, Edit] = {
    "kind": lambda change: replace(change, ref=Ref("Queue", change.ref.name)),
    "name": lambda change: replace(change, ref=Ref(change.ref.kind, "Other")),
    "action": lambda change: replace(change, action=Action.REPLACE),
    "irreversible": lambda change: replace(change, irreversible=True),
    "owner": lambda change: replace(change, part_of=Ref("DataTable", "Other")),
    "one field less": lambda change: replace(change, fields=change.fields[1:]),
    "field twice": lambda change: replace(change, fields=(*change.fields, change.fields[0])),
    "field": first("fields", field="status"),
    "item of a field": first("fields", item="x"),
    "place in a field": first("fields", inner="x"),
    "before of a field": first("fields", before=None),
    "after of a field": first("fields", after=None),
    "one cell less": lambda change: table(cells=change.table.cells[1:])(change),
    "cell twice": lambda change: table(cells=(*change.table.cells, change.table.cells[0]))(change),
    "key of a cell": first("cells", key={"CustomerID": "x"}),
    "name in the key of a cell": first("cells", key={"ID": ""}),
    "attribute of a cell": first("cells", attribute="Points"),
    "action of a cell": first("cells", action=Action.CREATE),
    "type of a cell": first("cells", value_type="TEXT_LIST"),
    "before of a cell": first("cells", before=None),
    "after of a cell": first("cells", after=""),
    "no row": table(rows=()),
    "row before": first("rows", before={"CustomerID": "x"}),
    "row after": first("rows", after={"CustomerID": "x"}),
    "keys": table(keys=()),
    "name of a key": table(keys=texts("ID")),
    "type of a key": table(keys=(Key("CustomerID", "NUMBER", False),)),
    "case of a key": table(keys=(Key("CustomerID", "TEXT", True),)),
}


@pytest.mark.parametrize("edit", SHOWN.values(), ids=SHOWN)
def test_every_part_that_is_shown_changes_the_digest(edit: Edit) -> None:
    assert digest(edited(full_plan(), UPDATED, edit)) != digest(full_plan())


@pytest.mark.parametrize("word", ["stack", "environment", "instance"])
def test_the_scope_changes_the_digest(word: str) -> None:
    plan = small_plan()

    assert digest(replace(plan, scope=replace(plan.scope, **{word: "other"}))) != digest(plan)


@pytest.mark.parametrize(("instance", "counts"), [("", True), ("arn", False)])
def test_account_and_region_count_if_there_is_no_instance(instance: str, counts: bool) -> None:
    here = Scope("centre", "prod", instance, "111122223333", "us-east-1")
    elsewhere = [replace(here, account="444455556666"), replace(here, region="us-west-2")]

    digests = {digest(replace(small_plan(), scope=scope)) for scope in (here, *elsewhere)}

    assert len(digests) == (3 if counts else 1)


def test_every_change_counts() -> None:
    plan = full_plan()
    actionable = [at for at, change in enumerate(plan.changes) if change.action is not Action.BLOCKED]

    less = {digest(replace(plan, changes=(*plan.changes[:at], *plan.changes[at + 1 :]))) for at in actionable}

    assert len(less - {digest(plan)}) == len(actionable)


@given(tame_cells)
def test_every_cell_counts(cells: dict[tuple[str, str], tuple[str | None, str | None]]) -> None:
    changes = [any_cell({"K": row}, name, *sides) for (row, name), sides in cells.items()]

    digests = {digest(plan_of(*changes[:at], *changes[at + 1 :])) for at in range(len(changes))}

    assert len(digests) == len(changes)
    assert digest(plan_of(*changes)) not in digests


@pytest.mark.parametrize(("value_type", "text"), [("TEXT", "${Queue/q.id}"), ("TEXT_LIST", '["${Queue/q.id}"]')])
def test_a_reference_is_not_a_plain_text_that_looks_like_one(value_type: str, text: str) -> None:
    plain, linked = (plan_of(cell("A", None, each, value_type, K="a")) for each in (text, Linked(text)))

    assert digest(plain) != digest(linked)


# Everything else.

HIDDEN: dict[str, Edit] = {
    "reason": lambda change: replace(change, reason="another reason"),
    "source": lambda change: replace(change, source=Source("elsewhere.yaml", 9)),
    "steps": lambda change: replace(change, steps=()),
    "time": lambda change: replace(change, modified=None, region="us-west-2"),
    "targets": lambda change: replace(change, let_go=frozenset({Ref("Queue", "q")})),
    "time of a cell": first("cells", modified=MOMENT, region="us-west-2"),
    "fate of a row": first("cells", row=Action.DELETE),
    "identity of a row": first("cells", identity=("x",)),
    "unchanged": table(unchanged=99),
    "lock level": table(level="VALUE"),
    "columns": table(columns=("CustomerID", "Tier")),
}


@pytest.mark.parametrize("edit", HIDDEN.values(), ids=HIDDEN)
def test_parts_that_no_reviewer_approves_do_not_change_the_digest(edit: Edit) -> None:
    assert digest(edited(full_plan(), UPDATED, edit)) == digest(full_plan())


@pytest.mark.parametrize(
    "more",
    [
        {"orphans": ()},
        {"findings": (Finding("error", "Queue/q", "no"),)},
        {"estimate": Estimate(1.0, {})},
        {"unchanged": 7},
    ],
    ids=["orphans", "findings", "estimate", "unchanged"],
)
def test_remarks_do_not_change_the_digest(more: dict[str, Any]) -> None:
    assert digest(replace(full_plan(), **more)) == digest(full_plan())


def test_blocked_changes_do_not_change_the_digest() -> None:
    blocked = Change(Action.BLOCKED, Ref("Queue", "q"), fields=(FieldChange("description", "a", "b"),))
    plan = full_plan()

    assert digest(replace(plan, changes=(*plan.changes, blocked))) == digest(plan)
    assert digest(replace(empty_plan(), changes=(blocked,))) == digest(empty_plan())


@pytest.mark.parametrize("seed", range(5))
def test_the_order_of_parts_does_not_change_the_digest(seed: int) -> None:
    assert digest(mixed(full_plan(), Random(seed))) == digest(full_plan())  # noqa: S311 (no secret)


def mixed(plan: Plan, random: Random) -> Plan:
    def any_order(things: tuple[Any, ...]) -> tuple[Any, ...]:
        return tuple(random.sample(things, len(things)))

    def changes() -> Iterator[Change]:
        for change in any_order(plan.changes):
            parts = {name: any_order(getattr(change.table, name)) for name in ("cells", "rows")}
            turned = [replace(it, key=dict(reversed(it.key.items()))) for it in parts["cells"]]
            fields = any_order(change.fields)
            yield replace(change, fields=fields, table=replace(change.table, **{**parts, "cells": tuple(turned)}))

    return replace(plan, changes=tuple(changes()))


@pytest.mark.parametrize(
    ("value_type", "one", "other"),
    [
        ("NUMBER", "2", "2.00"),
        ("BOOLEAN", "true", "True"),
        ("TEXT_LIST", '["a","b"]', '["a", "b"]'),
        ("NUMBER_LIST", "[1, 2.0]", "[1.0, 2]"),
    ],
)
def test_the_spelling_of_a_value_does_not_change_the_digest(value_type: str, one: str, other: str) -> None:
    first, second = (plan_of(cell("A", None, text, value_type, K="a")) for text in (one, other))

    assert digest(first) == digest(second)
    assert meaning(value_type, one) == meaning(value_type, other)


def test_the_spelling_of_a_text_changes_the_digest() -> None:
    assert digest(plan_of(cell("A", None, "2", K="a"))) != digest(plan_of(cell("A", None, "2.0", K="a")))


def test_a_whole_number_in_a_field_may_be_written_as_a_float() -> None:
    one, other = (small_plan(), small_plan())
    fields = [(FieldChange("maxContacts", None, number),) for number in (2, 2.0)]

    assert digest(edited(one, 0, lambda it: replace(it, fields=fields[0]))) == digest(
        edited(other, 0, lambda it: replace(it, fields=fields[1]))
    )


# Plans in files.


LIKE = plan_of(*(cell("A", one, other, K=one) for one, other in (("${Queue/q.id}", "$${Queue/q.id}"), ("$", "${"))))
PLANS = {"full": full_plan(), "small": small_plan(), "empty": empty_plan(), "like references": LIKE}


@pytest.mark.parametrize("plan", PLANS.values(), ids=PLANS)
def test_a_file_has_the_digest_of_its_plan(plan: Plan) -> None:
    assert digest_of(json.loads(dumps(plan_json(plan)))) == digest(plan)


def test_the_digest_of_a_file_ignores_the_one_it_states() -> None:
    assert digest_of({**plan_json(small_plan()), "digest": "0" * 64}) == digest(small_plan())


@pytest.mark.parametrize("word", ["format_version", "stack", "environment", "instance", "changes"])
def test_a_file_without_a_part_has_no_digest(word: str) -> None:
    file = plan_json(small_plan())
    del file[word]

    with pytest.raises(KeyError):
        digest_of(file)


def test_a_row_change_is_not_a_cell_change() -> None:
    moved = edited(small_plan(), 0, table(cells=(), rows=(RowChange({"K": "a"}, {"K": "b"}),)))

    assert digest_of(json.loads(dumps(plan_json(moved)))) == digest(moved) != digest(small_plan())
