"""This tool as a wheel, made of what is installed: no build backend, no network, and the same bytes every time.

The tool is on no package index, and pip holds nothing that comes from a git repository against a hash. A wheel that is
committed beside its hash is the one way of installing it that pip checks byte by byte.
"""

from __future__ import annotations

import io
import zipfile
from base64 import urlsafe_b64encode
from collections.abc import Iterator
from dataclasses import dataclass
from hashlib import sha256
from importlib.metadata import Distribution, PackageNotFoundError, distributions
from pathlib import Path

import reconciler

DISTRIBUTION = "reconcile-connect"
_EPOCH = (1980, 1, 1, 0, 0, 0)
_WHEEL = "Wheel-Version: 1.0\nGenerator: reconcile\nRoot-Is-Purelib: true\nTag: py3-none-any\n"


@dataclass(frozen=True)
class Wheel:
    name: str
    content: bytes

    @property
    def digest(self) -> str:
        return sha256(self.content).hexdigest()


def wheel() -> Wheel:
    installed = _installed()
    stem = f"{DISTRIBUTION.replace('-', '_')}-{installed.version}"
    held = {**dict(_package()), **{f"{stem}.dist-info/{name}": text for name, text in _metadata()}}
    record = f"{stem}.dist-info/RECORD"
    lines = [f"{name},sha256={_hash(content)},{len(content)}" for name, content in sorted(held.items())]
    held[record] = "\n".join([*lines, f"{record},,", ""]).encode()
    return Wheel(f"{stem}-py3-none-any.whl", _archive(held))


def _installed() -> Distribution:
    """A checkout also has an `egg-info` folder, which says less."""
    for each in distributions(name=DISTRIBUTION):
        if each.read_text("METADATA"):
            return each
    raise PackageNotFoundError(DISTRIBUTION)


def _package() -> Iterator[tuple[str, bytes]]:
    folder = Path(reconciler.__file__).parent
    for path in folder.rglob("*"):
        if path.is_file() and "__pycache__" not in path.parts:
            yield path.relative_to(folder.parent).as_posix(), path.read_bytes()


def _metadata() -> Iterator[tuple[str, bytes]]:
    """Without the long description: it is the README of the day of the installation."""
    installed = _installed()
    headers = (installed.read_text("METADATA") or "").partition("\n\n")[0]
    yield "METADATA", f"{headers}\n".encode()
    yield "WHEEL", _WHEEL.encode()
    yield "entry_points.txt", (installed.read_text("entry_points.txt") or "").encode()
    yield "licenses/LICENSE", (installed.read_text("licenses/LICENSE") or "").encode()


def _archive(held: dict[str, bytes]) -> bytes:
    """Nothing in it depends on when or where it was made: times are fixed, and zlib's releases compress differently."""
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_STORED) as archive:
        for name in sorted(held, key=lambda name: (name.endswith("/RECORD"), name)):
            entry = zipfile.ZipInfo(name, _EPOCH)
            entry.external_attr = 0o644 << 16
            archive.writestr(entry, held[name], zipfile.ZIP_STORED)
    return file.getvalue()


def _hash(content: bytes) -> str:
    return urlsafe_b64encode(sha256(content).digest()).decode().rstrip("=")
