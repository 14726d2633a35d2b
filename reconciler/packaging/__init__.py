"""Builds a Lambda's source into the archive that AWS runs. The same input gives the same bytes on every machine.

Deployments call `package`. This module imports little; the first call imports the rest.
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
    """Returns the Lambda's archive: its path, and the hash that it will have at AWS (see `building`)."""
    from reconciler.packaging import building

    return building.package(name, into=into, python=python, lambdas=lambdas)
