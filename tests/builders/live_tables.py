"""Random tables as another writer may have created them in the console, within AWS's rules."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from hypothesis import strategies as st

from reconciler.sandbox import INSTANCE_ID

TYPES = ("TEXT", "NUMBER", "BOOLEAN", "TEXT_LIST", "NUMBER_LIST")
LEVELS = ("NONE", "DATA_TABLE", "PRIMARY_VALUE", "ATTRIBUTE", "VALUE")
_ODD_NAMES = ("a b", "a-b", "A_B", "CON", "x:y", "p|q", "...x", "-", "Größe", "yes", "007", "=1", "a@b", "null", "漢字")
_ODD_TEXTS = (
    *("", " ", "007", "yes", "null", "~", "1e3", "2024-01-01", "true", "- x", "# no", "a: b", "{}", "[", "&a", "*a"),
    *("${", "$${", "$$${", "${var:TEAM}", "${DataTable/T.arn}", "a,b", '"', '""', "a\nb", "a\r\nb", "\r", "\t", "'"),
    *("\u202eabc", "\ufeff", "\x85", "\u2028", "\x0b", "\x1b[31m", "é", "e\u0301", "🎈", "\u200d", "%", "@x", "|", ">"),
)
_LETTERS = st.characters(categories=("L", "Nd"), include_characters=" -_.:=@'|\u00a0\u2003")


def _is_name(text: str) -> bool:
    return bool(text) and text not in (".", "..") and not text.casefold().startswith(("aws:", "connect:"))


def is_visible(text: str) -> bool:
    """Returns whether YAML allows the text. CSV allows every text without NUL."""
    return not any(letter == "\x7f" or (letter < " " and letter not in "\t\n\r") for letter in text)


names = st.one_of(st.sampled_from(_ODD_NAMES), st.text(_LETTERS, min_size=1, max_size=127).map(str.strip)).filter(
    _is_name
)
texts = st.one_of(
    st.sampled_from(_ODD_TEXTS), st.text(st.characters(exclude_categories=("Cs",), exclude_characters="\0"), max_size=8)
)

visible = texts.filter(is_visible)
described = st.one_of(
    st.just(""),
    st.sampled_from(["why: because", "- x", "# no", "no", "007", "two\nlines", "$${", "say ${var:TEAM}", "\u2028"]),
    st.text(st.characters(exclude_categories=("C",), include_characters="\t\n"), max_size=30),
).map(str.strip)
numbers = st.sampled_from(["0", "1", "-2.5", "3.0", "0.10", "1e3", "168.0", "-0", "1E-2", "100000000000000000001"])
plain_texts = texts.filter(lambda text: not text.startswith("="))
expressions = st.sampled_from(["=1 + 1", '=XLOOKUP("${x}", [a], [b])', "=IF(true, 1, 2)"])
keys = {"TEXT": plain_texts, "NUMBER": numbers}
cells = {
    "TEXT": plain_texts,
    "NUMBER": numbers,
    "BOOLEAN": st.sampled_from(["true", "false"]),
    "TEXT_LIST": st.lists(visible, max_size=3).map(lambda items: json.dumps(items, ensure_ascii=False)),
    "NUMBER_LIST": st.lists(numbers, max_size=3).map(lambda items: f"[{', '.join(items)}]"),
}


@dataclass(frozen=True)
class Made:
    """The parameters of the calls that create a table."""

    table: dict[str, Any]
    attributes: tuple[dict[str, Any], ...]
    values: tuple[dict[str, Any], ...]


def make(connect: Any, made: Made) -> str:
    """Creates the table as another writer, and returns its id."""
    born = {**made.table, "ValueLockLevel": "NONE"}  # so that creates need no locks
    table = connect.create_data_table(InstanceId=INSTANCE_ID, Status="PUBLISHED", **born)["Id"]
    place = {"InstanceId": INSTANCE_ID, "DataTableId": table}
    for attribute in made.attributes:
        connect.create_data_table_attribute(**place, **attribute)
    for start in range(0, len(made.values), 25):
        answer = connect.batch_create_data_table_value(**place, Values=list(made.values[start : start + 25]))
        assert not answer["Failed"], answer["Failed"]
    metadata = {key: value for key, value in made.table.items() if key != "Tags"}
    connect.update_data_table_metadata(**place, **metadata)
    return str(table)


@st.composite
def live_tables(draw: st.DrawFn, name: str) -> Made:
    primaries, others = draw(_columns())
    rows = draw(_keys(primaries))
    stored = {
        other["Name"]: draw(st.lists(_cell(other), min_size=len(rows) + 1, max_size=len(rows) + 1)) for other in others
    }
    for column in others:
        column.update(draw(_validation(column, [text for text in stored[column["Name"]] if text is not None])))
    for at, column in enumerate(primaries):
        column.update(draw(_validation(column, [row[at] for row in rows])))
    return Made(
        {
            "Name": name,
            "TimeZone": draw(st.sampled_from(["UTC", "Europe/Zurich", "US/Eastern"])),
            "ValueLockLevel": draw(st.sampled_from(LEVELS)),
            "Description": draw(described),
            "Tags": draw(st.dictionaries(st.sampled_from(["Team", "a b", "no", "1"]), texts_of_tags, max_size=3)),
        },
        tuple(draw(st.permutations([*primaries, *others]))),
        tuple(_values(primaries, rows, stored)),
    )


texts_of_tags = st.sampled_from(["", "a", "007", "no", "Zürich", "a: b", "x/y@z", "1.0"])


@st.composite
def _columns(draw: st.DrawFn) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
    column_names = draw(st.lists(names, unique_by=str.casefold, min_size=1, max_size=6))
    count = draw(st.integers(0, min(3, len(column_names))))
    primaries = [
        {"Name": name, "ValueType": draw(st.sampled_from(["TEXT", "NUMBER"]))} for name in column_names[:count]
    ]
    others = [{"Name": name, "ValueType": draw(st.sampled_from(TYPES))} for name in column_names[count:]]
    for column in (*primaries, *others):
        if text := draw(described):
            column["Description"] = text
    return [{**column, "Primary": True} for column in primaries], others


@st.composite
def _keys(draw: st.DrawFn, primaries: Sequence[dict[str, Any]]) -> list[tuple[str, ...]]:
    if not primaries:
        return []
    key = st.tuples(*(keys[primary["ValueType"]] for primary in primaries)).filter(any)
    types = [primary["ValueType"] for primary in primaries]

    def folded(key: tuple[str, ...]) -> tuple[Any, ...]:
        return tuple(
            Decimal(text) if kind == "NUMBER" else text.casefold() for kind, text in zip(types, key, strict=True)
        )

    return draw(st.lists(key, unique_by=folded, max_size=5))


def _cell(column: dict[str, Any]) -> st.SearchStrategy[str | None]:
    may_be_expression = column["ValueType"] in ("TEXT", "NUMBER", "BOOLEAN")
    return st.one_of(
        st.none(),
        cells[column["ValueType"]],
        *([expressions] if may_be_expression and not column.get("Primary") else []),
    )


def _values(
    primaries: Sequence[dict[str, Any]], rows: Sequence[tuple[str, ...]], stored: dict[str, list[str | None]]
) -> list[dict[str, Any]]:
    """Returns the values. The last cell of each column belongs to the default record."""
    found: list[dict[str, Any]] = []
    for name, texts in stored.items():
        for at, text in enumerate(texts):
            if text is None:
                continue
            if at < len(rows):
                pairs = zip(primaries, rows[at], strict=True)
                key = {"PrimaryValues": [{"AttributeName": p["Name"], "Value": part} for p, part in pairs]}
                found.append({**key, "AttributeName": name, "Value": text})
            elif is_visible(text):
                found.append({"AttributeName": name, "Value": text})
    return found


# Rules that the stored values satisfy.


@st.composite
def _validation(draw: st.DrawFn, column: dict[str, Any], stored: Sequence[str]) -> dict[str, Any]:
    plain = [text for text in stored if not text.startswith("=")]
    in_list = column["ValueType"].endswith("_LIST")
    items = [item for text in plain for item in json.loads(text, parse_float=str, parse_int=str)] if in_list else plain
    kind = column["ValueType"].removesuffix("_LIST")
    rules: dict[str, Any] = {}
    if kind == "TEXT":
        _some(draw, rules, {"MinLength": min(map(len, items), default=1), "MaxLength": max(map(len, items), default=9)})
    if kind == "NUMBER":
        rules |= _bounds(draw, [Decimal(item) for item in items])
    if in_list:
        counts = [len(json.loads(text)) for text in plain]
        _some(draw, rules, {"MinValues": min(counts, default=1), "MaxValues": max(counts, default=7)})
    if column["ValueType"] == "TEXT_LIST" or (column["ValueType"] == "TEXT" and column.get("Primary")):
        _some(draw, rules, {"IgnoreCase": True})
    distinct = _distinct(kind, items)
    if kind != "BOOLEAN" and len(distinct) <= 5 and all(is_visible(item) for item in distinct):
        may_be_strict = bool(distinct) and not any(item.startswith("=") for item in items)
        _some(draw, rules, {"Enum": {"Strict": may_be_strict and draw(st.booleans()), "Values": distinct}})
    return {"Validation": rules} if rules else {}


def _some(draw: st.DrawFn, rules: dict[str, Any], more: dict[str, Any]) -> None:
    rules.update({rule: limit for rule, limit in more.items() if draw(st.booleans())})


def _bounds(draw: st.DrawFn, stored: Sequence[Decimal]) -> dict[str, Any]:
    """Returns limits that are exact as doubles."""
    low, high = (int(side(stored, default=Decimal(5))) for side in (min, max))
    if max(abs(low), abs(high)) > 10**9:
        return {}
    chosen: list[dict[str, Any]] = [
        {},
        {"Minimum": low - 1},
        {"ExclusiveMinimum": low - 1.5},
        {"Maximum": high + 1},
        {"ExclusiveMaximum": high * 2 + 1.5 if high > 0 else 1.5},
    ]
    step = {"MultipleOf": 0.01} if draw(st.booleans()) else {}
    return {**draw(st.sampled_from(chosen)), **step}


def _distinct(kind: str, items: Sequence[str]) -> list[str]:
    by: dict[Any, str] = {}
    fold: Callable[[str], Any] = Decimal if kind == "NUMBER" else str.casefold
    for item in items:
        by.setdefault(fold(item), item)
    return [text for text in by.values() if not text.startswith("=")]
