"""Compares two one-line texts word by word, and shortens only the parts that both have in common."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from difflib import SequenceMatcher
from enum import StrEnum
from itertools import chain
from typing import NamedTuple

CONTEXT = 20  # characters that are kept on both sides of a cut
BLANK = "␣"  # a blank in a change of blanks only

# An escape of JSON stays in one piece, so that no window ends within it.
_TOKEN = re.compile(r"\\u[0-9a-fA-F]{4}|\\.|\w+|\s+|[^\w\s]")
# The same, each with the blanks after it, because single blanks would match everywhere.
_WORD = re.compile(r"\\u[0-9a-fA-F]{4}|\\.|\w+\s*|\s+|[^\w\s]\s*")
_LETTER = re.compile(r"\w")
# The most pairs of equal words to compare. Texts with more repeat so much that a word diff is meaningless.
_MOST_PAIRS = 100_000


class DiffMark(StrEnum):
    SAME = "same"
    REMOVED = "removed"
    ADDED = "added"
    CUT = "cut"  # equal on both sides; shown as an ellipsis


class Piece(NamedTuple):
    mark: DiffMark
    text: str

    @property
    def visible(self) -> str:
        """The text as a reader sees it. A change of blanks only has visible blanks."""
        if self.mark is DiffMark.CUT:
            return "…"
        is_change = self.mark in (DiffMark.REMOVED, DiffMark.ADDED)
        return self.text.replace(" ", BLANK) if is_change and self.text.isspace() else self.text


Tokens = Sequence[str]
Run = tuple[Tokens, Tokens]  # before, after; equal where nothing changes


def word_diff(before: str | None, after: str | None) -> tuple[Piece, ...]:
    """Returns pieces that contain both texts in full.

    Same and removed pieces form `before`; same and added pieces form `after`. `None` is a text that does not exist.
    """
    if before is None or after is None:
        texts = ((DiffMark.REMOVED, before), (DiffMark.ADDED, after))
        return tuple(Piece(mark, text) for mark, text in texts if text is not None)
    head, (old, new), tail = _trimmed(_TOKEN.findall(before), _TOKEN.findall(after))
    if set(old).isdisjoint(new):
        return tuple(_pieces(((head, head), (old, new), (tail, tail))))
    middle = _compared(_WORD.findall("".join(old)), _WORD.findall("".join(new)))
    return tuple(_pieces(_merged([(head, head), *middle, (tail, tail)])))


def windowed(pieces: Iterable[Piece], context: int = CONTEXT) -> tuple[Piece, ...]:
    """Cuts the middle of long unchanged pieces. A cut piece keeps its text, and changes stay whole."""
    return tuple(chain.from_iterable(_window(piece, context) for piece in pieces))


def sides(pieces: Iterable[Piece]) -> tuple[str, str]:
    """Returns the text before and the text after, as a reader sees them."""
    both = list(pieces)
    before = "".join(piece.visible for piece in both if piece.mark is not DiffMark.ADDED)
    after = "".join(piece.visible for piece in both if piece.mark is not DiffMark.REMOVED)
    return before, after


def side_by_side(before: str, after: str, longest: int) -> tuple[str, str]:
    """Returns both texts, whole if they are short. Long ones lose the middle of their common parts."""
    if max(len(before), len(after)) <= longest:
        return before, after
    return sides(windowed(word_diff(before, after)))


def _trimmed(old: Tokens, new: Tokens) -> tuple[Tokens, Run, Tokens]:
    """Returns the common start, the differing parts and the common end."""
    start = _common(old, new)
    end = _common(old[start:][::-1], new[start:][::-1])
    left, right = len(old) - end, len(new) - end
    return old[:start], (old[start:left], new[start:right]), old[left:]


def _common(one: Tokens, other: Tokens) -> int:
    count = 0
    for left, right in zip(one, other, strict=False):
        if left != right:
            break
        count += 1
    return count


def _compared(old: Tokens, new: Tokens) -> Iterator[Run]:
    if _repeats(old, new):
        yield old, new
        return
    for _, a, b, c, d in SequenceMatcher(None, old, new, autojunk=False).get_opcodes():
        # A changed word and its replacement may have the same blanks after them.
        head, changed, tail = _trimmed(_TOKEN.findall("".join(old[a:b])), _TOKEN.findall("".join(new[c:d])))
        yield from ((head, head), changed, (tail, tail))


def _repeats(old: Tokens, new: Tokens) -> bool:
    """Returns whether a comparison word by word would take too long."""
    if len(old) * len(new) <= _MOST_PAIRS:
        return False
    counts = Counter(new)
    return sum(counts[word] for word in old) > _MOST_PAIRS


def _merged(runs: Iterable[Run]) -> Iterator[Run]:
    """Joins changes that only a blank or a sign separates. Two replaced words then read as one change."""
    old: list[str] = []
    new: list[str] = []
    between: list[str] = []
    for before, after in runs:
        if before == after:
            between.extend(before)
            continue
        if len(between) > 1 or any(map(_LETTER.match, between)) or not (old or new):
            yield from ((old, new), (between, between))
            old, new = [], []
            between = []
        old += [*between, *before]
        new += [*between, *after]
        between = []
    yield from ((old, new), (between, between))


def _pieces(runs: Iterable[Run]) -> Iterator[Piece]:
    for old, new in runs:
        if old == new:
            if old:
                yield Piece(DiffMark.SAME, "".join(old))
            continue
        if old:
            yield Piece(DiffMark.REMOVED, "".join(old))
        if new:
            yield Piece(DiffMark.ADDED, "".join(new))


def _window(piece: Piece, context: int) -> Iterator[Piece]:
    if piece.mark is not DiffMark.SAME or len(piece.text) <= 2 * context + 1:
        yield piece
        return
    tokens = _TOKEN.findall(piece.text)
    head, tail = _first(tokens, context), _last(tokens, context)
    yield Piece(DiffMark.SAME, head)
    yield Piece(DiffMark.CUT, piece.text[len(head) : len(piece.text) - len(tail)])
    yield Piece(DiffMark.SAME, tail)


def _first(tokens: Tokens, most: int) -> str:
    """Returns whole words from the start. A word that is too long is cut."""
    text = ""
    for token in tokens:
        if len(text) + len(token) > most:
            break
        text += token
    return text or tokens[0][:most]


def _last(tokens: Tokens, most: int) -> str:
    text = ""
    for token in reversed(tokens):
        if len(text) + len(token) > most:
            break
        text = token + text
    return text or tokens[-1][-most:]
