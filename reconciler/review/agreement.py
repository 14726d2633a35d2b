"""Compares the reviewed plan with the plan made now."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from reconciler.errors import StalePlanError
from reconciler.model import Action, Change, Item, Plan, Result, Status, from_words, place_word
from reconciler.model.canonical import canonical
from reconciler.model.cells import key_text, same
from reconciler.review.digest import digest, digest_of

Reviewed = Mapping[str, Any]  # a plan as JSON, in the command's format
SHORTEST = 12


def check_digest(plan: Plan, expected: str) -> None:
    """Raises `StalePlanError` if the digest of the plan does not begin with the expected one."""
    if not digest(plan).startswith(expected.lower()):
        changed = "instance" if plan.scope.instance else "account"
        raise StalePlanError(
            f"the plan made now is {digest(plan)[:SHORTEST]}, but the reviewed plan was {expected[:SHORTEST]}: the "
            f"{changed} or the manifests have changed since; nothing was written; plan and review again"
        )


def check_whole(reviewed: Reviewed, name: str) -> None:
    """Raises `StalePlanError` if the content of the plan does not match its own digest.

    It also raises it for content that no plan has: a repeated address or item, or items of a blocked change, which the
    digest ignores.
    """
    try:
        computed = digest_of(reviewed) if _is_well_formed(reviewed) else ""
    except (KeyError, TypeError, ValueError, RecursionError):
        computed = ""
    if computed != reviewed["digest"]:
        raise StalePlanError(
            f"{name}: its content does not match its digest; it was edited, or another version made it; "
            "nothing was written; plan and review again"
        )


def check_reviewed(plan: Plan, reviewed: Reviewed) -> dict[Item, Result]:
    """Returns the items in conflict: their live value is neither the reviewed nor the wanted one.

    Raises `StalePlanError` if the plan has an item that was not reviewed, or another scope.
    """
    scope = plan.scope
    for word, mine in (("stack", scope.stack), ("environment", scope.environment), ("instance", scope.place)):
        if reviewed[word] != mine:
            what = place_word(reviewed[word], mine) if word == "instance" else word
            raise StalePlanError(
                f"the reviewed plan is for {what} {_json(reviewed[word])}, but this is {_json(mine)}; "
                "nothing was written; plan and review again"
            )
    known = {_about(change): change for change in reviewed["changes"] if change["action"] != Action.BLOCKED.value}
    conflicts: dict[Item, Result] = {}
    for at, change in enumerate(plan.changes):
        if change.action is not Action.BLOCKED:
            conflicts |= _conflicts(at, change, known.get((str(change.ref), str(change.part_of or ""))))
    return conflicts


def _about(change: Mapping[str, Any]) -> tuple[str, str]:
    """Returns a key for a change. The address alone does not suffice: a part may share it with a resource."""
    return change["address"], change.get("partOf", "")


def _is_well_formed(reviewed: Reviewed) -> bool:
    """Returns whether every address and item is unique, and blocked changes have no items."""
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


def _conflicts(at: int, change: Change, reviewed: Mapping[str, Any] | None) -> dict[Item, Result]:
    if reviewed is None or (change.action in _REVIEWED_ACTIONS and reviewed["action"] != change.action.value):
        fault = f"{change.ref}: {change.action.value} is not in the reviewed plan"
        raise StalePlanError(f"{fault}; nothing was written; plan and review again")
    fields = {field["path"]: field for field in reviewed.get("fields", ())}
    cells = {(canonical(cell["key"]), cell["attribute"]): cell for cell in reviewed.get("cells", ())}
    rows = {(canonical(row["from"]), canonical(row["to"])) for row in reviewed.get("rows", ())}
    conflicts: dict[Item, Result] = {}
    for position, field in enumerate(change.fields):
        was = _same_after(fields.get(field.path), field.after, f"{change.ref} {field.path}", "JSON")
        if canonical(was) != canonical(field.before):
            conflicts[Item(at, "field", position)] = _conflict(was, field.before)
    for position, cell in enumerate(change.table.cells):
        where = f"{change.ref} {_row_text(cell.key)} · {cell.attribute}"
        known = cells.get((canonical(dict(cell.key)), cell.attribute))
        was = _same_after(known, cell.after, where, cell.value_type)
        if not same(cell.value_type, from_words(was), cell.before):
            conflicts[Item(at, "cell", position)] = _conflict(was, cell.before)
    for row in change.table.rows:
        if (canonical(dict(row.before)), canonical(dict(row.after))) not in rows:
            raise StalePlanError(
                f"{change.ref}: the new key {_row_text(row.after)} is not in the reviewed plan; nothing was written; "
                "plan and review again"
            )
    return conflicts


# Apply takes these actions only if the reviewer approved the same action.
_REVIEWED_ACTIONS = (Action.DELETE, Action.REPLACE, Action.ADOPT)


def _same_after(reviewed: Mapping[str, Any] | None, after: Any, where: str, value_type: str) -> Any:
    """Returns the reviewed `before` of an item. Raises `StalePlanError` if its `after` is not the reviewed one."""
    equal = reviewed is not None and (
        canonical(reviewed["after"]) == canonical(after)
        if value_type == "JSON"
        else same(value_type, from_words(reviewed["after"]), after)
    )
    if reviewed is None or not equal:
        fault = "is not in the reviewed plan" if reviewed is None else "has another value in the reviewed plan"
        raise StalePlanError(f"{where}: {fault}; nothing was written; plan and review again")
    return reviewed["before"]


def _conflict(reviewed: Any, live: Any) -> Result:
    was = "(absent)" if reviewed is None else _json(reviewed)
    message = f"was {was} at the review; another writer has changed it since; it is left alone"
    return Result(Status.CONFLICT, message, "Conflict", found=live, looked=True)


def _row_text(key: Mapping[str, str]) -> str:
    return key_text(sorted(key.items()), "(default record)")


def _json(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False)
