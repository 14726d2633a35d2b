"""Two texts word by word: every change is shown, and only what both have in common is shortened (B2, S-17)."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reconciler.report.word_diff import DiffMark, Piece, side_by_side, sides, windowed, word_diff
from tests.builders.values import hostile

WELCOME = (
    "Hello and welcome to the Example Bank. Your call is important to us, so it may be monitored and recorded for "
    "training. Our fees are 2 pounds a month."
)
CHANGED = WELCOME.replace("Example", "Sample").replace("training", "sale").replace("2 pounds", "9 pounds")

_words = st.sampled_from(["hello", "bank", "fees", "2", "9", " ", "  ", ", ", ".", "\\n", "é"])
texts = st.one_of(st.lists(_words, max_size=60).map("".join), hostile)


def _changes(pieces: tuple[Piece, ...]) -> list[tuple[str, str]]:
    return [(piece.mark.value, piece.text) for piece in pieces if piece.mark in (DiffMark.REMOVED, DiffMark.ADDED)]


def test_each_of_several_edits_is_a_change_of_its_own() -> None:
    """B2: three edits of one text."""
    assert _changes(word_diff(WELCOME, CHANGED)) == [
        ("removed", "Example"),
        ("added", "Sample"),
        ("removed", "training"),
        ("added", "sale"),
        ("removed", "2"),
        ("added", "9"),
    ]


def test_a_long_stretch_in_common_keeps_whole_words_at_both_ends() -> None:
    _, after = sides(windowed(word_diff(WELCOME, CHANGED)))

    assert after == (
        "Hello and welcome to the Sample Bank. Your call is … and recorded for sale. Our fees are 9 pounds a month."
    )


def test_changes_in_the_middle_and_at_the_start_are_both_shown() -> None:
    """S-17: the greeting and a telephone number of one text."""
    text = "Hello, and welcome to Example Bank. " + "We are here for you. " * 20 + "Call +1 555 0100. Goodbye."
    before, after = side_by_side(text, text.replace("Hello", "Hi").replace("0100", "0199"), 60)

    assert "Hello" in before
    assert "0100" in before
    assert "Hi" in after
    assert "0199" in after
    assert len(after) < 140


@pytest.mark.parametrize(
    ("before", "after", "expected"),
    [
        ("one two three", "uno dos three", [("removed", "one two"), ("added", "uno dos")]),
        ("a  b", "a b", [("removed", "  "), ("added", " ")]),
        ("foo", "foo bar", [("added", " bar")]),
        ("all", "new", [("removed", "all"), ("added", "new")]),
        ("", "x", [("added", "x")]),
        (None, "", [("added", "")]),
        ("x", None, [("removed", "x")]),
        ('["en", "fr"]', '["en"]', [("removed", ', "fr"')]),
        (r"a\nb", r"a\tb", [("removed", r"\n"), ("added", r"\t")]),
    ],
)
def test_a_change_consists_of_whole_words(
    before: str | None, after: str | None, expected: list[tuple[str, str]]
) -> None:
    assert _changes(word_diff(before, after)) == expected


def test_a_change_of_only_blanks_is_visible() -> None:
    assert sides(word_diff("a  b", "a b")) == ("a␣␣b", "a␣b")


def test_a_repetitive_text_is_compared_as_a_whole() -> None:
    pieces = word_diff("a b " * 3000 + "x", "b a " * 3000)

    assert len(pieces) <= 6


@given(texts, texts)
def test_the_pieces_contain_both_texts(before: str, after: str) -> None:
    """And so do the windows: what they cut is still in them."""
    for pieces in (word_diff(before, after), windowed(word_diff(before, after))):
        assert "".join(piece.text for piece in pieces if piece.mark is not DiffMark.ADDED) == before
        assert "".join(piece.text for piece in pieces if piece.mark is not DiffMark.REMOVED) == after


@given(texts, texts)
def test_no_window_cuts_a_change(before: str, after: str) -> None:
    pieces = word_diff(before, after)

    assert _changes(windowed(pieces)) == _changes(pieces)
    assert all(len(piece.text) <= 41 for piece in windowed(pieces) if piece.mark is DiffMark.SAME)
