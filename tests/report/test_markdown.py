"""Markdown reports, parsed as GitHub does: by a CommonMark parser with tables."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import UTC, datetime
from html.parser import HTMLParser

import pytest
from hypothesis import given
from markdown_it import MarkdownIt

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
from reconciler.report import Frame, drift_markdown, outcome_markdown, plan_markdown
from reconciler.report.neutral import prose
from reconciler.report.visible import visible_sides, visible_text
from reconciler.report.word_diff import DiffMark, Piece, sides, windowed, word_diff
from tests.builders.plans import empty_plan, full_outcome, full_plan, small_plan
from tests.builders.values import cell, hostile, plan_of, tame_cells
from tests.report.rendered import CUT, markdown

NOON = datetime(2026, 1, 1, 12, tzinfo=UTC)
OWN_MARKS = re.compile(r"</?(details|summary|code|del|ins)>|<details open>|<br>")
CHANGES = ("code", "del", "ins")  # the form of a value depends on its length


class Rendered(HTMLParser):
    """A parsed text: its tables as lists of rows of cells without joiners, its tags, and its texts outside of code."""

    def __init__(self, markdown: str) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.tables: list[list[list[str]]] = []
        self.bare: list[str] = []
        self._open: list[str] = []
        self.feed(MarkdownIt("commonmark", {"html": True}).enable("table").render(markdown))
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self._open.append(tag)
        match tag:
            case "table":
                self.tables.append([])
            case "tr":
                self.tables[-1].append([])
            case "td" | "th":
                self.tables[-1][-1].append("")

    def handle_endtag(self, tag: str) -> None:
        self._open.remove(tag)

    def handle_data(self, data: str) -> None:
        if {"td", "th"} & set(self._open):
            self.tables[-1][-1][-1] += data.replace("\u2060", "")
        if "code" not in self._open:
            self.bare.append(data)

    def handle_comment(self, data: str) -> None:
        self.tags.append(f"comment {data}")


def cells_of(markdown: str) -> list[list[str]]:
    return Rendered(markdown).tables[-1][1:]


def test_the_header_has_the_counts_the_cost_and_the_digest() -> None:
    lines = plan_markdown(full_plan()).splitlines()

    assert lines[0] == "### Plan for `contact-centre/prod`"
    assert lines[2].startswith(
        "**1 to create, 3 to update, 1 to delete, 1 to replace, 1 to adopt, 1 blocked · rows: 252 added, 19 changed, "
        "4 deleted, 1 renamed · cells: 504 added, 50 changed, 5 deleted** · 26 calls"
    )
    assert re.search(r"· 26 calls · about 3 min · digest `[0-9a-f]{12}`$", lines[2])


def test_an_empty_plan_says_that_there_are_no_changes() -> None:
    assert "No changes. 1,234 items match." in plan_markdown(empty_plan())


def test_details_are_folded_unless_they_are_few() -> None:
    assert "<details open>" not in plan_markdown(full_plan())
    assert "<details open>" in plan_markdown(small_plan())


def test_irreversible_changes_are_outside_the_folds() -> None:
    text = plan_markdown(full_plan())

    assert text.index("> - delete `DataTable/Retired`: 2 rows, 3 cells · irreversible") < text.index("<details")


def test_the_caution_has_the_numbers_of_deleted_rows() -> None:
    """B1."""
    cells = [cell({"K": str(at)}, name, "old", None) for at in range(281) for name in ("A", "B", "C")]

    assert (
        "> [!CAUTION]\n> **281 rows and 843 cells will be deleted.**\n> - update `DataTable/T`: 281 rows, 843 cells\n"
    ) in plan_markdown(plan_of(*cells))


def test_deleted_cells_come_before_created_ones() -> None:
    """B1: not one of 850 deleted cells was visible."""
    created = [cell({"K": f"a{at}"}, "A", None, "new") for at in range(300)]
    deleted = [cell({"K": f"b{at}"}, "A", "old", None) for at in range(300)]

    cells = cells_of(plan_markdown(plan_of(*created, *deleted)))

    assert [line[0] for line in cells] == ["- delete"] * 300 + ["+ create"] * 300


def test_changes_that_delete_come_before_the_others() -> None:
    """B1."""
    plan = full_plan()
    text = plan_markdown(plan)
    places = [
        text.index(f"<code>DataTable/{name}</code>") for name in ("CustomerTypes", "Rekeyed", "Retired", "Branches")
    ]

    assert places == sorted(places)


def test_rows_are_a_table_with_one_line_each() -> None:
    """M14: 5 deleted customers were 30 lines, and a new row had `(absent) → x` in every cell."""
    plan = plan_of(
        cell({}, "B", None, ""),
        cell({"K": "1"}, "B", None, "new"),
        cell({"K": "1"}, "A", "old", "other"),
        cell({"K": "2"}, "A", "gone", None),
        cell({"K": "2"}, "B", "gone, too", None),
        cell({"K": "3"}, "A", None, "new"),
        columns=("K", "A", "B"),
    )

    rendered = Rendered(plan_markdown(plan)).tables[-1]

    assert rendered == [
        ["", "K", "A", "B"],
        ["- delete", "2", "gone", "gone, too"],
        ["~ update", "1", "old → other", "(absent) → new"],
        ["+ create", "(default record)", "", '""'],
        ["+ create", "3", "new", ""],
    ]


def test_every_edit_of_a_long_text_is_marked() -> None:
    """B2, S-17."""
    before = "Hello from the Example Bank. " + "We are glad that you call. " * 9 + "It costs 2 pounds."
    after = before.replace("Example", "Sample").replace("2 pounds", "9 pounds")
    plan = plan_of(cell({"K": "en"}, "A", before, after))

    text = plan_markdown(plan)

    assert "the <del>Example</del><ins>Sample</ins> Bank" in text
    assert "costs <del>2</del><ins>9</ins> pounds" in text
    assert "</code>…<code>" in text
    assert "…" not in plan_markdown(plan, Frame(full=True))


def test_a_table_with_many_columns_names_them_in_one() -> None:
    """M14: nine columns are wider than a comment."""
    plan = plan_of(*(cell({"K": "1"}, f"A{at}", "a", "b") for at in range(9)))

    (row,) = cells_of(plan_markdown(plan))

    assert row[:2] == ["~ update", "1"]
    assert row[2].startswith("A0: a → bA1: a → b")


def test_cut_rows_are_counted_by_action_and_deletions_are_kept() -> None:
    """B1, M14: the comment says where the complete page is."""
    added = [cell({"K": f"a{at:04}"}, "A", None, "new value") for at in range(2000)]
    deleted = [cell({"K": f"z{at:04}"}, "A", "old", None) for at in range(500)]
    frame = Frame(30_000, above=["Complete plan: [plan.html](https://example.com/plan.html)"])

    text = plan_markdown(plan_of(*added, *deleted), frame)

    assert len(text) <= 30_000
    assert [line[1] for line in cells_of(text)][:500] == [f"z{at:04}" for at in range(500)]
    assert "… and 1,990 more rows: 1,990 added" in text
    assert "Shortened to fit" in text
    assert "[plan.html](https://example.com/plan.html)" in text


def test_drift_says_when_and_where_a_cell_was_changed() -> None:
    moved = replace(cell({"K": "1"}, "A", "live", "ours"), modified=NOON, region="ca-central-1")

    assert cells_of(drift_markdown(plan_of(moved))) == [
        ["~ update", "1", "live → ours", "2026-01-01T12:00:00Z ca-central-1"]
    ]


def test_drift_does_not_mention_calls() -> None:
    assert not re.search("calls|connect:", drift_markdown(full_plan()), re.IGNORECASE)


def test_an_outcome_lists_each_failure_with_its_request() -> None:
    rows = [row for table in Rendered(outcome_markdown(full_outcome())).tables for row in table]

    assert ["conflict", "CustomerID=CUST001 · Tier", "Gold", "Premium", MEANWHILE, "r-2"] in rows


MEANWHILE = "another writer changed it after the plan"


def test_failures_with_one_cause_are_one_row_of_the_table() -> None:
    """M6: with their number and the first of them."""
    outcome = full_outcome()
    at = next(at for at, change in enumerate(outcome.plan.changes) if change.ref.name == "Branches")
    failed = Result(Status.FAILED, "a data table may hold 1000 values", "ServiceQuotaExceededException", "r-9")
    cells = {item: failed for item in outcome.results if item.change == at and item.part == "cell"}

    source = outcome_markdown(replace(outcome, results={**outcome.results, **cells}))

    rows = [row for table in Rendered(source).tables for row in table if "ServiceQuota" in " ".join(row)]
    assert len(rows) == 1
    assert rows[0][1].startswith(f"{len(cells)} cells, first ")


@pytest.mark.parametrize("limit", [9000, 5600, 3000, 600, 100])
def test_a_long_plan_loses_details_until_it_fits(limit: int) -> None:
    text = plan_markdown(full_plan(), Frame(limit))

    assert len(text) <= limit
    assert text.startswith("### Plan for `contact-centre/prod`\n\n**1 to create, 3 to update,")


def test_a_long_outcome_loses_details_until_it_fits() -> None:
    text = outcome_markdown(full_outcome(), Frame(1500))

    assert len(text) <= 1500
    assert (
        "**Apply incomplete: 1 created, 2 changed, 1 deleted, 1 adopted · rows: 251 added, 14 changed, 3 deleted"
        in text
    )


def test_prose_mentions_no_one() -> None:
    text = prose("ask @octocat about #12, GH-7, www.example.com, abc123d, :x: and https://example.com <!-- x -->")

    assert Rendered(text).bare == [
        "ask @\u2060octocat about #\u206012, GH\u2060-7, www\u2060.example.com, abc123\u2060d, :\u2060x: and "
        "https:\u2060//example.com <!-- x -->",
        "\n",
    ]


@given(hostile, hostile, hostile)
def test_no_value_breaks_out(key: str, name: str, value: str) -> None:
    tame = [_frame_of(Rendered(text)) for text in _every_report("k", "n", "v")]

    for text, tags in zip(_every_report(key, name, value), tame, strict=True):
        rendered = Rendered(text)
        assert _frame_of(rendered) == tags
        assert all(len(row) == len(table[0]) for table in rendered.tables for row in table)
        assert not re.search(r"[@#](?!\u2060)|GH-\d", "".join(rendered.bare), re.IGNORECASE)


@given(hostile, hostile, hostile)
def test_the_source_contains_only_our_own_marks(key: str, name: str, value: str) -> None:
    for text in _every_report(key, name, value):
        rest = re.sub(r"`[^`]*`", "", OWN_MARKS.sub("", text))
        lines = text.split("\n")
        assert not set("<`@") & set(rest)
        assert "<!--" not in text
        assert all(line.isprintable() for line in lines)
        assert all(line.endswith(" |") for line in lines if line.startswith("|"))


def _frame_of(rendered: Rendered) -> list[str]:
    return [tag for tag in rendered.tags if tag not in CHANGES]


def _every_report(key: str, name: str, value: str) -> list[str]:
    """Each report with the texts in every place that a plan has for them."""
    change = Change(
        Action.UPDATE,
        Ref("DataTable", name),
        reason=value,
        fields=(FieldChange(name, [value], {name: value}),),
        table=TableChange(
            cells=(cell({"k" + name: key}, "A" + name, value, "x" + value),),
            rows=(RowChange({name: key}, {name: value}),),
        ),
    )
    made = Change(
        Action.CREATE,
        Ref("DataTable", "New"),
        table=TableChange(cells=(cell({"k" + name: key}, "A" + name, None, value),)),
    )
    findings = (Finding("warning", f"DataTable/{name}", "m" + value),)
    plan = Plan(Scope("s", name, value), (change, made), (Ref("K", name),), findings)
    failed = Result(Status.FAILED, "m" + value, "c" + value, "r" + value, found=value, looked=True)
    results = {Item(0, part, 0): failed for part in ("field", "row", "cell")}
    outcome = Outcome(plan, "failed", 1, NOON, NOON, results, message="m" + value)
    return [plan_markdown(plan), drift_markdown(plan), outcome_markdown(outcome)]


@given(hostile, hostile, hostile)
def test_a_rendered_cell_is_the_value(key: str, before: str, after: str) -> None:
    """The value may be shown completely, or shortened with marked changes."""
    plan = plan_of(cell({"K": key}, "A", before, after), cell({"K": "other"}, "A", "a", "b"))
    both = visible_sides(before, after)

    _, name, value = markdown(plan_markdown(plan)).cells[-6:-3]

    assert name == (visible_text(key), visible_text(key))
    whole = " → ".join(both)
    assert value == (whole, whole) or value == _windows(*both)


def _windows(before: str, after: str) -> tuple[str, str]:
    pieces = windowed(word_diff(before, after))
    return sides(Piece(DiffMark.SAME, CUT) if piece.mark is DiffMark.CUT else piece for piece in pieces)


@given(tame_cells)
def test_a_parsed_table_has_the_cells_of_the_plan(cells: dict[tuple[str, str], tuple[str, str]]) -> None:
    plan = plan_of(*(cell({"Key": key}, name, *both) for (key, name), both in cells.items()))
    header, *rows = Rendered(plan_markdown(plan)).tables[-1]

    found = {
        (row[1], name): _sides(row[0], text)
        for row in rows
        for name, text in zip(header[2:], row[2:], strict=True)
        if text
    }

    assert found == cells


def _sides(action: str, text: str) -> tuple[str | None, ...]:
    """Returns the sides of a row. A new or deleted row has only one."""
    if action == "~ update":
        return tuple(None if side == "(absent)" else side for side in text.split(" → "))
    return (None, text) if action == "+ create" else (text, None)


def test_a_finding_without_an_address_is_its_message() -> None:
    plan = Plan(Scope("s", "e", "arn"), findings=(Finding("warning", "", "the quota is near"),))

    assert "- **warning**: the quota is near" in plan_markdown(plan).splitlines()
