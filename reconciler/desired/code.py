"""Reads the code of a function that a manifest names: a package, a folder or a zip file. It builds nothing."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import NamedTuple

from reconciler.desired.layers import ManifestFolders
from reconciler.documents.hints import brief, did_you_mean, listed
from reconciler.documents.nodes import ListNode, MapNode, Node, Scalar
from reconciler.errors import Mistake, Source
from reconciler.model import Code, ContentFile
from reconciler.model.content import CodeForm
from reconciler.packaging.code import FOLDER, PACKAGE, ZIP, package_path, tree_of
from reconciler.packaging.errors import PackageError
from reconciler.packaging.source import names
from reconciler.packaging.target import PYTHONS

_BUILT = "a package is built for x86_64"


class ReadCode(NamedTuple):
    """The tree of a code, and its source."""

    code: Code
    file: ContentFile


def read_code(key: str, node: Node, body: MapNode, where: ManifestFolders) -> ReadCode | Mistake | None:
    """Returns the code, or the mistake of its author. `None`: the shape is wrong, which the schema reports."""
    written = node.entries if isinstance(node, MapNode) else {}
    forms = [form for form in (PACKAGE, FOLDER, ZIP) if form in written]
    if len(forms) != 1 or len(written) != 1:
        return None
    (form,) = forms
    named = written[form].node
    if not isinstance(named, Scalar) or not isinstance(named.value, str) or not named.value:
        return None
    if form == PACKAGE:
        return _package(f"{key}.{form}", named.value, named.source, body)
    path = where.beside(named.source, named.value)
    wrong = _unusable(form, named.value, path, where)
    return (wrong and Mistake(named.source, f"{key}.{form} {wrong}")) or _read(key, form, path, named, where.name(path))


def _package(key: str, name: str, source: Source, body: MapNode) -> ReadCode | Mistake:
    if name not in (known := names()):
        hint = did_you_mean(name, known) or f"; write {listed(known)}"
        return Mistake(source, f"{key} {brief(name)} is unknown{hint}")
    runtime, architectures = body.get("runtime"), body.get("architectures")
    python = str(runtime.value).removeprefix("python") if isinstance(runtime, Scalar) else ""
    if python not in PYTHONS:
        versions = listed([f"python{version}" for version in PYTHONS])
        return Mistake(source, f"{key} needs a runtime of Python; write runtime: {versions}")
    if isinstance(architectures, ListNode) and any(
        isinstance(item, Scalar) and item.value == "arm64" for item in architectures.items
    ):
        return Mistake(architectures.source, f"architectures has arm64, but {_BUILT}; delete architectures")
    path = package_path(name)
    return ReadCode(Code(_tree_of_package(path, python)), ContentFile(path, name, CodeForm(PACKAGE, python)))


@cache
def _tree_of_package(path: Path, python: str) -> str:
    """Returns the tree of a package of this tool, which stays the same while the tool runs.

    Many functions have one package, and each document is read more than once.
    """
    return tree_of(PACKAGE, path, python)


def _unusable(form: str, name: str, path: Path, where: ManifestFolders) -> str:
    """Returns why a manifest cannot name the source. Code may be anywhere below the folder of reconcile.yaml."""
    if Path(name).is_absolute() or not where.inside(path, where.root):
        return f"{brief(name)} is outside the folder of reconcile.yaml; put the code inside"
    if form == FOLDER and not path.is_dir():
        return f"{brief(name)} is not a folder; write a path to a folder, relative to the manifest"
    if form == ZIP and not path.is_file():
        return f"{brief(name)} is not a file; build it first, or write a path relative to the manifest"
    return ""


def _read(key: str, form: str, path: Path, named: Scalar, name: str) -> ReadCode | Mistake:
    try:
        return ReadCode(Code(tree_of(form, path, "")), ContentFile(path, name, CodeForm(form)))
    except PackageError as wrong:
        return Mistake(named.source, f"{key}.{form} {brief(str(named.value))}: {wrong}")
    except OSError as wrong:
        return Mistake(named.source, f"{key}.{form} {brief(str(named.value))} cannot be read: {wrong.strerror}")
