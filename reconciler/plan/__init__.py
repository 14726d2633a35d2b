"""desired × live → plan: pure."""

from reconciler.plan.make import make_plan
from reconciler.plan.selection import Selection

__all__ = ["Selection", "make_plan"]
