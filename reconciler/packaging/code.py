"""The code of a function in its three forms: a package of this tool, a folder, or a zip file.

A tree is the hash of the source. It needs no build, so that a plan runs no pip, and it is equal on every machine. The
archive is built when apply needs it, and kept by its tree.
"""

from __future__ import annotations

import zipfile
import zlib
from collections.abc import Mapping
from hashlib import sha256
from pathlib import Path
from typing import NamedTuple

from reconciler.packaging.archive import LARGEST, Archive, file_sha256, kept, write
from reconciler.packaging.building import package
from reconciler.packaging.errors import PackageError
from reconciler.packaging.source import LAMBDAS, read_source
from reconciler.packaging.target import Runtime

PACKAGE, FOLDER, ZIP = "package", "folder", "zip"


class CodeFolder(NamedTuple):
    """The files of a folder: name in the archive → file. `executables` are the names of those that may be run."""

    files: Mapping[str, Path]
    executables: frozenset[str]


def tree_of(form: str, path: Path, python: str) -> str:
    """Returns the tree of a code. Raises `PackageError` if it cannot be used, and `OSError` if it cannot be read."""
    match form:
        case "package":
            return read_source(path.name, path.parent).tree(Runtime(python))
        case "folder":
            return _tree_of_folder(read_folder(path))
        case _:
            return _tree_of_zip(path)


def archive_of(form: str, path: Path, python: str, into: Path) -> Archive:
    """Returns the archive of a code: the one that exists in the folder `into`, or a new one. Raises as `tree_of`."""
    match form:
        case "package":
            return package(path.name, into=into, python=python, lambdas=path.parent)
        case "folder":
            folder = read_folder(path)
            tree = _tree_of_folder(folder)
            digest = sha256(f"{tree} {zlib.ZLIB_RUNTIME_VERSION}".encode()).hexdigest()
            place = into / f"folder-{digest[:16]}.zip"
            # A file at that place may come from elsewhere, such as a commit: its content decides.
            known = kept(place)
            is_own = known is not None and _tree_of_zip(place) == tree
            return known if known and is_own else write(place, folder.files, folder.executables)
        case _:
            return Archive(path, file_sha256(path), _tree_of_zip(path), path.stat().st_size, 0, is_new=False)


def package_path(name: str) -> Path:
    """Returns the folder of a package of this tool."""
    return LAMBDAS / name


def read_folder(folder: Path) -> CodeFolder:
    """Returns the files below a folder, without hidden ones and Python's caches. Raises `PackageError`.

    A link may lead to another file of the folder. One that leads outside could put any file of this machine at AWS.
    """
    files, executables, root = dict[str, Path](), set[str](), folder.resolve()
    for path in sorted(folder.rglob("*")):
        parts = path.relative_to(folder).parts
        if any(part.startswith(".") or part == "__pycache__" for part in parts):
            continue
        name = "/".join(parts)
        if path.is_symlink() and not (path.is_file() and path.resolve().is_relative_to(root)):
            raise PackageError(f"{name} is a link to a folder, or leads outside; put the files here")
        if path.is_file():
            files[name] = path
            executables |= {name} if path.stat().st_mode & 0o100 else set()
    if not files:
        raise PackageError("has no files; put the code there")
    _refuse_large(sum(file.stat().st_size for file in files.values()))
    return CodeFolder(files, frozenset(executables))


def _tree_of_folder(folder: CodeFolder) -> str:
    tree = sha256()
    for name, path in sorted(folder.files.items()):
        mode = "x" if name in folder.executables else "-"
        tree.update(f"{mode} {name} {file_sha256(path)}\n".encode())
    return tree.hexdigest()


def _tree_of_zip(path: Path) -> str:
    """Returns the hash of what a zip file contains. How it is compressed, and its times, do not count."""
    tree = sha256()
    try:
        with zipfile.ZipFile(path) as archive:
            entries = sorted((it for it in archive.infolist() if not it.is_dir()), key=lambda entry: entry.filename)
            # The sizes are the file's own claim; zipfile reads no more than that.
            _refuse_large(sum(entry.file_size for entry in entries))
            for entry in entries:
                content = sha256()
                with archive.open(entry) as stream:
                    while block := stream.read(2**20):
                        content.update(block)
                mode = "x" if (entry.external_attr >> 16) & 0o100 else "-"
                tree.update(f"{mode} {entry.filename} {content.hexdigest()}\n".encode())
    except (zipfile.BadZipFile, NotImplementedError, RuntimeError, zlib.error, EOFError) as wrong:
        raise PackageError(f"is not a zip file that AWS can read: {wrong}; build it again") from wrong
    return tree.hexdigest()


def _refuse_large(size: int) -> None:
    if size > LARGEST:
        raise PackageError(f"has {size / 2**20:.0f} MB unpacked; Lambda allows {LARGEST / 2**20:.0f} MB")
