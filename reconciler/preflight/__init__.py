"""Before the first plan: whether this account and this instance let a plan and an apply happen. Nothing is written."""

from reconciler.preflight.checks import Check, Result
from reconciler.preflight.run import preflight

__all__ = ["Check", "Result", "preflight"]
