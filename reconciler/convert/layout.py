"""Reads a folder of the old layout as manifests, or reports every mistake in its files at once."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

from reconciler.config import ARN, ARN_REMEDY
from reconciler.convert.carrying import Carrier
from reconciler.convert.json_text import read_json
from reconciler.convert.tables import OF_A_TABLE, attributes_of, document, mapping, table_of, values_of
from reconciler.convert.writable import UNWRITABLE, UNWRITABLE_IN_CSV
from reconciler.desired.checked import Checked, elsewhere
from reconciler.desired.layers import Draft, ManifestFolders
from reconciler.desired.manifests import Surroundings, read_manifest
from reconciler.desired.texts import Texts
from reconciler.documents.files import read_text
from reconciler.documents.hints import brief, did_you_mean
from reconciler.documents.nodes import Entry, MapNode, Node, Scalar, find, scalars, without
from reconciler.errors import ManifestError, Mistake, Source, UsageError
from reconciler.kinds.registry import KINDS
from reconciler.model import Finding, Manifest
from reconciler.model.environment import UNLIMITED

MAIN, ATTRIBUTES, VALUES = "data_tables_config.json", "attributes", "attribute_values"


@dataclass(frozen=True)
class Table:
    """Converted table. `spec` is the manifest's spec without values. `manifest` holds the values as AWS gets them."""

    spec: MapNode
    manifest: Manifest


class Layout(NamedTuple):
    instance: str
    tables: tuple[Table, ...]
    findings: tuple[Finding, ...]
    lost: int = 0  # keys and files that are not carried over


def read_layout(folder: Path) -> Layout:
    """Reads the layout. Raises `UsageError` if the folder has none, and `ManifestError` with every mistake in it."""
    if not (folder / MAIN).exists():
        inner = next(iter(sorted(folder.glob(f"*/{MAIN}"))), None)
        raise UsageError(f"{folder / MAIN} does not exist" + (f"; did you mean {inner.parent}?" if inner else ""))
    reader = _LayoutReader(folder)
    layout = reader.read()
    if reader.carrier.mistakes:
        raise ManifestError(sorted(set(reader.carrier.mistakes)))
    return layout


class _LayoutReader:
    """Reads file after file. Messages name the files with the folder as the caller gave it."""

    def __init__(self, folder: Path) -> None:
        self.carrier = Carrier()
        self._folder = folder

    def read(self) -> Layout:
        main = self._node(self._folder / MAIN)
        entries = self.carrier.known(main, (), ("instanceARN", "dataTables")) if main else {}
        instance = self._instance(entries, main) if main else ""
        if main and "dataTables" not in entries:
            self.carrier.wrong(main.source, "$.dataTables is missing")
        tables = list(self._tables(entries["dataTables"].node)) if "dataTables" in entries else []
        if main:
            self._strays({table.name for table in tables})
        manifests = [self._checked(table) for table in tables]
        findings = tuple(dict.fromkeys(self.carrier.findings))
        return Layout(instance, tuple(table for table in manifests if table), findings, self.carrier.lost)

    def _instance(self, entries: Mapping[str, Entry], main: Node) -> str:
        arn = self.carrier.text(dict(entries), "instanceARN", main, ())
        if arn and not ARN.fullmatch(arn):
            place = entries["instanceARN"].node.source
            self.carrier.wrong(place, f"$.instanceARN has an invalid format, {brief(arn)}; write {ARN_REMEDY}")
        return arn or ""

    def _tables(self, listed: Node) -> Iterator[Draft]:
        first: dict[str, Source] = {}
        for path, item in self.carrier.items(listed, ("dataTables",)):
            entries = self.carrier.known(item, path, OF_A_TABLE)
            name = self.carrier.text(entries, "name", item, path) if isinstance(item, MapNode) else None
            if not name:
                continue
            node = entries["name"].node
            if ".." in name or set(name) & set("/\\"):
                message = f"{brief(name)} is not a valid file name; write a name without / \\ and .."
                self.carrier.wrong(node.source, message)
            elif (twin := first.setdefault(name.casefold(), node.source)) is not node.source:
                self.carrier.wrong(node.source, f"duplicate table {brief(name)}; it is also at {twin}; remove one")
            elif isinstance(node, Scalar):
                spec = table_of(entries, item) | self._columns_and_rows(name)
                yield Draft("DataTable", name, document(node, spec, item.source))

    def _columns_and_rows(self, name: str) -> dict[str, Node]:
        columns = self._node(self._folder / ATTRIBUTES / f"{name}.json")
        attributes = attributes_of(self.carrier, columns, name) if columns else None
        path = self._folder / VALUES / f"{name}.json"
        if not path.exists():
            self.carrier.note(Source(self._name(path)), (), f"does not exist, so table {brief(name)} gets no rows")
            return {"attributes": attributes} if attributes else {}
        rows = self._node(path)
        if attributes is None or rows is None:
            return {}
        values = values_of(self.carrier, rows, name, attributes)
        return {"attributes": attributes, **({"values": mapping(values, rows.source)} if values else {})}

    def _strays(self, named: set[str]) -> None:
        """Reports the files that no table names, which are not carried over."""
        for folder in (ATTRIBUTES, VALUES):
            for path in sorted((self._folder / folder).glob("*.json")):
                if path.stem not in named:
                    message = f"no table in {MAIN} has this name; the file is not carried over"
                    self.carrier.lose(Source(self._name(path)), (), message + did_you_mean(path.stem, named))

    def _node(self, path: Path) -> Node | None:
        name = self._name(path)
        read = read_text(path, name)
        if isinstance(read, Mistake):
            self.carrier.mistakes.append(read)
            return None
        node, mistakes = read_json(read.text, name)
        self.carrier.mistakes += mistakes
        return node

    def _name(self, path: Path) -> str:
        return os.fsencode(path).decode(errors="replace").replace(os.sep, "/")

    def _checked(self, draft: Draft) -> Table | None:
        """Checks a table by the rules of data tables. Each mistake has its place in the JSON."""
        # `validate` checks the account's own quotas, and says what to do.
        around = Surroundings(ManifestFolders(self._folder, self._folder), Texts("", {}, ""), UNLIMITED)
        spec = draft.node.entries["spec"].node
        assert isinstance(spec, MapNode)  # noqa: S101 (`document` builds it so)
        self.carrier.mistakes += _unwritable(spec)
        read = read_manifest(Checked(draft), KINDS["DataTable"], around)
        self.carrier.mistakes += elsewhere(read.mistakes, self.carrier.mistakes)
        return Table(without(spec, "values"), read.value) if read.value else None


def _unwritable(spec: MapNode) -> Iterator[Mistake]:
    """Yields the texts that a manifest or its CSV file cannot hold."""
    rows, default = (find(spec, ["values", word]) for word in ("rows", "default"))
    for node, pattern in ((without(spec, "values"), UNWRITABLE), (default, UNWRITABLE), (rows, UNWRITABLE_IN_CSV)):
        for scalar in scalars(node) if node else ():
            if pattern.search(scalar.text):
                message = f"holds a character that a manifest cannot hold: {brief(scalar.text)}; remove it"
                yield Mistake(scalar.source, message)
