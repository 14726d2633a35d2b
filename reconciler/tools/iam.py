"""The least IAM policies for plan and apply, derived from the calls that the kinds' tables can make.

Amazon Connect has one action per operation, with the operation's name (Service Authorization Reference).
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from typing import Any

from reconciler.kinds.base import Kind
from reconciler.kinds.operations import reads, writes
from reconciler.kinds.registry import KINDS, LOOKUPS

EXAMPLE = "arn:aws:connect:ca-central-1:111122223333:instance/00000000-0000-4000-8000-000000000000"


def plan_actions() -> frozenset[str]:
    """What plan, drift and export ask for: bulk reads, nothing that writes or leaves a trace."""
    looked_up = {f"connect:{lookup.listing.operation}" for lookup in LOOKUPS.values()}
    return frozenset(looked_up) | {action for kind in KINDS.values() for action in _actions(kind, reads(kind))}


def apply_actions() -> frozenset[str]:
    """What apply, adopt and destroy ask for besides."""
    return plan_actions() | {action for kind in KINDS.values() for action in _actions(kind, writes(kind))}


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
