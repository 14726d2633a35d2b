"""Files and functions stay small, and an exception is named for as long as it is needed."""

from __future__ import annotations

from scripts.sizes import check


def _file(lines: int) -> str:
    return "x = 1\n" * lines


def _function(lines: int) -> str:
    return "@decorated\ndef long() -> None:\n" + "    x = 1\n" * (lines - 1)


def test_files_within_the_limits_pass() -> None:
    assert list(check({"a.py": _file(300), "b.py": _function(40)}, {})) == []


def test_a_long_file_is_reported_with_its_lines_and_the_limit() -> None:
    (message,) = check({"a.py": _file(301)}, {})

    assert message.startswith("a.py has 301 lines; the limit is 300")


def test_a_long_function_is_reported_with_its_file() -> None:
    (message,) = check({"a.py": _function(41)}, {})

    assert message.startswith("a.py:long has 41 lines; the limit is 40")


def test_an_exception_excuses_only_the_place_that_it_names() -> None:
    sources = {"a.py": _file(301), "b.py": _file(301), "c.py": _function(41)}

    assert len(list(check(sources, {"a.py": "why", "c.py": "why"}))) == 3
    assert len(list(check(sources, {"a.py": "why", "b.py": "why", "c.py:long": "why"}))) == 0


def test_an_unused_exception_is_reported() -> None:
    (message,) = check({"a.py": _file(300)}, {"a.py": "why"})

    assert message.startswith("a.py keeps within the limit")
