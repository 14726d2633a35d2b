"""A Lambda in the repository or in an installed package: its code, the shared code and its requirements."""

from __future__ import annotations

import re
import zlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path

import reconciler
from reconciler.packaging.errors import PackageError
from reconciler.packaging.target import Runtime

LAMBDAS = Path(reconciler.__file__).parent / "lambdas"
SHARED = "shared"
REQUIREMENTS = "requirements.txt"
# Files beside the code for the deployment: policies, schemas, alarms, sample flows. A folder below has data that the
# code reads.
DECLARATIONS = {".json", ".txt", ".in", ".md"}
# Increase it when the build changes, so that archives of the old build are not reused.
RECIPE = 5
_IMPORTED = re.compile(r"^\s*(?:from|import)\s+\w+\.lambdas\.(\w+)", re.MULTILINE)


@dataclass(frozen=True)
class LambdaSource:
    name: str
    root: str
    """The root package of all imports."""
    files: Mapping[str, Path]
    """Name in the archive → file."""
    requirements: Path
    """The requirements file. If it is missing or has only comments, the runtime's own packages suffice."""

    @property
    def needs_nothing(self) -> bool:
        return not self.lines()

    def lines(self) -> list[str]:
        """Returns the requirements without comments and blank lines."""
        text = self.requirements.read_text(encoding="utf-8") if self.requirements.is_file() else ""
        return [line for line in map(str.strip, text.splitlines()) if line and not line.startswith("#")]

    def digest(self, target: Runtime) -> str:
        """Returns 64 hex digits of all inputs of the archive, with zlib's version: releases compress differently."""
        return sha256(f"{self.tree(target)} {zlib.ZLIB_RUNTIME_VERSION}\n".encode()).hexdigest()

    def tree(self, target: Runtime) -> str:
        """Returns 64 hex digits of all inputs that decide what the archive contains, equal on every machine."""
        inputs = sha256(f"{RECIPE} {target.python}\n".encode())
        for line in self.lines():
            inputs.update(f"{line}\n".encode())
        for name in sorted(self.files):
            inputs.update(f"{name} {sha256(self.files[name].read_bytes()).hexdigest()}\n".encode())
        return inputs.hexdigest()


def names(lambdas: Path = LAMBDAS) -> list[str]:
    """Returns the names of all Lambdas."""
    return sorted(path.parent.name for path in lambdas.glob("*/handler.py"))


def read_source(name: str, lambdas: Path = LAMBDAS) -> LambdaSource:
    """Reads a Lambda's source. Raises `PackageError` if the Lambda does not exist."""
    if name not in names(lambdas):
        raise PackageError(f"no Lambda {name!r}; there is {', '.join(names(lambdas)) or 'none'}")
    root = lambdas.parent
    files = {path.relative_to(root.parent).as_posix(): path for path in _shipped(lambdas, name)}
    return LambdaSource(name, root.name, dict(sorted(files.items())), lambdas / name / REQUIREMENTS)


def _shipped(lambdas: Path, name: str) -> Iterator[Path]:
    """Yields the files of the archive, with the packages around them, because imports there are the same as here."""
    yield from (lambdas.parent / "__init__.py", lambdas / "__init__.py")
    for folder in (lambdas / SHARED, lambdas / name, *(lambdas / room for room in _rooms(lambdas, name))):
        yield from _sources(folder)


def _rooms(lambdas: Path, name: str) -> list[str]:
    """Returns the rooms without a handler that a Lambda's code imports, and those that they import."""
    rooms: set[str] = set()
    waiting = [name]
    while waiting:
        for path in _sources(lambdas / waiting.pop()):
            if path.suffix == ".py":
                imported = set(_IMPORTED.findall(path.read_text(encoding="utf-8")))
                new = {room for room in imported - rooms - {name, SHARED} if (lambdas / room).is_dir()}
                rooms |= new
                waiting += sorted(new)
    return sorted(rooms)


def _sources(folder: Path) -> Iterator[Path]:
    for path in folder.rglob("*"):
        is_source = "__pycache__" not in path.parts and not path.name.startswith(".")
        is_declaration = path.parent == folder and path.suffix in DECLARATIONS
        if path.is_file() and is_source and not is_declaration:
            yield path
