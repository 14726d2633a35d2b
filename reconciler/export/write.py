"""Live → files: one YAML file for each resource, its rows beside it as CSV."""

from __future__ import annotations

import os
from collections.abc import Callable, Container, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, NamedTuple

from reconciler.directory import World
from reconciler.documents.csv_text import write_csv
from reconciler.errors import ReconcileError, UsageError
from reconciler.export.declaration import Declaration, declare, kept
from reconciler.export.environments import of_one_environment
from reconciler.export.file_names import folder_name, stems
from reconciler.export.known import NOTHING, Known
from reconciler.export.references import Writer, circular, named_by, uses
from reconciler.export.sayable import sayable
from reconciler.export.yaml_out import yaml_text
from reconciler.kinds.registry import KINDS
from reconciler.model import Finding, Live, Ref

SCHEMAS = "schemas"


@dataclass(frozen=True)
class Target:
    """Where to write. `root` holds reconcile.yaml, and the schemas that editors read; whatever is in the folder
    `manifests` is read by every later run. `only` names the environment that is read, where there are several: a
    resource that holds its ids or ARNs is for it alone."""

    folder: Path
    root: Path
    manifests: Path
    overwrite: bool = False
    only: str = ""

    @property
    def is_read(self) -> bool:
        return self.folder.resolve().is_relative_to(self.manifests.resolve())


class File(NamedTuple):
    path: Path
    text: str


@dataclass(frozen=True)
class Exported:
    """`changed`: new files, and those that say something else; `replaced`: those of them that are there.

    `notes`: what no manifest may say, and what could not be read. `left`: what is declared already, in one line each.
    `of_one`: the resources that are written for the target's one environment.
    """

    changed: tuple[File, ...] = ()
    replaced: tuple[Path, ...] = ()
    unchanged: tuple[Path, ...] = ()
    notes: tuple[Finding, ...] = ()
    left: tuple[str, ...] = ()
    of_one: tuple[Ref, ...] = ()

    @property
    def written(self) -> tuple[Path, ...]:
        return tuple(file.path for file in self.changed)


class OverwriteError(ReconcileError):
    """Files that somebody wrote would be replaced."""


def prepare(world: World, covers: Callable[[Ref], bool], target: Target, known: Known = NOTHING) -> Exported:
    """What is live and covered, as files that are still to be written.

    Raises `UsageError` where a file cannot be read, `OverwriteError` where one would be replaced unasked.
    """
    covered = [live for ref, live in sorted(world.live.items()) if covers(ref)]
    left = {live.ref: told for live in covered if target.is_read and (told := known.told(live.ref))}
    asked = [live for live in covered if live.ref not in left]
    checked = [sayable(_declared(live, known)) for live in asked]
    declared = [each.declaration for each in checked if each.declaration]
    named = {ref: ref.name for ref in known.manifests} if target.is_read else {}
    named |= {each.live.ref: each.live.spec.name for each in declared}
    stems_of = _stems([*left, *(each.live.ref for each in declared)])
    specs = _specs(declared, Writer(world.directory, named))
    of_one = _of_one(declared, specs) if target.only else frozenset[Ref]()
    files = list(_files(declared, specs, Writer(world.directory, named), target, stems_of, of_one))
    notes = (*world.odd, *(note for each in checked for note in each.notes))
    return replace(compared(files, target), notes=notes, left=tuple(left.values()), of_one=tuple(sorted(of_one)))


def compared(files: Sequence[File], target: Target) -> Exported:
    """Files that are still to be written against what is there.

    Raises `UsageError` where one cannot be read, `OverwriteError` where one would be replaced unasked.
    """
    changed = tuple(file for file in files if _differs(file))
    replaced = tuple(file.path for file in changed if os.path.lexists(file.path))
    if replaced and not target.overwrite:
        raise OverwriteError(_unasked(replaced, target))
    return Exported(changed, replaced, tuple(file.path for file in files if file not in changed))


def write(exported: Exported, target: Target) -> None:
    """Raises `UsageError` where a file cannot be written."""
    for file in exported.changed:
        _write(file, target.folder)


def _declared(live: Live, known: Known) -> Declaration:
    manifest = known.manifests.get(live.ref)
    return kept(declare(live), manifest) if manifest else declare(live)


def _unasked(replaced: Sequence[Path], target: Target) -> str:
    named = ", ".join(os.path.relpath(path, target.root) for path in replaced)
    verb, one = ("says", "it") if len(replaced) == 1 else ("say", "them")
    return (
        f"{named} {verb} something else; nothing was written: write elsewhere with --into DIR, or replace {one} with "
        "--overwrite"
    )


def _stems(refs: Sequence[Ref]) -> Mapping[Ref, str]:
    """Of what is left alone too, so that two names which look alike stay two files."""
    kinds = {ref.kind for ref in refs}
    by_kind = {kind: stems(ref.name for ref in refs if ref.kind == kind) for kind in kinds}
    return {ref: by_kind[ref.kind][ref.name] for ref in refs}


def _specs(declared: Sequence[Declaration], writer: Writer) -> dict[Ref, Mapping[str, Any]]:
    kept_apart = circular({each.live.ref: uses(KINDS[each.live.ref.kind], each.spec) for each in declared})
    return {
        each.live.ref: writer.sparing(kept_apart[each.live.ref]).spec(KINDS[each.live.ref.kind], each.spec)
        for each in declared
    }


def _of_one(declared: Sequence[Declaration], specs: Mapping[Ref, Mapping[str, Any]]) -> frozenset[Ref]:
    named = {each.live.ref: named_by(KINDS[each.live.ref.kind], each.spec, each.rows) for each in declared}
    return of_one_environment(specs, named)


def _files(
    declared: Sequence[Declaration],
    specs: Mapping[Ref, Mapping[str, Any]],
    writer: Writer,
    target: Target,
    stems_of: Mapping[Ref, str],
    of_one: Container[Ref],
) -> Iterator[File]:
    for each in declared:
        ref = each.live.ref
        here, stem = target.folder / folder_name(ref.kind), stems_of[ref]
        # Rows come first: a manifest never names a file that is not there.
        if each.rows:
            yield File(here / f"{stem}.csv", _csv(each, writer))
        only = target.only if ref in of_one else ""
        comment = schema_comment(ref.kind, here, target.root)
        yield File(here / f"{stem}.yaml", comment + _yaml(each, specs[ref], writer, f"{stem}.csv", only))


def _csv(declared: Declaration, writer: Writer) -> str:
    texts = ((row[name] for name in declared.header) for row in declared.rows)
    rows = ([None if text is None else writer.text(text) for text in row] for row in texts)
    return write_csv(declared.header, rows)


def schema_comment(kind: str, here: Path, root: Path) -> str:
    """The first line of a manifest in the folder `here`, by which editors find its schema."""
    schema = os.path.relpath(root.resolve() / SCHEMAS / f"{kind}.schema.json", here.resolve())
    return f"# yaml-language-server: $schema={schema.replace(os.sep, '/')}\n"


def _yaml(declared: Declaration, said: Mapping[str, Any], writer: Writer, csv: str, only: str) -> str:
    values = {
        **({"file": csv} if declared.rows else {}),
        **({"default": declared.default} if declared.default else {}),
        **({"rows": []} if declared.prune and not declared.rows else {}),
        **({"prune": True} if declared.prune else {}),
    }
    spec = {**said, **({"values": writer.everywhere(values)} if values else {})}
    metadata = {**writer.everywhere(declared.metadata), **({"environments": [only]} if only else {})}
    document = {"kind": declared.live.ref.kind, "metadata": metadata, "spec": spec}
    return yaml_text(document)


def _differs(file: File) -> bool:
    """A link is replaced by a file, whatever it leads to."""
    try:
        return file.path.is_symlink() or file.path.read_bytes() != file.text.encode()
    except FileNotFoundError:
        return True
    except OSError as error:
        raise UsageError(f"{file.path} cannot be read: {error.strerror}; move it away") from error


def _write(file: File, folder: Path) -> None:
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
