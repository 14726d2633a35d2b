"""A reviewer sees every value that a plan writes, and every row that it deletes (B2, S-17).

The tests read the report back as a reader sees it. Without marks and removed text, it must hold each value in printable
form. If a report shortens unchanged parts, every new word must be there. If a report leaves out items, it must count
them exactly by action.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from html import unescape
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from reconciler.model import Action, CellChange, Change, FieldChange, Plan, Ref, Scope, TableChange
from reconciler.report import Frame, drift_text, plan_html, plan_markdown, plan_text
from reconciler.report.cells import grid
from reconciler.report.visible import escaped, value_text, visible_text
from reconciler.report.word_diff import BLANK
from tests.builders.values import hostile
from tests.report.rendered import after_marks, markdown

LIMIT = 65_536

_WORDS = [
    "welcome",
    "to",
    "the",
    "bank",
    "fees",
    "2",
    "9",
    "pounds",
    "é",
    "日本",
    "a|b",
    "@you",
    "<b>",
    "[-x-]",
    "{+y+}",
    "…",
]
_long = st.lists(st.sampled_from(_WORDS), min_size=20, max_size=120).map(" ".join)


@st.composite
def _edited(draw: st.DrawFn) -> tuple[str, str]:
    """Draws a text of some length, and the same text after several edits."""
    words = draw(st.lists(st.sampled_from(_WORDS), min_size=20, max_size=120))
    after = list(words)
    for at in draw(st.lists(st.integers(0, len(words) - 1), min_size=1, max_size=5)):
        after[at] = draw(st.sampled_from(["", "Sample", "sale", "  ", "+1 555 0199", "-"]))
    return " ".join(words), " ".join(after)


_sides = st.one_of(
    _edited(),
    st.tuples(hostile, hostile),
    st.tuples(st.none(), hostile | _long),
    st.tuples(hostile | _long, st.none()),
).filter(lambda both: both[0] != both[1])
_json = st.recursive(
    st.one_of(st.booleans(), st.integers(), hostile, _long),
    lambda inner: st.one_of(st.lists(inner, max_size=3), st.dictionaries(hostile, inner, max_size=3)),
    max_leaves=6,
)
_paths = st.sampled_from(["description", "attributes[A]", "permissions", "config", "tags[T]", "x.y"])


@st.composite
def _cells(draw: st.DrawFn) -> tuple[CellChange, ...]:
    cells = []
    # Four rows of three cells: text reports fold longer lists and count what they fold.
    keys = draw(st.lists(hostile, min_size=1, max_size=4, unique=True))
    for key in keys:
        for name in draw(st.lists(st.sampled_from(["Tier", "Note", "Skills"]), min_size=1, max_size=3, unique=True)):
            cells.append(_cell(key, name, *draw(_sides)))
    return tuple(cells)


def _cell(key: str, name: str, before: str | None, after: str | None) -> CellChange:
    action = Action.CREATE if before is None else Action.DELETE if after is None else Action.UPDATE
    return CellChange(action, {"K": key}, name, before, after, "TEXT", (key,))


_fields = st.lists(
    st.builds(FieldChange, _paths, st.none() | _json, st.none() | _json).filter(
        lambda field: field.before != field.after
    ),
    max_size=4,
    unique_by=lambda field: field.path,
)
_changes = st.lists(
    st.tuples(st.sampled_from([Action.UPDATE, Action.CREATE, Action.DELETE]), _fields, _cells()), min_size=1, max_size=2
)


def plan(changes: list[tuple[Action, list[FieldChange], tuple[CellChange, ...]]]) -> Plan:
    return Plan(Scope("stack", "prod", "arn"), tuple(_change(at, *each) for at, each in enumerate(changes)))


def _change(at: int, action: Action, fields: list[FieldChange], cells: tuple[CellChange, ...]) -> Change:
    """Draws a change. A creation or deletion has one side only, and a deletion's rows are a field."""
    ref = Ref("DataTable", f"T{at}")
    match action:
        case Action.CREATE:
            made = [FieldChange(field.path, None, field.after) for field in fields if field.after is not None]
            new = [_cell(cell.key["K"], cell.attribute, None, cell.after) for cell in cells if cell.after is not None]
            return Change(action, ref, fields=tuple(made), table=TableChange(cells=tuple(new)))
        case Action.DELETE:
            gone = [FieldChange(field.path, field.before, None) for field in fields if field.before is not None]
            rows = [{"K": cell.key["K"], cell.attribute: cell.before or ""} for cell in cells]
            return Change(action, ref, fields=(*gone, FieldChange("values", rows, None)))
        case _:
            return Change(action, ref, fields=tuple(fields), table=TableChange(cells=cells))


def _written(plan: Plan) -> Iterator[tuple[str, str]]:
    """Yields printable values that a reader must see, with the old value if a report may shorten both."""
    for change in plan.changes:
        for cell in change.table.cells:
            if cell.after is not None:
                yield visible_text(cell.before) if cell.before is not None else "", visible_text(cell.after)
            else:
                yield "", visible_text(cell.key["K"])
                yield "", visible_text(cell.before)
        for field in change.fields:
            if field.path == "values":
                yield from (("", visible_text(text)) for row in field.before for text in row.values())
            for leaf in _new_leaves(field.before, field.after):
                yield value_text(field.before), leaf if isinstance(leaf, str) else value_text(leaf)


def _new_leaves(before: Any, after: Any) -> Iterator[Any]:
    """Yields the values of `after` that `before` does not have at their place. Texts are without quotes."""
    match after:
        case None:
            return
        case dict():
            known = before if isinstance(before, dict) else {}
            for key, value in after.items():
                if known.get(key) != value:
                    yield from _new_leaves(known.get(key), value)
        case list():
            for value in after:
                if not isinstance(before, list) or value not in before:
                    yield from _new_leaves(None, value)
        case str():
            yield escaped(after) if _is_plain(after) else value_text(after)[1:-1]
        case _:
            yield after


def _is_plain(text: str) -> bool:
    return re.fullmatch(r"[A-Za-z][\w./:@+-]*", text, re.ASCII) is not None


def _unseen_whole(text: str, made: Plan) -> list[str]:
    return [after for _, after in _written(made) if after not in text]


def _unseen(text: str, made: Plan) -> list[str]:
    return [after for before, after in _written(made) if not _is_seen(text, before, after)]


def _is_seen(text: str, before: str, after: str) -> bool:
    """Whole; or, where what stays is shortened, with every word that is new."""
    if _squeezed(after) in text or _squeezed(value_text(after)[1:-1]) in text:
        return True
    new = [word for word in re.findall(r"[^\W_]+", after) if word not in re.findall(r"[^\W_]+", before)]
    return before != "" and all(_squeezed(word) in text for word in new)


def _squeezed(text: str) -> str:
    """Removes blanks, which browsers join and reports may replace, and the escapes of the report's own marks."""
    for sign in "-]+}…":
        text = text.replace(f"\\u{ord(sign):04x}", sign)
    return re.sub(rf"[\s{BLANK}]+", "", text)


@given(_changes)
def test_the_full_text_holds_every_value_whole(changes: list[Any]) -> None:
    """B2: the full text has no ellipsis and no marks, so it leaves nothing out."""
    made = plan(changes)
    for text in (plan_text(made, colour=False, width=80, full=True), drift_text(made, colour=False, full=True)):
        assert _unseen_whole(text, made) == []


@given(_changes)
def test_the_text_holds_every_change(changes: list[Any]) -> None:
    made = plan(changes)
    report = plan_text(made, colour=False, width=100)
    text = _squeezed(report) + _squeezed(after_marks(report))

    assert _unseen(text, made) == []


@given(_changes)
def test_markdown_below_its_limit_holds_every_change(changes: list[Any]) -> None:
    made = plan(changes)
    report = plan_markdown(made, Frame(LIMIT))
    if "Shortened to fit" in report:
        return

    text = _squeezed(markdown(report).after)

    assert _unseen(text, made) == []


@given(_changes)
def test_the_page_holds_every_change(changes: list[Any]) -> None:
    made = plan(changes)
    page = re.sub(r"<(style|script)\b.*?</\1>", "", plan_html(made), flags=re.DOTALL)
    texts = (unescape(re.sub(rf"{removed}<[^>]*>", "", page, flags=re.DOTALL)) for removed in ("", r"<del\b.*?</del>|"))
    text = "".join(map(_squeezed, texts))

    assert _unseen(text, made) == []


@given(
    st.integers(0, 250),
    st.integers(0, 250),
    st.integers(0, 250),
    st.sampled_from([700, 2_000, 6_000, 20_000]),
)
def test_what_is_left_out_is_counted_exactly_by_action(deleted: int, changed: int, added: int, limit: int) -> None:
    """B1: a document once counted `… and 900 more cells` without any of 850 deletions in it."""
    cells = (
        *(_cell(f"a{at}", "A", None, "x") for at in range(added)),
        *(_cell(f"c{at}", "A", "x", "y") for at in range(changed)),
        *(_cell(f"d{at}", "A", "x", None) for at in range(deleted)),
    )
    made = plan([(Action.UPDATE, [], cells)])
    expected = Counter({"added": added, "changed": changed, "deleted": deleted})

    text = plan_text(made, colour=False)
    lines = [line for line in text.splitlines() if re.match(r"      [-~+]  ", line)]
    assert _counted([line.strip()[0] for line in lines], text) == +expected
    report = plan_markdown(made, Frame(limit))
    rows = [line for line in report.splitlines() if re.match(r"\| [-~+] ", line)]
    if rows or "more row" in report:
        assert _counted([row[2] for row in rows], report) == +expected
    if any(row[2] != "-" for row in rows):
        assert sum(row[2] == "-" for row in rows) == deleted
    assert len(grid(made.changes[0]).rows) == added + changed + deleted


def _counted(symbols: list[str], text: str) -> Counter[str]:
    """Counts the listed rows and those that the report counts as left out."""
    counts = Counter({"-": "deleted", "~": "changed", "+": "added"}[symbol] for symbol in symbols)
    found = re.search(r"… and [\d,]+ more rows?: ([^;\n]*)", text)
    for number, word in re.findall(r"(\d[\d,]*) (\w+)", found[1] if found else ""):
        counts[word] += int(number.replace(",", ""))
    return counts
