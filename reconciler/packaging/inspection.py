"""Checks that pip's files will load at AWS: every wheel must fit the target's Python, machine and C library."""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path

from reconciler.packaging.errors import PackageError
from reconciler.packaging.target import GLIBC, Runtime

TAG = re.compile(r"^Tag: (?P<python>\S+?)-(?P<abi>\S+?)-(?P<platform>\S+)$", re.MULTILINE)
EXTENSION = re.compile(r"\.cpython-(?P<digits>\d+)-(?P<platform>[^.]+)\.so$")
MANYLINUX = re.compile(r"manylinux_(\d+)_(\d+)_x86_64")
OLD_MANYLINUX = ("manylinux1_x86_64", "manylinux2010_x86_64", "manylinux2014_x86_64")
ELF, X86_64 = b"\x7fELF", (62).to_bytes(2, "little")


def inspect(files: Mapping[str, Path], target: Runtime) -> None:
    """Raises `PackageError` with the first file that does not fit."""
    for name, path in files.items():
        if name.endswith(".dist-info/WHEEL"):
            tags = TAG.findall(path.read_text(encoding="utf-8"))
            if not any(_fits(python, abi, platform, target) for python, abi, platform in tags):
                raise PackageError(f"{name.partition('/')[0]} is not for python{target.python} on x86_64: {tags}")
        elif name.endswith(".so") or ".so." in name:
            _must_load(name, path, target)


def _fits(python: str, abi: str, platform: str, target: Runtime) -> bool:
    return _is_python(python, abi, target) and any(map(_is_platform, platform.split(".")))


def _is_python(python: str, abi: str, target: Runtime) -> bool:
    if abi == "abi3":
        return any(tag.startswith("cp3") and int(tag[3:] or 0) <= target.minor for tag in python.split("."))
    return abi in ("none", f"cp{target.digits}") and bool(
        {"py3", f"py{target.digits}", f"cp{target.digits}"} & set(python.split("."))
    )


def _is_platform(platform: str) -> bool:
    modern = MANYLINUX.fullmatch(platform)
    return platform in ("any", "linux_x86_64", *OLD_MANYLINUX) or (
        modern is not None and (int(modern[1]), int(modern[2])) <= GLIBC
    )


def _must_load(name: str, path: Path, target: Runtime) -> None:
    extension = EXTENSION.search(name)
    if extension and extension["digits"] != target.digits:
        raise PackageError(f"{name} is for Python {extension['digits']}, not for {target.digits}")
    with path.open("rb") as stream:
        head = stream.read(20)
    if head[:4] == ELF and head[18:20] != X86_64:
        raise PackageError(f"{name} is for another machine than x86_64")
