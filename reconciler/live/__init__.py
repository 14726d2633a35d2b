"""Stage 2: reads the live state from AWS.

`reconcile` calls `read` before a plan, and apply calls `read_contents` before a deletion. Answers come in with AWS's
ids, and live resources go out with names. It must not write.
"""

from reconciler.live.remembered import read
from reconciler.live.request import ReadRequest
from reconciler.live.resource import read_contents

__all__ = ["ReadRequest", "read", "read_contents"]
