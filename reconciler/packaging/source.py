"""A Lambda as it lies in the repository, or in an installed package: its code, the shared code, what it depends on."""

from __future__ import annotations

import zlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path

import reconciler
from reconciler.packaging.errors import PackageError
from reconciler.packaging.target import Target

LAMBDAS = Path(reconciler.__file__).parent / "lambdas"
SHARED = "shared"
REQUIREMENTS = "requirements.txt"
# What stands beside the code for those who deploy it: policies, schemas, alarms, sample flows.
DECLARATIONS = {".json", ".txt", ".in", ".md"}
# A new number for a new way of building: archives that were built the old way are not taken for new ones.
RECIPE = 2


@dataclass(frozen=True)
class Source:
    name: str
    root: str
    """The package that everything is imported from."""
    files: Mapping[str, Path]
    """Name in the archive → file."""
    requirements: Path
    """May be missing, or hold comments alone: then nothing but the runtime's own is needed."""

    @property
    def needs_nothing(self) -> bool:
        return not self.lines()

    def lines(self) -> list[str]:
        """The requirements without comments and blank lines."""
        text = self.requirements.read_text(encoding="utf-8") if self.requirements.is_file() else ""
        return [line for line in map(str.strip, text.splitlines()) if line and not line.startswith("#")]

    def digest(self, target: Target) -> str:
        """64 hex digits of all that decides what the archive holds; zlib's releases compress differently."""
        found = sha256(f"{RECIPE} {target.python} {zlib.ZLIB_RUNTIME_VERSION}\n".encode())
        for line in self.lines():
            found.update(f"{line}\n".encode())
        for name in sorted(self.files):
            found.update(f"{name} {sha256(self.files[name].read_bytes()).hexdigest()}\n".encode())
        return found.hexdigest()


def names(lambdas: Path = LAMBDAS) -> list[str]:
    """The Lambdas that there are."""
    return sorted(path.parent.name for path in lambdas.glob("*/handler.py"))


def read_source(name: str, lambdas: Path = LAMBDAS) -> Source:
    """Raises `PackageError` where there is no such Lambda."""
    if name not in names(lambdas):
        raise PackageError(f"no Lambda {name!r}; there is {', '.join(names(lambdas)) or 'none'}")
    root = lambdas.parent
    files = {path.relative_to(root.parent).as_posix(): path for path in _shipped(lambdas, name)}
    return Source(name, root.name, dict(sorted(files.items())), lambdas / name / REQUIREMENTS)


def _shipped(lambdas: Path, name: str) -> Iterator[Path]:
    """Imported in the archive as it is here, so the packages that it lies in come along."""
    yield from (lambdas.parent / "__init__.py", lambdas / "__init__.py")
    for folder in (lambdas / SHARED, lambdas / name):
        for path in folder.rglob("*"):
            is_ours = "__pycache__" not in path.parts and not path.name.startswith(".")
            if path.is_file() and is_ours and path.suffix not in DECLARATIONS:
                yield path
