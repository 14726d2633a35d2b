"""Manifests → desired: what an environment's YAML and CSV files say, or every mistake in them."""

from reconciler.desired.examine import Reading, examine, read_desired

__all__ = ["Reading", "examine", "read_desired"]
