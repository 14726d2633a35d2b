"""Plays a case without AWS: answers and a manifest go through the stages, and changes and calls come out.

Resources have invented ids inside. A case writes them as references, `${Kind/name.id}`, in answers and in calls.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import Executor, Future
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Any
from uuid import NAMESPACE_OID, uuid5

from reconciler.apply.locks import Locks
from reconciler.apply.tables import Tables
from reconciler.apply.values import value_of
from reconciler.cells import identity
from reconciler.desired.checked import Checked
from reconciler.desired.expansion import expanded
from reconciler.desired.hidden import Hidden
from reconciler.desired.layers import Draft, ManifestFolders
from reconciler.desired.manifests import Surroundings, read_manifest
from reconciler.desired.texts import Texts, resolve
from reconciler.directory import Directory, World
from reconciler.documents.nodes import MapNode, with_entries
from reconciler.documents.yaml_text import read_yaml
from reconciler.environment import Environment
from reconciler.errors import Source
from reconciler.graph import Progress, make_graph
from reconciler.kinds.fields import answered_name
from reconciler.kinds.registry import KINDS, LOOKUPS
from reconciler.live import read
from reconciler.model import REFERENCE, Action, Change, Desired, Does, IdOf, Manifest, Plan, Ref, Step
from reconciler.plan import Selection, make_plan
from reconciler.port import Answer, Params
from reconciler.reconcile import by_address
from tests.kinds.cases import ANSWER, Case

ACCOUNT = "arn:aws:connect:ca-central-1:111122223333"
HERE = Source("case.json")


@dataclass(frozen=True)
class Result:
    """The changes and the calls. `unread`: the answers of the case that no stage read."""

    changes: list[dict[str, Any]]
    calls: list[dict[str, Any]]
    unread: set[str] = field(default_factory=set)


def played(case: Case) -> Result:
    manifests = _manifests(case.kind, case.declared) if case.declared else []
    aws = Answers(case, manifests)
    environment = Environment("contact-centre", "test", Path(), instance=_arn(Ref("ConnectInstance", "here")))
    desired = Desired({manifest.ref: manifest for manifest in manifests}, dict.fromkeys(case.removed, HERE))
    selection = _selection(case.flags)
    requested = by_address(desired, selection)
    world = read(aws, environment.scope, desired.manifests, requested, pool=AtOnce)
    plan = make_plan(environment, desired, world, selection)
    shown = partial(_shown, names=aws.names, directory=world.directory)
    return Result(
        [shown(_change(change)) for change in plan.changes],
        [{step.call.operation: shown(params)} for step, params in _sent(plan, world)],
        (case.live or {}).keys() - aws.read_answers,
    )


def _selection(flags: tuple[str, ...]) -> Selection:
    named = [flag.partition(" ") for flag in flags]
    allowed = {flag: frozenset(address for name, _, address in named if name == flag) for flag, _, _ in named}
    assert allowed.keys() <= {"--allow-delete", "--allow-create"}, flags
    none: frozenset[str] = frozenset()
    return Selection(allow_delete=allowed.get("--allow-delete", none), allow_create=allowed.get("--allow-create", none))


def _manifests(kind: str, declared: Mapping[str, Any]) -> list[Manifest]:
    """Reads a manifest as the first stage does, with the resources that it stands for."""
    texts = Texts("test", {}, "")
    (document,) = read_yaml(json.dumps({"kind": kind, **declared}), "case.json").documents
    assert isinstance(document, MapNode)
    spec = resolve(document.entries["spec"].node, texts)
    draft = Draft(kind, declared["metadata"]["name"], with_entries(document, {"spec": spec.value}))
    around = Surroundings(ManifestFolders(Path(), Path()), texts, Environment("", "", Path()).quotas)
    read_one = read_manifest(Checked(draft, spec.mistakes), KINDS[kind], around)
    assert read_one.value, read_one.mistakes
    manifest = read_one.value
    others = expanded([manifest], {manifest.ref: draft}, Hidden(frozenset(), frozenset(), ()))
    assert not others.mistakes
    return [manifest, *others.value]


# The answers.


def _id(ref: Ref) -> str:
    return str(uuid5(NAMESPACE_OID, str(ref)))


def _arn(ref: Ref) -> str:
    if ref.kind == "ConnectInstance":
        return f"{ACCOUNT}:instance/{_id(ref)}"
    return f"{_arn(Ref('ConnectInstance', 'here'))}/{ref.kind.lower()}/{_id(ref)}"


def with_ids(value: Any) -> Any:
    """Returns an answer with ids and ARNs in place of references."""
    match value:
        case str():
            return REFERENCE.sub(
                lambda match: (_arn if match["word"] == "arn" else _id)(Ref(match["kind"], match["name"])), value
            )
        case dict():
            return {key: with_ids(item) for key, item in value.items()}
        case list():
            return [with_ids(item) for item in value]
        case _:
            return value


class AtOnce(Executor):
    """Workers that do everything when it is submitted."""

    def submit(self, work: Callable[..., Any], /, *args: Any, **more: Any) -> Future[Any]:
        future: Future[Any] = Future()
        future.set_result(work(*args, **more))
        return future


class Answers:
    """A port that answers as the case says. Every other resource that the case names exists, and is not managed."""

    def __init__(self, case: Case, manifests: list[Manifest]) -> None:
        self._answers = with_ids(case.live or {})
        self.read_answers: set[str] = set()
        own = {manifest.ref for manifest in manifests}
        named = {ref for manifest in manifests for ref in KINDS[manifest.ref.kind].references(manifest.spec)}
        named |= {Ref(found["kind"], found["name"]) for found in REFERENCE.finditer(json.dumps(case.live))}
        self.names = {form(ref): f"${{{ref}.{word}}}" for ref in named for form, word in ((_arn, "arn"), (_id, "id"))}
        listed = {id for kind in KINDS for id in self._listed(kind)}
        self._others = {ref for ref in named - own if _id(ref) not in listed and "/" not in ref.name}

    def read(self, service: str, operation: str, params: Params) -> dict[str, Any]:
        answer = self._answer(operation, params)
        assert answer is not None, f"the case has no answer of {operation}"
        return answer

    def pages(self, service: str, operation: str, items: str, params: Params) -> Iterator[Any]:
        answer = self._answer(operation, params)
        searches = {kind.search.operation for kind in KINDS.values()}
        searches |= {lookup.listing.operation for lookup in LOOKUPS.values()}
        assert answer is not None or operation in searches, f"the case has no answer of {operation}"
        page = (answer or {}).get(items) or []
        yield page if isinstance(page, dict) else [*page, *self._of_others(operation)]

    def write(self, service: str, operation: str, params: Params) -> Answer:
        raise AssertionError(f"a case sends nothing, and certainly not {operation}")

    def delay(self, operation: str) -> float:
        return 0.0

    def counts(self) -> Mapping[str, int]:
        return {}

    def _answer(self, operation: str, params: Params) -> dict[str, Any] | None:
        is_known = False
        for key, answer in self._answers.items():
            match = ANSWER.fullmatch(key)
            assert match, key
            if match["operation"] != operation:
                continue
            is_known = True
            limits = dict(limit.split("=") for limit in (match["limits"] or "").split(", ") if limit)
            if all(params.get(name) == value for name, value in with_ids(limits).items()):
                self.read_answers.add(key)
                return dict(answer)
        return {} if is_known else None

    def _listed(self, kind: str) -> Iterator[str]:
        """Yields the ids of the resources in the case's own answers to a bulk read."""
        search = KINDS[kind].search
        items = self._answers.get(search.operation, {}).get(search.items, ())
        yield from (KINDS[kind].identity(item)[0] for item in items if isinstance(item, dict))

    def _of_others(self, operation: str) -> Iterator[dict[str, str]]:
        for ref in sorted(self._others):
            if ref.kind in LOOKUPS and LOOKUPS[ref.kind].listing.operation == operation:
                lookup = LOOKUPS[ref.kind]
                yield {lookup.name: ref.name, lookup.id: _id(ref), lookup.arn: _arn(ref)}
            if ref.kind in KINDS and KINDS[ref.kind].search.operation == operation:
                kind = KINDS[ref.kind]
                yield {answered_name(kind.spec, kind.key): ref.name, "Id": _id(ref), "Arn": _arn(ref)}


# The result.


def _change(change: Change) -> dict[str, Any]:
    """Returns what a reviewer sees of a change."""
    fields = [{"path": it.path, "before": it.before, "after": it.after} for it in change.fields]
    rows = [{"row": row.before, "becomes": row.after} for row in change.rows]
    cells = [
        {"row": cell.key, "attribute": cell.attribute, "before": cell.before, "after": cell.after}
        for cell in change.cells
    ]
    seen = {
        "irreversible": change.irreversible,
        "reason": change.reason if change.action is Action.BLOCKED else "",
        "fields": fields,
        "rows": rows,
        "cells": cells,
    }
    return {"address": str(change.ref), "action": change.action.value, **{key: it for key, it in seen.items() if it}}


def _sent(plan: Plan, world: World) -> Iterator[tuple[Step, Any]]:
    """Yields the calls in the order of apply, each with the parameters that apply adds."""
    graph, tables = make_graph(plan.changes), Tables(world.live)
    progress = Progress(graph)
    while choices := list(progress.ready()):
        for choice in choices:
            node = min(choice)
            progress.begin(node)
            change, step = plan.changes[node.change], graph.step(node)
            if step.does is Does.CREATE:
                tables.forget(change.ref)
            yield step, {**step.call.params, **_filled(change, step, tables.locks(change, 0.0), world.directory)}
            progress.done(node)


def _filled(change: Change, step: Step, locks: Locks, directory: Directory) -> dict[str, Any]:
    if step.cells:
        return {"Values": [value_of(change.cells[at], locks, directory) for at in step.cells]}
    if step.does is Does.RENAME_ROW:
        (at,) = step.rows
        return {"LockVersion": locks.of_row(identity(change.keys, change.rows[at].before))}
    return {}


def _shown(value: Any, names: Mapping[str, str], directory: Directory) -> Any:
    """Returns a value with a reference in place of each id."""
    match value:
        case IdOf(ref, is_arn):
            reference = f"${{{ref}.{'arn' if is_arn else 'id'}}}"
            return _shown(directory.by_id(value), names, directory) if ref in directory else reference
        case str():
            for id, name in names.items():
                value = value.replace(id, name)
            return str(value)
        case Mapping():
            return {key: _shown(item, names, directory) for key, item in value.items()}
        case list() | tuple():
            return [_shown(item, names, directory) for item in value]
        case _:
            return value
