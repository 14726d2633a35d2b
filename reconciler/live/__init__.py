"""Stage 2: AWS → live."""

from reconciler.live.reading import Asked, read, reread

__all__ = ["Asked", "read", "reread"]
