"""Live → manifests that, once what they declare is adopted, give an empty plan."""

from reconciler.export.known import Known
from reconciler.export.write import Exported, OverwriteError, Target, prepare, write

__all__ = ["Exported", "Known", "OverwriteError", "Target", "prepare", "write"]
