"""Reads from an outcome's JSON what its run did, resource by resource. Items that were not done need no undo."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Any, NamedTuple

from reconciler.documents.hints import brief
from reconciler.errors import StalePlanError, UsageError
from reconciler.kinds.parts import record_fields
from reconciler.kinds.registry import KINDS
from reconciler.model import Action, Ref, Scope, Status, place_word

Json = Mapping[str, Any]
Row = Mapping[str, str]


class PastField(NamedTuple):
    path: str
    before: Any
    after: Any


class PastCell(NamedTuple):
    """One cell that the run wrote, with the texts that AWS stores. `None` is absent."""

    key: Row
    attribute: str
    before: str | None
    after: str | None
    value_type: str


class PastDocument(NamedTuple):
    """A document that the run replaced, whole."""

    before: Any
    after: Any


@dataclass(frozen=True)
class Past:
    """Changes that the run made to one resource.

    `rows` are renames, from and to. `lost` are the rows that were deleted with an attribute or with the resource.
    Deletions of its parts are among its fields. `documents` has the whole of some documents by their fields.
    """

    ref: Ref
    action: Action
    fields: tuple[PastField, ...] = ()
    cells: tuple[PastCell, ...] = ()
    rows: tuple[tuple[Row, Row], ...] = ()
    lost: tuple[Row, ...] = ()
    documents: Mapping[str, PastDocument] = field(default_factory=dict)

    def field(self, path: str) -> PastField | None:
        return next((field for field in self.fields if field.path == path), None)


def check_place(outcome: Json, scope: Scope) -> None:
    """Raises `StalePlanError` if the run was of another stack, environment, instance, or account and Region."""
    for word, mine in (("stack", scope.stack), ("environment", scope.environment), ("instance", scope.place)):
        if outcome[word] != mine:
            what = place_word(outcome[word], mine) if word == "instance" else word
            raise StalePlanError(
                f"the outcome is of {what} {brief(outcome[word])}, this is {brief(mine)}; nothing was written"
            )


def read_past(outcome: Json, name: str) -> dict[Ref, Past]:
    """Returns the changes of the run by address. Raises `UsageError` with one line that begins with `name`."""
    past_by_ref: dict[Ref, Past] = {}
    for change in outcome["changes"]:
        past = _past(change, name)
        if not (past.fields or past.cells or past.rows or past.lost):
            continue
        if part := _part_of(past):
            whole = past_by_ref.get(part) or Past(part, Action.UPDATE)
            past_by_ref[part] = replace(whole, fields=whole.fields + past.fields, lost=whole.lost + past.lost)
        elif known := past_by_ref.get(past.ref):
            past_by_ref[past.ref] = replace(past, fields=past.fields + known.fields, lost=past.lost + known.lost)
        else:
            past_by_ref[past.ref] = past
    return past_by_ref


def _past(change: Json, name: str) -> Past:
    kind, slash, resource_name = change["address"].partition("/")
    if kind not in KINDS or not slash:
        raise UsageError(f"{name}: {brief(change['address'])} has a kind that this version of reconcile does not know")
    action = Action(change["action"])
    if action is Action.CREATE and any(item.get("status") == Status.UNCHANGED for item in change["fields"]):
        # Another run created it; this one may have added to it.
        action = Action.UPDATE
    of_rows = record_fields(KINDS[kind]) if action in (Action.DELETE, Action.REPLACE) else ()
    fields, lost = list[PastField](), list[Row]()
    for item in _done(change["fields"]):
        if item["path"] in of_rows:
            lost += item["before"] or ()
        else:
            fields.append(PastField(item["path"], item["before"], item["after"]))
    return Past(
        Ref(kind, resource_name),
        action,
        tuple(fields),
        tuple(
            PastCell(item["key"], item["attribute"], item["before"], item["after"], item.get("valueType", "TEXT"))
            for item in _done(change["cells"])
        ),
        tuple((item["from"], item["to"]) for item in _done(change["rows"])),
        tuple(lost),
        {
            key: PastDocument(sides["before"]["value"], sides["after"]["value"])
            for key, sides in change.get("documents", {}).items()
        },
    )


def _done(items: list[Json]) -> Iterator[Json]:
    return (item for item in items if item.get("status") == Status.DONE)


def _part_of(past: Past) -> Ref | None:
    """Returns the resource whose part the change deleted, or `None`. Such a change is about that part alone."""
    if past.action is not Action.DELETE or len(past.fields) != 1:
        return None
    head = f"{KINDS[past.ref.kind].parts_key}["  # No path begins like this if the kind has no parts.
    name = past.fields[0].path.removeprefix(head).removesuffix("]")
    is_part = past.fields[0].path == f"{head}{name}]" and past.ref.name.endswith(f"/{name}")
    return Ref(past.ref.kind, past.ref.name.removesuffix(f"/{name}")) if is_part else None
