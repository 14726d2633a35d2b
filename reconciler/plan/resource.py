"""Compares one declared resource with the live one, and plans its change."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from reconciler.diff.cells import RowsDiff, last_changed
from reconciler.diff.fields import creation_changes, diff, merge_declared, pair
from reconciler.directory import Directory
from reconciler.documents.hints import did_you_mean, paths_to
from reconciler.kinds.base import Kind
from reconciler.kinds.fields import manifest_key
from reconciler.kinds.parts import parts_field, parts_of
from reconciler.kinds.registry import KINDS
from reconciler.messages import flag
from reconciler.model import Action, Change, FieldChange, Live, Manifest, Ownership, Ref, Resource, TableChange
from reconciler.model.environment import Environment
from reconciler.model.ownership import ADDRESS, ORIGIN, PROTECT, STACK, UNTAGGED, foreign, owns, tags, untagged_in
from reconciler.plan import moving, reasons
from reconciler.plan.deletions import Deletions, dropped, held_by, lost
from reconciler.plan.selection import Selection
from reconciler.plan.table import TablePlan, TablePlanner, is_table
from reconciler.steps.resource import make_steps
from reconciler.steps.work import Work


@dataclass(frozen=True)
class Planned:
    """Result of one manifest: both sides, its change if there is one, and the changes and orphans of its parts."""

    manifest: Manifest
    live: Live | None
    after: Resource
    change: Change | None = None
    parts: tuple[Change, ...] = ()
    orphans: tuple[Ref, ...] = ()
    rows: RowsDiff = RowsDiff()

    @property
    def unchanged(self) -> int:
        """Number of declared cells that match, plus one if no field of the resource itself differs."""
        settled = self.change is None or not (self.change.fields or self.change.action is Action.BLOCKED)
        return self.rows.unchanged + settled


@dataclass(frozen=True)
class Planner:
    environment: Environment
    directory: Directory
    selection: Selection
    deletions: Deletions
    tables: TablePlanner
    held: Mapping[Ref, frozenset[str]]  # deferred fields, which would close a circle of references
    making: frozenset[Ref]  # the declared resources that the selection covers
    untagged: frozenset[Ref] = frozenset()  # live untaggable resources without a manifest, which stay

    def plan(self, manifest: Manifest, live: Live | None) -> Planned:
        if live is not None and (live.waiting or self._is_settled(manifest, live)):
            return Planned(manifest, live, live.spec)
        manifest = self._named(manifest)
        if reason := self._stopped(manifest, live):
            change = Change(Action.BLOCKED, manifest.ref, reason=reason, source=manifest.source)
            return Planned(manifest, live, manifest.spec, change)
        return self._create(manifest) if live is None else self._update(manifest, live)

    def _stopped(self, manifest: Manifest, live: Live | None) -> str:
        """Returns why the resource cannot be created or updated now, or an empty text if it can."""
        kind, ref = KINDS[manifest.ref.kind], manifest.ref
        if live is not None and (reason := kind.unreachable(manifest.spec, live.spec)):
            return reason
        if live is None and getattr(manifest.spec, "arn", None):
            return (
                "spec.arn names a resource that is not in this account and Region; declare it for its own environment "
                "with metadata.environments, or delete the arn"
            )
        if live is None and kind.deletion.needs_tombstone and str(ref) not in self.selection.allow_create:
            return f"{kind.deletion.needs_tombstone}; create it with {flag('--allow-create', ref)}"
        if live is not None and live.elsewhere:
            is_allowed = str(ref) in self.selection.allow_move
            if reason := moving.obstacle(manifest, live, self.environment.scope, is_allowed=is_allowed):
                return reason
        elif live is not None and not self._is_managed(manifest, live):
            return self.deletions.unmanaged_though_declared(ref, live)
        elif live is not None and live.unready:
            return live.unready
        # The target of a field that only a create sends may be gone when the resource is live.
        sent = manifest.spec if live is None else manifest.spec.model_copy(update=_unsent(kind))
        named = set(kind.references(sent)) - self.making
        if missing := sorted(target for target in named if target not in self.directory):
            verb = "is" if len(missing) == 1 else "are"
            hint = self._near(missing[0]) if len(missing) == 1 else ""
            return f"refers to {', '.join(map(str, missing))}, which {verb} neither live nor created by this plan{hint}"
        return ""

    def _near(self, missing: Ref) -> str:
        """Suggests a similar name that is live or created by this plan."""
        known = {*self.directory.refs(), *self.making}
        names = sorted(ref.name for ref in known if ref.kind == missing.kind)
        return paths_to(missing.name, names) or did_you_mean(missing.name, names)

    def _create(self, manifest: Manifest, live: Live | None = None, reason: str = "") -> Planned:
        """Plans a create. If `live` is given, plans a replacement, which deletes the live resource first."""
        kind, after = KINDS[manifest.ref.kind], self._created_spec(manifest, live)
        table = self.tables.created(manifest, after, live)
        is_compared = live and not is_table(manifest.ref)
        differences = (
            diff(live.spec, after) if live and is_compared else creation_changes(after, kind.writing.set_fields)
        )
        differences += _metadata({}, self._tags(manifest, after, live))
        fields = differences + (dropped(kind, live, after) + lost(live) if live else ())
        work = self._work(manifest, live, table, fields)
        change = Change(
            Action.REPLACE if live else Action.CREATE,
            manifest.ref,
            reason=reason or reasons.creation_reason(kind, after),
            irreversible=live is not None,
            source=manifest.source,
            fields=fields,
            table=table.change,
            steps=make_steps(replace(work, rebuild=live is not None)),
            let_go=frozenset(held_by(kind, live.spec)) if live else frozenset(),
        )
        return Planned(manifest, live, after, change, rows=table.rows)

    def _created_spec(self, manifest: Manifest, live: Live | None) -> Resource:
        """Returns the spec to create. A replacement keeps the undeclared fields of the live resource."""
        if live is None:
            return manifest.spec
        if is_table(manifest.ref):
            return self.tables.recreated_spec(manifest, live)
        kept: Resource = KINDS[manifest.ref.kind].in_one_form(live.spec, manifest.spec)
        return merge_declared(kept, manifest.spec, self.environment.ignored(manifest.ref))

    def _update(self, manifest: Manifest, live: Live) -> Planned:
        kind, ref = KINDS[manifest.ref.kind], manifest.ref
        wanted = self._wanted(manifest, live)
        fixed = [f for f in sorted(kind.fixed) if getattr(live.spec, f) != getattr(wanted, f)]
        if fixed and not self._may_rebuild(kind, live, ref):
            change = Change(Action.BLOCKED, ref, reason=self._fixed(kind, ref, fixed), source=manifest.source)
            return Planned(manifest, live, live.spec, change)
        table = self.tables.updated(manifest, live, wanted)
        if reason := table.rebuild or (reasons.replacement_reason(kind, _words(kind, fixed)) if fixed else ""):
            return self._create(manifest, live, reason)
        if reason := _decided(kind, live, wanted):
            change = Change(Action.BLOCKED, ref, reason=reason, source=manifest.source)
        elif reason := self.tables.over_quota(kind, table.change):
            size = TableChange(size=table.change.size)
            change = Change(Action.BLOCKED, ref, reason=reason, source=manifest.source, table=size)
        else:
            change = self._updated(manifest, live, table)
        gone, orphans = self._undeclared(kind, manifest, live, table.rows)
        worth = change if change.steps or change.action is Action.BLOCKED else None
        return Planned(manifest, live, table.after, worth, (*table.blocked, *gone), orphans, table.rows)

    def _wanted(self, manifest: Manifest, live: Live) -> Resource:
        """Returns the live spec with what is declared. Fields that AWS never answers do not differ."""
        wanted = merge_declared(live.spec, manifest.spec, self.environment.ignored(manifest.ref))
        kind = KINDS[manifest.ref.kind]
        return wanted.model_copy(update={field: getattr(live.spec, field) for field in kind.reading.write_only})

    def _updated(self, manifest: Manifest, live: Live, table: TablePlan) -> Change:
        kind, ref, scope = KINDS[manifest.ref.kind], manifest.ref, self.environment.scope
        fields = moving.changes(live, scope) + diff(live.spec, table.after)
        fields += _metadata(live.tags, self._tags(manifest, table.after, live))
        steps = make_steps(self._work(manifest, live, table, fields))
        before, after = (held_by(kind, spec, with_deferred=True) for spec in (live.spec, table.after))
        changed = last_changed(live, table.change.cells)
        differing = moving.reason(manifest, live, scope) or reasons.count_differences(fields, table.rows)
        meaning = reasons.effect_reason(manifest.effects, fields)
        return Change(
            Action.UPDATE,
            ref,
            reason="; ".join(filter(None, (differing, meaning, reasons.cost_reason(kind, live.spec, table.after)))),
            irreversible=table.irreversible or bool(live.elsewhere),
            source=manifest.source,
            fields=fields,
            table=table.change,
            steps=steps,
            modified=changed.modified,
            region=changed.region,
            let_go=frozenset(before - after if steps else ()),
        )

    def _is_settled(self, manifest: Manifest, live: Live) -> bool:
        """Returns whether the resource is managed and matches, without cells to compare: true of most resources."""
        kind = KINDS[manifest.ref.kind]
        if is_table(manifest.ref) or live.unready or live.elsewhere or not self._is_managed(manifest, live):
            return False
        if kind.unreachable(manifest.spec, live.spec):
            return False
        if parts_of(kind, live.spec) != parts_of(kind, manifest.spec):
            return False
        tagged = self._tags(manifest, live.spec, live)
        if _metadata(live.tags, tagged) or any(live.tags.get(key) != value for key, value in tagged.items()):
            return False
        return merge_declared(live.spec, manifest.spec, self.environment.ignored(manifest.ref)) is live.spec

    def _may_rebuild(self, kind: Kind[Any], live: Live, ref: Ref) -> bool:
        deletions = self.deletions
        kept = deletions.protects(live) or live.lasting or kind.deletion.needs_both or deletions.forbids(kind, ref)
        return deletions.allows(ref) and not kept

    def _fixed(self, kind: Kind[Any], ref: Ref, fields: list[str]) -> str:
        what = f"{kind.service.title} cannot change {' and '.join(_words(kind, fields))} of an existing {kind.name}"
        if reason := self.deletions.forbids(kind, ref):
            return f"{what}, and a replacement would have to delete it: {reason}"
        return f"{what}; have it deleted and recreated with {flag('--allow-delete', ref)}"

    def _undeclared(
        self, kind: Kind[Any], manifest: Manifest, live: Live, rows: RowsDiff
    ) -> tuple[list[Change], tuple[Ref, ...]]:
        """Returns the deletions of undeclared live parts, and the parts that stay as orphans without permission."""
        if parts_field(kind) not in manifest.spec.model_fields_set:
            return [], ()
        ignored = self.environment.ignored(manifest.ref)
        pairs = pair(parts_of(kind, live.spec), parts_of(kind, manifest.spec), "name")
        left = [have for have, want in pairs if want is None]
        left = [have for have in left if not ignored(f"{kind.parts_key}[{have.name}]")]
        deleted = Counter(cell.attribute for cell in rows.cells if cell.action is Action.DELETE)
        gone = {have.name: self.deletions.of_part(live, have, have.name, deleted[have.name]) for have in left}
        refs = {name: Ref(manifest.ref.kind, f"{manifest.ref.name}/{name}") for name in gone}
        owner = str(manifest.ref)
        covered = {name: change for name, change in gone.items() if self.selection.covers(str(refs[name]), owner)}
        changes = [change for change in covered.values() if change]
        return changes, tuple(refs[name] for name, change in covered.items() if change is None)

    def _work(self, manifest: Manifest, live: Live | None, table: TablePlan, fields: tuple[FieldChange, ...]) -> Work:
        kind, quotas, change = KINDS[manifest.ref.kind], self.environment.quotas, table.change
        return Work(
            kind,
            manifest.ref,
            live,
            table.after,
            tags=self._tags(manifest, table.after, live),
            fields=fields,
            cells=change.cells,
            rows=change.rows,
            batch_items=quotas.of(kind.cells.batch) if kind.cells else 1,
            recheck=self.environment.recheck,
            room=quotas.of(kind.cells.most) - sum(change.size.cells.values()) if kind.cells else 0,
            held=self.held.get(manifest.ref, frozenset()),
            instance=self.environment.instance,
        )

    def _tags(self, manifest: Manifest, after: Resource, live: Live | None = None) -> dict[str, str]:
        """Returns all the tags that the resource will have. Undeclared tags keep their values."""
        if KINDS[manifest.ref.kind].ownership is not Ownership.TAGS:
            return {}
        has = live.tags.get(PROTECT) == "true" if live else False
        protect = has if manifest.protect is None else manifest.protect
        is_tagged = not manifest.adopt or (live is not None and live.elsewhere)
        untagged = {*manifest.untagged, *(self.untagged & untagged_in(live.tags if live else {}))}
        own = tags(self.environment.scope, manifest.ref, protect=protect, origin=manifest.origin, untagged=untagged)
        others = getattr(after, "tags", foreign(live.tags) if live else {})
        return {**others, **(own if is_tagged else {}), **KINDS[manifest.ref.kind].kept_of(after)}

    def _named(self, manifest: Manifest) -> Manifest:
        """Turns each declared id or ARN of another resource into a reference, as the live side has it."""
        spec = self.directory.by_name_within(manifest.spec)
        return manifest if spec is manifest.spec else replace(manifest, spec=spec)

    def _is_managed(self, manifest: Manifest, live: Live) -> bool:
        if KINDS[manifest.ref.kind].ownership is Ownership.DECLARED or (manifest.adopt and STACK not in live.tags):
            return True
        return owns(self.environment.scope, manifest.ref.kind, live.tags)


def _decided(kind: Kind[Any], live: Live, wanted: Resource) -> str:
    """Returns why a change would have no effect: something else decides one of its fields."""
    for field, reason in live.decided.items():
        if getattr(live.spec, field) != getattr(wanted, field):
            return f"{manifest_key(kind.spec, field)} {reason}"
    return ""


def _unsent(kind: Kind[Any]) -> dict[str, Any]:
    """Returns the defaults of the fields that only a create sends and AWS never returns."""
    fields = {field: kind.spec.model_fields[field] for field in kind.reading.write_only}
    return {name: it.get_default(call_default_factory=True) for name, it in fields.items() if not it.is_required()}


def _words(kind: Kind[Any], fields: list[str]) -> list[str]:
    return [manifest_key(kind.spec, field) for field in fields]


def _metadata(before: Mapping[str, str], after: Mapping[str, str]) -> tuple[FieldChange, ...]:
    """Returns the changes of this program's own tags, under the names of the manifest's metadata.

    Other tags are fields of the spec.
    """
    was, will = before.get(PROTECT) == "true", after.get(PROTECT) == "true"
    changes = [FieldChange("metadata", was or None, will or None, inner="protect")] if was != will else []
    if before and (old := before.get(ADDRESS)) != (new := after.get(ADDRESS)):
        changes.append(FieldChange("metadata", old, new, inner="address"))
    memory = {"origin": ORIGIN, "untagged": UNTAGGED} if before else {}
    changes += [FieldChange("metadata", before.get(key), after.get(key), inner=it) for it, key in memory.items()]
    return tuple(change for change in changes if change.before != change.after)
