"""The plan made now beside a reviewed one: each kind of difference, without an instance."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

import pytest

from reconciler.errors import StalePlanError
from reconciler.model import Action, Change, FieldChange, Item, Linked, Plan, Ref, RowChange, Scope, Status, TableChange
from reconciler.report import dumps, plan_json
from reconciler.review.agreement import SHORTEST, check_digest, check_reviewed, check_whole
from reconciler.review.digest import digest, digest_of
from tests.builders.plans import cell, full_plan, small_plan

TABLE = Ref("DataTable", "T")
CELLS = (cell("A", "1", "2", K="a"), cell("N", "1", "2", "NUMBER", K="a"), cell("A", None, "x"))
FIELDS = (FieldChange("description", "old", "new"), FieldChange("tags", None, "a", item="Team"))
ROWS = (RowChange({"K": "a"}, {"K": "b"}),)


def plan(*changes: Change) -> Plan:
    return Plan(Scope("centre", "prod", "arn"), changes or (change(),))


def change(action: Action = Action.UPDATE, ref: Ref = TABLE, **more: Any) -> Change:
    """Returns a change of two fields, three cells and one key, or of those that `more` has."""
    parts = {"cells": CELLS, "rows": ROWS, **{name: more.pop(name) for name in ("cells", "rows") if name in more}}
    return Change(action, ref, table=TableChange(**parts), **{"fields": FIELDS, **more})


def file(reviewed: Plan) -> dict[str, Any]:
    return dict(json.loads(dumps(plan_json(reviewed))))


def check(now: Plan, reviewed: Plan) -> dict[Item, Any]:
    return dict(check_reviewed(now, file(reviewed)))


def refused(now: Plan, reviewed: Plan) -> str:
    with pytest.raises(StalePlanError) as stale:
        check(now, reviewed)
    message, _, remedy = str(stale.value).partition("; ")
    assert remedy == "nothing was written; plan and review again"
    return message


# Agreement.


@pytest.mark.parametrize("reviewed", [plan(), full_plan(), small_plan()], ids=["every part", "full", "small"])
def test_a_plan_agrees_with_itself(reviewed: Plan) -> None:
    assert check(reviewed, reviewed) == {}


def test_a_part_of_the_reviewed_plan_agrees() -> None:
    less = change(fields=FIELDS[:1], cells=CELLS[:1], rows=())

    assert check(plan(less), plan(change(), change(ref=Ref("DataTable", "U")))) == {}
    assert check(plan(change(fields=(), cells=(), rows=())), plan()) == {}


def test_a_part_and_a_resource_of_one_address_are_two_changes() -> None:
    part = change(Action.DELETE, part_of=Ref("DataTable", "Owner"), fields=(), cells=(), rows=())
    both = plan(change(), part)

    check_whole(file(both), "plan.json")
    assert check(both, both) == {}
    assert check(plan(part), both) == {}


def test_a_blocked_change_needs_no_review() -> None:
    assert check(plan(change(Action.BLOCKED, Ref("DataTable", "U"))), plan()) == {}


@pytest.mark.parametrize(("reviewed", "now"), [(Action.CREATE, Action.UPDATE), (Action.UPDATE, Action.CREATE)])
def test_a_creation_may_have_become_an_update(reviewed: Action, now: Action) -> None:
    assert check(plan(change(now)), plan(change(reviewed))) == {}


def test_another_spelling_of_a_number_agrees() -> None:
    now = change(fields=(), cells=(cell("N", "1.0", "2.00", "NUMBER", K="a"),))

    assert check(plan(now), plan()) == {}


def test_a_plain_text_that_looks_like_a_reference_agrees_with_itself() -> None:
    texts = (cell("A", "${Queue/q.id}", Linked("${Queue/q.id}"), K="a"),)

    assert check(plan(change(cells=texts)), plan(change(cells=texts))) == {}


# Conflicts: another writer has changed a value since.


def test_a_field_with_another_live_value_is_a_conflict() -> None:
    now = change(fields=(replace(FIELDS[0], before="theirs"), FIELDS[1]))

    ((item, result),) = check(plan(now), plan()).items()

    assert item == Item(0, "field", 0)
    assert (result.status, result.code, result.found, result.looked) == (Status.CONFLICT, "Conflict", "theirs", True)
    assert result.message == 'was "old" at the review; another writer has changed it since; it is left alone'


def test_a_field_that_was_absent_at_the_review_is_a_conflict() -> None:
    now = change(fields=(replace(FIELDS[1], before="theirs"),))

    ((item, result),) = check(plan(now), plan()).items()

    assert (item, result.found) == (Item(0, "field", 0), "theirs")
    assert result.message.startswith("was (absent) at the review")


@pytest.mark.parametrize(
    ("at", "before", "was"),
    [(0, "theirs", '"1"'), (0, None, '"1"'), (0, "1.0", '"1"'), (1, "1.5", '"1"'), (2, "theirs", "(absent)")],
)
def test_a_cell_with_another_live_value_is_a_conflict(at: int, before: str | None, was: str) -> None:
    cells = tuple(replace(it, before=before) if number == at else it for number, it in enumerate(CELLS))

    ((item, result),) = check(plan(change(), change(cells=cells, ref=Ref("DataTable", "U"))), _two()).items()

    assert (item, result.found) == (Item(1, "cell", at), before)
    assert result.message.startswith(f"was {was} at the review")


def _two() -> Plan:
    return plan(change(), change(ref=Ref("DataTable", "U")))


def test_a_text_is_not_the_reference_that_it_was() -> None:
    reviewed = change(cells=(cell("A", Linked("${Queue/q.id}"), "x", K="a"),))
    now = change(cells=(cell("A", "${Queue/q.id}", "x", K="a"),))

    assert [*check(plan(now), plan(reviewed))] == [Item(0, "cell", 0)]


# Refusals: the plan has something that was not reviewed.


@pytest.mark.parametrize(
    ("now", "message"),
    [
        (change(fields=(FieldChange("timeZone", "UTC", "CET"),)), "DataTable/T timeZone: is not in the reviewed plan"),
        (
            change(fields=(replace(FIELDS[0], after="newer"),)),
            "DataTable/T description: has another value in the reviewed plan",
        ),
        (change(fields=(replace(FIELDS[1], item="Other"),)), "DataTable/T tags[Other]: is not in the reviewed plan"),
        (change(cells=(cell("B", "1", "2", K="a"),)), "DataTable/T K=a · B: is not in the reviewed plan"),
        (change(cells=(cell("A", "1", "2", K="z"),)), "DataTable/T K=z · A: is not in the reviewed plan"),
        (change(cells=(cell("A", "1", "3", K="a"),)), "DataTable/T K=a · A: has another value in the reviewed plan"),
        (change(cells=(cell("A", "1", None, K="a"),)), "DataTable/T K=a · A: has another value in the reviewed plan"),
        (
            change(cells=(cell("A", None, "y"),)),
            "DataTable/T (default record) · A: has another value in the reviewed plan",
        ),
        (
            change(rows=(RowChange({"K": "a"}, {"K": "c"}),)),
            "DataTable/T: the new key K=c is not in the reviewed plan",
        ),
        (
            change(rows=(RowChange({"K": "z"}, {"K": "b"}),)),
            "DataTable/T: the new key K=b is not in the reviewed plan",
        ),
        (change(ref=Ref("DataTable", "U")), "DataTable/U: update is not in the reviewed plan"),
        (change(Action.DELETE), "DataTable/T: delete is not in the reviewed plan"),
        (change(Action.REPLACE), "DataTable/T: replace is not in the reviewed plan"),
        (change(Action.ADOPT), "DataTable/T: adopt is not in the reviewed plan"),
        (change(part_of=Ref("DataTable", "Owner")), "DataTable/T: update is not in the reviewed plan"),
    ],
)
def test_an_item_that_was_not_reviewed_stops_everything(now: Change, message: str) -> None:
    assert refused(plan(now), plan()) == message


def test_a_blocked_change_of_the_review_permits_nothing() -> None:
    blocked = replace(plan(), changes=(change(Action.BLOCKED, fields=(), cells=(), rows=()),))

    assert refused(plan(), blocked) == "DataTable/T: update is not in the reviewed plan"


@pytest.mark.parametrize("action", [Action.DELETE, Action.REPLACE, Action.ADOPT])
def test_a_reviewed_deletion_is_permitted(action: Action) -> None:
    assert check(plan(change(action)), plan(change(action))) == {}


@pytest.mark.parametrize(("word", "mine"), [("stack", "centre"), ("environment", "prod"), ("instance", "arn")])
def test_a_review_of_another_place_stops_everything(word: str, mine: str) -> None:
    other = Plan(replace(plan().scope, **{word: "élsewhere"}), (change(),))

    assert refused(plan(), other) == f'the reviewed plan is for {word} "élsewhere", but this is "{mine}"'


def test_a_review_of_an_account_and_region_is_named_as_a_place() -> None:
    here = replace(plan(), scope=Scope("centre", "prod", account="111122223333", region="eu-west-2"))

    assert refused(plan(), here) == 'the reviewed plan is for place "111122223333/eu-west-2", but this is "arn"'
    assert check(here, here) == {}


# Digests.


@pytest.mark.parametrize("length", [1, SHORTEST, 64])
def test_the_beginning_of_a_digest_is_enough(length: int) -> None:
    check_digest(plan(), digest(plan())[:length])
    check_digest(plan(), digest(plan())[:length].upper())


def test_another_digest_is_refused_with_both() -> None:
    with pytest.raises(StalePlanError, match=f"is {digest(plan())[:SHORTEST]}, but the reviewed plan was {'0' * 12}:"):
        check_digest(plan(), "0" * 64)


def test_a_whole_file_is_accepted() -> None:
    check_whole(file(full_plan()), "plan.json")


def test_a_repeated_change_is_refused() -> None:
    edited = file(plan())
    edited["changes"] *= 2
    edited["digest"] = digest_of(edited)

    with pytest.raises(StalePlanError, match="its content does not match its digest"):
        check_whole(edited, "plan.json")


@pytest.mark.parametrize("part", ["fields", "cells", "rows"])
def test_a_blocked_change_with_items_is_refused(part: str) -> None:
    edited = file(plan(change(), change(Action.BLOCKED, Ref("DataTable", "U"), fields=(), cells=(), rows=())))
    check_whole(edited, "plan.json")
    edited["changes"][1][part] = edited["changes"][0][part]

    with pytest.raises(StalePlanError, match="its content does not match its digest"):
        check_whole(edited, "plan.json")


@pytest.mark.parametrize("part", ["fields", "cells", "rows"])
def test_a_repeated_item_is_refused(part: str) -> None:
    edited = file(plan())
    edited["changes"][0][part] += edited["changes"][0][part]
    edited["digest"] = digest_of(edited)

    with pytest.raises(StalePlanError, match=r"^plan\.json: its content does not match its digest"):
        check_whole(edited, "plan.json")
