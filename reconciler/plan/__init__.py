"""Compares desired with live and returns a plan. Pure: it reads neither AWS nor the disk."""

from reconciler.plan.adoption import make_adoption
from reconciler.plan.make import make_plan
from reconciler.plan.selection import Selection

__all__ = ["Selection", "make_adoption", "make_plan"]
