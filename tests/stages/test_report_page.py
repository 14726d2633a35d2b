"""The page: one file that loads nothing and runs nothing, whatever the values are."""

from __future__ import annotations

import re
from base64 import b64encode
from hashlib import sha256
from html.parser import HTMLParser

from hypothesis import given

from reconciler.model import Action, Change, FieldChange, Finding, Plan, Ref, RowChange, Scope
from reconciler.report import plan_html
from reconciler.report.visible import shown
from tests.golden.samples import empty_plan, full_plan
from tests.golden.values import cell, hostile, plan_of, steady

VOID = {"meta", "input"}


class Page(HTMLParser):
    """Tags with their attributes' names, the texts of table cells, and everything that is text."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.attributes: list[tuple[str, str | None]] = []
        self.cells: list[str] = []
        self.text = ""
        self._open: list[str] = []
        self.feed(page)
        self.close()
        assert not self._open

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(" ".join([tag, *(name for name, _ in attrs)]))
        self.attributes += attrs
        if tag not in VOID:
            self._open.append(tag)
        if tag == "td":
            self.cells.append("")

    def handle_endtag(self, tag: str) -> None:
        assert self._open.pop() == tag

    def handle_data(self, data: str) -> None:
        if "td" in self._open:
            self.cells[-1] += data
        self.text += data


def test_a_page_asks_for_nothing_outside_of_itself() -> None:
    names = {name for name, _ in Page(plan_html(full_plan())).attributes}

    assert not names & {"src", "href", "action", "srcset", "style", "onclick", "onload"}


def test_the_page_forbids_everything_but_its_own_style() -> None:
    page = plan_html(full_plan())
    style = re.search(r"<style>(.*?)</style>", page, re.DOTALL)
    policy = dict(Page(page).attributes)

    assert style
    digest = b64encode(sha256(style[1].encode()).digest()).decode()
    assert f"content=\"default-src 'none'; style-src 'sha256-{digest}'; base-uri 'none'; form-action 'none'\"" in page
    assert "script" not in " ".join(Page(page).tags)
    assert policy["charset"] == "utf-8"


def test_every_action_can_be_hidden_by_its_count() -> None:
    page = plan_html(full_plan())

    for action in Action:
        assert f'id="show-{action.value}"' in page
        assert f"#show-{action.value}:not(:checked)" in page


def test_the_page_begins_with_the_summary() -> None:
    page = plan_html(full_plan())

    assert page.index("<p>Plan: 1 to create, 3 to update, 1 to delete") < page.index("<main>")


def test_deletions_stand_first_on_the_page_with_their_sizes() -> None:
    """B1, M2."""
    page = plan_html(full_plan())

    assert "<li>delete <code>DataTable/Retired</code>: 2 rows, 3 cells · irreversible</li>" in page
    assert page.index("Caution") < page.index('class="change') < page.index("DataTable/Branches")


def test_an_empty_page_says_that_live_is_as_declared() -> None:
    assert "Live is as declared: 1,234 things checked." in Page(plan_html(empty_plan())).text


def test_a_very_long_table_is_cut_and_says_so() -> None:
    page = Page(plan_html(plan_of(*(cell({"K": str(at)}, "A", "a", "b") for at in range(1003)))))

    assert page.tags.count("tr") == 1001
    assert "… and 3 more rows (3 changed), all of them in the plan's JSON" in page.text


@steady
@given(hostile, hostile, hostile)
def test_no_value_breaks_out(key: str, name: str, value: str) -> None:
    plain, page = (Page(plan_html(_plan(*texts))) for texts in (("k", "n", "v"), (key, name, value)))

    assert page.tags == plain.tags
    assert all(line.isprintable() for line in plan_html(_plan(key, name, value)).split("\n"))


def _plan(key: str, name: str, value: str) -> Plan:
    """The texts in every place that a plan has for them."""
    change = Change(
        Action.UPDATE,
        Ref("DataTable", name),
        reason="r" + value,
        fields=(FieldChange(name, [value], {name: value}),),
        cells=(cell({"k" + name: "k" + key}, "A" + name, value, "x" + value),),
        rows=(RowChange({name: key}, {name: value}),),
    )
    return Plan(
        Scope("s", name, value), (change,), (Ref("K", name),), (Finding("warning", f"DataTable/{name}", value),)
    )


@steady
@given(hostile, hostile, hostile)
def test_a_cell_of_the_page_is_the_value(key: str, before: str, after: str) -> None:
    page = Page(plan_html(plan_of(cell({"K": key}, "A", before, after))))

    assert page.cells == ["~ update", shown(key), f"{shown(before)} → {shown(after)}"]


def test_a_finding_about_no_single_resource_is_its_message() -> None:
    plan = Plan(Scope("s", "e", "arn"), findings=(Finding("warning", "", "the quota is near"),))

    assert "<li><b>warning</b>: the quota is near</li>" in plan_html(plan)
