"""The older form of mappings, one file for all canonical tables, as mappings of one table each. Pure.

{"tickets": {"connectwise": {"service/tickets": {"ticket_number": "id", "urgency": "urgency"}}}}
It is read as it is: null stands for each column that ConnectWise lacks, never returns, or that is never stored.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from reconciler.lambdas.connectwise.mapping import NAME, RESERVED, SYSTEM, Fault, Path, did_you_mean
from reconciler.lambdas.connectwise.privacy import classify
from reconciler.lambdas.connectwise.tables import TABLES, read_table

FILE = "canonical_mappings.json"


@dataclass(frozen=True)
class Converted:
    """`mappings`: an author's file for each canonical table. `notes`: each column that is not carried as written."""

    mappings: Mapping[str, Mapping[str, Any]]
    notes: tuple[Fault, ...]
    faults: tuple[Fault, ...] = ()


def is_seed_form(content: Any) -> bool:
    """Returns whether a file has the older form: canonical tables with source systems at its top."""
    if not isinstance(content, Mapping) or not content or "canonicalTable" in content:
        return False
    return all(isinstance(systems, Mapping) and SYSTEM in systems for systems in content.values())


def convert(content: Mapping[str, Any]) -> Converted:
    """Returns the mappings of a file in the older form."""
    mappings, notes, faults = dict[str, Mapping[str, Any]](), list[Fault](), list[Fault]()
    for canonical, systems in content.items():
        tables: dict[str, Any] = {}
        for table, columns in systems[SYSTEM].items():
            path: Path = (canonical, SYSTEM, table)
            if table not in TABLES or not isinstance(columns, Mapping):
                message = f"{table} is not a table of ConnectWise{did_you_mean(str(table), TABLES)}"
                faults.append(Fault(path, message))
                continue
            tables[table] = {"key": read_table(table).key, "columns": _columns(table, columns, path, notes)}
        notes += [
            Fault((canonical, system), f"{system} is not a source system, and is left out")
            for system in systems
            if system != SYSTEM
        ]
        mappings[str(canonical)] = {"canonicalTable": canonical, "history": "type2", "sources": {SYSTEM: tables}}
    return Converted(mappings, tuple(notes), tuple(faults))


def _columns(table: str, columns: Mapping[str, Any], path: Path, notes: list[Fault]) -> dict[str, str | None]:
    converted: dict[str, str | None] = {}
    for written, source in columns.items():
        place = (*path, written)
        name = written if NAME.fullmatch(str(written)) else _snake(str(written))
        name = f"source_{name}" if name in RESERVED else name
        if name != written:
            notes.append(Fault(place, f"{written} is called {name}: it is not a name for a column of Redshift"))
        raw, why = _source(table, source)
        if why:
            notes.append(Fault(place, f"{why}, so {name} is {raw or 'always null'}"))
        converted[name] = raw
    return converted


def _source(table: str, source: Any) -> tuple[str | None, str]:
    """Returns the raw column of a source, and why it is another one or none."""
    known = read_table(table)
    field = known.field(source) if isinstance(source, str) else None
    if field is None and known.field(f"_info__{source}"):
        return f"_info__{source}", f"{table} has {source} inside _info alone"
    if field is None:
        return None, "" if source is None else f"{table} has no column {source}"
    if not field.is_returned:
        return None, f"ConnectWise never returns {source}"
    privacy = classify(table, field.path)
    if privacy in ("secret", "personal"):
        return None, f"{source} is {'a secret' if privacy == 'secret' else 'personal'}"
    return str(source), ""


def _snake(name: str) -> str:
    words = re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", name).lower()
    return re.sub(r"[^a-z0-9]+", "_", words).strip("_") or "column"
