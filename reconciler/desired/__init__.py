"""Reads an environment's manifests, YAML and CSV, into the desired state, or reports every mistake in them."""

from reconciler.desired.examine import Reading, examine, read_desired

__all__ = ["Reading", "examine", "read_desired"]
