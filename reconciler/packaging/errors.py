"""The error of packaging."""

from __future__ import annotations

from reconciler.errors import ReconcileError


class PackageError(ReconcileError):
    """An archive cannot be built. The message names the Lambda or the file, and the remedy."""
