"""Writes the zip: sorted, with fixed times and modes, and with the hash that AWS will compute."""

from __future__ import annotations

import json
import os
import zipfile
from base64 import b64encode
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path

from reconciler.packaging.errors import PackageError

# Lambda's limit for unpacked code with layers. A direct upload without S3 may have 50 MB.
LARGEST = 250 * 1024 * 1024
EPOCH = (1980, 1, 1, 0, 0, 0)
MODE, EXECUTABLE = 0o100644 << 16, 0o100755 << 16


@dataclass(frozen=True)
class Archive:
    """One archive. Sizes are in bytes. `tree` is the hash of the unpacked content, independent of zlib's version."""

    path: Path
    sha256: str
    tree: str
    zipped: int
    unzipped: int
    is_new: bool = True

    @property
    def code_sha256(self) -> str:
        """The hash in the form of Lambda's CodeSha256."""
        return b64encode(bytes.fromhex(self.sha256)).decode()


def kept(path: Path) -> Archive | None:
    """Returns the existing archive if its file is unchanged, else `None`."""
    try:
        noted = json.loads(_note(path).read_text(encoding="utf-8"))
        archive = Archive(path, noted["sha256"], noted["tree"], noted["zipped"], noted["unzipped"], is_new=False)
        return archive if file_sha256(path) == archive.sha256 else None
    except (OSError, ValueError, KeyError, TypeError):
        return None


def write(path: Path, files: Mapping[str, Path], executables: Collection[str] = ()) -> Archive:
    """Writes the archive atomically. Raises `PackageError` above the limit, before it writes anything."""
    unzipped = sum(file.stat().st_size for file in files.values())
    if unzipped > LARGEST:
        most, size = LARGEST / 2**20, unzipped / 2**20
        raise PackageError(f"{path.name}: {size:.0f} MB unpacked; Lambda allows {most:.0f} MB. {_largest(files)}")
    path.parent.mkdir(parents=True, exist_ok=True)
    draft = path.with_name(f".{path.name}.{os.getpid()}.part")
    try:
        tree = _pack(draft, files, executables)
        archive = Archive(path, file_sha256(draft), tree, draft.stat().st_size, unzipped)
        draft.replace(path)
    finally:
        draft.unlink(missing_ok=True)
    facts = {"sha256": archive.sha256, "tree": tree, "zipped": archive.zipped, "unzipped": unzipped}
    _note(path).write_text(json.dumps(facts) + "\n", encoding="utf-8")
    return archive


def _pack(path: Path, files: Mapping[str, Path], executables: Collection[str]) -> str:
    tree = sha256()
    with zipfile.ZipFile(path, "w") as archive:
        for name in sorted(files):
            content = files[name].read_bytes()
            tree.update(f"{name} {sha256(content).hexdigest()}\n".encode())
            entry = zipfile.ZipInfo(name, EPOCH)
            entry.external_attr = EXECUTABLE if name in executables else MODE
            entry.create_system = 3  # Unix, on every machine
            archive.writestr(entry, content, zipfile.ZIP_DEFLATED, compresslevel=6)
    return tree.hexdigest()


def _largest(files: Mapping[str, Path]) -> str:
    sizes: dict[str, int] = {}
    for name, file in files.items():
        top = name.partition("/")[0]
        sizes[top] = sizes.get(top, 0) + file.stat().st_size
    first = sorted(sizes, key=lambda top: -sizes[top])[:3]
    return "The largest: " + ", ".join(f"{top} {sizes[top] / 2**20:.0f} MB" for top in first)


def file_sha256(path: Path) -> str:
    digest = sha256()
    with path.open("rb") as stream:
        while block := stream.read(2**20):
            digest.update(block)
    return digest.hexdigest()


def _note(path: Path) -> Path:
    return path.with_suffix(".json")
