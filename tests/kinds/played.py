"""Plays a case: answers and a manifest go through all stages, and the changes and the calls come out."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from concurrent.futures import Executor, Future
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from reconciler.apply import Ports, apply
from reconciler.desired.expansion import expand_all
from reconciler.desired.layers import Draft, ManifestFolders
from reconciler.desired.manifests import Surroundings, read_manifest
from reconciler.desired.merging import resolve_draft
from reconciler.desired.texts import Texts
from reconciler.documents.contents import ContentStore
from reconciler.documents.nodes import MapNode
from reconciler.documents.yaml_text import read_yaml
from reconciler.errors import Source
from reconciler.kinds.registry import KINDS
from reconciler.live import read, read_contents
from reconciler.model import Action, Change, Desired, Item, Manifest, Ref, Result, Status
from reconciler.model.environment import Environment
from reconciler.plan import Selection, make_plan
from reconciler.reconcile import by_address
from tests.kinds.cases import Case
from tests.kinds.ids import SCOPE, arn_of
from tests.kinds.wire import Wire

HERE = Source("case.json")
ENVIRONMENT = Environment(
    *("contact-centre", "test", Path(), arn_of(Ref("ConnectInstance", "here"))),
    account=SCOPE.account,
    region=SCOPE.region,
)


@dataclass(frozen=True)
class Played:
    """The changes and the calls. `unread`: the answers of the case that no stage read."""

    changes: list[dict[str, Any]]
    calls: list[dict[str, Any]]
    unread: set[str]


def played(case: Case) -> Played:
    with TemporaryDirectory() as folder:
        for name, text in case.files.items():
            path = Path(folder, name)
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text, encoding="utf-8", newline="")
        return _played(case, Path(folder))


def _played(case: Case, folder: Path) -> Played:
    documents = [*([{"kind": case.kind, **case.declared}] if case.declared else []), *case.also]
    manifests = [manifest for document in documents for manifest in _manifests(document, folder)]
    aws = Wire(case, manifests)
    desired = Desired({manifest.ref: manifest for manifest in manifests}, dict.fromkeys(case.removed, HERE))
    selection = _selection(case.flags)
    requested = by_address(desired, selection)
    world = read(aws, ENVIRONMENT.scope, desired.manifests, requested, pool=AtOnce)
    plan = make_plan(ENVIRONMENT, desired, world, selection)
    changes = [aws.readable(_change(change)) for change in plan.changes]
    reread = partial(read_contents, aws, directory=world.directory)
    contents = ContentStore(desired.contents, folder / "archives")
    ports = Ports(aws, world.directory, reread, NoLedger(), workers=InTurn, contents=contents)
    run = apply(plan, ENVIRONMENT, world.live, ports)
    left = [result for result in run.results.values() if result.status is not Status.DONE and result.code != "Blocked"]
    assert not left, left
    return Played(changes, aws.calls, aws.unread)


def _selection(flags: tuple[str, ...]) -> Selection:
    named = [flag.partition(" ") for flag in flags]
    allowed = {flag: frozenset(address for name, _, address in named if name == flag) for flag, _, _ in named}
    assert allowed.keys() <= {"--allow-delete", "--allow-create"}, flags
    none: frozenset[str] = frozenset()
    return Selection(allow_delete=allowed.get("--allow-delete", none), allow_create=allowed.get("--allow-create", none))


def _manifests(declared: Mapping[str, Any], folder: Path) -> list[Manifest]:
    """Reads a manifest as the first stage does, with the resources that it stands for."""
    texts = Texts(ENVIRONMENT.name, {}, "")
    (document,) = read_yaml(json.dumps(declared), HERE.file).documents
    assert isinstance(document, MapNode)
    kind = KINDS[declared["kind"]]
    around = Surroundings(ManifestFolders(folder, folder), texts, ENVIRONMENT.quotas)
    written = Draft(kind.name, declared["metadata"]["name"], document)
    draft = resolve_draft(written, texts, kind, around.where)
    manifest = read_manifest(draft, kind, around)
    assert manifest.value, manifest.mistakes
    expansion = expand_all([draft], {}, KINDS, around)
    assert not expansion.mistakes
    others = [it.built(read_manifest(it.draft, KINDS[ref.kind], around)) for ref, it in expansion.members.items()]
    return [manifest.value, *(other.value for other in others if other.value)]


def _change(change: Change) -> dict[str, Any]:
    """Returns the parts of a change that a reviewer sees."""
    parts = {
        "irreversible": change.irreversible,
        "reason": change.reason if change.action is Action.BLOCKED else "",
        "fields": [{"path": it.path, "before": it.before, "after": it.after} for it in change.fields],
        "rows": [{"row": row.before, "becomes": row.after} for row in change.table.rows],
        "cells": [
            {"row": cell.key, "attribute": cell.attribute, "before": cell.before, "after": cell.after}
            for cell in change.table.cells
        ],
    }
    filled = {key: part for key, part in parts.items() if part}
    return {"address": str(change.ref), "action": change.action.value, **filled}


class AtOnce(Executor):
    """Workers of the reads, without threads."""

    def submit(self, work: Callable[..., Any], /, *args: Any, **more: Any) -> Future[Any]:
        future: Future[Any] = Future()
        future.set_result(work(*args, **more))
        return future


class InTurn:
    """Workers of the writes, without threads."""

    def __init__(self) -> None:
        self._done: list[Any] = []

    def submit(self, operation: str, node: Any, work: Callable[[], None]) -> None:
        work()
        self._done.append(node)

    def finished(self) -> Any:
        return self._done.pop(0)

    def close(self) -> None:
        """There is nothing to close."""


class NoLedger:
    def note(self, operation: str, request_id: str, results: Mapping[Item, Result]) -> None:
        """Nothing is kept."""
