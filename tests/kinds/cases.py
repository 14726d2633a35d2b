"""Reads and writes the cases of the kinds: `python -m tests.kinds.cases` writes changes and calls again.

A case is a file, `tests/kinds/<Kind>/<what-it-does>.json`. It has AWS's answers, the manifest, the changes of the plan,
and the calls in their order. Review it as text.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from reconciler.kinds.registry import KINDS

HERE = Path(__file__).parent
WIDTH = 120
# The operation of an answer, and the parameters that the answer is limited to.
ANSWER = re.compile(r"(?P<operation>\w+)(\((?P<limits>.*)\))?")
ORDER = ("live", "declared", "also", "files", "removed", "flags", "changes", "calls")


@dataclass(frozen=True)
class Case:
    """One case. Only the first four have to be in its file.

    live: AWS's answers by operation, as the wire has them; `None` if the resource does not exist. A key may limit its
        answer to some parameters: `ListInstanceStorageConfigs(ResourceType=CALL_RECORDINGS)`.
    declared: the metadata and the spec of the manifest; `None` if there is none.
    changes: the changes of the plan.
    calls: operations with their parameters, in the order of apply.
    also: other manifests, each with its kind.
    removed: the addresses of a tombstone, `kind: Removed`.
    flags: flags of the command, `--allow-delete Queue/Support`.
    files: texts of the files that the manifests name. In `changes` and `calls`, each is its hash and size.
    """

    kind: str
    live: Mapping[str, Any] | None
    declared: Mapping[str, Any] | None
    changes: list[dict[str, Any]]
    calls: list[dict[str, Any]]
    also: tuple[Mapping[str, Any], ...] = ()
    removed: tuple[str, ...] = ()
    flags: tuple[str, ...] = ()
    files: Mapping[str, str] = field(default_factory=dict)


def paths(kind: str = "") -> list[Path]:
    """Returns the files of the cases of one kind, or of every kind."""
    return sorted(path for name in ([kind] if kind else KINDS) for path in (HERE / name).glob("*.json"))


def name_of(path: Path) -> str:
    return f"{path.parent.name}/{path.stem}"


def read_case(path: Path) -> Case:
    """Reads a case. Raises `TypeError` if it lacks one of the four, or has a key of another name."""
    return Case(path.parent.name, **json.loads(path.read_text(encoding="utf-8")))


def in_order(path: Path) -> dict[str, Any]:
    """Returns the parts of a case's file in the order in which they are read."""
    written = json.loads(path.read_text(encoding="utf-8"))
    return {key: written[key] for key in ORDER if key in written}


def formatted(value: Any, room: int = WIDTH, indent: str = "") -> str:
    """Returns JSON in which every map and list is on one line if it fits there."""
    flat = json.dumps(value, ensure_ascii=False)
    # One character is for the comma behind it.
    if not isinstance(value, dict | list) or not value or (len(flat) < room and indent):
        return flat
    deeper = f"{indent}  "
    if isinstance(value, dict):
        keys = {key: f"{json.dumps(key, ensure_ascii=False)}: " for key in value}
        lines = [keys[key] + formatted(item, WIDTH - len(deeper + keys[key]), deeper) for key, item in value.items()]
        return f"{{\n{_joined(lines, deeper)}\n{indent}}}"
    return f"[\n{_joined([formatted(item, WIDTH - len(deeper), deeper) for item in value], deeper)}\n{indent}]"


def _joined(lines: list[str], indent: str) -> str:
    return ",\n".join(indent + line for line in lines)


def _write() -> None:
    from tests.kinds.played import played

    for path in paths():
        case = {"live": None, "declared": None, "changes": [], "calls": [], **in_order(path)}
        try:
            result = played(Case(path.parent.name, **case))
        except AssertionError as wrong:
            wrong.add_note(name_of(path))
            raise
        case |= {"changes": result.changes, "calls": result.calls}
        text = formatted({key: case[key] for key in ORDER if key in case})
        path.write_text(f"{text}\n", encoding="utf-8", newline="")


if __name__ == "__main__":
    _write()
