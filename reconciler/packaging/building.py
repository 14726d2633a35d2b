"""Builds an archive in six steps: read the source, resolve its dependencies, prune, inspect, strip, write."""

from __future__ import annotations

import tempfile
from pathlib import Path

from reconciler.packaging.archive import Archive, kept, write
from reconciler.packaging.errors import PackageError
from reconciler.packaging.inspection import inspect
from reconciler.packaging.pruning import pruned
from reconciler.packaging.resolving import resolve
from reconciler.packaging.source import LAMBDAS, LambdaSource, read_source
from reconciler.packaging.stripping import strip
from reconciler.packaging.target import DEFAULT_PYTHON, Runtime


def package(name: str, *, into: Path, python: str = DEFAULT_PYTHON, lambdas: Path = LAMBDAS) -> Archive:
    """Returns the Lambda's archive in the folder `into`: the existing one if its inputs are unchanged, else a new one.

    It writes nowhere else. Raises `PackageError` if there is no such Lambda, or the archive is too large. It also
    raises it if pip cannot install the dependencies, or if they would not run at AWS.
    """
    source, target = read_source(name, lambdas), Runtime(python)
    path = _path(source, target, into)
    return kept(path) or _built(source, target, path)


def place_of(name: str, *, into: Path, python: str = DEFAULT_PYTHON, lambdas: Path = LAMBDAS) -> Path:
    """Returns the path where `package` puts the archive. The file name contains the hash of all inputs."""
    return _path(read_source(name, lambdas), Runtime(python), into)


def _path(source: LambdaSource, target: Runtime, into: Path) -> Path:
    return into / f"{source.name}-python{target.python}-{source.digest(target)[:16]}.zip"


def _built(source: LambdaSource, target: Runtime, path: Path) -> Archive:
    with tempfile.TemporaryDirectory(prefix="reconcile-package-") as folder:
        tree, aside = Path(folder) / "tree", Path(folder) / "aside"
        for part in (tree, aside):
            part.mkdir()
        resolve(source, target, tree, aside)
        files = pruned(tree)
        inspect(files, target)
        for file in files.values():
            strip(file)
        if clash := sorted(name for name in files if name.partition("/")[0] == source.root):
            raise PackageError(
                f"{source.name}: a dependency brings {clash[0]}, a path of the Lambda's own code; "
                "remove it from the requirements"
            )
        return write(path, {**files, **source.files})
