"""Names of resources: positions, duplicates, look-alikes, renames and undeclared references."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping

from reconciler.desired.checked import Link
from reconciler.desired.hidden import Hidden
from reconciler.desired.layers import Draft
from reconciler.documents.hints import brief, did_you_mean, listed, look_alike, paths_to, visible
from reconciler.documents.nodes import ListNode, MapNode, find, place, text_of
from reconciler.errors import Mistake, Source
from reconciler.kinds.base import Declarable, Kind
from reconciler.kinds.composite import Composite
from reconciler.model import Finding, Ref

_NAME = ("metadata", "name")
_RENAMED = ("metadata", "renamedFrom")


def is_for(document: MapNode, environment: str, known: Collection[str]) -> bool:
    """Returns whether the document applies to the environment: it lists that one, none, or an unknown one.

    An empty list is a mistake that the schema reports. The rest of the document is checked nevertheless.
    """
    chosen = find(document, ["metadata", "environments"])
    if not isinstance(chosen, ListNode) or not chosen.items:
        return True
    return environment in map(text_of, chosen.items) or any(unknown_environments(document, known))


def unknown_environments(document: MapNode, known: Collection[str]) -> Iterator[Mistake]:
    chosen = find(document, ["metadata", "environments"])
    for item in chosen.items if isinstance(chosen, ListNode) and known else ():
        name = text_of(item)
        if name is not None and name not in known:
            hint = did_you_mean(name, known) or f"; write {listed(list(known))}"
            yield Mistake(item.source, f"unknown environment {brief(name)}{hint}")


def refs(drafts: Iterable[Draft]) -> dict[Ref, Draft]:
    return {Ref(draft.kind, draft.name): draft for draft in drafts if draft.name}


def twins(drafts: Iterable[Draft], kinds: Mapping[str, Declarable]) -> Iterator[Mistake]:
    """Yields resources of one kind with the same name, also if it differs only in case and AWS ignores case."""
    first: dict[Ref, Draft] = {}
    for draft in drafts:
        folded = draft.name.casefold() if _folds_case(kinds[draft.kind]) else draft.name
        earlier = first.setdefault(Ref(draft.kind, folded), draft) if draft.name else draft
        if earlier is not draft:
            case = f" as {brief(earlier.name)}, and AWS ignores case" if earlier.name != draft.name else ""
            message = f"{draft.kind} {brief(draft.name)} is also declared at {earlier.node.source}{case}; delete one"
            yield Mistake(place(draft.node, _NAME), message)


def look_alikes(drafts: Iterable[Draft], kinds: Mapping[str, Declarable]) -> Iterator[Finding]:
    """Yields names that AWS distinguishes but people do not: by case, accents or invisible characters only."""
    first: dict[tuple[str, str], Draft] = {}
    for draft in drafts:
        if not draft.name:
            continue
        earlier = first.setdefault((draft.kind, visible(draft.name).casefold()), draft)
        hidden = look_alike(draft.name, earlier.name)
        if earlier.name == draft.name or (_folds_case(kinds[draft.kind]) and not hidden):
            continue  # a mistake that `twins` reports
        why = hidden.removeprefix("; ") or f"{brief(earlier.name)} differs from it only in case: rename one of them"
        message = f"{brief(draft.name)} is easily confused with the {draft.kind} at {earlier.node.source}: {why}"
        yield Finding("warning", f"{draft.kind}/{draft.name}", message, place(draft.node, _NAME))


def renames(declared: Mapping[Ref, Draft]) -> Iterator[Mistake]:
    """Yields mistakes about former names: used twice, unchanged, or still declared."""
    first: dict[Ref, Draft] = {}
    for ref, draft in declared.items():
        before = text_of(find(draft.node, _RENAMED))
        if before is None:
            continue
        source, was = place(draft.node, _RENAMED), Ref(ref.kind, before)
        if (earlier := first.setdefault(was, draft)) is not draft:
            first_rename = earlier.node.source
            yield Mistake(source, f"{was} is already renamed at {first_rename}; delete one of the two renamedFrom")
        if was == ref:
            yield Mistake(source, f"{was} is renamed to itself; delete renamedFrom")
        elif was in declared:
            there = declared[was].node.source
            message = f"{was} is still declared at {there}; delete one of them, or declare the new one after the rename"
            yield Mistake(source, message)


def dangling(
    links: Iterable[Link], declared: Collection[Ref], elsewhere: Collection[Ref], hidden: Hidden
) -> Iterator[Mistake]:
    """Yields references to undeclared resources, unless an unreadable document may declare them."""
    for ref, source, may_be_live in links:
        if ref not in declared and (may_be_live or hidden.may_hold(ref)):
            continue
        if ref in elsewhere and ref not in declared:
            yield Mistake(source, f"{ref} is not declared in this environment; check its metadata.environments")
        elif ref not in declared:
            yield Mistake(source, f"{ref} is not declared{_near(ref, declared)}")


def _near(ref: Ref, declared: Collection[Ref]) -> str:
    """Suggests a declared resource: one whose path ends in the name, or one with a similar address."""
    names = [other.name for other in declared if other.kind == ref.kind]
    others = [str(other) for other in declared if not str(other).startswith(f"{ref}/")]
    return paths_to(ref.name, names) or did_you_mean(str(ref), others)


def to_composites(links: Iterable[Link], kinds: Mapping[str, Declarable]) -> Iterator[Mistake]:
    """Yields references to composites, which have no id at AWS."""
    for ref, source, _ in links:
        if isinstance(kinds.get(ref.kind), Composite):
            yield Mistake(source, f"{ref} only stands for other resources and has no id; refer to one of them")


def addresses(declared: Mapping[Ref, Draft], kinds: Mapping[str, Declarable]) -> dict[str, Source]:
    """Returns every declared address, parts included, with its position."""
    places: dict[str, Source] = {}
    for ref, draft in declared.items():
        places[str(ref)] = draft.node.source
        key = kinds[ref.kind].parts_key
        items = find(draft.node, ["spec", key]) if key else None
        for item in items.items if isinstance(items, ListNode) else ():
            name = text_of(item.get("name")) if isinstance(item, MapNode) else None
            if name:
                places[f"{ref}/{name}"] = item.source
    return places


def _folds_case(kind: Declarable) -> bool:
    return isinstance(kind, Kind) and kind.identity.folds_case
