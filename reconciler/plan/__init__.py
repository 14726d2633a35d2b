"""Stage 4: compares desired with live and returns a plan.

`reconcile` calls it, and `undo` for the way back. It decides what changes, what is blocked and why. It is pure: it
reads neither AWS nor the disk.
"""

from reconciler.plan.adoption import make_adoption
from reconciler.plan.make import make_plan
from reconciler.plan.selection import Selection

__all__ = ["Selection", "make_adoption", "make_plan"]
