"""What keeps an archive from being made."""

from __future__ import annotations

from reconciler.errors import ReconcileError


class PackageError(ReconcileError):
    """Names the Lambda or the file, and the remedy."""
