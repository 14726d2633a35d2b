"""Stage 1: reads an environment's manifests, YAML and CSV, into the desired state, or reports every mistake in them.

`reconcile` calls `read_desired`, and `validate` calls `examine`. Files and overlays come in, manifests with their
places go out. It must not read AWS.
"""

from reconciler.desired.examine import Examination, examine, read_desired

__all__ = ["Examination", "examine", "read_desired"]
