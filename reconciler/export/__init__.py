"""Live → manifests that, once what they declare is adopted, give an empty plan."""

from reconciler.export.write import Exported, write_manifests

__all__ = ["Exported", "write_manifests"]
