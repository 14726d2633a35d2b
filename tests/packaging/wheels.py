"""Minimal wheels and Lambdas, which pip can install without a network."""

from __future__ import annotations

import zipfile
from base64 import urlsafe_b64encode
from collections.abc import Mapping
from hashlib import sha256
from pathlib import Path

ELF = b"\x7fELF" + b"\0" * 14 + (62).to_bytes(2, "little") + b"\0" * 12
ARM = b"\x7fELF" + b"\0" * 14 + (183).to_bytes(2, "little") + b"\0" * 12


def wheel(folder: Path, name: str, tag: str = "py3-none-any", *, version: str = "1.0", **files: bytes | str) -> Path:
    """Builds a wheel with a module of its name. `files`: more files by path, with `__` for `/`."""
    folder.mkdir(parents=True, exist_ok=True)
    held = {
        f"{name}/__init__.py": b"",
        f"{name}-{version}.dist-info/METADATA": f"Metadata-Version: 2.1\nName: {name}\nVersion: {version}\n".encode(),
    }
    held[f"{name}-{version}.dist-info/WHEEL"] = f"Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: {tag}\n".encode()
    held |= {path: content if isinstance(content, bytes) else content.encode() for path, content in files.items()}
    record = "".join(f"{path},sha256={_hash(content)},{len(content)}\n" for path, content in held.items())
    held[f"{name}-{version}.dist-info/RECORD"] = f"{record}{name}-{version}.dist-info/RECORD,,\n".encode()
    made = folder / f"{name}-{version}-{tag}.whl"
    with zipfile.ZipFile(made, "w") as archive:
        for path, content in held.items():
            archive.writestr(path, content)
    return made


def a_lambda(root: Path, *wheels: Path, code: str = "", extra: Mapping[str, str] | None = None) -> Path:
    """Builds `reconciler/lambdas` with the Lambda `small`, which depends on the wheels."""
    lambdas = root / "reconciler" / "lambdas"
    (lambdas / "small").mkdir(parents=True)
    (lambdas / "shared").mkdir()
    for package in (lambdas.parent, lambdas, lambdas / "small", lambdas / "shared"):
        (package / "__init__.py").write_text("")
    (lambdas / "small" / "handler.py").write_text(code or "def handler(event, context): return event\n")
    lines = [f"{each.name.split('-')[0]}==1.0 --hash=sha256:{sha256(each.read_bytes()).hexdigest()}" for each in wheels]
    (lambdas / "small" / "requirements.txt").write_text("\n".join(lines))
    for name, text in (extra or {}).items():
        (lambdas / "small" / name).write_text(text)
    return lambdas


def _hash(content: bytes) -> str:
    return urlsafe_b64encode(sha256(content).digest()).decode().rstrip("=")
