"""Text reports: what is in them, and that no value can be more than a value."""

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
)
from reconciler.report import drift_text, outcome_text, plan_text
from reconciler.report.visible import shown
from tests.golden.samples import full_outcome, full_plan
from tests.golden.values import cell, hostile, plan_of, steady, tame_cells

NOON = datetime(2026, 1, 1, 12, tzinfo=UTC)
WIDE = 1_000_000


def told(plan: Plan, width: int = 0) -> list[str]:
    return plan_text(plan, colour=False, width=width).splitlines()


def table(lines: list[str]) -> list[list[str]]:
    """The lines of the one table of a plan, header first, as their columns."""
    start = next(at for at, line in enumerate(lines) if line.endswith("cells:") or line.endswith("cell:"))
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
    assert title in told(plan_of(action=action))


def test_an_irreversible_change_says_so_beside_its_address() -> None:
    assert "- delete DataTable/T · irreversible" in told(plan_of(action=Action.DELETE, irreversible=True))


def test_a_cell_shows_what_was_and_what_will_be() -> None:
    plan = plan_of(
        cell({"K": "1"}, "A", "old", "new"), cell({"K": "1"}, "B", None, ""), cell({"K": "2"}, "A", "", None)
    )

    assert table(told(plan)) == [
        ["K", "A", "B"],
        ["~", "1", "old → new", '(absent) → ""'],
        ["-", "2", '"" → (absent)', "·"],
    ]


def test_a_text_that_looks_like_our_words_is_quoted() -> None:
    assert [shown(text) for text in ("(absent)", "·", " a", "a → b", None)] == [
        '"(absent)"',
        '"·"',
        '" a"',
        '"a → b"',
        "(absent)",
    ]


def test_the_default_record_is_named() -> None:
    assert table(told(plan_of(cell({}, "A", "old", "new"))))[1] == ["~", "(default record)", "old → new"]


def test_a_fields_text_is_told_from_its_number() -> None:
    plan = plan_of(fields=(FieldChange("maxLength", 20, "20"), FieldChange("enum", None, {"values": ["a"]})))

    assert '    maxLength: 20 → "20"' in told(plan)
    assert '    enum: (absent) → {"values": ["a"]}' in told(plan)


def test_a_renamed_row_shows_both_keys() -> None:
    plan = plan_of(rows=(RowChange({"K": "a", "R": "x"}, {"K": "b", "R": "x"}),))

    assert "    rename K=a, R=x → K=b, R=x" in told(plan)


def test_a_long_value_loses_its_middle_and_keeps_its_ends() -> None:
    long = "begin" + "x" * 500 + "end"
    row = table(told(plan_of(cell({"K": "1"}, "A", "short", long))))[1]

    assert row[2].startswith("short → beginxxx")
    assert row[2].endswith("xxxend")
    assert len(row[2]) < 80


def test_two_long_values_differ_where_they_differ() -> None:
    before, after = (f"{'a' * 300}{middle}{'z' * 300}" for middle in ("ONE", "TWO"))
    row = table(told(plan_of(cell({"K": "1"}, "A", before, after))))[1]

    assert "ONE" in row[2]
    assert "TWO" in row[2]


def test_a_long_table_is_folded_and_says_how_much_is_not_shown() -> None:
    plan = plan_of(*(cell({"K": str(at)}, "A", "a", "b") for at in range(250)))

    assert len(table(told(plan))) == 1 + 40 + 1
    assert any(line.strip() == "… and 210 more rows, all of them in --format json" for line in told(plan))


def test_of_a_table_to_create_the_first_rows_are_enough() -> None:
    cells = [cell({"K": f"{at:03}"}, name, None, f"{name}{at}") for at in range(250) for name in ("A", "B")]
    lines = told(plan_of(*cells, action=Action.CREATE))

    assert "    250 rows, 500 cells:" in lines
    assert table(lines)[1] == ["+", "000", "A0", "B0"]
    assert "      … and 225 more rows, all of them in --format json" in lines
    assert len(lines) < 40


def test_a_table_too_wide_for_the_screen_is_told_cell_by_cell() -> None:
    cells = [cell({"K": "1"}, f"Attribute {at}", "before", "after") for at in range(9)]
    lines = told(plan_of(*cells), width=80)

    assert "      ~ K 1" in lines
    assert "          Attribute 8: before → after" in lines


def test_wide_characters_keep_the_columns_aligned() -> None:
    lines = told(plan_of(cell({"K": "日本"}, "A", "a", "b"), cell({"K": "abcd"}, "A", "a", "b")))

    assert "      ~  日本  a → b" in lines
    assert "      ~  abcd  a → b" in lines


def test_orphans_say_how_they_are_deleted() -> None:
    lines = told(Plan(Scope("s", "e", "i"), orphans=(Ref("DataTable", "Old"),)))

    assert "  ? orphan DataTable/Old" in lines
    assert any("--prune" in line and "--allow-delete" in line and "Removed" in line for line in lines)


def test_warnings_come_before_what_is_only_good_to_know() -> None:
    findings = (Finding("info", "a", "one"), Finding("warning", "b", "two"))
    lines = told(Plan(Scope("s", "e", "i"), findings=findings))

    assert lines.index("  warning b: two") < lines.index("  info    a: one")


def test_drift_tells_when_and_where_each_cell_was_changed() -> None:
    moved = replace(cell({"K": "1"}, "A", "live", "ours"), modified=NOON, region="ca-central-1")
    lines = drift_text(plan_of(moved, modified=NOON, region="us-east-1"), colour=False).splitlines()

    assert "    ~  1  A          live  ours      2026-01-01T12:00:00Z ca-central-1" in lines
    assert any("last changed 2026-01-01T12:00:00Z us-east-1" in line for line in lines)


def test_drift_says_nothing_of_calls_before_its_last_line() -> None:
    lines = drift_text(full_plan(), colour=False).splitlines()

    assert not any("calls" in line or "connect:Batch" in line for line in lines[:-1])


def test_drift_names_the_two_ways_out() -> None:
    line = drift_text(full_plan(), colour=False).splitlines()[-2]

    assert "`reconcile -e prod apply`" in line
    assert "`reconcile -e prod export --into DIR`" in line


def test_an_outcome_lists_every_failed_and_conflicting_item() -> None:
    text = outcome_text(full_outcome(), colour=False)

    assert "    conflict CustomerID=CUST001 · Tier: found Gold, wanted Premium" in text
    assert "             ResourceNotFoundException: the row is not there · request r-5" in text
    assert text.count("    failed   ") == 3


def test_an_outcome_that_is_not_all_done_says_what_to_do_next() -> None:
    assert "\nNext: plan again" in outcome_text(full_outcome(), colour=False)


def test_an_outcome_that_is_all_done_says_nothing_more() -> None:
    plan = plan_of(cell({"K": "1"}, "A", "a", "b"))
    done = Outcome(plan, "done", 0, NOON, NOON, {Item(0, "cell", 0): Result(Status.DONE)})

    assert "Next:" not in outcome_text(done, colour=False)


def test_colours_are_all_that_colour_adds() -> None:
    plain, coloured = (plan_text(full_plan(), colour=colour) for colour in (False, True))

    assert "\x1b" not in plain
    assert plain == _without_colours(coloured)
    assert coloured != plain


def _without_colours(text: str) -> str:
    first, *rest = text.split("\x1b[")
    return first + "".join(piece.partition("m")[2] for piece in rest)


@steady
@given(hostile, hostile, hostile)
def test_no_value_can_start_a_line_or_move_the_cursor(key: str, name: str, value: str) -> None:
    for text in _every_text(key, name, value):
        lines = text.removesuffix("\n").split("\n")
        assert all(line.isprintable() for line in lines)
        assert not any(line.lstrip().startswith("::") or "##[" in line for line in lines)
        assert len(text.splitlines()) == len(lines)


@steady
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
        cells=(cell({name: key}, "A" + name, value, "x" + value),),
        rows=(RowChange({name: key}, {name: value}),),
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


@steady
@given(tame_cells)
def test_a_table_read_again_holds_the_cells_of_the_plan(cells: dict[tuple[str, str], tuple[str, str]]) -> None:
    plan = plan_of(*(cell({"Key": key}, name, *sides) for (key, name), sides in cells.items()))

    header, *rows = table(told(plan, WIDE))

    found = {
        (row[1], name): tuple(None if side == "(absent)" else side for side in text.split(" → "))
        for row in rows
        for name, text in zip(header[1:], row[2:], strict=True)
        if text != "·"
    }
    assert found == cells


@steady
@given(hostile)
def test_what_is_shown_tells_the_value(text: str) -> None:
    seen = shown(text)

    assert (json.loads(seen) if seen.startswith('"') else seen) == text


def test_a_finding_about_no_single_resource_is_its_message() -> None:
    plan = Plan(Scope("s", "e", "arn"), findings=(Finding("warning", "", "the quota is near"),))

    assert "  warning the quota is near" in told(plan)


def test_drift_that_apply_can_not_mend_does_not_send_anybody_to_apply() -> None:
    text = drift_text(plan_of(action=Action.BLOCKED), colour=False)

    assert "Live differs" not in text
    assert "Put live right" not in text
    assert "each blocked item says what it needs" in text
