"""Builds this tool as a wheel from its installation: no build backend, no network, always the same bytes.

The tool is not on a package index, and pip cannot check a git repository against a hash. A committed wheel with its
hash is the only form that pip checks byte by byte.

The bytes must not depend on who built the wheel. A checkout, an installed wheel, pip, uv and each release of setuptools
write METADATA, RECORD and entry points differently. So this module writes all of them from the fields that matter.
"""

from __future__ import annotations

import io
import re
import zipfile
from base64 import urlsafe_b64encode
from collections.abc import Iterator
from dataclasses import dataclass
from hashlib import sha256
from importlib.metadata import Distribution, PackageNotFoundError, distributions
from pathlib import Path

import reconciler

DISTRIBUTION = "reconcile-connect"
# The files that are packed with the Python sources: `package-data` of pyproject.toml, which a wheel does not contain.
DATA = (
    "py.typed",
    "init/requirements.lock",
    "init/templates/README.md",
    "init/templates/reconcile.yaml",
    "init/templates/manifests/*.csv",
    "init/templates/manifests/*.yaml",
    "init/templates/settings/CODEOWNERS",
    "init/templates/settings/editorconfig",
    "init/templates/settings/gitattributes",
    "init/templates/settings/gitignore",
    "init/templates/workflows/*.yml",
    "kinds/connect/*.txt",
    "kinds/pipelines/mappings/*.json",
    "lambdas/*/*.json",
    "lambdas/*/requirements.txt",
    "lambdas/*/sql/*.sql",
    "lambdas/*/tables/*.json",
    "sandbox/redshift/*.sql",
)
_FIELDS = ("Name", "Version", "Summary", "License-Expression", "Requires-Python")
_REQUIREMENT = re.compile(r"^([\w.-]+(?:\[.*?\])?)(.*)$")
_DEVELOPMENT = "dev"  # the extra that only a checkout needs
_EPOCH = (1980, 1, 1, 0, 0, 0)
_UNIX = 3  # the system that wrote an archive's entry (APPNOTE.TXT, 4.4.2)
_WHEEL = "Wheel-Version: 1.0\nGenerator: reconcile\nRoot-Is-Purelib: true\nTag: py3-none-any\n"


@dataclass(frozen=True)
class Wheel:
    name: str
    version: str
    content: bytes

    @property
    def digest(self) -> str:
        return sha256(self.content).hexdigest()


def wheel() -> Wheel:
    installed = _installed()
    stem = f"{DISTRIBUTION.replace('-', '_')}-{installed.version}"
    held = {**dict(_package(installed)), **{f"{stem}.dist-info/{name}": text for name, text in _metadata(installed)}}
    record = f"{stem}.dist-info/RECORD"
    lines = [f"{name},sha256={_hash(content)},{len(content)}" for name, content in sorted(held.items())]
    held[record] = "\n".join([*lines, f"{record},,", ""]).encode()
    return Wheel(f"{stem}-py3-none-any.whl", installed.version, _archive(held))


def _installed() -> Distribution:
    """Returns the installed distribution. A checkout also has an `egg-info` folder, which is less complete."""
    for found_distribution in distributions(name=DISTRIBUTION):
        if found_distribution.read_text("METADATA"):
            return found_distribution
    raise PackageNotFoundError(DISTRIBUTION)


def _package(installed: Distribution) -> Iterator[tuple[str, bytes]]:
    """Yields the Python sources and `DATA`.

    For an installed wheel it yields only the files of its RECORD, never stray ones.
    """
    folder = Path(reconciler.__file__).parent
    recorded = {file.as_posix() for file in installed.files or ()}
    is_copied = f"{folder.name}/__init__.py" in recorded  # an editable install records no sources
    sources = {path for path in folder.rglob("*.py") if _is_module(path.relative_to(folder))}
    for path in sources.union(*(folder.glob(pattern) for pattern in DATA)):
        name = path.relative_to(folder.parent).as_posix()
        is_hidden = any(part.startswith(".") for part in path.relative_to(folder).parts)
        if path.is_file() and not is_hidden and (name in recorded or not is_copied):
            yield name, path.read_bytes()


def _is_module(path: Path) -> bool:
    return all(part.isidentifier() for part in path.with_suffix("").parts)


def _metadata(installed: Distribution) -> Iterator[tuple[str, bytes]]:
    """Yields the files of `dist-info`.

    The long description is left out, because it is the README at installation time.
    """
    headers = installed.metadata
    lines = ["Metadata-Version: 2.4", *(f"{field}: {headers[field]}" for field in _FIELDS), "License-File: LICENSE"]
    for extra in sorted({*(headers.get_all("Provides-Extra") or ())} - {_DEVELOPMENT}):
        lines.append(f"Provides-Extra: {extra}")
    for requirement in sorted(_requirements(installed)):
        lines.append(f"Requires-Dist: {requirement}")
    yield "METADATA", "".join(f"{line}\n" for line in lines).encode()
    yield "WHEEL", _WHEEL.encode()
    scripts = sorted(f"{script.name} = {script.value}\n" for script in installed.entry_points)
    yield "entry_points.txt", f"[console_scripts]\n{''.join(scripts)}".encode()
    licence = installed.read_text("licenses/LICENSE") or installed.read_text("LICENSE") or ""
    yield "licenses/LICENSE", licence.encode()


def _requirements(installed: Distribution) -> Iterator[str]:
    """Yields requirements in one spelling: `name[extra]<2,>=1; marker`, with double quotes in the marker."""
    for requirement in installed.requires or ():
        wanted, _, marker = requirement.partition(";")
        ((name, versions),) = _REQUIREMENT.findall(re.sub(r"[\s()]", "", wanted))
        marker = " ".join(marker.replace("'", '"').split())
        if not re.search(rf'\bextra == "{_DEVELOPMENT}"', marker):
            spelled = f"{name}{','.join(sorted(versions.split(',')))}"
            yield f"{spelled}; {marker}" if marker else spelled


def _archive(held: dict[str, bytes]) -> bytes:
    """Returns an archive that does not depend on time or machine.

    Times are fixed. Files are stored, because releases of zlib compress differently.
    """
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_STORED) as archive:
        for name in sorted(held, key=lambda name: (name.endswith("/RECORD"), name)):
            entry = zipfile.ZipInfo(name, _EPOCH)
            entry.create_system = _UNIX
            entry.external_attr = 0o644 << 16
            archive.writestr(entry, held[name], zipfile.ZIP_STORED)
    return file.getvalue()


def _hash(content: bytes) -> str:
    return urlsafe_b64encode(sha256(content).digest()).decode().rstrip("=")
