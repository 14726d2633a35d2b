"""What is made anew gets another id: whatever names it is pointed to that in the same run, and the plan shows it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any, TypeVar

from reconciler.kinds.fields import named_in, reference_fields, references
from reconciler.model import REFERENCE, Action, Change, Finding, Linked, Live, LiveRecord, Ref, Spec, in_order
from reconciler.plan.resource import Planned

S = TypeVar("S", bound=Spec)
Gone = Mapping[Ref, Live]  # what is made anew, as it is live


def made_anew(changes: Sequence[Change], live: Mapping[Ref, Live]) -> Gone:
    return {change.ref: live[change.ref] for change in changes if change.action is Action.REPLACE}


def pointing(planned: Iterable[Planned], gone: Gone) -> dict[Ref, Live]:
    """What goes on to name one of them, as it is live: with the old id or ARN in the place of the name."""
    found: dict[Ref, Live] = {}
    for each in planned:
        if each.live and each.live.ref not in gone and (named := _declared(each) & gone.keys()):
            found[each.live.ref] = _with_ids(each.live, {ref: gone[ref] for ref in named})
    return found


def left_pointing(changes: Sequence[Change], live: Mapping[Ref, Live], gone: Gone) -> Iterator[Finding]:
    """What names one of them, and is not mended by this plan."""
    planned = {change.ref for change in changes if change.action is not Action.BLOCKED}
    for ref in sorted(live.keys() - planned) if gone else ():
        texts = [cell.text for record in live[ref].records for cell in record.cells.values()]
        for target in sorted({*named_in(live[ref].spec), *references(texts)} & gone.keys()):
            message = (
                f"names {target}, which is made anew with another id, and stays as it is: plan and apply once more"
            )
            yield Finding("warning", str(ref), message)


def _declared(each: Planned) -> set[Ref]:
    records = each.manifest.records
    rows = (*records.rows, *((records.default,) if records.default else ()))
    return {*named_in(each.after), *references([text for row in rows for text in row.cells.values()])}


def _with_ids(have: Live, gone: Gone) -> Live:
    records = tuple(_record(record, gone) for record in have.records)
    return replace(have, spec=_spec(have.spec, gone), records=records)


def _record(record: LiveRecord, gone: Gone) -> LiveRecord:
    cells = {name: replace(cell, text=_value(cell.text, gone)) for name, cell in record.cells.items()}
    return LiveRecord(record.key, cells)


def _spec(spec: S, gone: Gone) -> S:
    kinds = reference_fields(type(spec))
    said = {f: _named(kinds[f], value, gone) if f in kinds else _value(value, gone) for f, value in spec}
    return spec.model_copy(update={f: value for f, value in said.items() if value != getattr(spec, f)})


def _named(kind: str, value: Any, gone: Gone) -> Any:
    """The value of a field that holds names."""
    if isinstance(value, tuple):
        return in_order(_named(kind, item, gone) for item in value)
    have = gone.get(Ref(kind, value)) if isinstance(value, str) else None
    return have.id if have else value


def _value(value: Any, gone: Gone) -> Any:
    match value:
        case Linked():
            text = REFERENCE.sub(
                lambda found: _id(found[0], Ref(found["kind"], found["name"]), found["word"], gone), value
            )
            return Linked(text) if REFERENCE.search(text) else text
        case Spec():
            return _spec(value, gone)
        case tuple():
            items = tuple(_value(item, gone) for item in value)
            return in_order(items) if in_order(value) == value else items
        case dict():
            return {key: _value(item, gone) for key, item in value.items()}
        case _:
            return value


def _id(reference: str, ref: Ref, word: str, gone: Gone) -> str:
    have = gone.get(ref)
    return reference if have is None else have.arn if word == "arn" else have.id
