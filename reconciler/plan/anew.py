"""A replaced resource gets a new id. References to it are updated in the same run and appear in the plan."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any, TypeVar

from reconciler.kinds.fields import named_in, reference_fields, references
from reconciler.model import REFERENCE, Action, Change, Document, Finding, Linked, Live, LiveRecord, Ref, Spec, in_order
from reconciler.plan.resource import Planned

S = TypeVar("S", bound=Spec)
Replaced = Mapping[Ref, Live]  # the resources that the plan replaces, as they are live


def replaced_resources(changes: Sequence[Change], live: Mapping[Ref, Live]) -> Replaced:
    return {change.ref: live[change.ref] for change in changes if change.action is Action.REPLACE}


def with_old_ids(planned: Iterable[Planned], replaced: Replaced) -> dict[Ref, Live]:
    """Returns the live resources that will refer to a replaced one, each with its old id or ARN.

    The diff then finds a difference in them, so the plan updates the reference.
    """
    referring: dict[Ref, Live] = {}
    for item in planned:
        if item.live and item.live.ref not in replaced and (named := _declared(item) & replaced.keys()):
            referring[item.live.ref] = _with_ids(item.live, {ref: replaced[ref] for ref in named})
    return referring


def stale_references(changes: Sequence[Change], live: Mapping[Ref, Live], replaced: Replaced) -> Iterator[Finding]:
    """Yields a warning for each live resource that refers to a replaced one and that this plan does not update."""
    planned = {change.ref for change in changes if change.action is not Action.BLOCKED}
    for ref in sorted(live.keys() - planned) if replaced else ():
        texts: list[str] = []
        for record in live[ref].records:
            texts += (cell.text for cell in record.cells.values())
        for target in sorted({*named_in(live[ref].spec), *references(texts)} & replaced.keys()):
            message = f"refers to {target}, which is recreated with a new id; this plan does not update it: plan again"
            yield Finding("warning", str(ref), message)


def _declared(item: Planned) -> set[Ref]:
    records = item.manifest.records
    texts: list[str | None] = []
    for row in (*records.rows, records.default):
        if row:
            texts += row.cells.values()
    return {*named_in(item.after), *references(texts)}


def _with_ids(have: Live, replaced: Replaced) -> Live:
    records: list[LiveRecord] = []
    for record in have.records:
        cells = {name: replace(cell, text=_value(cell.text, replaced)) for name, cell in record.cells.items()}
        records.append(LiveRecord(record.key, cells))
    return replace(have, spec=_spec(have.spec, replaced), records=tuple(records))


def _spec(spec: S, replaced: Replaced) -> S:
    kinds = reference_fields(type(spec))
    values = {f: _named(kinds[f], value, replaced) if f in kinds else _value(value, replaced) for f, value in spec}
    return spec.model_copy(update={f: value for f, value in values.items() if value != getattr(spec, f)})


def _named(kind: str, value: Any, replaced: Replaced) -> Any:
    """Returns the value of a field that holds names, with the ids of replaced resources."""
    if isinstance(value, tuple):
        return in_order(_named(kind, item, replaced) for item in value)
    have = replaced.get(Ref(kind, value)) if isinstance(value, str) else None
    return have.id if have else value


def _value(value: Any, replaced: Replaced) -> Any:
    match value:
        case Linked():
            text = REFERENCE.sub(
                lambda match: _id(match[0], Ref(match["kind"], match["name"]), match["word"], replaced), value
            )
            return Linked(text) if REFERENCE.search(text) else text
        case Document(text=written):
            return type(value)(_value(written, replaced))
        case Spec():
            return _spec(value, replaced)
        case tuple():
            items = tuple(_value(item, replaced) for item in value)
            return in_order(items) if in_order(value) == value else items
        case dict():
            return {key: _value(item, replaced) for key, item in value.items()}
        case _:
            return value


def _id(reference: str, ref: Ref, word: str, replaced: Replaced) -> str:
    have = replaced.get(ref)
    if have is None:
        return reference
    return str(getattr(have, word)) or reference
