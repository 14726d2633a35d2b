"""Random tables: what an author may declare, and what may be live."""

from __future__ import annotations

from typing import Any

from hypothesis import strategies as st

from reconciler.model import Manifest
from tests.builders.tables import table

TYPES = ("TEXT", "NUMBER", "BOOLEAN", "TEXT_LIST", "NUMBER_LIST")
LEVELS = ("NONE", "DATA_TABLE")
NAMES = ("Tier", "Größe", "a b", "x:y", "Open?"[:4], "N-1")
KEYS = ("K", "Key two")
_LETTERS = st.text(st.characters(codec="utf-8", exclude_categories=("Cs", "Cc")), min_size=1, max_size=12)
_NUMBERS = st.sampled_from(["0", "1", "-2.5", "3.0", "1000000", "0.10", "007.5", "1e3"])
_TEXTS = st.one_of(
    st.sampled_from(["", "007", "true", " a ", "a,b", '"', "${x", "é", "null", "=1 + 1", "TRUE", "line\nbreak"]),
    _LETTERS.filter(lambda text: not text.startswith("=")),
)
_KEY_TEXTS = st.sampled_from(["a", "b", "C-1", "007", "ü", "x y", "1", "1.0", "A"])
CELLS = {
    "TEXT": _TEXTS,
    "NUMBER": _NUMBERS,
    "BOOLEAN": st.sampled_from(["true", "FALSE", "True"]),
    "TEXT_LIST": st.sampled_from(["[]", '["a"]', "a, b", '["x,y", "z"]', "one"]),
    "NUMBER_LIST": st.sampled_from(["[]", "[1, 2.0]", "1,2.5", "[0.10]"]),
}


@st.composite
def columns(draw: st.DrawFn, keys: tuple[str, ...]) -> list[dict[str, Any]]:
    names = draw(st.lists(st.sampled_from(NAMES), unique=True, max_size=4))
    others = [
        {
            "name": name,
            "valueType": draw(st.sampled_from(TYPES)),
            "ownership": draw(st.sampled_from(["managed", "managed", "managed", "seed", "observed"])),
            **draw(st.sampled_from([{}, {}, {"description": "why"}])),
        }
        for name in names
    ]
    primaries = [{"name": name, "valueType": "TEXT", "primary": True} for name in keys]
    return draw(st.permutations([*primaries, *others]))


@st.composite
def rows(draw: st.DrawFn, attributes: list[dict[str, Any]]) -> list[dict[str, Any]]:
    primaries = [a["name"] for a in attributes if a.get("primary")]
    others = [a for a in attributes if not a.get("primary") and a["ownership"] != "observed"]
    keys = draw(st.lists(st.tuples(*(_KEY_TEXTS for _ in primaries)), unique=True, max_size=5))
    return [{**dict(zip(primaries, key, strict=True)), **draw(cells(others))} for key in keys]


@st.composite
def cells(draw: st.DrawFn, attributes: list[dict[str, Any]]) -> dict[str, str | None]:
    """Draws some cells of a row: a text, `None` for an absent cell, or no entry for an undeclared one."""
    chosen = {a["name"]: draw(st.sampled_from(["value", "value", "absent", "unsaid"])) for a in attributes}
    types = {a["name"]: a["valueType"] for a in attributes}
    return {
        name: None if what == "absent" else draw(CELLS[types[name]])
        for name, what in chosen.items()
        if what != "unsaid"
    }


@st.composite
def tables(draw: st.DrawFn, keys: tuple[str, ...] = KEYS[:1], name: str = "T") -> Manifest:
    attributes = draw(columns(keys))
    others = [a for a in attributes if not a.get("primary") and a["ownership"] != "observed"]
    spec = {
        "timeZone": draw(st.sampled_from(["UTC", "Europe/Berlin"])),
        **draw(st.sampled_from([{}, {"description": "d"}])),
        **draw(st.sampled_from([{}, {"tags": {"Team": "a"}}, {"tags": {"Team": "b", "Ort": "Zürich"}}])),
    }
    return table(
        attributes,
        draw(rows(attributes)),
        name=name,
        level=draw(st.sampled_from(LEVELS)),
        spec=spec,
        default=draw(st.one_of(st.none(), cells(others))),
        prune=draw(st.booleans()),
        protect=draw(st.sampled_from([None, None, False])),
    )


EVERYTHING = frozenset(
    {
        "DataTable/T",
        "DataTable/T/values",
        *(f"DataTable/T/{name}" for name in ("Tier", "Größe", "a b", "x:y", "Open", "N-1", *KEYS)),
    }
)
pairs = st.tuples(st.one_of(tables(), tables(KEYS)), st.one_of(tables(), tables(KEYS)), st.booleans())
