"""The story of an archive: read the source, resolve what it needs, prune, inspect, write."""

from __future__ import annotations

import tempfile
from pathlib import Path

from reconciler.packaging.archive import Archive, kept, write
from reconciler.packaging.errors import PackageError
from reconciler.packaging.inspection import inspect
from reconciler.packaging.pruning import pruned
from reconciler.packaging.resolving import resolve
from reconciler.packaging.source import LAMBDAS, Source, read_source
from reconciler.packaging.target import DEFAULT_PYTHON, Target


def package(name: str, *, into: Path, python: str = DEFAULT_PYTHON, lambdas: Path = LAMBDAS) -> Archive:
    """The Lambda's archive in the folder `into`: the one that is there where its inputs are the same, else a new one.

    Writes nothing elsewhere. Raises `PackageError` where there is no such Lambda, where pip can not get what it needs,
    where that would not run at AWS, and where it is too large.
    """
    source, target = read_source(name, lambdas), Target(python)
    path = _path(source, target, into)
    return kept(path) or _built(source, target, path)


def place_of(name: str, *, into: Path, python: str = DEFAULT_PYTHON, lambdas: Path = LAMBDAS) -> Path:
    """Where `package` would put it. The name holds the hash of all inputs."""
    return _path(read_source(name, lambdas), Target(python), into)


def _path(source: Source, target: Target, into: Path) -> Path:
    return into / f"{source.name}-python{target.python}-{source.digest(target)[:16]}.zip"


def _built(source: Source, target: Target, path: Path) -> Archive:
    with tempfile.TemporaryDirectory(prefix="reconcile-package-") as folder:
        tree, aside = Path(folder) / "tree", Path(folder) / "aside"
        for each in (tree, aside):
            each.mkdir()
        resolve(source, target, tree, aside)
        found = pruned(tree)
        inspect(found, target)
        if clash := sorted(name for name in found if name.partition("/")[0] == source.root):
            raise PackageError(f"{source.name}: a dependency brings {clash[0]}, which is our own place")
        return write(path, {**found, **source.files})
