"""A Lambda's source → the archive that AWS runs: the same input gives the same bytes, wherever it is put together.

`package` is the seam for whoever deploys. Importing this imports little; the first use does.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from reconciler.packaging.source import LAMBDAS
from reconciler.packaging.target import DEFAULT_PYTHON

if TYPE_CHECKING:
    from reconciler.packaging.archive import Archive

__all__ = ["LAMBDAS", "package"]


def package(name: str, *, into: Path, python: str = DEFAULT_PYTHON, lambdas: Path = LAMBDAS) -> Archive:
    """Where the Lambda's archive is, and the hash that it will have at AWS (see `building`)."""
    from reconciler.packaging import building

    return building.package(name, into=into, python=python, lambdas=lambdas)
