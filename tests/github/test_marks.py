"""The hidden first line: no value can form or end it."""

from __future__ import annotations

import re

import cmarkgfm
import pytest
from cmarkgfm.cmark import Options
from hypothesis import given

from reconciler.github.marks import body_of, is_marked, is_same_content, mark, size
from tests.builders.values import hostile

NAMES = [("a", "b/c"), ("a/b", "c"), ("a", "b"), ("a--b", "c"), ("a-", "-c"), ("", ""), ("a b", "c"), ("A", "B")]


def test_a_mark_can_be_read_by_people() -> None:
    assert mark("plan", "contact-centre", "prod") == "<!-- reconcile:plan contact-centre/prod -->"


def test_different_places_have_different_marks() -> None:
    assert len({mark("plan", *names) for names in NAMES} | {mark("drift", *names) for names in NAMES}) == 2 * len(NAMES)


@given(hostile, hostile)
def test_no_name_ends_a_mark_or_shows(stack: str, environment: str) -> None:
    line = mark("plan", stack, environment)
    html = cmarkgfm.github_flavored_markdown_to_html(body_of(line, "text"), Options.CMARK_OPT_UNSAFE)

    assert re.fullmatch(r"<!-- reconcile:plan [\w.~%/-]+ -->", line)
    assert "--" not in line[4:-3]
    assert re.sub(r"<!--(?:(?!--).)*-->\n", "", html) == "<p>text</p>\n"


def test_a_very_long_name_has_a_short_mark() -> None:
    assert len(mark("plan", "x" * 100_000, "é" * 100_000)) < 200


def test_a_body_is_found_only_by_its_mark() -> None:
    body = body_of(mark("plan", "shop", "prod"), "text")

    assert is_marked(body, mark("plan", "shop", "prod"))
    assert not is_marked(body, mark("plan", "shop", "pro"))
    assert not is_marked(None, mark("plan", "shop", "prod"))


def test_only_the_content_counts_as_news() -> None:
    one, later, other = (body_of("m", text, content=text[0]) for text in ("a at noon", "a at one", "b at one"))

    assert is_same_content(one, later)
    assert not is_same_content(one, other)
    assert not is_same_content("edited by hand", one)


@pytest.mark.parametrize(("text", "units"), [("", 0), ("ab", 2), ("é", 1), ("日", 1), ("👍", 2), ("\ud800", 1)])
def test_a_size_is_in_utf_16_units(text: str, units: int) -> None:
    assert size(text) == units
