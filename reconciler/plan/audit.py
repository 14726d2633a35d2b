"""Finds facts that an operator should know: stored values that break new rules, quotas, lost empty strings."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from reconciler.diff.fields import pair
from reconciler.directory import Directory
from reconciler.kinds.base import Kind
from reconciler.kinds.parts import attributes_of
from reconciler.kinds.registry import KINDS
from reconciler.messages import counted, plural
from reconciler.model import Action, Finding, TableChange
from reconciler.model.cells import key_text
from reconciler.model.environment import Counted, Environment, Quota
from reconciler.plan.resource import Planned

HEADROOM = 0.9  # of a quota
_STEPS = {Action.CREATE: 1, Action.DELETE: -1}
EMPTIED = 5  # cells that change from "" to absent; fewer may well be meant


def findings(environment: Environment, planned: Iterable[Planned], directory: Directory) -> Iterator[Finding]:
    every = list(planned)
    for item in every:
        kind = KINDS[item.manifest.ref.kind]
        yield from _broken_rules(kind, item)
        yield from _rows(item)
        yield from _room(environment, kind, item)
        if item.live and item.live.waiting:
            yield Finding("warning", str(item.manifest.ref), item.live.waiting, item.manifest.source)
    yield from _unrenamed(every)
    yield from _new(environment, every, directory)


def _unrenamed(every: Sequence[Planned]) -> Iterator[Finding]:
    """Warns of renames whose old name is not live: apply then creates a new resource with a new id."""
    for item in every:
        if item.live is None and (before := item.manifest.renamed_from):
            ref = item.manifest.ref
            message = f"renamedFrom: {ref._replace(name=before)} is not live, so this is created; check the old name"
            yield Finding("warning", str(ref), message, item.manifest.source)


def _broken_rules(kind: Kind[Any], item: Planned) -> Iterator[Finding]:
    """Finds stored values that break new rules. AWS checks a value only when it is written (service model,
    Validation)."""
    if not item.live:
        return
    before, after = attributes_of(kind, item.live.spec), attributes_of(kind, item.after)
    written = {(tuple(sorted(cell.key.items())), cell.attribute) for cell in item.rows.cells}
    for have, want in pair(before, after, "name"):
        if not have or not want or (have.validation, have.value_type) == (want.validation, want.value_type):
            continue
        broken = [
            (record.key, wrong)
            for record in item.live.records
            if (cell := record.cells.get(have.name))
            and (tuple(sorted(record.key.items())), want.name) not in written
            and (wrong := kind.violations(want, cell.text))
        ]
        if broken:
            key, wrong = broken[0]
            values = f"{counted(len(broken), 'stored value')} {plural(len(broken), 'breaks', 'break')} the new rules"
            message = f"{values}, the first at {key_text(key.items())}: {wrong[0]}"
            yield Finding("warning", f"{item.manifest.ref}/{want.name}", message, item.manifest.source)


def _rows(item: Planned) -> Iterator[Finding]:
    address, source = str(item.manifest.ref), item.manifest.source
    emptied = sum(1 for cell in item.rows.cells if cell.before == "" and cell.after is None)
    if emptied >= EMPTIED:
        message = f'{emptied} cells change from an empty text to absent; did a spreadsheet drop the quotes ("")?'
        yield Finding("warning", address, message, source)
    if item.rows.undeclared and (item.manifest.records.rows or item.manifest.records.default):
        rows = f"{counted(item.rows.undeclared, 'live row')} {plural(item.rows.undeclared, 'is', 'are')} not declared"
        message = f"{rows} and {plural(item.rows.undeclared, 'stays', 'stay')} (values.prune is false)"
        yield Finding("info", address, message, source)
    for move in item.rows.both:
        before, after = key_text(move.before.items()), key_text(move.after.items())
        message = f"moved: {before} cannot become {after}, which is live too; delete one of them"
        yield Finding("warning", address, message, source)


# Quotas that have a key in reconcile.yaml. Only `check` knows the values of the others.


def _new(environment: Environment, every: Sequence[Planned], directory: Directory) -> Iterator[Finding]:
    """Warns of kinds whose resources will nearly use up a quota, if some are created."""
    new = Counter(item.manifest.ref.kind for item in every if item.change and item.change.action is Action.CREATE)
    for name in sorted(new):
        for quota in _compared(KINDS[name], Counted.RESOURCES):
            if message := _nearly_full(environment, quota, directory.count(name) + new[name]):
                yield Finding("warning", f"{name}/*", message)


def _room(environment: Environment, kind: Kind[Any], item: Planned) -> Iterator[Finding]:
    """Warns of a resource whose items will nearly use up a quota, if some of them change."""
    for quota in _compared(kind, Counted.ITEMS):
        if message := _nearly_full(environment, quota, _items_after(kind, quota, item)):
            yield Finding("warning", str(item.manifest.ref), message, item.manifest.source)


def _items_after(kind: Kind[Any], quota: Quota, item: Planned) -> int:
    """Returns the number of items that a change leaves, or 0 if it changes none."""
    if kind.cells and quota is kind.cells.most:
        table = item.change.table if item.change else TableChange()
        steps = (_STEPS.get(cell.action, 0) for cell in table.cells)
        return sum(table.size.cells.values()) + sum(steps) if table.cells else 0
    return len(getattr(item.after, quota.field)) if item.change and item.change.fields else 0


def _compared(kind: Kind[Any], counts: Counted) -> Iterator[Quota]:
    return (quota for quota in kind.quotas if quota.key and quota.counts is counts)


def _nearly_full(environment: Environment, quota: Quota, count: int) -> str:
    most = environment.quotas.of(quota)
    if count <= HEADROOM * most:
        return ""
    return f"the {quota.per} will hold {count:,} {plural(count, quota.item, quota.items)}, its quota is {most:,}"
