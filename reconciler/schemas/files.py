"""Writes the JSON Schemas to a folder, or names the files that are stale.

python -m reconciler.schemas.files [--check]     run it in the root of the repository
"""

from __future__ import annotations

import json
import sys
from collections.abc import Sequence
from pathlib import Path

from reconciler.kinds.registry import DECLARABLE
from reconciler.schemas.config import config_schema
from reconciler.schemas.kind import kind_schema, manifest_schema, overlay_schema
from reconciler.schemas.mapping import mapping_schema

FOLDER = Path("schemas")
_SUFFIX = ".schema.json"


def texts() -> dict[str, str]:
    """Returns the contents of every file, by its name."""
    schemas = {
        **{name: kind_schema(kind) for name, kind in DECLARABLE.items()},
        "manifest": manifest_schema(),
        "mapping": mapping_schema(),
        "overlay": overlay_schema(),
        "reconcile": config_schema(),
    }
    return {
        f"{name}{_SUFFIX}": json.dumps(schema, indent=2, ensure_ascii=False) + "\n" for name, schema in schemas.items()
    }


def write(folder: Path) -> None:
    """Writes every schema, and deletes schemas of kinds that no longer exist."""
    folder.mkdir(parents=True, exist_ok=True)
    wanted = texts()
    for name, text in wanted.items():
        (folder / name).write_text(text, encoding="utf-8", newline="\n")
    for name in _present(folder) - wanted.keys():
        (folder / name).unlink()


def stale(folder: Path) -> list[str]:
    """Returns the names of files that are missing, outdated or not of any kind."""
    wanted, present = texts(), _present(folder)
    outdated = {
        name for name in wanted.keys() & present if (folder / name).read_bytes() != wanted[name].encode("utf-8")
    }
    return sorted(outdated | (wanted.keys() ^ present))


def main(arguments: Sequence[str]) -> int:
    if list(arguments) not in ([], ["--check"]):
        sys.stderr.write("usage: python -m reconciler.schemas.files [--check]\n")
        return 64
    if not arguments:
        write(FOLDER)
        return 0
    old = stale(FOLDER)
    for name in old:
        sys.stderr.write(f"{FOLDER / name} is stale; run python -m reconciler.schemas.files\n")
    return 1 if old else 0


def _present(folder: Path) -> set[str]:
    return {path.name for path in folder.glob(f"*{_SUFFIX}")}


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
