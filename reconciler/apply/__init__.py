"""Applies a plan. This is the only package that writes to AWS."""

from reconciler.apply.run import Ports, Run, Stop
from reconciler.apply.run_plan import apply

__all__ = ["Ports", "Run", "Stop", "apply"]
