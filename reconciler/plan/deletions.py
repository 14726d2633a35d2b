"""Plans deletions, and blocks them: protection, irreversibility, the tags of another stack."""

from __future__ import annotations

from collections.abc import Container, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

from reconciler.diff.cells import contents, size
from reconciler.diff.fields import deletion_changes, manifest_value
from reconciler.directory import World
from reconciler.errors import Source
from reconciler.kinds.base import Kind
from reconciler.kinds.fields import named_in
from reconciler.kinds.parts import attributes_of, parts_of
from reconciler.kinds.registry import KINDS
from reconciler.messages import command, counted, flag, plural
from reconciler.model import (
    Action,
    Change,
    Does,
    FieldChange,
    Finding,
    Live,
    Ownership,
    Ref,
    Resource,
    Scope,
    Size,
    Spec,
    Step,
    TableChange,
)
from reconciler.model.ownership import ADDRESS, PROTECT, STACK, address, owns, pipeline_of
from reconciler.plan.selection import Selection
from reconciler.steps.second_look import last_look, last_look_at_part
from reconciler.steps.work import LOST


@dataclass(frozen=True)
class Deletions:
    """Permissions to delete. `removed` maps the address of each tombstone (kind: Removed) to its place."""

    scope: Scope
    removed: Mapping[str, Source]
    selection: Selection
    resources: Container[Ref] = frozenset()  # the live and the declared ones

    def allows(self, ref: Ref) -> bool:
        """Returns whether the command line or a tombstone in a manifest names this address."""
        return str(ref) in self.removed or str(ref) in self.selection.allow_delete

    def for_part(self, ref: Ref) -> Deletions:
        """Returns the permissions for a part. An address that is also a resource's stands for the resource alone."""
        if ref not in self.resources:
            return self
        return Deletions(self.scope, {}, replace(self.selection, allow_delete=frozenset()))

    def names_part(self, owner: Ref, name: str) -> bool:
        """Returns whether an undeclared part is pruned, or named by a deletion."""
        part = Ref(owner.kind, f"{owner.name}/{name}")
        return self.selection.prune or self.for_part(part).allows(part)

    def protects(self, live: Live) -> bool:
        return live.tags.get(PROTECT) == "true"

    def of_resource(self, live: Live) -> Change | None:
        """Returns the change for a managed resource without a manifest, or `None` if it stays an orphan."""
        kind = KINDS[live.ref.kind]
        is_pruned = self.selection.prune and not kind.deletion.needs_both
        if not (is_pruned or self.allows(live.ref)):
            return None
        forbidden = self.forbids(kind, live.ref)
        if (
            reason := "; ".join(filter(None, (forbidden, _size(live) if forbidden else "")))
            or live.lasting
            or (f"is in {live.elsewhere}, so it is left alone" if live.elsewhere else "")
            or self._kept(live.ref, live, ", ".join(filter(None, (kind.deletion.irreversible, _size(live)))))
        ):
            return self._blocked(live.ref, reason)
        fields = deletion_changes(live.spec) + lost(live)
        return Change(
            Action.DELETE,
            live.ref,
            reason="; ".join(filter(None, (self._why(live.ref), _consequence(kind), _size(live)))),
            irreversible=bool(kind.deletion.irreversible),
            source=self.removed.get(str(live.ref)),
            fields=fields,
            steps=(
                Step(
                    kind.delete_call(live.ref, live.spec),
                    Does.DELETE,
                    fields=tuple(range(len(fields))),
                    replaces=last_look(kind, live.spec),
                    first=kind.emptying_calls(live.ref, live.spec),
                ),
            ),
            modified=live.modified,
            region=live.region,
            table=TableChange(size=size(live.records)),
            let_go=frozenset(held_by(kind, live.spec)),
        )

    def of_part(self, live: Live, part: Spec, name: str, counted_cells: int = 0) -> Change | None:
        """Returns the change for an undeclared part (an attribute) of a declared resource, or `None` for an orphan.

        `counted_cells`: the number of its cells that the table's own change deletes, with their rows.
        """
        kind, ref = KINDS[live.ref.kind], Ref(live.ref.kind, f"{live.ref.name}/{name}")
        if ref in self.resources:
            return self.for_part(ref).of_part(live, part, name, counted_cells)
        if not (self.selection.prune or self.allows(ref)):
            return None
        stored = sum(1 for record in live.records if name in record.cells)
        irreversible = (
            f"its {counted(stored, 'stored value')} {plural(stored, 'is', 'are')} gone with it" if stored else ""
        )
        if getattr(part, "primary", False) and live.records:
            reason = "a primary attribute cannot be deleted while the table holds values; delete them first"
            return self._blocked(ref, reason)
        if reason := self._kept(ref, live, irreversible):
            return self._blocked(ref, reason)
        fields = (FieldChange(kind.parts_key, manifest_value(part), None, item=name), *lost(live, name))
        return Change(
            Action.DELETE,
            ref,
            reason=self._why(ref),
            irreversible=bool(irreversible),
            source=self.removed.get(str(ref)),
            fields=fields,
            steps=(
                Step(
                    kind.part_delete_call(live.ref, name),
                    Does.PART_DELETE,
                    fields=tuple(range(len(fields))),
                    replaces=last_look_at_part(kind, part, name),
                ),
            ),
            table=TableChange(size=Size(cells={name: stored - counted_cells})),
            part_of=live.ref,
        )

    def forbids(self, kind: Kind[Any], ref: Ref) -> str:
        """Returns why this kind is never deleted, or needs a tombstone; an empty text if a flag is enough."""
        if kind.deletion.impossible:
            return f"{kind.service.title} cannot delete {kind.name} resources; {kind.deletion.impossible}"
        if kind.deletion.needs_tombstone and str(ref) not in self.removed:
            return f"{kind.deletion.needs_tombstone}; declare kind: Removed with its address"
        if kind.deletion.needs_both and not self._allows_twice(ref):
            return f"{kind.deletion.needs_both}, so its deletion needs both: {_both(ref)}"
        return ""

    def _allows_twice(self, ref: Ref) -> bool:
        """Returns whether a tombstone in a manifest and the command line both name the address."""
        return str(ref) in self.removed and str(ref) in self.selection.allow_delete

    def staying(self, orphans: Iterable[Ref], listed: Container[Ref]) -> Iterator[Finding]:
        """Yields a finding for each orphan that neither --prune nor destroy deletes, and that nothing else deletes."""
        for ref in sorted(orphans):
            reason = KINDS[ref.kind].deletion.needs_both
            if reason and ref not in listed:
                message = f"stays, and AWS goes on charging for it: {reason}; its deletion needs both: {_both(ref)}"
                yield Finding("info", str(ref), message)

    def of_strangers(self, world: World, declared: Container[Ref]) -> Iterator[Change]:
        """Yields a blocked change for each address to delete that is live and not managed by this stack."""
        for named in sorted({*self.removed, *self.selection.allow_delete}):
            kind, _, name = named.partition("/")
            ref = Ref(kind, name)
            is_unmanaged = ref in world.directory and not self._owns(ref, world)
            if is_unmanaged and self.selection.covers(named) and ref not in declared:
                yield self._blocked(ref, self.unmanaged(ref, world.live.get(ref)))

    def unmanaged(self, ref: Ref, live: Live | None) -> str:
        """Returns which other stack manages a live resource, or how to adopt it."""
        owner = live.tags.get(STACK) if live else None
        adopt = command("adopt", ref, environment=self.scope.environment)
        if pipeline := pipeline_of(self.scope, owner or ""):
            return f"exists, and {pipeline} made it; delete the manifest, or take it over from the pipeline: {adopt}"
        if live and owner and (owner != self.scope.owner or owns(self.scope, ref.kind, live.tags)):
            return f"exists, and is managed by {owner} as {live.tags.get(ADDRESS, address(ref))}"
        return f"exists, not managed; adopt it with: {adopt}"

    def unmanaged_though_declared(self, ref: Ref, live: Live) -> str:
        """Returns the text of `unmanaged` for a resource that has a manifest, which can adopt it too."""
        reviewed = "" if STACK in live.tags else "; or, reviewed, with metadata.adopt: true in its manifest (no tags)"
        return f"{self.unmanaged(ref, live)}{reviewed}"

    def _owns(self, ref: Ref, world: World) -> bool:
        live = world.live.get(ref)
        is_tagged = KINDS[ref.kind].ownership is Ownership.TAGS if ref.kind in KINDS else False
        return live is not None and (not is_tagged or owns(self.scope, ref.kind, live.tags))

    def without_aim(self, world: World, planned: Container[Ref]) -> Iterator[Finding]:
        """Yields a finding for each tombstone whose resource is gone: it has done its work."""
        for named, source in sorted(self.removed.items()):
            kind, _, name = named.partition("/")
            ref = Ref(kind, name)
            known = ref in planned or ref in world.directory or _is_live_part(world, ref)
            owner = next((str(whole) for whole, _ in _wholes(ref, world.live)), "")
            if not known and self.selection.covers(named, owner):
                message = "kind: Removed names it, and it is not live; delete the line"
                yield Finding("info", named, message, source)

    def _kept(self, ref: Ref, live: Live, irreversible: str) -> str:
        """Returns why the resource cannot be deleted now, or an empty text if it can."""
        if self.protects(live):
            return f"protected by the tag {PROTECT}; declare it with protect: false, apply, then delete it"
        if irreversible and not self.allows(ref):
            return (
                f"deleting it is irreversible ({irreversible}); allow it with {flag('--allow-delete', ref)}, "
                "or declare kind: Removed with its address"
            )
        return ""

    def _why(self, ref: Ref) -> str:
        if where := self.removed.get(str(ref)):
            return f"removed by {where}"
        return "not declared; allowed by --allow-delete" if self.allows(ref) else "not declared; --prune"

    def _blocked(self, ref: Ref, reason: str) -> Change:
        return Change(Action.BLOCKED, ref, reason=reason, source=self.removed.get(str(ref)))


def _both(ref: Ref) -> str:
    return f"kind: Removed with its address, and {flag('--allow-delete', ref)}"


def held_by(kind: Kind[Any], spec: Resource, *, with_deferred: bool = False) -> set[Ref]:
    """Returns what a resource refers to, by default without its deferred fields.

    A deferred reference does not keep AWS from deleting its target.
    """
    fields = type(spec).model_fields.keys() - (frozenset() if with_deferred else kind.writing.deferred)
    container = kind.container(spec)
    return {*named_in(spec, fields), *([container] if container else [])}


def dropped(kind: Kind[Any], live: Live, after: Resource) -> tuple[FieldChange, ...]:
    """Returns the attributes of a table that its replacement does not have, such as keys that no manifest declares."""
    names = {attribute.name for attribute in attributes_of(kind, after)}
    gone = (attribute for attribute in attributes_of(kind, live.spec) if attribute.name not in names)
    return tuple(FieldChange(kind.parts_key, manifest_value(it), None, item=it.name) for it in gone)


def lost(live: Live, attribute: str = "") -> tuple[FieldChange, ...]:
    """Returns the stored values that a deleted table or attribute loses, as one field change.

    The reviewer sees them, and the outcome keeps them for undo.
    """
    rows = contents(live.records, attribute)
    return (FieldChange(LOST, rows, None),) if rows else ()


def _is_live_part(world: World, ref: Ref) -> bool:
    """Returns whether the address is a live part, or all rows of a table that has rows."""
    for whole, name in _wholes(ref, world.live):
        live = world.live[whole]
        if name == LOST and any(record.key for record in live.records):
            return True
        if any(part.name == name for part in parts_of(KINDS[ref.kind], live.spec)):
            return True
    return False


def _wholes(ref: Ref, live: Container[Ref]) -> Iterator[tuple[Ref, str]]:
    """Yields each live resource that the address may be a part of, with the part's name; both may hold slashes."""
    for cut, letter in enumerate(ref.name):
        if letter == "/" and (whole := ref._replace(name=ref.name[:cut])) in live:
            yield whole, ref.name[cut + 1 :]


def _consequence(kind: Kind[Any]) -> str:
    """Returns what a reviewer must know of a deletion; empty if the mark of an irreversible one is enough."""
    return kind.deletion.breaks or (kind.deletion.irreversible if kind.deletion.needs_both else "")


def _size(live: Live) -> str:
    """Returns how much a deletion destroys, as a part of a sentence; empty if AWS does not say."""
    return f"it holds {live.holds}" if live.holds else ""
