"""Reads the console's agent CSV as users, or reports every mistake in it at once.

A file may have passwords, and a damaged row may have one in any column. So no message shows a cell.
"""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

from reconciler.convert.agent_rows import Agent, AgentReader, header_of_agents
from reconciler.convert.tables import mapping
from reconciler.documents.csv_text import SEPARATORS, CsvTable, header_of, read_sheet
from reconciler.documents.files import read_text
from reconciler.documents.nodes import Entry, MapNode, Scalar
from reconciler.errors import ManifestError, Mistake, Source, UsageError
from reconciler.lambdas.agents.headers import FEWEST, known_columns
from reconciler.model import Finding

_COLUMNS = "its first line must have the console's columns, such as first name, last name, user login"


class Roster(NamedTuple):
    """The agents of a file. `has_passwords`: it has the column `password`."""

    agents: tuple[Agent, ...]
    findings: tuple[Finding, ...]
    has_passwords: bool


def read_agents(path: Path) -> Roster:
    """Reads a file. Raises `UsageError` if there is none, and `ManifestError` with every mistake in it."""
    if not path.exists():
        raise UsageError(f"{path} does not exist")
    file = os.fsencode(path).decode(errors="replace").replace(os.sep, "/")
    read = read_text(path, file)
    if isinstance(read, Mistake):
        raise ManifestError([read])
    table, damage = _table(read.text, file)
    header = header_of_agents(table)
    reader = AgentReader(table, header)
    agents = tuple(reader.agents())
    mistakes = {*damage, *header.mistakes, *reader.mistakes}
    if not agents and not mistakes:
        mistakes.add(Mistake(Source(file), "has no agents; write a row for each below the names of the columns"))
    if mistakes:
        raise ManifestError(sorted(mistakes))
    return Roster(agents, reader.findings, header.has_passwords)


def with_generated_passwords(agents: Sequence[Agent]) -> tuple[Agent, ...]:
    """Returns the agents, each with a password that apply generates when it creates the user."""
    return tuple(agent._replace(spec=_with_password(agent.spec)) for agent in agents)


def _with_password(spec: MapNode) -> MapNode:
    generate = mapping({"generate": Scalar(True, "true", spec.source)}, spec.source)
    entries: dict[str, Entry] = {}
    for key, entry in spec.entries.items():
        if key == "routingProfile":  # every user has one, and identityInfo comes before it
            entries["password"] = Entry(spec.source, generate)
        entries[key] = entry
    return MapNode(entries, spec.source)


def _table(text: str, file: str) -> tuple[CsvTable, tuple[Mistake, ...]]:
    """Returns the file's table and its damage. Raises `ManifestError` if its columns are not those of agents."""
    if not text.strip():
        raise ManifestError([Mistake(Source(file, 1, 1), f"is not an agent CSV, because it is empty; {_COLUMNS}")])
    known = {mark: _number_of_known_columns(text, mark) for mark in SEPARATORS}
    table, damage = read_sheet(text, file, max(known, key=lambda mark: known[mark]))
    if table is None:
        raise ManifestError(damage)
    if (number := max(known.values())) < FEWEST:
        known_ones = f"{number} of its columns is" if number == 1 else f"{number or 'none'} of its columns are"
        place = Source(file, table.header_row.line, 1)
        raise ManifestError([Mistake(place, f"is not an agent CSV, because {known_ones} known; {_COLUMNS}")])
    return table, damage


def _number_of_known_columns(text: str, separator: str) -> int:
    header = header_of(text, separator)
    return len(known_columns([cell or "" for cell in header.cells])) if header else 0
