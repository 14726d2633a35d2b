"""The least IAM policies for plan and apply, derived from the calls that the kinds' tables can make.

Amazon Connect has one action per operation, with the operation's name (Service Authorization Reference).
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from typing import Any

from reconciler.kinds.base import Kind
from reconciler.kinds.registry import KINDS, LOOKUPS
from reconciler.model import Ownership

EXAMPLE = "arn:aws:connect:ca-central-1:111122223333:instance/00000000-0000-4000-8000-000000000000"


def plan_actions() -> frozenset[str]:
    """What plan, drift and export ask for: bulk reads, nothing that writes or leaves a trace."""
    looked_up = {f"connect:{lookup.listing.operation}" for lookup in LOOKUPS.values()}
    return frozenset(looked_up) | {action for kind in KINDS.values() for action in _actions(kind, _reads(kind))}


def apply_actions() -> frozenset[str]:
    """What apply, adopt and destroy ask for besides."""
    return plan_actions() | {action for kind in KINDS.values() for action in _actions(kind, _writes(kind))}


def policy(actions: Iterable[str], instance: str = EXAMPLE) -> dict[str, Any]:
    statement = {"Effect": "Allow", "Action": sorted(actions), "Resource": [instance, f"{instance}/*"]}
    return {"Version": "2012-10-17", "Statement": [statement]}


def render(instance: str = EXAMPLE) -> str:
    """Both policies as Markdown."""
    parts = []
    for title, actions in (("Plan role", plan_actions()), ("Apply role", apply_actions())):
        parts.append(f"{title}:\n\n```json\n{json.dumps(policy(actions, instance), indent=2)}\n```\n")
    return "\n".join(parts)


def _actions(kind: Kind[Any], operations: Iterable[str]) -> Iterator[str]:
    return (f"{kind.service}:{operation}" for operation in operations)


def _reads(kind: Kind[Any]) -> Iterator[str]:
    yield from (listing.operation for listing in kind.searches((), True))
    for gap in kind.gaps:
        yield gap.listing.operation if gap.listing else _describe(kind)
    if kind.parts:
        yield (kind.parts.bulk or kind.parts.listing).operation
    if kind.cells:
        yield kind.cells.listing.operation


def _describe(kind: Kind[Any]) -> str:
    return kind.describe[0] if kind.describe else ""


def _writes(kind: Kind[Any]) -> Iterator[str]:
    asked = (kind.create, kind.delete, kind.lookup.operation if kind.lookup else "", _describe(kind))
    yield from filter(None, asked)
    if kind.ownership is Ownership.TAGS:
        yield from ("TagResource", "UntagResource")
    yield from (update.operation for update in kind.updates)
    for members in kind.members:
        yield from filter(None, (members.add, members.change, members.remove))
    if kind.parts:
        yield from (kind.parts.create, kind.parts.update, kind.parts.delete, kind.parts.listing.operation)
    if kind.cells:
        yield from (kind.cells.create, kind.cells.update, kind.cells.delete, kind.cells.rename)
