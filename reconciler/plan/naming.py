"""Names that others bear: AWS has each but once, and gives it to nobody before the last one has let go of it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from reconciler.graph import frees, make_graph, name_of, takes
from reconciler.kinds.registry import KINDS
from reconciler.model import Action, Change, Live, Ref

Name = tuple[str, str]


def unless_taken(changes: Sequence[Change], live: Mapping[Ref, Live]) -> list[Change]:
    """The changes, those blocked that need a name which another one of ours keeps, or gives up too late."""
    found = list(changes)
    takers = {name: at for at, change in enumerate(found) for step in change.steps if (name := takes(change, step))}
    bearers = {name_of(KINDS[ref.kind], have.spec): ref for ref, have in live.items()} if takers else {}
    contested = {at: (name, bearers[name]) for name, at in takers.items() if name in bearers}
    contested = {at: (name, holder) for at, (name, holder) in contested.items() if holder != found[at].ref}
    # What is blocked keeps its own name, which may have been another one's to be.
    while reasons := dict(_reasons(found, contested, live)):
        for at, reason in reasons.items():
            found[at] = Change(Action.BLOCKED, found[at].ref, reason=reason, source=found[at].source)
    return found


def _reasons(
    changes: Sequence[Change], contested: Mapping[int, tuple[Name, Ref]], live: Mapping[Ref, Live]
) -> Iterator[tuple[int, str]]:
    wanted = {at: it for at, it in contested.items() if changes[at].action is not Action.BLOCKED}
    freed = {frees(change, step) for change in changes for step in change.steps} if wanted else set()
    circular = make_graph(changes).circular() if wanted else frozenset()
    for at, (name, holder) in wanted.items():
        what = f"its name is that of {holder}, which"
        if name not in freed and _is_same(changes[at].ref, live[holder]):
            yield at, f"{what} keeps it; delete that one or rename it, or choose another"
        elif at in circular:
            yield at, f"{what} gives it up only after this: AWS exchanges no names; give one of them a third name first"


def _is_same(ref: Ref, holder: Live) -> bool:
    """Whether nobody doubts that it is one name: in other kinds AWS may hold two for one that differ in case."""
    kind = KINDS[ref.kind]
    return kind.folds_case or kind.key_of(holder.spec) == ref.name
