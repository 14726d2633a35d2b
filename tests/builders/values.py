"""Any value that AWS or an author may provide, and the smallest plan that shows it."""

from __future__ import annotations

import string
from collections.abc import Mapping
from typing import Any

from hypothesis import strategies as st

from reconciler.model import Action, CellChange, Change, Estimate, Plan, Ref, Scope, TableChange
from tests.builders.plans import HOSTILE

_PIECES = (
    *HOSTILE[:8],
    "::",
    "`",
    "``",
    "|",
    "\\",
    "<",
    "&",
    "&amp;",
    "</td>",
    "</code>",
    "@a",
    "#1",
    "\u2028",
    "\x85",
)
_ANY = st.text(st.characters(categories=None), max_size=30)  # lone surrogates too
hostile = st.one_of(_ANY, st.lists(st.one_of(st.sampled_from(_PIECES), _ANY), max_size=4).map("".join))

_WORD = st.text(string.ascii_letters + string.digits + "+-.,'", min_size=1, max_size=8)
tame = st.lists(_WORD, min_size=1, max_size=3).map(" ".join)
tame_cells = st.dictionaries(
    st.tuples(tame, st.sampled_from(["Tier", "Points", "Skills"])),
    st.tuples(st.none() | tame, st.none() | tame).filter(lambda sides: sides[0] != sides[1]),
    min_size=1,
    max_size=12,
)


def cell(key: Mapping[str, str], attribute: str, before: str | None, after: str | None) -> CellChange:
    action = Action.CREATE if before is None else Action.DELETE if after is None else Action.UPDATE
    return CellChange(action, key, attribute, before, after, "TEXT", tuple(key.values()))


def plan_of(*cells: CellChange, action: Action = Action.UPDATE, **more: Any) -> Plan:
    """Returns a plan of one change. `more` holds fields of the change and of its table."""
    of_table = {name: more.pop(name) for name in ("rows", "size", "keys", "columns") if name in more}
    change = Change(action, Ref("DataTable", "T"), table=TableChange(cells=cells, **of_table), **more)
    return Plan(Scope("stack", "prod", "arn"), (change,), estimate=Estimate())
