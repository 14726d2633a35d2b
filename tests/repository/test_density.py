"""The figures of density count what they say."""

from __future__ import annotations

from scripts.density import Figures, measure, total

CODE = '''
"""A file."""
import x  # noqa: F401

# Why it is so.
def public(kind, work):
    _once(kind.cells)
    _twice(), _twice()
    return [part for part in work.kind.parts.field if part.cells]


def _once(parts):
    return _once(parts)  # a function that calls itself


def _twice():
    return {name for name in KINDS[name].cells}
'''


def test_every_figure_of_a_file_is_counted() -> None:
    assert measure(CODE) == Figures(
        lines=17, functions=3, kind_questions=3, comprehensions=2, called_once=1, comments=2
    )


def test_kinds_may_ask_what_they_have() -> None:
    assert measure(CODE, is_kind=True).kind_questions == 0


def test_figures_of_files_are_added() -> None:
    assert total([Figures(lines=1000, functions=2), Figures(lines=1000, comprehensions=3, functions=2)]) == Figures(
        lines=2000, functions=4, comprehensions=3
    )
