"""Checks the lock files: every file has a hash, no index is named, and every extra that is needed is named.

    python scripts/locks.py          print what each lock holds
    python scripts/locks.py --check  and exit with 1 if a lock has a fault

Extras matter because of pip below 24. With `--require-hashes`, it does not match `coverage==7` with
`coverage[toml]>=7`. It looks for the latter on the index, and refuses any newer version there. Such a lock installs on
the day it is written, and fails after the next release of that package.
"""

from __future__ import annotations

import os
import re
import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from importlib.metadata import distributions
from pathlib import Path

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

ROOT = Path(__file__).resolve().parent.parent
_HERE = Path(sys.prefix)
_AWSCLI = Path(os.environ.get("RECONCILE_AWSCLI", ROOT / ".venv-awscli" / "bin" / "aws")).parent.parent
# Each lock, and the environment whose installed packages show what the locked ones require.
LOCKS: Mapping[str, Path] = {
    "requirements.lock": _HERE,
    "requirements-awscli.lock": _AWSCLI,
    "requirements-build.lock": _HERE,
    "requirements-peers.lock": ROOT / ".venv-peers",
    "requirements-spark.lock": ROOT / ".venv-spark",
    "reconciler/init/requirements.lock": _HERE,
    **{path.relative_to(ROOT).as_posix(): _HERE for path in sorted(ROOT.glob("reconciler/lambdas/*/requirements.txt"))},
}
_INDEX = re.compile(r"://|^\s*-(?!-hash=)\S+|\bfile:", re.MULTILINE)
_HASH = re.compile(r"--hash=sha256:[0-9a-f]{64}(?=\s|$)")


@dataclass
class Locked:
    """One package of a lock: its version, its named extras, and the hashes of its files."""

    name: str
    version: str
    extras: set[str] = field(default_factory=set)
    hashes: list[str] = field(default_factory=list)


def main() -> int:
    faults = 0
    for name, environment in LOCKS.items():
        text = (ROOT / name).read_text(encoding="utf-8")
        packages = [*faults_of(text), *missing_extras(text, requirements_in(environment))]
        print(f"{name}: {len(locked(text))} packages")
        for fault in packages:
            print(f"{name}: {fault}", file=sys.stderr)
        faults += len(packages)
    return 1 if faults and "--check" in sys.argv else 0


def locked(text: str) -> list[Locked]:
    """Returns the packages of a lock, in its order. A package may have several lines, for several platforms."""
    packages = []
    for block in re.split(r"\n(?=\S)", _without_comments(text)):
        if not block.strip():
            continue
        requirement = Requirement(block.split("\\")[0].split("--hash")[0].strip())
        pins = [specifier.version for specifier in requirement.specifier if specifier.operator == "=="]
        packages.append(
            Locked(canonicalize_name(requirement.name), *pins[:1] or [""], requirement.extras, _HASH.findall(block))
        )
    return packages


def faults_of(text: str) -> Iterator[str]:
    """Yields the faults that the text of a lock shows by itself."""
    if index := _INDEX.search(_without_comments(text)):
        yield f"{index[0].strip()!r} names an index, a place or an option; a lock holds packages only"
    for package in locked(text):
        if not package.version:
            yield f"{package.name} is not pinned with =="
        if not package.hashes:
            yield f"{package.name} has no hash"


def missing_extras(text: str, requirements: Mapping[str, list[Requirement]]) -> Iterator[str]:
    """Yields each extra that a locked package requires of another one whose lock line does not name it."""
    named: dict[str, set[str]] = {}
    for package in locked(text):
        named.setdefault(package.name, set()).update(package.extras)
    for name, extras in named.items():
        for requirement in requirements.get(name, []):
            wanted = named.get(canonicalize_name(requirement.name))
            if wanted is None or not _applies(requirement, extras):
                continue
            for extra in sorted(set(requirement.extras) - wanted):
                yield f"{name} requires {requirement.name}[{extra}], and the lock names {requirement.name} without it"


def requirements_in(environment: Path) -> dict[str, list[Requirement]]:
    """Returns what every package installed in a virtual environment requires, by the package's name."""
    folders = [str(path) for path in environment.glob("lib/python*/site-packages")]
    return {
        canonicalize_name(distribution.name): [Requirement(text) for text in distribution.requires or ()]
        for distribution in distributions(path=folders)
    }


def _applies(requirement: Requirement, extras: set[str]) -> bool:
    """Returns whether a requirement counts here, given the extras of the package that states it."""
    if requirement.marker is None:
        return True
    return any(requirement.marker.evaluate({"extra": extra}) for extra in extras or {""})


def _without_comments(text: str) -> str:
    return re.sub(r"^\s*#.*$", "", text, flags=re.MULTILINE)


if __name__ == "__main__":
    sys.exit(main())
