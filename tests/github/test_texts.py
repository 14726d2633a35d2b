"""Texts for GitHub: within its limits, the most important first, and values stay texts."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest
from hypothesis import given

from reconciler.cli.github import highlights, texts
from reconciler.cli.github.texts import GithubTexts
from reconciler.errors import Source
from reconciler.github.marks import LIMIT, RESERVE, is_same_content, mark, size
from reconciler.github.run import WorkflowRun
from reconciler.github.runner import SUMMARY_LIMIT, bytes_of
from reconciler.model import Action, Change, Finding, Plan, Ref, TableChange
from reconciler.report import standing
from tests.builders.plans import SCOPE, empty_plan, full_outcome, full_plan, small_plan
from tests.builders.values import cell, hostile, plan_of
from tests.github.texts import FOUND_BY_GITHUB, NOON, RUN, TEXTS, outcome_with, plan_with, seen


def every_text(key: str, name: str, value: str) -> list[str]:
    plan, outcome = plan_with(key, name, value), outcome_with(key, name, value)
    return [
        TEXTS.comment(plan),
        TEXTS.drift(plan).body,
        TEXTS.failed(outcome, 5).body,
        TEXTS.failed_unplanned(plan.scope, 1).body,
        texts.plan_summary(plan, 5_000),
        texts.drift_summary(plan, 2_000),
        texts.outcome_summary(outcome, 3_000),
    ]


MARKS = {"del", "ins", "code"}  # how many words of a value are marked depends on the value


@pytest.mark.parametrize("plan", [empty_plan(), small_plan(), full_plan()])
def test_the_state_of_a_plan_is_bold_on_github(plan: Plan) -> None:
    """GitHub's parser looks past a `~` at what follows `**`, so that `**~ changes**` is not bold to it."""
    for text in (TEXTS.comment(plan), texts.plan_summary(plan, 5_000)):
        assert "**" not in seen(text).bare
        assert standing(plan) in seen(text).bare


# Values.


@pytest.mark.slow
@given(hostile, hostile, hostile)
def test_every_value_stays_a_text(key: str, name: str, value: str) -> None:
    tame = [seen(text) for text in every_text("k", "n", "v")[:4]]

    for text, expected in zip(every_text(key, name, value), tame, strict=False):
        found = seen(text)
        assert [tag for tag in found.tags if tag not in MARKS] == [tag for tag in expected.tags if tag not in MARKS]
        assert found.links == expected.links
        assert len(found.comments) == len(expected.comments) == 2


@given(hostile, hostile, hostile)
def test_github_finds_no_mention_no_issue_no_commit_and_no_address_in_a_value(key: str, name: str, value: str) -> None:
    for text in every_text(key, name, value):
        assert not FOUND_BY_GITHUB.search(seen(text).bare.replace("T12:00:00Z", ""))


@given(hostile, hostile, hostile)
def test_every_line_can_be_seen_and_none_commands_the_runner(key: str, name: str, value: str) -> None:
    for text in every_text(key, name, value):
        assert all(line.isprintable() for line in text.split("\n"))
        assert not re.search(r"^\s*::|##\[", text, re.MULTILINE)


@pytest.mark.parametrize("value", ["a@example.com | b", "x|user+tag@example.com", "`a@example.com`"])
def test_an_address_beside_a_mark_is_not_a_link(value: str) -> None:
    assert (
        seen(TEXTS.comment(plan_with("k", value, value))).links == seen(TEXTS.comment(plan_with("k", "n", "v"))).links
    )


@pytest.mark.parametrize("unseen", ["\u200b", "\u202e", "\u3164", "\ufe0f", "\u2800", "\U000e0101", "\u00ad"])
def test_invisible_characters_are_shown(unseen: str) -> None:
    text = TEXTS.comment(plan_of(cell({"K": "1"}, "A", "Gold", f"Go{unseen}ld")))

    assert unseen not in text
    assert "u" in text.split("Go")[2]


# Limits.


# The quick tier makes one of the three comments for 600 tables: the one with the widest values.
@pytest.mark.slow
@pytest.mark.parametrize(
    ("tables", "width"),
    [
        *((tables, width) for tables in (1, 40) for width in (1, 60, 400)),
        *(pytest.param(600, width, marks=pytest.mark.slow) for width in (1, 60)),
        (600, 400),
    ],
)
def test_every_comment_is_below_githubs_limit(tables: int, width: int) -> None:
    cells = tuple(cell({"Key": f"{at:04}"}, "👍" * (width % 7 + 1), "a" * width, "👍" * width) for at in range(30))
    changes = tuple(
        Change(Action.UPDATE, Ref("DataTable", f"T{at}"), table=TableChange(cells=cells)) for at in range(tables)
    )
    gone = tuple(Change(Action.DELETE, Ref("Queue", f"Q{at}"), irreversible=True) for at in range(tables))

    text = TEXTS.comment(Plan(SCOPE, changes + gone))

    assert size(text) <= LIMIT
    assert f"{tables} to update" in text
    assert text.startswith(mark("plan", "contact-centre", "prod"))


@pytest.mark.slow
def test_details_are_cut_in_steps() -> None:
    cells = tuple(cell({"Key": f"{at:04}"}, "A", "before", "after") for at in range(1_500))
    new = Change(
        Action.CREATE,
        Ref("DataTable", "New"),
        table=TableChange(cells=tuple(replace(each, before=None) for each in cells)),
    )
    old = Change(Action.UPDATE, Ref("DataTable", "Old"), table=TableChange(cells=cells))

    def annotations(*changes: Change) -> tuple[int, bool]:
        text = TEXTS.comment(Plan(SCOPE, changes))
        return len(re.findall("`before`", text)), "\nShortened to fit: everything is in [the run](" in text

    assert annotations(replace(old, table=replace(old.table, cells=cells[:900]))) == (900, False)
    assert annotations(old, new) == (400, True)
    assert annotations(*(replace(old, ref=Ref("DataTable", f"{at}")) for at in range(4))) == (800, True)
    assert (
        annotations(
            *(
                replace(old, ref=Ref("DataTable", f"{at}"), table=replace(old.table, cells=cells[:5]))
                for at in range(300)
            )
        )[0]
        == 0
    )


@pytest.mark.slow
@pytest.mark.parametrize("room", [1, 50, 4_000, SUMMARY_LIMIT])
def test_a_summary_fits_into_the_remaining_bytes(room: int) -> None:
    cells = tuple(cell({"Key": f"{at}"}, "é", "日" * 40, "👍" * 40) for at in range(4_000))

    for text in (
        texts.plan_summary(plan_of(*cells), room),
        texts.drift_summary(plan_of(*cells), room),
        texts.outcome_summary(full_outcome(), room),
    ):
        assert bytes_of(text) <= room


def test_marks_and_later_additions_have_reserved_space() -> None:
    text = TEXTS.drift(full_plan()).body
    settled = texts.drift_subject(SCOPE).settled

    assert len(settled) + 200 < RESERVE
    assert is_same_content(text, text.replace("T12:", "T13:"))


# The lines above the report.


@pytest.mark.parametrize(
    ("plan", "words"),
    [
        (empty_plan(), "✓ nothing to do"),
        (small_plan(), "~ changes"),
        (full_plan(), "⚠ changes, and some cannot be undone"),
        (Plan(SCOPE, (Change(Action.BLOCKED, Ref("Queue", "q")),)), "! blocked, and nothing else to do"),
        (
            Plan(SCOPE, (Change(Action.BLOCKED, Ref("Queue", "q")), Change(Action.UPDATE, Ref("Queue", "r")))),
            "~ changes, and some are blocked",
        ),
    ],
)
def test_the_state_of_a_plan_is_a_symbol_and_words(plan: Plan, words: str) -> None:
    assert standing(plan) == words
    assert f"\n**{words.replace('~', '&#126;')}** · commit [`0123456`]" in TEXTS.comment(plan)


def test_a_comment_links_to_its_commit_and_its_run() -> None:
    assert seen(TEXTS.comment(small_plan())).links == [RUN.commit_url, RUN.url]


def test_unknown_values_of_a_run_are_left_out() -> None:
    text = GithubTexts(WorkflowRun("example/contact-centre"), NOON).comment(small_plan())

    assert "\n**&#126; changes** · 2026-03-04T12:00:00Z\n" in text
    assert seen(text).links == []


def test_only_different_drift_is_new_content() -> None:
    later = GithubTexts(replace(RUN, id="43"), NOON.replace(hour=13))

    assert is_same_content(TEXTS.drift(full_plan()).body, later.drift(full_plan()).body)
    assert not is_same_content(TEXTS.drift(full_plan()).body, later.drift(small_plan()).body)


def test_a_drift_has_both_remedies_and_its_times() -> None:
    text = TEXTS.drift(small_plan()).body

    assert " apply`" in text
    assert " export --into DIR`" in text
    assert "2026-03-04T05:06:07Z ca-central-1" in text


# Outputs and annotations.


def test_outputs_count_replacements_as_deletions() -> None:
    assert {key: value for key, value in texts.outputs(full_plan()).items() if key != "digest"} == {
        "changes": "true",
        "creates": "1",
        "updates": "3",
        "deletes": "2",
        "blocked": "1",
        "rows-added": "252",
        "rows-changed": "19",
        "rows-deleted": "4",
    }
    assert texts.outputs(empty_plan())["changes"] == "false"


def test_irreversible_changes_come_before_blocked_ones_and_findings() -> None:
    annotations = highlights.of_plan(full_plan())

    assert [each.title.split("/")[0] for each in annotations] == ["DataTable"] * 4 + ["finding"] * 2
    assert [each.level for each in annotations] == ["warning"] * 5 + ["notice"]
    assert annotations[0].source == Source("manifests/base/rekeyed.yaml", 1)


def test_deleted_rows_are_an_annotation_of_their_own() -> None:
    """B1."""
    annotations = highlights.of_plan(full_plan())

    assert annotations[3].message == "update (deletes 1 row, 1 cell): 4 fields, 9 cells and 1 key differ"


def test_refusals_come_first_and_are_errors() -> None:
    """M3."""
    frozen = replace(full_plan(), findings=(Finding("error", "", "environment 'prod' is frozen: year end"),))

    assert (highlights.of_plan(frozen)[0].level, standing(frozen)) == ("error", "✗ changes, and apply will refuse them")


def test_at_most_ten_annotations_are_written() -> None:
    changes = tuple(Change(Action.BLOCKED, Ref("Queue", f"{at}"), "no") for at in range(11))

    assert len(highlights.of_plan(Plan(SCOPE, changes))) == 10


def test_failures_come_first_in_an_outcome() -> None:
    annotations = highlights.of_outcome(full_outcome())

    assert [each.level for each in annotations] == ["error", "error", "error", "warning"]
    assert annotations[0].title == "apply: partial"
    assert annotations[1].message.startswith("2 failed, the first attributes[Tier].validation.maxLength: Invalid")


@given(hostile, hostile, hostile)
def test_an_annotation_shows_invisible_characters(key: str, name: str, value: str) -> None:
    plan, outcome = plan_with(key, name, value), outcome_with(key, name, value)

    for each in (*highlights.of_plan(plan), *highlights.of_outcome(outcome)):
        assert each.message.isprintable()
        assert each.title.isprintable()
