"""Name conflicts. AWS requires unique names, so a name is free only after its holder is renamed or deleted."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from reconciler.kinds.registry import KINDS
from reconciler.model import Action, Change, Live, Ref
from reconciler.steps.order import frees, make_graph, name_of, takes

Name = tuple[str, str]


def unless_taken(changes: Sequence[Change], live: Mapping[Ref, Live]) -> list[Change]:
    """Blocks each change that needs a name which another resource keeps, or gives up too late."""
    checked = list(changes)
    takers: dict[Name, int] = {}
    for at, change in enumerate(checked):
        for step in change.steps:
            if name := takes(change, step):
                takers[name] = at
    holders = {name_of(KINDS[ref.kind], have.spec): ref for ref, have in live.items()} if takers else {}
    contested: dict[int, tuple[Name, Ref]] = {}
    for name, at in takers.items():
        holder = holders.get(name)
        if holder and holder != checked[at].ref:
            contested[at] = name, holder
    # A blocked resource keeps its own name, which another change may have been waiting for.
    while reasons := dict(_reasons(checked, contested, live)):
        for at, reason in reasons.items():
            checked[at] = Change(Action.BLOCKED, checked[at].ref, reason=reason, source=checked[at].source)
    return checked


def _reasons(
    changes: Sequence[Change], contested: Mapping[int, tuple[Name, Ref]], live: Mapping[Ref, Live]
) -> Iterator[tuple[int, str]]:
    wanted = {at: it for at, it in contested.items() if changes[at].action is not Action.BLOCKED}
    if not wanted:
        return
    freed: set[Name | None] = set()
    for change in changes:
        freed.update(frees(change, step) for step in change.steps)
    circular = make_graph(changes).circular()
    for at, (name, holder) in wanted.items():
        conflict = f"its name is taken by {holder}, which"
        if name not in freed and _is_same(changes[at].ref, live[holder]):
            yield at, f"{conflict} keeps it; delete or rename that one, or choose another name"
        elif at in circular:
            yield at, f"{conflict} frees it only after this; AWS cannot swap names: give one of them a third name first"


def _is_same(ref: Ref, holder: Live) -> bool:
    """Returns whether AWS surely sees one name. In some kinds, two names that differ in case may be one to AWS."""
    kind = KINDS[ref.kind]
    return kind.identity.folds_case or kind.key_of(holder.spec) == ref.name
