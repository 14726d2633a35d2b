"""Differences of flows in reports: by block and branch, and no name of a block breaks out of its place."""

from __future__ import annotations

from html.parser import HTMLParser
from typing import Any

import pytest
from hypothesis import given
from markdown_it import MarkdownIt

from reconciler.diff.fields import diff
from reconciler.model import Action, Change, Estimate, FieldChange, Plan, Ref, Scope
from reconciler.report import plan_html, plan_markdown, plan_text
from reconciler.report.flow_words import Leaf, field_label, flow_leaves
from tests.builders.plans import HOSTILE
from tests.builders.values import hostile
from tests.worlds.flows import block, content, flow, invokes, says


def changed(before: list[Any], after: list[Any]) -> tuple[FieldChange, ...]:
    return diff(flow("Main", *before).spec, flow("Main", *after).spec)


def leaves(before: list[Any], after: list[Any]) -> list[Leaf]:
    """Returns the lines of a report for the change of one flow into another."""
    lines: list[Leaf] = []
    for change in changed(before, after):
        found = flow_leaves(change.path, change.before, change.after)
        assert found is not None
        lines += found
    return lines


# Labels.


def test_a_changed_text_is_the_text_of_its_block() -> None:
    assert leaves([says("Hello")], [says("Good day")]) == [('block "Say": Text', '"Hello"', '"Good day"')]


def test_a_new_block_has_its_title_and_all_that_it_has() -> None:
    assert leaves([], [says("Hello")]) == [
        ('block "Say" (Play prompt)', None, ""),
        ('block "Say": Text', None, '"Hello"'),
        ('block "Say": then', None, '"End"'),
        ('block "Say": on error NoMatchingError', None, '"End"'),
        ("starts with", '"End"', '"Say"'),
    ]


def test_a_block_that_is_gone_is_on_the_other_side() -> None:
    lines = leaves([says("Hello")], [])

    assert ('block "Say" (Play prompt)', "", None) in lines
    assert ('block "Say": Text', '"Hello"', None) in lines


def test_a_branch_leads_to_another_block() -> None:
    bye = says("Bye", name="Bye")

    lines = leaves([says("Hello", leads_to="Bye"), bye], [says("Hello"), bye])

    assert ('block "Say": then', '"Bye"', '"End"') in lines


def test_a_branch_of_a_result_has_its_name() -> None:
    lines = leaves([invokes("Ask", "Yes")], [invokes("Ask", "Yes", "No way")])

    assert ('block "Ask": branch No way', None, '"End"') in lines


def test_another_operator_is_in_the_label() -> None:
    one, other = (block("Compare", "Check", branches=("5",), ComparisonValue="$.x") for _ in range(2))
    other["Transitions"]["Conditions"][0]["Condition"]["Operator"] = "NumberGreaterThan"

    labels = [label for label, _, _ in leaves([one], [other])]

    assert 'block "Check": branch 5' in labels
    assert 'block "Check": branch NumberGreaterThan "5"' in labels


def test_a_parameter_inside_another_has_its_path() -> None:
    one, other = (block("UpdateContactAttributes", "Set", Attributes={"line": line}) for line in ("a", "b"))

    assert leaves([one], [other]) == [('block "Set": Attributes.line', '"a"', '"b"')]


def test_another_version_is_shown() -> None:
    assert flow_leaves("content.version", "2019-10-30", "2020-01-01") == [("version", '"2019-10-30"', '"2020-01-01"')]


def test_a_whole_flow_is_its_blocks_and_the_size_of_its_layout() -> None:
    layout = {"ActionMetadata": {"Say": {"position": {"x": 1, "y": 2}}}}
    value = content(says("Hello"), Metadata=layout)

    lines = flow_leaves("content", None, value)

    assert lines is not None
    assert ("starts with", None, '"Say"') in lines
    assert ('block "Say": Text', None, '"Hello"') in lines
    assert ("layout", None, "of 1 block") in lines


@pytest.mark.parametrize("path", ["settings.start", "settings.version", "settings.blocks.a", "input.start", "content"])
def test_another_document_is_no_flow(path: str) -> None:
    """A contract, or the input of a schedule, may have any keys."""
    assert flow_leaves(path, "1.0", "1.1") is None
    assert field_label(path) == path


# Hostile names.


@pytest.mark.parametrize("name", [name for name in HOSTILE if name.strip()])
def test_a_label_is_one_line_that_gives_no_command(name: str) -> None:
    (change,) = changed([says("Hello", name=name)], [says("Bye", name=name)])

    label = field_label(change.path)

    assert label.startswith('block "')
    assert label.endswith('": Text')
    assert label.isprintable()
    assert "##[" not in label


class _Tags(HTMLParser):
    def __init__(self, page: str) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.feed(page)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag not in ("code", "ins", "del", "mark", "wbr"):  # How many words are marked depends on the value.
            self.tags.append(tag)


def plan_with(name: str) -> Plan:
    """Returns a plan in which a block of that name changes, comes, goes and is a target."""
    new, old = says("Hello", name=name), says("Bye", name=name)
    other = says("x", name="other", leads_to=name)
    fields = [changed([old], [new]), changed([], [new]), changed([old], []), changed([other, old], [says("x"), old])]
    every = tuple(field for some in fields for field in some)
    change = Change(Action.UPDATE, Ref("ContactFlow", "Main"), reason="r", fields=every)
    return Plan(Scope("s", "e", "arn"), (change,), estimate=Estimate())


def frame_of(page: str) -> list[str]:
    return _Tags(page).tags


@given(hostile)
def test_no_name_breaks_out_of_a_report(name: str) -> None:
    tame, plan = plan_with("a tame name"), plan_with(f"n{name}")
    render = MarkdownIt("commonmark", {"html": True}).enable("table").render

    assert all(line.isprintable() for line in plan_text(plan, colour=False).split("\n"))
    assert frame_of(plan_html(plan)) == frame_of(plan_html(tame))
    assert frame_of(render(plan_markdown(plan))) == frame_of(render(plan_markdown(tame)))
    assert all(line.endswith(" |") for line in plan_markdown(plan).split("\n") if line.startswith("|"))
