"""What an operator should know beside the changes: stored values that break new rules, quotas, lost empty strings."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from reconciler.diff import pair
from reconciler.directory import Directory
from reconciler.environment import Environment
from reconciler.kinds.base import Kind
from reconciler.kinds.registry import KINDS
from reconciler.model import Action, Finding, Ref
from reconciler.plan.resource import Planned
from reconciler.plurals import counted, plural

HEADROOM = 0.9  # of a quota
EMPTIED = 5  # cells that turn from "" to absent


def findings(environment: Environment, planned: Iterable[Planned], directory: Directory) -> Iterator[Finding]:
    every = list(planned)
    for each in every:
        kind = KINDS[each.manifest.ref.kind]
        if each.live and kind.cells:
            yield from _broken_rules(kind, each)
        yield from _rows(each)
        yield from _room(environment, kind, each)
    yield from _unrenamed(every)
    new = sum(1 for each in every if each.change and each.change.action is Action.CREATE)
    most, count = environment.quotas.tables_per_instance, directory.count("DataTable") + new
    if new and count > HEADROOM * most:
        yield Finding(
            "warning", "DataTable/*", f"the instance will hold {counted(count, 'table')}, its quota is {most}"
        )


def _unrenamed(every: Sequence[Planned]) -> Iterator[Finding]:
    """A rename of what is not there makes another one: it has a new id, and the old one stays."""
    for each in every:
        if each.live is None and (before := each.manifest.renamed_from):
            ref = each.manifest.ref
            message = f"renamedFrom: {ref._replace(name=before)} is not live, so this is made anew; is the name right?"
            yield Finding("warning", str(ref), message, each.manifest.source)


def _broken_rules(kind: Kind[Any], each: Planned) -> Iterator[Finding]:
    """AWS checks rules when a value is written, never afterwards (service model, Validation)."""
    if not each.live or not kind.parts:
        return
    before, after = (getattr(spec, kind.parts.field) for spec in (each.live.spec, each.after))
    written = {(tuple(sorted(cell.key.items())), cell.attribute) for cell in each.rows.cells}
    for have, want in pair(before, after, "name"):
        if not have or not want or (have.validation, have.value_type) == (want.validation, want.value_type):
            continue
        broken = [
            (record.key, wrong)
            for record in each.live.records
            if (cell := record.cells.get(have.name))
            and (tuple(sorted(record.key.items())), want.name) not in written
            and (wrong := kind.violations(want, cell.text))
        ]
        if broken:
            key, wrong = broken[0]
            values = f"{counted(len(broken), 'stored value')} {plural(len(broken), 'breaks', 'break')} the new rules"
            message = f"{values}, the first at {_key(key)}: {wrong[0]}"
            yield Finding("warning", f"{each.manifest.ref}/{want.name}", message, each.manifest.source)


def _rows(each: Planned) -> Iterator[Finding]:
    address, source = str(each.manifest.ref), each.manifest.source
    emptied = sum(1 for cell in each.rows.cells if cell.before == "" and cell.after is None)
    if emptied >= EMPTIED:
        message = f'{emptied} cells turn from an empty text to absent; did a spreadsheet drop the quotes ("")?'
        yield Finding("warning", address, message, source)
    if each.rows.undeclared and (each.manifest.records.rows or each.manifest.records.default):
        rows = f"{counted(each.rows.undeclared, 'live row')} {plural(each.rows.undeclared, 'is', 'are')} not declared"
        message = f"{rows} and {plural(each.rows.undeclared, 'stays', 'stay')} (values.prune is false)"
        yield Finding("info", address, message, source)
    for move in each.rows.both:
        message = f"moved: {_key(move.before)} can not become {_key(move.after)}, which is live too"
        yield Finding("warning", address, message, source)


def _room(environment: Environment, kind: Kind[Any], each: Planned) -> Iterator[Finding]:
    ref, quotas = each.manifest.ref, environment.quotas
    if each.change and each.change.cells:
        cells = sum(each.change.size.cells.values()) + sum(
            {Action.CREATE: 1, Action.DELETE: -1}.get(cell.action, 0) for cell in each.change.cells
        )
        if HEADROOM * quotas.cells_per_table < cells:
            yield _headroom(ref, f"{counted(cells, 'cell')}, its quota is {quotas.cells_per_table:,}", each)
    if kind.parts and kind.cells and each.change and each.change.fields:
        parts = len(getattr(each.after, kind.parts.field))
        if HEADROOM * quotas.attributes_per_table < parts:
            yield _headroom(ref, f"{counted(parts, 'attribute')}, its quota is {quotas.attributes_per_table}", each)


def _headroom(ref: Ref, what: str, each: Planned) -> Finding:
    return Finding("warning", str(ref), f"the table will hold {what}", each.manifest.source)


def _key(key: Mapping[str, str]) -> str:
    return ", ".join(f"{name}={text}" for name, text in key.items()) or "the default record"
