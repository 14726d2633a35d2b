"""Review → apply: what a reviewer saw, held against what would be done now."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from reconciler.canonical import canonical
from reconciler.cells import same
from reconciler.digest import digest, digest_of
from reconciler.errors import StalePlanError
from reconciler.model import Action, Change, Item, Plan, Result, Status, from_words

Reviewed = Mapping[str, Any]  # a plan as JSON, by the command's contract
SHORTEST = 12


def check_digest(plan: Plan, expected: str) -> None:
    """Raises `StalePlanError` where the plan is not the one that bears the expected digest (or its first digits)."""
    if not digest(plan).startswith(expected.lower()):
        raise StalePlanError(
            f"the plan made now is {digest(plan)[:SHORTEST]}, reviewed was {expected[:SHORTEST]}: live or manifests "
            "have changed since; nothing was written; plan and review again"
        )


def check_whole(reviewed: Reviewed, name: str) -> None:
    """Raises `StalePlanError` where the plan is not the one that its own digest was made of, or holds what no plan
    holds: an address or an item twice, or items of what is blocked, which the digest leaves out."""
    try:
        found = digest_of(reviewed) if _is_well_formed(reviewed) else ""
    except (KeyError, TypeError, ValueError, RecursionError):
        found = ""
    if found != reviewed["digest"]:
        raise StalePlanError(
            f"{name}: what it holds is not what its digest was made of; it was edited, or made by another version; "
            "nothing was written; plan and review again"
        )


def check_reviewed(plan: Plan, reviewed: Reviewed) -> dict[Item, Result]:
    """The items that are in conflict: what is live is neither what was reviewed nor what is wanted.

    Raises `StalePlanError` where the plan holds an item that nobody has reviewed, or is for another place.
    """
    scope = plan.scope
    for word, mine in (("stack", scope.stack), ("environment", scope.environment), ("instance", scope.instance)):
        if reviewed[word] != mine:
            raise StalePlanError(
                f"the reviewed plan is for {word} {_json(reviewed[word])}, this is {_json(mine)}; nothing was written"
            )
    known = {_about(change): change for change in reviewed["changes"] if change["action"] != Action.BLOCKED.value}
    conflicts: dict[Item, Result] = {}
    for at, change in enumerate(plan.changes):
        if change.action is not Action.BLOCKED:
            conflicts |= _conflicts(at, change, known.get((str(change.ref), str(change.part_of or ""))))
    return conflicts


def _about(change: Mapping[str, Any]) -> tuple[str, str]:
    """A part may have the address of a resource whose name holds a slash."""
    return change["address"], change.get("partOf", "")


def _is_well_formed(reviewed: Reviewed) -> bool:
    """Whether each address and each item is there once, and nothing blocked has items."""
    addresses: set[tuple[str, str]] = set()
    for change in reviewed["changes"]:
        if change["action"] == Action.BLOCKED.value:
            if change["fields"] or change["cells"] or change["rows"]:
                return False
            continue
        items = [
            *(("field", field["path"], "") for field in change["fields"]),
            *(("row", canonical(row["from"]), "") for row in change["rows"]),
            *(("cell", canonical(cell["key"]), cell["attribute"]) for cell in change["cells"]),
        ]
        if _about(change) in addresses or len({*items}) < len(items):
            return False
        addresses.add(_about(change))
    return True


def _conflicts(at: int, change: Change, seen: Mapping[str, Any] | None) -> dict[Item, Result]:
    if seen is None or (change.action in _GRAVE and seen["action"] != change.action.value):
        raise StalePlanError(f"{change.ref}: {change.action.value} is not in the reviewed plan; nothing was written")
    fields = {field["path"]: field for field in seen.get("fields", ())}
    cells = {(canonical(cell["key"]), cell["attribute"]): cell for cell in seen.get("cells", ())}
    rows = {(canonical(row["from"]), canonical(row["to"])) for row in seen.get("rows", ())}
    found: dict[Item, Result] = {}
    for position, field in enumerate(change.fields):
        was = _same_after(fields.get(field.path), field.after, f"{change.ref} {field.path}", "JSON")
        if canonical(was) != canonical(field.before):
            found[Item(at, "field", position)] = _conflict(was, field.before)
    for position, cell in enumerate(change.cells):
        where = f"{change.ref} {_row(cell.key)} · {cell.attribute}"
        known = cells.get((canonical(dict(cell.key)), cell.attribute))
        was = _same_after(known, cell.after, where, cell.value_type)
        if not same(cell.value_type, from_words(was), cell.before):
            found[Item(at, "cell", position)] = _conflict(was, cell.before)
    for row in change.rows:
        if (canonical(dict(row.before)), canonical(dict(row.after))) not in rows:
            raise StalePlanError(
                f"{change.ref}: the new key {_row(row.after)} is not in the reviewed plan; nothing was written"
            )
    return found


_GRAVE = (Action.DELETE, Action.REPLACE, Action.ADOPT)


def _same_after(seen: Mapping[str, Any] | None, after: Any, where: str, value_type: str) -> Any:
    """The reviewed `before` of an item whose `after` is the reviewed one."""
    equal = seen is not None and (
        canonical(seen["after"]) == canonical(after)
        if value_type == "JSON"
        else same(value_type, from_words(seen["after"]), after)
    )
    if seen is None or not equal:
        told = "is not in the reviewed plan" if seen is None else "has another value in the reviewed plan"
        raise StalePlanError(f"{where}: {told}; nothing was written; plan and review again")
    return seen["before"]


def _conflict(reviewed: Any, found: Any) -> Result:
    was = "(absent)" if reviewed is None else _json(reviewed)
    message = f"live when reviewed: {was}; somebody else has changed it since; it is left alone"
    return Result(Status.CONFLICT, message, "Conflict", found=found, looked=True)


def _row(key: Mapping[str, str]) -> str:
    return ", ".join(f"{name}={text}" for name, text in sorted(key.items())) or "(default record)"


def _json(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False)
