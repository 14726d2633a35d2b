"""Decides which attributes of a table may change in place, given its stored values."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from reconciler.diff.fields import pair
from reconciler.kinds.base import Kind
from reconciler.kinds.parts import attributes_of, parts_field
from reconciler.messages import flag
from reconciler.model import Action, Change, Live, Manifest, Ref, Resource
from reconciler.plan.deletions import Deletions


@dataclass(frozen=True)
class Structure:
    """Planned attributes of a table.

    `after` is the spec without the blocked changes. `left_alone` names the attributes whose cells must wait.
    `rebuild` is the reason to replace the table, or empty. `irreversible` is true if an allowed change may lose values.
    """

    after: Resource
    renamed: Mapping[str, str] = field(default_factory=dict)
    left_alone: frozenset[str] = frozenset()
    blocked: tuple[Change, ...] = ()
    keys_blocked: bool = False
    rebuild: str = ""
    irreversible: bool = False


def examine(kind: Kind[Any], manifest: Manifest, live: Live, wanted: Resource, deletions: Deletions) -> Structure:
    """Returns what may happen to the attributes of a table.

    Keys cannot change while the table has values (admin guide). A type change may lose stored values (API reference,
    UpdateDataTableAttribute). Both need the same permission as a deletion.
    """
    ref, field = manifest.ref, parts_field(kind)
    pairs = pair(attributes_of(kind, live.spec), attributes_of(kind, wanted), "name")
    rekeyed = {want.name: have for have, want in pairs if want.primary != (have.primary if have else False)}
    declared = {part.name for part in attributes_of(kind, manifest.spec)}
    are_declared = field in manifest.spec.model_fields_set
    undeclared = [want.name for _, want in pairs if want.primary and want.name not in declared] if are_declared else []
    if (rekeyed and live.records) or (undeclared and (live.records or manifest.records)):
        if deletions.allows(ref) and not deletions.protects(live):
            why = (
                "its primary attributes change; deleted and recreated, as --allow-delete allows, with another id and "
                "ARN: flows that use the old ones no longer find the table"
            )
            return Structure(wanted, rebuild=why)
        if rekeyed:
            wanted = _without(wanted, field, rekeyed)
            pairs = pair(attributes_of(kind, live.spec), attributes_of(kind, wanted), "name")
    structure = _retyped(live, wanted, pairs, ref=ref, deletions=deletions, field=field)
    if rekeyed and live.records:
        blocked = (*structure.blocked, *_rekey_blocked(ref, rekeyed))
        return replace(structure, keys_blocked=True, blocked=blocked)
    if undeclared and manifest.records:
        return replace(structure, keys_blocked=True, blocked=(*structure.blocked, *_keys_missing(ref, undeclared)))
    return structure


def _retyped(
    live: Live, wanted: Resource, pairs: list[tuple[Any, Any]], *, ref: Ref, deletions: Deletions, field: str
) -> Structure:
    stored: set[str] = set()
    for record in live.records:
        stored.update(record.cells, record.key)
    renamed: dict[str, str] = {}
    risky: dict[str, Any] = {}
    for have, want in pairs:
        if have and want and have.name != want.name:
            renamed[have.name] = want.name
        if have and have.value_type != want.value_type and have.name in stored:
            risky[want.name] = have
    parts = {name: _part(ref, name) for name in risky}
    # An address that is also a resource's allows that resource's deletion, not this change.
    stopped = {name: risky[name] for name, part in parts.items() if not deletions.for_part(part).allows(part)}
    types = {want.name: want.value_type for _, want in pairs}
    return Structure(
        _without(wanted, field, stopped),
        renamed=renamed,
        left_alone=frozenset(stopped),
        blocked=tuple(_retype_blocked(ref, name, have.value_type, types[name]) for name, have in stopped.items()),
        irreversible=len(risky) > len(stopped),
    )


def _without(wanted: Resource, field: str, stopped: Mapping[str, Any]) -> Resource:
    """Returns the spec with each stopped part as it is live, or without the part if it is not live."""
    parts = (stopped.get(part.name, part) for part in getattr(wanted, field))
    return wanted.model_copy(update={field: tuple(part for part in parts if part is not None)})


def _rekey_blocked(ref: Ref, names: Iterable[str]) -> tuple[Change, ...]:
    reason = (
        "primary cannot change while the table holds values; delete them first, or have the table deleted and "
        f"recreated with {flag('--allow-delete', ref)}"
    )
    return tuple(Change(Action.BLOCKED, _part(ref, name), reason=reason, part_of=ref) for name in names)


def _keys_missing(ref: Ref, names: Iterable[str]) -> Iterator[Change]:
    for name in names:
        reason = "this primary attribute is live but not declared; declare or delete it before the rows can change"
        yield Change(Action.BLOCKED, _part(ref, name), reason=reason, part_of=ref)


def _retype_blocked(ref: Ref, name: str, before: str, after: str) -> Change:
    reason = (
        f"valueType {before} → {after}: stored values of another type would read as empty; allow it with "
        f"{flag('--allow-delete', _part(ref, name))}"
    )
    return Change(Action.BLOCKED, _part(ref, name), reason=reason, part_of=ref)


def _part(ref: Ref, name: str) -> Ref:
    return Ref(ref.kind, f"{ref.name}/{name}")
