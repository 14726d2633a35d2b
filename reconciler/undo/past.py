"""An outcome's JSON → what its run has done, resource by resource; whatever was not done needs no undoing."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any, NamedTuple

from reconciler.documents.hints import brief
from reconciler.errors import StalePlanError, UsageError
from reconciler.kinds.registry import KINDS
from reconciler.model import Action, Ref, Scope, Status

Json = Mapping[str, Any]
Row = Mapping[str, str]
LOST = "values"  # the path under which the rows of what was deleted are told


class PastField(NamedTuple):
    path: str
    before: Any
    after: Any


class PastCell(NamedTuple):
    """Wire texts; `None` is absent."""

    key: Row
    attribute: str
    before: str | None
    after: str | None
    value_type: str


@dataclass(frozen=True)
class Past:
    """What the run has done to one resource. `rows`: renames, from and to; `lost`: rows that went with an attribute or
    with the resource. Deletions of its parts are among its fields."""

    ref: Ref
    action: Action
    fields: tuple[PastField, ...] = ()
    cells: tuple[PastCell, ...] = ()
    rows: tuple[tuple[Row, Row], ...] = ()
    lost: tuple[Row, ...] = ()

    def field(self, path: str) -> PastField | None:
        return next((field for field in self.fields if field.path == path), None)


def check_place(told: Json, scope: Scope) -> None:
    """Raises `StalePlanError` where the run was somewhere else, or another stack's."""
    for word, mine in (("stack", scope.stack), ("environment", scope.environment), ("instance", scope.instance)):
        if told[word] != mine:
            raise StalePlanError(
                f"the outcome is of {word} {brief(told[word])}, this is {brief(mine)}; nothing was written"
            )


def read_past(told: Json, name: str) -> dict[Ref, Past]:
    """By address. Raises `UsageError`: one line that begins with `name`."""
    found: dict[Ref, Past] = {}
    for change in told["changes"]:
        past = _past(change, name)
        if not (past.fields or past.cells or past.rows or past.lost):
            continue
        if part := _part_of(past):
            whole = found.get(part) or Past(part, Action.UPDATE)
            found[part] = replace(whole, fields=whole.fields + past.fields, lost=whole.lost + past.lost)
        elif known := found.get(past.ref):
            found[past.ref] = replace(past, fields=past.fields + known.fields, lost=past.lost + known.lost)
        else:
            found[past.ref] = past
    return found


def _past(change: Json, name: str) -> Past:
    kind, slash, called = change["address"].partition("/")
    if kind not in KINDS or not slash:
        raise UsageError(f"{name}: {brief(change['address'])} is of a kind that this command does not know")
    action = Action(change["action"])
    if action is Action.CREATE and any(each.get("status") == Status.UNCHANGED for each in change["fields"]):
        # Another run created it; this one may have added to it.
        action = Action.UPDATE
    done = [PastField(each["path"], each["before"], each["after"]) for each in _done(change["fields"])]
    gone = KINDS[kind].cells is not None and change["action"] in (Action.DELETE, Action.REPLACE)
    lost = [row for field in done if gone and field.path == LOST for row in field.before or ()]
    return Past(
        Ref(kind, called),
        action,
        tuple(field for field in done if not (gone and field.path == LOST)),
        tuple(
            PastCell(each["key"], each["attribute"], each["before"], each["after"], each.get("valueType", "TEXT"))
            for each in _done(change["cells"])
        ),
        tuple((each["from"], each["to"]) for each in _done(change["rows"])),
        tuple(lost),
    )


def _done(items: list[Json]) -> Iterator[Json]:
    return (item for item in items if item.get("status") == Status.DONE)


def _part_of(past: Past) -> Ref | None:
    """The resource whose part the change deleted: all that it tells of then is that part."""
    parts = KINDS[past.ref.kind].parts
    paths = [field.path for field in past.fields]
    if past.action is not Action.DELETE or not parts or len(paths) != 1 or not paths[0].startswith(f"{parts.field}["):
        return None
    part = f"/{paths[0][len(parts.field) + 1 : -1]}"
    return Ref(past.ref.kind, past.ref.name.removesuffix(part)) if past.ref.name.endswith(part) else None
