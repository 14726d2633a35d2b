"""Plans the attributes and rows of a data table. Every other kind gets a value that plans nothing."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any

from reconciler.diff.cells import Columns, RowsDiff, diff_rows, size
from reconciler.diff.fields import merge_declared
from reconciler.directory import Directory
from reconciler.kinds.base import Kind
from reconciler.kinds.parts import attributes_of, parts_field, parts_of
from reconciler.kinds.registry import KINDS
from reconciler.model import Action, Change, Live, Manifest, Ref, Resource, Size, TableChange
from reconciler.model.environment import Environment
from reconciler.plan.attributes import Structure, examine
from reconciler.plan.deletions import Deletions
from reconciler.plan.held_rows import held_back


def is_table(ref: Ref) -> bool:
    """Returns whether resources of this kind have rows of cells."""
    return KINDS[ref.kind].cells is not None


@dataclass(frozen=True)
class TablePlan:
    """The plan of one table. `after` is its spec without the changes of attributes that are blocked.

    `rebuild` is the reason to replace the table, or empty. `irreversible` is true if a change may lose values.
    `blocked` holds a change for each attribute, or for the rows, that must not change.
    """

    after: Resource
    change: TableChange = TableChange()
    rows: RowsDiff = RowsDiff()
    rebuild: str = ""
    irreversible: bool = False
    blocked: tuple[Change, ...] = ()


@dataclass(frozen=True)
class TablePlanner:
    """Plans tables under an environment's quotas and ignore rules."""

    environment: Environment
    directory: Directory
    deletions: Deletions

    def created(self, manifest: Manifest, after: Resource, live: Live | None) -> TablePlan:
        """Returns the plan of a new table. `live` is the table that it replaces, if there is one."""
        kind = KINDS[manifest.ref.kind]
        if not kind.cells:
            return TablePlan(after)
        columns = self._columns(kind, manifest, Structure(after))
        rows = diff_rows(replace(manifest.records, moved=()), (), columns)
        before = size(live.records) if live else Size()
        change = TableChange(rows.cells, size=before, level=_level(kind, after), keys=columns.primaries)
        return TablePlan(after, change, rows)

    def recreated_spec(self, manifest: Manifest, live: Live) -> Resource:
        """Returns the spec of a table that replaces the live one.

        Undeclared fields and attributes stay. Undeclared keys do not, nor attributes that a deletion names or prunes.
        """
        wanted = merge_declared(live.spec, manifest.spec, self.environment.ignored(manifest.ref))
        kind = KINDS[manifest.ref.kind]
        field = parts_field(kind)
        if field not in manifest.spec.model_fields_set:
            return wanted
        declared = {part.name for part in parts_of(kind, manifest.spec)}
        keys = {attribute.name for attribute in attributes_of(kind, wanted) if attribute.primary}
        kept = []
        for part in parts_of(kind, wanted):
            is_dropped = part.name in keys or self.deletions.names_part(manifest.ref, part.name)
            if part.name in declared or not is_dropped:
                kept.append(part)
        return wanted.model_copy(update={field: tuple(kept)})

    def updated(self, manifest: Manifest, live: Live, wanted: Resource) -> TablePlan:
        """Returns the plan of a live table. `wanted` is its spec as declared."""
        kind = KINDS[manifest.ref.kind]
        if not kind.cells:
            return TablePlan(wanted)
        structure = examine(kind, manifest, live, wanted, self.deletions)
        if structure.rebuild:
            return TablePlan(wanted, rebuild=structure.rebuild)
        columns = self._columns(kind, manifest, structure)
        rows = RowsDiff(size=size(live.records))
        if not structure.keys_blocked:
            rows = diff_rows(manifest.records, live.records, columns)
        rows, held = held_back(manifest.ref, manifest.source, rows, self.deletions)
        level = _level(kind, structure.after)
        change = TableChange(rows.cells, rows.rows, rows.unchanged, rows.size, level, columns.primaries)
        blocked = (*structure.blocked, *held)
        return TablePlan(structure.after, change, rows, irreversible=structure.irreversible, blocked=blocked)

    def over_quota(self, kind: Kind[Any], table: TableChange) -> str:
        """Returns why the table would exceed its quota, or an empty text. AWS would refuse the rest halfway."""
        if not kind.cells:
            return ""
        quota, stored = kind.cells.most, sum(table.size.cells.values())
        most = self.environment.quotas.of(quota)
        creates = sum(1 for cell in table.cells if cell.action is Action.CREATE)
        later = stored + creates - sum(1 for cell in table.cells if cell.action is Action.DELETE)
        if not creates or later <= most:
            return ""
        return (
            f"would hold {later:,} cells ({stored:,} are live), the quota is {most:,}; delete rows, or have the quota "
            f"raised and set quotas.{quota.key}"
        )

    def _columns(self, kind: Kind[Any], manifest: Manifest, structure: Structure) -> Columns:
        ignored = self.environment.ignored(manifest.ref)
        attributes = attributes_of(kind, structure.after)
        names = {attribute.name for attribute in attributes}
        declared = {attribute.name for attribute in attributes_of(kind, manifest.spec)}
        observed = {it.name for it in attributes if it.name in declared and it.ownership == "observed"}
        skipped = {name for name in names if ignored(f"values.{name}")}
        uncreated = declared - names  # declared attributes that an ignore rule keeps from creation
        left_alone = observed | skipped | uncreated | structure.left_alone
        return Columns({it.name: it for it in attributes}, left_alone, structure.renamed, self.directory.by_name)


def with_columns(
    changes: Iterable[Change], after: Mapping[Ref, Resource], live: Mapping[Ref, Live]
) -> tuple[Change, ...]:
    """Adds the names of its attributes to every change of a table: the planned ones, or else the live ones."""
    return tuple(_with_columns(change, after, live) for change in changes)


def _with_columns(change: Change, after: Mapping[Ref, Resource], live: Mapping[Ref, Live]) -> Change:
    """Names the keys first and then the other attributes, both in declared order, as reports show them."""
    ref = change.part_of or change.ref
    kind = KINDS.get(ref.kind)
    spec = after.get(ref) or (live[ref].spec if ref in live else None)
    attributes = attributes_of(kind, spec) if kind and spec else ()
    if not attributes:
        return change
    keys_first = sorted(attributes, key=lambda attribute: not attribute.primary)
    return replace(change, table=replace(change.table, columns=tuple(attribute.name for attribute in keys_first)))


def _level(kind: Kind[Any], spec: Resource) -> str:
    return str(getattr(spec, kind.cells.level)) if kind.cells else "NONE"
