"""Applies a plan. This is the only package that writes to AWS."""

from reconciler.apply.order import apply
from reconciler.apply.run import Ports, Run, Stop

__all__ = ["Ports", "Run", "Stop", "apply"]
