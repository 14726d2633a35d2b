"""The page: one file that loads nothing and runs only its own search, with any values."""

from __future__ import annotations

import re
from base64 import b64encode
from hashlib import sha256
from html.parser import HTMLParser

from hypothesis import given

from reconciler.model import Action, Change, FieldChange, Finding, Plan, Ref, RowChange, Scope, TableChange
from reconciler.report import plan_html
from reconciler.report.visible import visible_text
from reconciler.report.word_diff import BLANK
from tests.builders.plans import empty_plan, full_plan
from tests.builders.values import cell, hostile, plan_of

VOID = {"meta", "input"}
MARKS = {"del", "ins"}


class Page(HTMLParser):
    """Tags with their attributes' names, both sides of the texts of table cells, and everything that is text."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.attributes: list[tuple[str, str | None]] = []
        self.cells: list[tuple[str, str]] = []
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
            self.cells.append(("", ""))

    def handle_endtag(self, tag: str) -> None:
        assert self._open.pop() == tag

    def handle_data(self, data: str) -> None:
        if "td" in self._open:
            before, after = self.cells[-1]
            is_gone, is_new = ("del" in self._open, "ins" in self._open)
            self.cells[-1] = (before if is_new else before + data, after if is_gone else after + data)
        self.text += data


def test_a_page_loads_nothing() -> None:
    names = {name for name, _ in Page(plan_html(full_plan())).attributes}

    assert not names & {"src", "href", "action", "srcset", "style", "onclick", "onload"}


def test_the_page_forbids_everything_but_its_own_style_and_script() -> None:
    page = plan_html(full_plan())
    own = {name: re.search(rf"<{name}>(.*?)</{name}>", page, re.DOTALL) for name in ("style", "script")}

    sources = []
    for name, found in own.items():
        assert found
        sources.append(f"{name}-src 'sha256-{b64encode(sha256(found[1].encode()).digest()).decode()}'")
    assert f"content=\"default-src 'none'; {'; '.join(sources)}; base-uri 'none'; form-action 'none'\"" in page
    assert Page(page).tags.count("script") == 1
    assert dict(Page(page).attributes)["charset"] == "utf-8"


def test_a_page_without_changes_runs_nothing() -> None:
    assert "script" not in Page(plan_html(empty_plan())).tags


def test_every_action_can_be_hidden_by_its_count() -> None:
    page = plan_html(full_plan())

    for action in Action:
        assert f'id="show-{action.value}"' in page
        assert f"#show-{action.value}:not(:checked)" in page


def test_the_page_begins_with_the_summary() -> None:
    page = plan_html(full_plan())

    assert page.index('<p class="headline">Plan: 1 to create, 3 to update, 1 to delete') < page.index("<main>")


def test_deletions_come_first_on_the_page_with_their_sizes() -> None:
    """B1, M2."""
    page = plan_html(full_plan())

    assert "<li>delete <code>DataTable/Retired</code>: 2 rows, 3 cells · irreversible</li>" in page
    assert page.index("Caution") < page.index('class="change') < page.index("DataTable/Branches")


def test_an_empty_page_says_that_there_are_no_changes() -> None:
    assert "No changes. 1,234 items match." in Page(plan_html(empty_plan())).text


def test_a_very_long_table_is_complete() -> None:
    page = Page(plan_html(plan_of(*(cell({"K": str(at)}, "A", "a", f"after {at}") for at in range(1003)))))

    assert page.tags.count("tr class") == 1003
    assert [after for _, after in page.cells[2::3]] == [f"after {at}" for at in range(1003)]


@given(hostile, hostile, hostile)
def test_no_value_breaks_out(key: str, name: str, value: str) -> None:
    plain, page = (Page(plan_html(_plan(*texts))) for texts in (("k", "n", "v"), (key, name, value)))

    # How many words of a value are marked depends on the value.
    assert [tag for tag in page.tags if tag not in MARKS] == [tag for tag in plain.tags if tag not in MARKS]
    assert all(line.isprintable() for line in plan_html(_plan(key, name, value)).split("\n"))


def _plan(key: str, name: str, value: str) -> Plan:
    """The texts in every place that a plan has for them."""
    change = Change(
        Action.UPDATE,
        Ref("DataTable", name),
        reason="r" + value,
        fields=(FieldChange(name, [value], {name: value}),),
        table=TableChange(
            cells=(cell({"k" + name: "k" + key}, "A" + name, value, "x" + value),),
            rows=(RowChange({name: key}, {name: value}),),
        ),
    )
    return Plan(
        Scope("s", name, value), (change,), (Ref("K", name),), (Finding("warning", f"DataTable/{name}", value),)
    )


@given(hostile, hostile, hostile)
def test_a_cell_of_the_page_is_the_value(key: str, before: str, after: str) -> None:
    page = Page(plan_html(plan_of(cell({"K": key}, "A", before, after))))

    texts = [tuple(text.replace(BLANK, " ") for text in sides) for sides in page.cells]
    wanted = [("~ update",) * 2, (visible_text(key),) * 2, (visible_text(before), visible_text(after))]
    assert texts == [tuple(text.replace(BLANK, " ") for text in sides) for sides in wanted]


def test_a_finding_without_an_address_is_its_message() -> None:
    plan = Plan(Scope("s", "e", "arn"), findings=(Finding("warning", "", "the quota is near"),))

    assert "<li><b>warning</b>: the quota is near</li>" in plan_html(plan)
