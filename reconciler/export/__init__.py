"""Writes manifests of live resources. Once these resources are adopted, a plan of the manifests is empty."""

from reconciler.export.known import Known
from reconciler.export.write import Exported, OverwriteError, Target, prepare, write

__all__ = ["Exported", "Known", "OverwriteError", "Target", "prepare", "write"]
