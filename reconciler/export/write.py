"""Writes live resources to files: one YAML file for each resource, with its rows in a CSV file next to it."""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Callable, Container, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, NamedTuple

from reconciler.directory import World
from reconciler.documents.csv_text import write_csv
from reconciler.errors import ReconcileError, UsageError
from reconciler.export.declaration import Declaration, declare, with_live_paths, with_manifest_settings
from reconciler.export.documents import document_files
from reconciler.export.environments import of_one_environment
from reconciler.export.file_names import folder_name, stems
from reconciler.export.known import NOTHING, Known, without_listed
from reconciler.export.references import Writer, circular, named_by, uses
from reconciler.export.sayable import drop_invalid
from reconciler.export.yaml_out import yaml_text
from reconciler.kinds.registry import KINDS
from reconciler.model import Finding, Live, Ref
from reconciler.model.ownership import STACK, pipeline_of_any

SCHEMAS = "schemas"


@dataclass(frozen=True)
class Target:
    """Place to write to.

    `root` holds reconcile.yaml and the schemas that editors read. Later runs read every file in the folder `manifests`.
    `only` names the exported environment if the project has several: a resource with its ids or ARNs is for it alone.
    `option` is the flag that names another folder.
    """

    folder: Path
    root: Path
    manifests: Path
    overwrite: bool = False
    only: str = ""
    option: str = "--into"

    @property
    def is_read(self) -> bool:
        return self.folder.resolve().is_relative_to(self.manifests.resolve())


class File(NamedTuple):
    path: Path
    text: str


@dataclass(frozen=True)
class Exported:
    """Result of an export.

    `changed` are the new files and those with other contents, `replaced` those of them that exist. `notes` report
    invalid or unreadable resources. `left` has one line for each resource that is declared already. `of_one` are the
    resources that are written for the target's one environment.
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
    """Error of an export that would replace existing files without --overwrite."""


def prepare(world: World, covers: Callable[[Ref], bool], target: Target, known: Known = NOTHING) -> Exported:
    """Returns the selected live resources as files to write.

    Raises `UsageError` if a file cannot be read, and `OverwriteError` if one would be replaced without permission.
    """
    covered = [live for ref, live in sorted(world.live.items()) if covers(ref) and not live.elsewhere]
    covered = without_listed(covered, known if target.is_read else NOTHING)
    reasons = {live.ref: known.reason_to_skip(live.ref) for live in covered if target.is_read}
    left = {ref: reason for ref, reason in reasons.items() if reason}
    declared, notes = list[Declaration](), [*world.odd, *_elsewhere(world, covers), *_of_pipelines(covered)]
    for live in with_live_paths(live for live in covered if live.ref not in left):
        manifest = known.manifests.get(live.ref)
        valid = drop_invalid(with_manifest_settings(declare(live), manifest) if manifest else declare(live))
        declared += [valid.declaration] if valid.declaration else []
        notes += valid.notes
    named = {ref: ref.name for ref in known.manifests} if target.is_read else {}
    named |= {item.live.ref: item.live.spec.name for item in declared}
    stems_of = stems_of_refs([*left, *(item.live.ref for item in declared)])
    specs = written_specs(declared, Writer(world.directory, named))
    of_one = _of_one(declared, specs) if target.only else frozenset[Ref]()
    files = list(manifest_files(declared, specs, Writer(world.directory, named), target, stems_of, of_one))
    exported = compared(files, target)
    return replace(exported, notes=tuple(notes), left=tuple(left.values()), of_one=tuple(sorted(of_one)))


def _elsewhere(world: World, covers: Callable[[Ref], bool]) -> Iterator[Finding]:
    """Yields a finding for each selected resource that another instance has: its manifest stays as it is."""
    for ref, live in sorted(world.live.items()):
        if covers(ref) and live.elsewhere:
            yield Finding("warning", str(ref), f"left out, because it is in {live.elsewhere}")


def _of_pipelines(lives: Iterable[Live]) -> Iterator[Finding]:
    """Yields a finding for each pipeline that made some of the resources: a plan blocks them until they are adopted."""
    counts: Counter[tuple[str, str]] = Counter()
    for live in lives:
        if pipeline := pipeline_of_any(live.tags.get(STACK, "")):
            counts[live.ref.kind, pipeline] += 1
    for (kind, pipeline), count in sorted(counts.items()):
        message = f"{pipeline} made {count} of these, and manages them; adopt those that belong into manifests"
        yield Finding("info", f"{kind}/*", message)


def compared(files: Sequence[File], target: Target) -> Exported:
    """Compares files to write with the existing ones.

    Raises `UsageError` if one cannot be read, and `OverwriteError` if one would be replaced without permission.
    """
    changed = tuple(file for file in files if _differs(file))
    replaced = tuple(file.path for file in changed if os.path.lexists(file.path))
    if replaced and not target.overwrite:
        raise OverwriteError(_refusal(replaced, target))
    return Exported(changed, replaced, tuple(file.path for file in files if file not in changed))


def write(exported: Exported, target: Target) -> None:
    """Writes the changed files. Raises `UsageError` if one cannot be written."""
    for file in exported.changed:
        _write(file, target.folder)


def _refusal(replaced: Sequence[Path], target: Target) -> str:
    named = ", ".join(os.path.relpath(path, target.root) for path in replaced)
    verb, them = ("exists", "it") if len(replaced) == 1 else ("exist", "them")
    return (
        f"{named} {verb} with other contents; nothing was written: write elsewhere with {target.option} DIR, or "
        f"replace {them} with --overwrite"
    )


def stems_of_refs(refs: Sequence[Ref]) -> Mapping[Ref, str]:
    """Returns the file names of all resources, skipped ones included, so that two similar names stay two files."""
    kinds = {ref.kind for ref in refs}
    by_kind = {kind: stems(ref.name for ref in refs if ref.kind == kind) for kind in kinds}
    return {ref: by_kind[ref.kind][ref.name] for ref in refs}


def written_specs(declared: Sequence[Declaration], writer: Writer) -> dict[Ref, Mapping[str, Any]]:
    """Returns the specs in the form of manifests."""
    used = {item.live.ref: uses(KINDS[item.live.ref.kind], item.spec) for item in declared}
    specs: dict[Ref, Mapping[str, Any]] = {}
    kept_apart = circular(used)
    for item in declared:
        ref = item.live.ref
        specs[ref] = writer.sparing(kept_apart[ref]).spec(KINDS[ref.kind], item.spec)
    return specs


def _of_one(declared: Sequence[Declaration], specs: Mapping[Ref, Mapping[str, Any]]) -> frozenset[Ref]:
    named = {item.live.ref: named_by(KINDS[item.live.ref.kind], item.spec, item.rows) for item in declared}
    return of_one_environment(specs, named)


def manifest_files(
    declared: Sequence[Declaration],
    specs: Mapping[Ref, Mapping[str, Any]],
    writer: Writer,
    target: Target,
    stems_of: Mapping[Ref, str],
    of_one: Container[Ref],
) -> Iterator[File]:
    """Yields the files of each resource."""
    for item in declared:
        ref = item.live.ref
        here, stem = target.folder / folder_name(ref.kind), stems_of[ref]
        # Rows come first, so that a manifest never names a missing file.
        if item.rows:
            yield File(here / f"{stem}.csv", _csv(item, writer))
        spec = dict(specs[ref])
        for document in document_files(KINDS[ref.kind].spec, spec, stem):
            yield File(here / document.name, document.text)
            spec[document.field] = {"file": document.name}
        only = target.only if ref in of_one else ""
        comment = schema_comment(ref.kind, here, target.root)
        yield File(here / f"{stem}.yaml", comment + _yaml(item, spec, writer, f"{stem}.csv", only))


def _csv(declared: Declaration, writer: Writer) -> str:
    texts = ((row[name] for name in declared.header) for row in declared.rows)
    rows = ([None if text is None else writer.text(text) for text in row] for row in texts)
    return write_csv(declared.header, rows)


def schema_comment(kind: str, here: Path, root: Path) -> str:
    """Returns the first line of a manifest in the folder `here`, which shows editors its schema."""
    schema = os.path.relpath(root.resolve() / SCHEMAS / f"{kind}.schema.json", here.resolve())
    return f"# yaml-language-server: $schema={schema.replace(os.sep, '/')}\n"


def _yaml(declared: Declaration, spec: Mapping[str, Any], writer: Writer, csv: str, only: str) -> str:
    values = {
        **({"file": csv} if declared.rows else {}),
        **({"default": declared.default} if declared.default else {}),
        **({"rows": []} if declared.prune and not declared.rows else {}),
        **({"prune": True} if declared.prune else {}),
    }
    body = {**spec, **({"values": writer.everywhere(values)} if values else {})}
    metadata = {**writer.everywhere(declared.metadata), **({"environments": [only]} if only else {})}
    document = {"kind": declared.live.ref.kind, "metadata": metadata, "spec": body}
    return yaml_text(document)


def _differs(file: File) -> bool:
    """Returns whether the file must be written. A link always is: a file replaces it, whatever its target."""
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
