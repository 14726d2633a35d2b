"""Blocks creations that exceed a quota which AWS enforces late or for months, such as that of phone numbers.

AWS reports neither earlier claims nor earlier releases. So a plan counts what there is, what it does itself, and what
the outcomes on this machine hold.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import date, timedelta
from typing import Any, NamedTuple

from reconciler.directory import World
from reconciler.kinds.base import Kind
from reconciler.kinds.registry import KINDS
from reconciler.messages import counted
from reconciler.model import Action, Change, Desired, Does, Finding
from reconciler.model.environment import Environment, Quota, Turnover

GOING = (Action.DELETE, Action.REPLACE)


class _Balance(NamedTuple):
    """The creations, moves and deletions of one kind in a plan, with the limits.

    A move takes a place in this instance. AWS counts claims and releases, and documents nothing of moves, so a move is
    neither [inferred].
    """

    quota: Quota
    turnover: Turnover
    most: int
    new: int
    moved: int
    gone: int
    past: int

    @property
    def budget(self) -> int:
        return self.most * self.turnover.percent // 100

    @property
    def limit(self) -> str:
        """Returns the limit of creations and deletions in words."""
        share = f"{self.turnover.percent} % of quotas.{self.quota.key}, {self.most:,}"
        return f"{self.budget:,} in {self.turnover.days} days ({share})"


def begins(desired: Desired, world: World, today: date) -> date | None:
    """Returns the day from which earlier calls count; `None` if no declared resource may be a creation that counts."""
    new = {ref.kind for ref in desired.manifests if ref not in world.live}
    limits = [quota.turnover.days for name in new for quota in KINDS[name].quotas if quota.turnover]
    return today - timedelta(days=max(limits)) if limits else None


def unless_spent(
    changes: Sequence[Change], environment: Environment, world: World, past: Mapping[str, int]
) -> list[Change]:
    """Blocks the creations of a kind whose quota or turnover the plan would exceed, and the moves beyond its quota.

    `past`: the calls of earlier runs by `service:Operation`.
    """
    creations, moves = dict[str, str](), dict[str, str]()
    for kind, balance in _balances(changes, environment, past):
        elsewhere = sum(1 for live in world.live.values() if live.ref.kind == kind.name and live.elsewhere)
        moves[kind.name] = _full(balance, world.directory.count(kind.name) - elsewhere)
        creations[kind.name] = moves[kind.name] or _spent(balance)
    return [_unless_full(change, creations, moves) for change in changes]


def turnover_findings(
    changes: Sequence[Change], environment: Environment, past: Mapping[str, int]
) -> Iterator[Finding]:
    """Yields what a plan with creations counts against the turnover, and what it cannot know."""
    for kind, balance in _balances(changes, environment, past):
        if balance.new:
            items = balance.quota.items or f"{balance.quota.item}s"
            message = (
                f"this plan claims {balance.new:,} and releases {balance.gone:,} {items}; AWS blocks claims above "
                f"{balance.limit}. Earlier ones of this machine: {balance.past:,}. AWS reports no others, so they are "
                "not counted"
            )
            yield Finding("info", f"{kind.name}/*", message)


def _balances(
    changes: Sequence[Change], environment: Environment, past: Mapping[str, int]
) -> Iterator[tuple[Kind[Any], _Balance]]:
    for kind in KINDS.values():
        for quota in kind.quotas:
            if quota.turnover:
                of_kind = [change for change in changes if change.ref.kind == kind.name and not change.part_of]
                own = [change.action for change in of_kind]
                new, gone = own.count(Action.CREATE), sum(own.count(action) for action in GOING)
                moved = sum(map(_moves, of_kind))
                operations = (kind.writing.create, kind.writing.delete)
                before = sum(past.get(f"{kind.service.name}:{operation}", 0) for operation in operations)
                yield kind, _Balance(quota, quota.turnover, environment.quotas.of(quota), new, moved, gone, before)


def _full(balance: _Balance, there: int) -> str:
    """Returns why there is no place for the creations and moves; empty if there is."""
    quota = balance.quota
    if there + balance.new + balance.moved > balance.most and balance.new + balance.moved:
        ways = [f"claims {balance.new:,} more"] if balance.new else []
        ways += [f"moves {balance.moved:,} here"] if balance.moved else []
        call = "claim" if balance.new else "move"
        return (
            f"the {quota.per} has {counted(there, quota.item)}, this plan {' and '.join(ways)}, and "
            f"quotas.{quota.key} is {balance.most:,}: AWS would accept the {call} and fail it later; have the quota "
            "raised and write it into reconcile.yaml, or declare fewer"
        )
    return ""


def _spent(balance: _Balance) -> str:
    """Returns why AWS would block the creations for months; empty if it would not."""
    if balance.new and balance.past + balance.new + balance.gone > balance.budget:
        return (
            f"this plan claims {balance.new:,} and releases {balance.gone:,}, earlier runs of this machine made "
            f"{counted(balance.past, 'such call')}, and AWS blocks claims above {balance.limit}; wait, declare fewer, "
            "or have the quota raised and write it into reconcile.yaml"
        )
    return ""


def _moves(change: Change) -> bool:
    return any(step.does is Does.MOVE for step in change.steps)


def _unless_full(change: Change, creations: Mapping[str, str], moves: Mapping[str, str]) -> Change:
    reasons = creations if change.action is Action.CREATE else moves if _moves(change) else {}
    reason = reasons.get(change.ref.kind, "")
    return Change(Action.BLOCKED, change.ref, reason=reason, source=change.source) if reason else change
