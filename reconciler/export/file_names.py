"""Turns names of resources into file names for any system. No name leaves its folder, and no two share a file."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Mapping
from hashlib import sha256
from unicodedata import normalize

LONGEST = 100  # bytes; file systems allow 255, including suffixes
_UNSAFE = re.compile(r"[^\w.-]+")
# Windows reserves these names for devices, with any suffix after the first dot.
_DEVICE = re.compile(r"(?:con|prn|aux|nul|com\d|lpt\d)(?:\.|$)", re.IGNORECASE)


def folder_name(kind: str) -> str:
    """Returns the folder of a kind: `DataTable` → `data-tables`, `AgentStatus` → `agent-statuses`."""
    words = re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "-", kind).lower()
    if words.endswith("y"):
        return f"{words[:-1]}ies"
    return f"{words}es" if words.endswith("s") else f"{words}s"


def stems(names: Iterable[str]) -> Mapping[str, str]:
    """Returns a file name without suffix for each name.

    If two differ only in case or in replaced characters, each gets a digest of its name.
    """
    safe = {name: _safe(name) for name in names}
    alike = Counter(_folded(stem) for stem in safe.values())
    by_name: dict[str, str] = {}
    taken: set[str] = set()
    for name in sorted(safe, key=lambda name: (alike[_folded(safe[name])], name)):
        stem = safe[name] if alike[_folded(safe[name])] == 1 else f"{safe[name]}-{_digest(name)}"
        while _folded(stem) in taken:
            stem = f"{safe[name]}-{_digest(stem)}"
        taken.add(_folded(stem))
        by_name[name] = stem
    return by_name


def _safe(name: str) -> str:
    stem = _UNSAFE.sub("-", normalize("NFC", name)).strip("-.")
    short = stem.encode()[:LONGEST].decode(errors="ignore").strip("-.")
    if short != stem or not short:
        short = f"{short}-{_digest(name)}".lstrip("-")
    return f"_{short}" if _DEVICE.match(short) else short


def _folded(stem: str) -> str:
    return normalize("NFKC", normalize("NFKC", stem).casefold())


def _digest(name: str) -> str:
    return sha256(name.encode(errors="replace")).hexdigest()[:8]
