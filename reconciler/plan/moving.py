"""Moves from another instance: a plan contains one only if the command line names its address."""

from __future__ import annotations

from reconciler.kinds.fields import manifest_key
from reconciler.kinds.registry import KINDS
from reconciler.messages import flag
from reconciler.model import FieldChange, Live, Manifest, Scope
from reconciler.model.ownership import ADDRESS, MOVED, PROTECT, STACK
from reconciler.steps.work import INSTANCE

_GROUP = ":traffic-distribution-group/"


def obstacle(manifest: Manifest, live: Live, scope: Scope, *, is_allowed: bool) -> str:
    """Returns why a resource of another instance is not moved here; empty if it is."""
    if not live.elsewhere:
        return ""
    kind, place = KINDS[manifest.ref.kind], f"is in {_place(live)}, {_owner(live, scope)}"
    if not kind.writing.move:
        return f"{place}; declare it in the environment of that instance"
    key = manifest_key(kind.spec, kind.identity.key)
    if _GROUP in live.elsewhere:
        return f"{place}; no run moves it out of a traffic distribution group; assign it to an instance first"
    if live.unready:
        return f"{place}, and {live.unready}; plan again later"
    if live.tags.get(PROTECT) == "true" and live.tags.get(STACK) != scope.owner:
        return f"{place}, and protected there; declare it there with metadata.protect: false, and apply that first"
    ways, allow = f"{place}; delete this manifest if it is to stay there", flag("--allow-move", manifest.ref)
    if not kind.key_of(manifest.spec):
        declare = f'declare {key}: "{kind.key_of(live.spec)}" and repeat with {allow}'
        return f"{ways}; to move it here, {declare}{_other_claim(live, scope)}"
    return "" if is_allowed else f"{ways}; to move it here, repeat with {allow}: {kind.writing.move.loses}"


def reason(manifest: Manifest, live: Live, scope: Scope) -> str:
    """Returns what a move does and what is lost by it, for its reviewer; empty without a move."""
    kind = KINDS[manifest.ref.kind]
    if not live.elsewhere:
        return ""
    assert kind.writing.move is not None  # noqa: S101 (`obstacle` has blocked the others)
    moves = f"moves {kind.key_of(live.spec)} here from {_place(live)}, {_owner(live, scope)}"
    takes = "; this stack takes it over" if live.tags.get(STACK, scope.owner) != scope.owner else ""
    flow = getattr(manifest.spec, "contact_flow", None)
    until = f'until this run has associated "{flow}"' if flow else "because its manifest declares no contactFlow"
    stays = "what the manifest does not declare stays: its id, its description, its other tags"
    return f"{moves}{takes}; {kind.writing.move.loses}; calls reach no flow {until}; {stays}"


def changes(live: Live, scope: Scope) -> tuple[FieldChange, ...]:
    """Returns the changes of place and owner; none without a move. A review approves them with the others."""
    if not live.elsewhere:
        return ()
    place = FieldChange(INSTANCE, live.elsewhere, scope.instance)
    owner = FieldChange("metadata", live.tags.get(STACK), scope.owner, inner="owner")
    return (place, owner) if owner.before != owner.after else (place,)


def _place(live: Live) -> str:
    word = "traffic distribution group" if _GROUP in live.elsewhere else "instance"
    return f"{word} {live.elsewhere}"


def _owner(live: Live, scope: Scope) -> str:
    owner = live.tags.get(STACK)
    if not owner:
        return "not managed there"
    if owner == scope.owner:
        return "with the tags of this stack"
    return f"managed by {owner} as {live.tags.get(ADDRESS, 'an address without a tag')}"


def _other_claim(live: Live, scope: Scope) -> str:
    """Returns how to declare another one under the same address, which the moved one still has in a tag."""
    if live.tags.get(STACK) == scope.owner:
        return ""
    return f"; to claim another one under this name, delete its tag {MOVED} first"
