"""Thresholds, ignore rules and globs of an environment."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reconciler.model import Ref, Scope
from reconciler.model.environment import Environment, Ignore, Threshold, matches

TABLE = Ref("DataTable", "T")


def environment(*rules: tuple[str, str]) -> Environment:
    return Environment("centre", "prod", Path(), "arn", ignore=tuple(Ignore(*rule) for rule in rules))


def test_the_scope_is_the_stack_the_environment_and_the_instance() -> None:
    assert environment().scope == Scope("centre", "prod", "arn")
    assert environment().scope.owner == "centre/prod"


# Thresholds.


@pytest.mark.parametrize(
    ("limit", "changed", "total", "allowed"),
    [
        (Threshold(percent=Decimal(30)), 3, 10, True),
        (Threshold(percent=Decimal(30)), 4, 10, False),
        (Threshold(percent=Decimal(29)), 29, 100, True),
        (Threshold(percent=Decimal("0.5")), 1, 200, True),
        (Threshold(percent=Decimal("0.5")), 1, 199, False),
        (Threshold(percent=Decimal(0)), 0, 10, True),
        (Threshold(percent=Decimal(0)), 1, 10, False),
        (Threshold(percent=Decimal(100)), 10, 10, True),
        (Threshold(number=2), 2, 2, True),
        (Threshold(number=2), 3, 1000, False),
        (Threshold(number=0), 0, 5, True),
        (Threshold(number=0), 1, 5, False),
        (Threshold(), 1, 5, False),
    ],
)
def test_a_threshold_allows_as_many_as_it_says(limit: Threshold, changed: int, total: int, allowed: bool) -> None:
    assert limit.allows(changed, total) is allowed


@given(st.integers(0, 100), st.integers(1, 1000))
def test_a_percentage_allows_all_up_to_its_share_and_none_beyond(percent: int, total: int) -> None:
    limit = Threshold(percent=Decimal(percent))
    share = percent * total // 100

    assert limit.allows(share, total)
    assert not limit.allows(share + 1, total)


@pytest.mark.parametrize(
    ("limit", "text"),
    [
        (Threshold(percent=Decimal(30)), "30 %"),
        (Threshold(percent=Decimal("12.50")), "12.5 %"),
        (Threshold(percent=Decimal(100)), "100 %"),
        (Threshold(percent=Decimal(0)), "0 %"),
        (Threshold(number=0), "0"),
        (Threshold(number=7), "7"),
    ],
)
def test_a_threshold_is_shown_as_its_author_writes_it(limit: Threshold, text: str) -> None:
    assert str(limit) == text


# Globs.


@pytest.mark.parametrize(
    ("glob", "text", "does"),
    [
        ("DataTable/T", "DataTable/T", True),
        ("DataTable/T", "DataTable/T2", False),
        ("DataTable/*", "DataTable/a/b", True),
        ("*", "", True),
        ("*/T", "DataTable/T", True),
        ("DataTable/?", "DataTable/T", True),
        ("DataTable/?", "DataTable/", False),
        ("DataTable/?", "DataTable/TT", False),
        ("a[b]", "a[b]", True),
        ("a[b]", "ab", False),
        ("a.b", "axb", False),
        ("*", "two\nlines", True),
        ("datatable/T", "DataTable/T", False),
    ],
)
def test_a_glob_matches_the_whole_text(glob: str, text: str, does: bool) -> None:
    assert matches(glob, text) is does


@given(st.text(max_size=20))
def test_a_text_without_stars_matches_itself_and_a_star_matches_it(text: str) -> None:
    assert matches(text, text)
    assert matches("*", text)
    assert matches(f"*{text}*", f"before{text}after")


# Ignore rules.


@pytest.mark.parametrize(
    ("rule", "path", "covered"),
    [
        (("DataTable/T", "description"), "description", True),
        (("DataTable/T", "description"), "descriptions", False),
        (("DataTable/T", "tags"), "tags[Team]", True),
        (("DataTable/T", "attributes[A]"), "attributes[A].description", True),
        (("DataTable/T", "attributes[A].description"), "attributes[A]", False),
        (("DataTable/T", "attributes"), "attributes[A].validation.maxLength", True),
        (("DataTable/T", "attributes[*].description"), "attributes[A].description", True),
        (("DataTable/*", "values.A"), "values.A", True),
        (("DataTable/T", "values.A"), "values.B", False),
        (("DataTable/U", "description"), "description", False),
        (("Queue/*", "description"), "description", False),
    ],
)
def test_a_rule_covers_a_path_and_everything_below_it(rule: tuple[str, str], path: str, covered: bool) -> None:
    assert Ignore(*rule).covers("DataTable/T", path) is covered
    assert environment(rule).ignored(TABLE)(path) is covered


def test_any_rule_is_enough() -> None:
    ignored = environment(("DataTable/T", "tags"), ("*", "description")).ignored(TABLE)

    assert [ignored(path) for path in ("tags[a]", "description", "timeZone")] == [True, True, False]


def test_nothing_is_ignored_without_a_rule() -> None:
    assert not environment().ignored(TABLE)("description")
