"""Text reports: their content, and that every value stays a value."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, datetime

import pytest
from hypothesis import given

from reconciler.model import (
    Action,
    Change,
    FieldChange,
    Finding,
    Item,
    Outcome,
    Plan,
    Ref,
    Result,
    RowChange,
    Scope,
    Status,
    TableChange,
)
from reconciler.report import drift_text, outcome_text, plan_text
from reconciler.report.visible import visible_text
from tests.builders.plans import full_outcome, full_plan
from tests.builders.values import cell, hostile, plan_of, tame_cells

NOON = datetime(2026, 1, 1, 12, tzinfo=UTC)
WIDE = 1_000_000


def text_of(plan: Plan, width: int = 0) -> list[str]:
    return plan_text(plan, colour=False, width=width).splitlines()


def table(lines: list[str]) -> list[list[str]]:
    """Returns the lines of a plan's only table, header first, as columns."""
    start = next(at for at, line in enumerate(lines) if "cells: " in line and line.startswith("    "))
    rows = [line.strip().split("  ") for line in lines[start + 1 :] if line.startswith("      ")]
    return [[text.strip() for text in row if text.strip()] for row in rows]


@pytest.mark.parametrize(
    ("action", "title"),
    [
        (Action.CREATE, "+ create DataTable/T"),
        (Action.UPDATE, "~ update DataTable/T"),
        (Action.REPLACE, "-/+ replace DataTable/T"),
        (Action.DELETE, "- delete DataTable/T"),
        (Action.ADOPT, "= adopt DataTable/T"),
        (Action.BLOCKED, "! blocked DataTable/T"),
    ],
)
def test_every_action_has_a_symbol_and_a_word(action: Action, title: str) -> None:
    assert title in text_of(plan_of(action=action))


def test_an_irreversible_change_is_marked_beside_its_address() -> None:
    assert "- delete DataTable/T · irreversible" in text_of(plan_of(action=Action.DELETE, irreversible=True))


def test_a_cell_shows_both_values() -> None:
    plan = plan_of(
        cell({"K": "1"}, "A", "old", "new"), cell({"K": "1"}, "B", None, ""), cell({"K": "2"}, "A", "", None)
    )

    assert table(text_of(plan)) == [
        ["K", "A", "B"],
        ["-", "2", '""', "·"],
        ["~", "1", "old → new", '(absent) → ""'],
    ]


def test_a_text_that_looks_like_our_words_is_quoted() -> None:
    assert [visible_text(text) for text in ("(absent)", "·", " a", "a → b", None)] == [
        '"(absent)"',
        '"·"',
        '" a"',
        '"a → b"',
        "(absent)",
    ]


def test_the_default_record_is_named() -> None:
    assert table(text_of(plan_of(cell({}, "A", "old", "new"))))[1] == ["~", "(default record)", "old → new"]


def test_a_fields_text_differs_from_its_number() -> None:
    plan = plan_of(fields=(FieldChange("maxLength", 20, "20"), FieldChange("enum", None, {"values": ["a"]})))

    assert '    ~ maxLength: 20 → "20"' in text_of(plan)
    assert '    + enum: such as "a"' in text_of(plan)


def test_a_renamed_row_shows_both_keys() -> None:
    plan = plan_of(rows=(RowChange({"K": "a", "R": "x"}, {"K": "b", "R": "x"}),))

    assert "    rename K=a, R=x → K=b, R=x" in text_of(plan)


def test_a_new_long_value_is_never_cut() -> None:
    """B2: half of it was an ellipsis."""
    long = "begin " + "word " * 500 + "end"

    assert long in "\n".join(text_of(plan_of(cell({"K": "1"}, "A", "short", long))))
    assert long in "\n".join(text_of(plan_of(cell({"K": "1"}, "A", None, long)), 80))


def test_every_edit_of_a_long_text_is_shown() -> None:
    """B2, S-17: of three edits the last two were cut."""
    before = (
        "Hello and welcome to the Example Bank. Your call is important to us, so it may be monitored and recorded for "
        "training. Our fees are 2 pounds a month."
    )
    after = before.replace("Example", "Sample").replace("training", "sale").replace("2 pounds", "9 pounds")

    lines = text_of(plan_of(cell({"K": "en"}, "Greeting", before, after)), 80)

    assert (
        "          Greeting: Hello and welcome to the [-Example-]{+Sample+} Bank. Your call is … and recorded for "
        "[-training-]{+sale+}. Our fees are [-2-]{+9+} pounds a month."
    ) in lines


def test_a_mark_in_a_value_differs_from_our_own() -> None:
    """B2: an author could write {+marks+} of his own."""
    before = "one {+two+} three [-four-] " + "same words again " * 20 + "end"
    lines = text_of(plan_of(cell({"K": "1"}, "A", before, f"{before} more")), 80)

    (line,) = [line for line in lines if "same words" in line]
    assert line.count("{+") == 1
    assert line.endswith('again end{+ more+}"')


def test_full_shortens_no_value_and_folds_no_list() -> None:
    """B2."""
    before = "word " * 300 + "end"
    cells = [cell({"K": f"{at:03}"}, "A", before, f"{before} {at}") for at in range(250)]

    text = plan_text(plan_of(*cells), colour=False, width=80, full=True)

    assert "…" not in text
    assert all(f"{before} {at}\n" in text for at in range(250))


def test_calls_are_listed_on_request() -> None:
    """M1: a line of calls stood under every change."""
    assert not any("calls: " in line for line in text_of(full_plan()))
    assert "    calls: 1 connect:DeleteDataTable\n" in plan_text(full_plan(), colour=False, with_calls=True)


def test_the_columns_have_the_order_of_the_table() -> None:
    """M15: they had the order of the first difference."""
    cells = (
        cell({"Region": "EU", "Branch": "1"}, "Phone", "a", "b"),
        cell({"Region": "EU", "Branch": "2"}, "City", "a", "b"),
    )

    header = table(text_of(plan_of(*cells, columns=("Branch", "Region", "City", "Phone"))))[0]

    assert header == ["Branch", "Region", "City", "Phone"]


def test_deleted_rows_come_first_with_their_keys_and_values() -> None:
    """M14, B1: what is added came first, and what is deleted was left out."""
    added = [cell({"K": f"a{at:02}"}, "A", None, "new") for at in range(50)]
    deleted = [cell({"K": f"z{at:02}"}, "A", f"old {at}", None) for at in range(30)]

    rows = table(text_of(plan_of(*added, *deleted)))

    assert rows[1:31] == [["-", f"z{at:02}", f"old {at}"] for at in range(30)]
    assert rows[31] == ["+", "a00", "new"]
    assert rows[41] == ["… and 40 more rows: 40 added; --full shows them"]


def test_left_out_rows_are_counted_by_action() -> None:
    """B1: "and 900 more cells"."""
    added = [cell({"K": f"a{at:03}"}, "A", None, "new") for at in range(60)]
    deleted = [cell({"K": f"z{at:03}"}, "A", "old", None) for at in range(1500)]

    assert "      … and 1,520 more rows: 1,460 deleted, 60 added; --full shows them" in text_of(
        plan_of(*added, *deleted)
    )


def test_the_rows_of_a_deleted_table_are_listed() -> None:
    """M1: they were one line of JSON with its middle missing."""
    lost = [{"K": "1", "A": "alpha"}, {"K": "2", "A": "beta"}]
    fields = (FieldChange("timeZone", "UTC", None), FieldChange("values", lost, None))

    lines = text_of(plan_of(action=Action.DELETE, fields=fields, columns=("K", "A")))

    assert lines[lines.index("         K  A") :][:3] == ["         K  A", "      -  1  alpha", "      -  2  beta"]


def test_a_long_table_is_folded_and_says_how_much_is_not_shown() -> None:
    plan = plan_of(*(cell({"K": str(at)}, "A", "a", "b") for at in range(250)))

    assert len(table(text_of(plan))) == 1 + 40 + 1
    assert any(line.strip() == "… and 210 more rows: 210 changed; --full shows them" for line in text_of(plan))


def test_a_created_table_shows_its_first_rows() -> None:
    cells = [cell({"K": f"{at:03}"}, name, None, f"{name}{at}") for at in range(250) for name in ("A", "B")]
    lines = text_of(plan_of(*cells, action=Action.CREATE))

    assert "    rows: 250 added · cells: 500 added" in lines
    assert table(lines)[1] == ["+", "000", "A0", "B0"]
    assert "      … and 225 more rows: 225 added; --full shows them" in lines
    assert len(lines) < 40


def test_a_table_too_wide_for_the_screen_is_listed_by_cell() -> None:
    cells = [cell({"K": "1"}, f"Attribute {at}", "before", "after") for at in range(9)]
    lines = text_of(plan_of(*cells), width=80)

    assert "      ~ K 1" in lines
    assert "          Attribute 8: before → after" in lines


def test_wide_characters_keep_the_columns_aligned() -> None:
    lines = text_of(plan_of(cell({"K": "日本"}, "A", "a", "b"), cell({"K": "abcd"}, "A", "a", "b")))

    assert "      ~  日本  a → b" in lines
    assert "      ~  abcd  a → b" in lines


def test_orphans_say_how_they_are_deleted() -> None:
    lines = text_of(Plan(Scope("s", "e", "i"), orphans=(Ref("DataTable", "Old"),)))

    assert "  ? orphan DataTable/Old" in lines
    assert any("--prune" in line and "--allow-delete" in line and "Removed" in line for line in lines)


def test_warnings_come_before_notices() -> None:
    findings = (Finding("info", "a", "one"), Finding("warning", "b", "two"))
    lines = text_of(Plan(Scope("s", "e", "i"), findings=findings))

    assert lines.index("  warning b: two") < lines.index("  info    a: one")


def test_drift_shows_when_and_where_each_cell_was_changed() -> None:
    moved = replace(cell({"K": "1"}, "A", "live", "ours"), modified=NOON, region="ca-central-1")
    lines = drift_text(plan_of(moved, modified=NOON, region="us-east-1"), colour=False).splitlines()

    assert "      ~  1  live → ours  2026-01-01T12:00:00Z ca-central-1" in lines
    assert any("last changed 2026-01-01T12:00:00Z us-east-1" in line for line in lines)


def test_drift_mentions_calls_only_in_its_last_line() -> None:
    lines = drift_text(full_plan(), colour=False).splitlines()

    assert not any("calls" in line or "connect:Batch" in line for line in lines[:-1])


def test_drift_names_both_remedies() -> None:
    line = drift_text(full_plan(), colour=False).splitlines()[-2]

    assert "`reconcile -e prod apply`" in line
    assert "`reconcile -e prod export --into DIR`" in line


def test_an_outcome_lists_every_failed_and_conflicting_item() -> None:
    text = outcome_text(full_outcome(), colour=False)

    assert "    conflict CustomerID=CUST001 · Tier: found Gold, wanted Premium" in text
    assert "             ResourceNotFoundException: the row is not there · request r-5" in text
    assert text.count("    failed   ") == 3


def test_an_incomplete_outcome_has_a_next_step() -> None:
    assert "\nNext: plan again" in outcome_text(full_outcome(), colour=False)


def test_a_complete_outcome_has_no_next_step() -> None:
    plan = plan_of(cell({"K": "1"}, "A", "a", "b"))
    done = Outcome(plan, "done", 0, NOON, NOON, {Item(0, "cell", 0): Result(Status.DONE)})

    assert "Next:" not in outcome_text(done, colour=False)


def test_colour_adds_only_colours() -> None:
    plain, coloured = (plan_text(full_plan(), colour=colour) for colour in (False, True))

    assert "\x1b" not in plain
    assert plain == _without_colours(coloured)
    assert coloured != plain


def _without_colours(text: str) -> str:
    first, *rest = text.split("\x1b[")
    return first + "".join(piece.partition("m")[2] for piece in rest)


@given(hostile, hostile, hostile)
def test_no_value_can_start_a_line_or_move_the_cursor(key: str, name: str, value: str) -> None:
    for text in _every_text(key, name, value):
        lines = text.removesuffix("\n").split("\n")
        assert all(line.isprintable() for line in lines)
        assert not any(line.lstrip().startswith("::") or "##[" in line for line in lines)
        assert len(text.splitlines()) == len(lines)


@given(hostile, hostile, hostile)
def test_no_value_adds_a_line(key: str, name: str, value: str) -> None:
    lengths, tame = (
        [text.count("\n") for text in _every_text(*texts)] for texts in ((key, name, value), ("k", "n", "v"))
    )

    assert lengths == tame


def _every_text(key: str, name: str, value: str) -> list[str]:
    """Each report with the texts in every place that a plan has for them."""
    change = Change(
        Action.UPDATE,
        Ref("DataTable", name),
        reason="r" + value,
        fields=(FieldChange(name, [value], {name: value}),),
        table=TableChange(
            cells=(cell({name: key}, "A" + name, value, "x" + value),), rows=(RowChange({name: key}, {name: value}),)
        ),
        region=value,
        modified=NOON,
    )
    plan = Plan(Scope("s", name, value), (change,), (Ref("K", name),), (Finding("warning", name, value),))
    failed = Result(Status.FAILED, "m" + value, "c" + value, "r" + value, found=value, looked=True)
    results = {Item(0, part, 0): failed for part in ("field", "row")} | {Item(0, "cell", 0): failed}
    outcome = Outcome(plan, "failed", 1, NOON, NOON, results, message="m" + value)
    return [
        plan_text(plan, colour=False, width=WIDE),
        drift_text(plan, colour=False, width=WIDE),
        outcome_text(outcome, colour=False),
    ]


@given(tame_cells)
def test_a_parsed_table_has_the_cells_of_the_plan(cells: dict[tuple[str, str], tuple[str, str]]) -> None:
    plan = plan_of(*(cell({"Key": key}, name, *sides) for (key, name), sides in cells.items()))

    header, *rows = table(text_of(plan, WIDE))

    found = {
        (row[1], name): sides(row[0], text)
        for row in rows
        for name, text in zip(header[1:], row[2:], strict=True)
        if text != "·"
    }
    assert found == cells


def sides(symbol: str, text: str) -> tuple[str | None, ...]:
    """Returns the sides of a row. A new or deleted row has only one."""
    if symbol == "~":
        return tuple(None if side == "(absent)" else side for side in text.split(" → "))
    return (None, text) if symbol == "+" else (text, None)


@given(hostile)
def test_the_shown_text_identifies_the_value(text: str) -> None:
    seen = visible_text(text)

    assert (json.loads(seen) if seen.startswith('"') else seen) == text


def test_a_finding_without_an_address_is_its_message() -> None:
    plan = Plan(Scope("s", "e", "arn"), findings=(Finding("warning", "", "the quota is near"),))

    assert "  warning the quota is near" in text_of(plan)


def test_drift_that_apply_cannot_fix_does_not_suggest_apply() -> None:
    text = drift_text(plan_of(action=Action.BLOCKED), colour=False)

    assert "Live differs" not in text
    assert "to restore the declared state" not in text
    assert "each blocked item says what it needs" in text
