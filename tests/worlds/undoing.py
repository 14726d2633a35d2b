"""Runs and their undo, in one line each."""

from __future__ import annotations

import json
from typing import Any

from reconciler.model import Outcome, Plan
from reconciler.plan import Selection
from reconciler.reconcile import Options, Preview
from reconciler.report import outcome_json
from reconciler.undo import preview_undo
from tests.worlds.world import World


def as_json(outcome: Outcome) -> Any:
    """Returns the outcome as undo reads it from its file."""
    return json.loads(json.dumps(outcome_json(outcome)))


def way_back(world: World, outcome: Outcome, **selection: Any) -> Preview:
    return preview_undo(Options(world.environment, world.aws, Selection(**selection)), as_json(outcome), "outcome.json")


def undone(world: World, outcome: Outcome, **selection: Any) -> Outcome:
    return world.apply(way_back(world, outcome, **selection))


def blocked(plan: Plan) -> dict[str, str]:
    return {str(change.ref): change.reason for change in plan.changes if change.action == "blocked"}
