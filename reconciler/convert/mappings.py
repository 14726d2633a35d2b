"""Converts the older file of mappings to one file for each canonical table, and the lock of their columns."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from reconciler.convert.json_text import read_json
from reconciler.documents.files import read_text
from reconciler.documents.nodes import place, plain
from reconciler.errors import ManifestError, Mistake
from reconciler.kinds.pipelines.mapping_files import LOCK, lock_text
from reconciler.lambdas.connectwise.column_lock import locked
from reconciler.lambdas.connectwise.mapping import TableMapping, read_mapping
from reconciler.lambdas.connectwise.seed_mapping import convert, is_seed_form
from reconciler.model import Finding


@dataclass(frozen=True)
class ConvertedMappings:
    """`texts`: the files by their names. `findings`: each column that is not carried as written."""

    texts: Mapping[str, str]
    findings: tuple[Finding, ...]


def read_mappings(path: Path) -> ConvertedMappings:
    """Reads the older file. Raises `ManifestError` with every mistake in it."""
    name = str(path)
    read = read_text(path, name)
    if isinstance(read, Mistake):
        raise ManifestError([read])
    node, wrong = read_json(read.text, name)
    if node is None or wrong:
        raise ManifestError(wrong)
    content = plain(node)
    if not is_seed_form(content):
        message = "is not a file of canonical tables, each with connectwise below it; name such a file"
        raise ManifestError([Mistake(node.source, message)])
    converted = convert(content)
    mistakes = [Mistake(place(node, fault.path), fault.message) for fault in converted.faults]
    tables: dict[str, TableMapping] = {}
    for table, written in converted.mappings.items():
        mapping = read_mapping(written)
        if isinstance(mapping, TableMapping):
            tables[table] = mapping
        else:
            mistakes += [Mistake(place(node, (table, *fault.path[1:])), fault.message) for fault in mapping]
    if mistakes:
        raise ManifestError(sorted(set(mistakes)))
    findings = [Finding("warning", "", note.message, place(node, note.path)) for note in converted.notes]
    texts = {f"{table}.yaml": _yaml(written) for table, written in converted.mappings.items()}
    lock = lock_text({table: locked((), mapping) for table, mapping in tables.items()})
    return ConvertedMappings({**texts, LOCK: lock}, tuple(findings))


def _yaml(mapping: Mapping[str, Any]) -> str:
    """Returns a mapping as YAML. Names and columns have no character that YAML reads otherwise."""
    return "\n".join(["canonicalTable: " + mapping["canonicalTable"], *_lines(mapping)]) + "\n"


def _lines(mapping: Mapping[str, Any]) -> Iterator[str]:
    yield f"history: {mapping['history']}"
    yield "sources:"
    for system, tables in mapping["sources"].items():
        yield f"  {system}:"
        for table, source in tables.items():
            yield f"    {table}:"
            yield f"      key: {source['key']}"
            yield "      columns:"
            for name, raw in source["columns"].items():
                yield f"        {_key(name)}: {json.dumps(raw) if raw is None else raw}"


def _key(name: str) -> str:
    """Returns the name of a column. YAML reads some names as booleans or as null."""
    return json.dumps(name) if name in ("null", "true", "false", "yes", "no", "on", "off", "y", "n") else name
