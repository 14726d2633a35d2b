"""Live → files: one YAML file for each resource, its rows beside it as CSV."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

from reconciler.directory import World
from reconciler.documents.csv_text import write_csv
from reconciler.errors import UsageError
from reconciler.export.declaration import Declaration, declare
from reconciler.export.file_names import folder_name, stems
from reconciler.export.references import Writer
from reconciler.export.sayable import sayable
from reconciler.export.yaml_out import yaml_text
from reconciler.model import Finding, Ref

SCHEMAS = "schemas"


@dataclass(frozen=True)
class Exported:
    """`written`: new or changed files; `replaced`: those of them that were there; `notes`: what no manifest may say."""

    written: tuple[Path, ...] = ()
    replaced: tuple[Path, ...] = ()
    unchanged: tuple[Path, ...] = ()
    notes: tuple[Finding, ...] = ()


class _File(NamedTuple):
    path: Path
    text: str


def write_manifests(world: World, folder: Path, covers: Callable[[Ref], bool], *, root: Path) -> Exported:
    """Write what is live and covered into the folder. `root` holds reconcile.yaml, and the schemas that editors read.

    Raises `UsageError` where a file cannot be written.
    """
    checked = [sayable(declare(live)) for ref, live in sorted(world.live.items()) if covers(ref)]
    declared = [each.declaration for each in checked if each.declaration]
    writer = Writer(world.directory, {each.live.ref for each in declared})
    files = list(_files(declared, writer, folder, root))
    changed = [file for file in files if _differs(file)]
    replaced = [file.path for file in changed if os.path.lexists(file.path)]
    for file in changed:
        _write(file, folder)
    return Exported(
        tuple(file.path for file in changed),
        tuple(replaced),
        tuple(file.path for file in files if file not in changed),
        tuple(note for each in checked for note in each.notes),
    )


def _files(declared: list[Declaration], writer: Writer, folder: Path, root: Path) -> Iterator[_File]:
    for kind in sorted({each.live.ref.kind for each in declared}):
        here = folder / folder_name(kind)
        same_kind = [each for each in declared if each.live.ref.kind == kind]
        stem_of = stems(each.live.ref.name for each in same_kind)
        for each in same_kind:
            stem = stem_of[each.live.ref.name]
            # Rows come first: a manifest never names a file that is not there.
            if each.rows:
                yield _File(here / f"{stem}.csv", _csv(each, writer))
            yield _File(here / f"{stem}.yaml", _comment(kind, here, root) + _yaml(each, writer, f"{stem}.csv"))


def _csv(declared: Declaration, writer: Writer) -> str:
    texts = ((row[name] for name in declared.header) for row in declared.rows)
    rows = ([None if text is None else writer.text(text) for text in row] for row in texts)
    return write_csv(declared.header, rows)


def _comment(kind: str, here: Path, root: Path) -> str:
    schema = os.path.relpath(root.resolve() / SCHEMAS / f"{kind}.schema.json", here.resolve())
    return f"# yaml-language-server: $schema={schema.replace(os.sep, '/')}\n"


def _yaml(declared: Declaration, writer: Writer, csv: str) -> str:
    values = {**({"file": csv} if declared.rows else {}), **({"default": declared.default} if declared.default else {})}
    spec = {**declared.spec, **({"values": values} if values else {})}
    document = {"kind": declared.live.ref.kind, "metadata": declared.metadata, "spec": spec}
    return yaml_text(writer.everywhere(document))


def _differs(file: _File) -> bool:
    """A link is replaced by a file, whatever it leads to."""
    try:
        return file.path.is_symlink() or file.path.read_bytes() != file.text.encode()
    except FileNotFoundError:
        return True
    except OSError as error:
        raise UsageError(f"{file.path} cannot be read: {error.strerror}; move it away") from error


def _write(file: _File, folder: Path) -> None:
    unfinished = file.path.with_name(f".{file.path.name}.part")
    try:
        file.path.parent.mkdir(parents=True, exist_ok=True)
        if not file.path.parent.resolve().is_relative_to(folder.resolve()):
            raise UsageError(f"{file.path.parent} leads out of {folder}; remove the link")
        unfinished.unlink(missing_ok=True)
        with unfinished.open("x", encoding="utf-8", newline="") as opened:
            opened.write(file.text)
        unfinished.replace(file.path)
    except OSError as error:
        raise UsageError(f"{file.path} cannot be written: {error.strerror}") from error
