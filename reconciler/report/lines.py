"""Provides the pieces that every text report uses."""

from __future__ import annotations

import unicodedata
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from reconciler.messages import counted
from reconciler.model import Plan, Ref
from reconciler.report.caution import caution_text, cautions, left_out_text, loss_text
from reconciler.report.summary import warnings_first
from reconciler.report.visible import LONGEST, escaped, key_text
from reconciler.report.words import (
    HOW_TO_DELETE,
    ORPHANS,
    SYMBOLS,
    Paint,
    holding,
    in_colour,
    origin_mark,
    origin_size,
    orphans_by_origin,
    orphans_size,
    uncoloured,
)

FOLD = 40  # lines of a table or list that a report shows
SEVERITY_COLOURS = {"error": "red", "warning": "yellow"}
WIDEST = 160  # characters of a table's line if the screen's width is unknown


@dataclass(frozen=True)
class Look:
    """How a text report looks:

    `paint` colours a text, `width` is the screen's width in characters (0: unknown), `full` shortens nothing.
    """

    paint: Paint
    width: int = 0
    full: bool = False

    @property
    def line(self) -> int:
        """Most characters of one line."""
        return self.width or WIDEST

    @property
    def longest(self) -> int:
        """Most characters of one value."""
        return max(16, min(LONGEST, self.width // 3)) if self.width else LONGEST


def look(colour: bool, width: int, full: bool = False) -> Look:
    return Look(in_colour if colour else uncoloured, width, full)


def headline(plan: Plan, what: str, look: Look) -> str:
    scope = plan.scope
    where = look.paint("dim", f" · {escaped(scope.place)}" if scope.place else "")
    return look.paint("bold", f"{what} {escaped(scope.owner)}") + where


def heading(plan: Plan, origin: Ref | None, look: Look) -> tuple[str, ...]:
    """Returns the lines above the changes of resources that one document stands for; none for other changes."""
    if origin is None:
        return ()
    return "", look.paint("bold", escaped(str(origin))) + f"{origin_mark(plan, origin)} · {origin_size(plan, origin)}"


def under(origin: Ref | None, lines: Iterable[str]) -> Iterator[str]:
    """Yields the lines of a change, indented if they are below the heading of an origin."""
    return (f"  {line}" if origin and line else line for line in lines)


def aligned(rows: Sequence[Sequence[str]]) -> list[str]:
    """Returns lines with columns two blanks apart. The last column is not padded."""
    widths = [max(map(columns, column)) for column in zip(*rows, strict=True)]
    lines = []
    for row in rows:
        padded = (text + " " * (width - columns(text)) for text, width in zip(row, widths, strict=True))
        lines.append("  ".join(padded).rstrip())
    return lines


def columns(text: str) -> int:
    """Returns the columns that a terminal needs: two for East Asian characters, none for combining marks."""
    if text.isascii():
        return len(text)
    number = 0
    for char in text:
        if not unicodedata.combining(char):
            number += 2 if unicodedata.east_asian_width(char) in "WF" else 1
    return number


def folded(things: Collection[Any], most: int, word: str) -> list[str]:
    """Returns a line that counts the things beyond `most`, or nothing."""
    left = len(things) - most
    return [f"… and {left:,} more {word}{'' if left == 1 else 's'}, all of them in --format json"] if left > 0 else []


def caution(plan: Plan, look: Look) -> Iterator[str]:
    """Yields the deletions, by address."""
    changes = cautions(plan)
    if not changes:
        return
    yield ""
    yield look.paint("red", f"Caution: {caution_text(changes)}")
    for change in changes[:FOLD]:
        yield f"  {SYMBOLS[change.action]} {change.action.value} {escaped(str(change.ref))}{loss_text(change)}"
    if left := left_out_text(changes, FOLD):
        yield f"  {left}"


def renames(pairs: Iterable[tuple[Any, Any]]) -> Iterator[str]:
    yield from (f"rename {key_text(before)} → {key_text(after)}" for before, after in pairs)


def orphans(plan: Plan, look: Look) -> Iterator[str]:
    if plan.orphans:
        yield ""
        yield look.paint("bold", f"{counted(len(plan.orphans), 'orphan')}: {ORPHANS}")
        for origin, refs in orphans_by_origin(plan):
            if origin:
                title = look.paint("bold", escaped(str(origin))) + origin_mark(plan, origin)
                yield f"  {title} · {orphans_size(plan, origin)}"
            indent = "    " if origin else "  "
            yield from (f"{indent}? orphan {escaped(str(ref))}{holding(plan, ref)}" for ref in refs)
        yield f"  {HOW_TO_DELETE}"


def findings(plan: Plan, look: Look) -> Iterator[str]:
    if plan.findings:
        yield ""
        yield look.paint("bold", counted(len(plan.findings), "finding"))
    for finding in warnings_first(plan.findings):
        where = look.paint("dim", f" · {escaped(str(finding.source))}" if finding.source else "")
        word = look.paint(SEVERITY_COLOURS.get(finding.severity, "dim"), f"{finding.severity:<7}")
        about = f"{escaped(finding.address)}: " if finding.address else ""
        yield f"  {word} {about}{escaped(finding.message)}{where}"


def printed(lines: Iterable[str]) -> str:
    """Returns the report's text.

    Every text report is returned by this function. GitHub's runner would execute a line that starts with two colons, so
    they are escaped.
    """
    safe = (line.replace("::", "\\u003a:", 1) if line.lstrip().startswith("::") else line for line in lines)
    # Two characters of a value and one of our marks can form the runner's older command syntax.
    safe = (line.replace("##[", r"#\u0023[") for line in safe)
    return "\n".join(safe) + "\n"
