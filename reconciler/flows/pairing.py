"""Pairs the actions of two flows: which one before is which one after.

Pairs have the same Identifier and Type; then equal content; then the same way of branches from a pair; then the same
Identifier alone. The rest were added or removed.
"""

from __future__ import annotations

from collections import defaultdict, deque
from collections.abc import Mapping
from typing import Any, NamedTuple

from reconciler.flows.canonical_form import canonical_order
from reconciler.flows.parsing import Flow, FlowAction, parse_flow


class Rename(NamedTuple):
    """An action that has another Identifier now."""

    before: str
    after: str


def renames(before: Any, after: Any) -> tuple[Rename, ...]:
    """Returns the actions of two contents that pair up under another Identifier, in the order of the first one."""
    one, other = parse_flow(before), parse_flow(after)
    new_of = {old: new for new, old in pairs(one, other).items()}
    names = [action.identifier for action in one.actions if action.identifier in new_of]
    return tuple(Rename(old, new_of[old]) for old in names if new_of[old] != old)


def pairs(before: Flow, after: Flow) -> Mapping[str, str]:
    """Returns the Identifier before of each action after that has one."""
    pairing = _Pairing(before, after)
    pairing.pair_by_identifier_and_type()
    pairing.pair_by_content()
    pairing.pair_by_way()
    pairing.pair_by_identifier()
    return pairing.old_of


class _Pairing:
    """The pairs of two flows, while they are made."""

    def __init__(self, before: Flow, after: Flow) -> None:
        self.before, self.after = before, after
        self.old_of: dict[str, str] = {}
        self._taken: set[str] = set()

    def pair_by_identifier_and_type(self) -> None:
        for action in self.after.actions:
            old = self.before.by_identifier.get(action.identifier)
            if old and old.type == action.type:
                self._pair(old, action)

    def pair_by_content(self) -> None:
        """Pairs actions of equal content, in the order in which a contact reaches them."""
        waiting: dict[str, deque[FlowAction]] = defaultdict(deque)
        for action in canonical_order(self.before):
            if action.identifier not in self._taken:
                waiting[action.content].append(action)
        for action in canonical_order(self.after):
            if action.identifier not in self.old_of and waiting[action.content]:
                self._pair(waiting[action.content].popleft(), action)

    def pair_by_way(self) -> None:
        """Pairs actions of one type to which the same branch of a pair leads, and the two starts."""
        self._pair_if_alike(self.before.start, self.after.start)
        queue = deque(action.identifier for action in canonical_order(self.after) if action.identifier in self.old_of)
        while queue:
            name = queue.popleft()
            old = self.before.by_identifier[self.old_of[name]]
            targets = {branch.label: branch.target for branch in old.branches}
            for branch in self.after.by_identifier[name].branches:
                if self._pair_if_alike(targets.get(branch.label), branch.target):
                    queue.append(branch.target)

    def pair_by_identifier(self) -> None:
        for action in self.after.actions:
            old = self.before.by_identifier.get(action.identifier)
            if old and action.identifier not in self.old_of and old.identifier not in self._taken:
                self._pair(old, action)

    def _pair_if_alike(self, old_name: str | None, new_name: str | None) -> bool:
        """Pairs two free actions of one type. Returns whether it did."""
        old, new = self.before.by_identifier.get(old_name or ""), self.after.by_identifier.get(new_name or "")
        if not old or not new or old.identifier in self._taken or new.identifier in self.old_of:
            return False
        if old.type != new.type:
            return False
        self._pair(old, new)
        return True

    def _pair(self, old: FlowAction, new: FlowAction) -> None:
        self.old_of[new.identifier] = old.identifier
        self._taken.add(old.identifier)
