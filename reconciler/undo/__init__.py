"""Plans the way back of a run from the values before it, which its outcome holds.

The plan is like any other. It leaves alone everything that has changed since the run.
"""

from reconciler.undo.story import preview_undo

__all__ = ["preview_undo"]
