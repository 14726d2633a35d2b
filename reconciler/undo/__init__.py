"""The way back of a run: its outcome's pre-images → a plan like any other, which refuses whatever has changed since."""

from reconciler.undo.story import preview_undo

__all__ = ["preview_undo"]
