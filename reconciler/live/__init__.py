"""Stage 2: AWS → live."""

from reconciler.live.reading import Asked, read
from reconciler.live.resource import reread

__all__ = ["Asked", "read", "reread"]
