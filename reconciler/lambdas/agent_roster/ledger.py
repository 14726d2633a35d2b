"""The roster table: reads the items of a batch, and writes the result of a row beside its request."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from reconciler.lambdas.agents.item import FAILED, PENDING, Request, RosterItem, item_key, read_item, typed
from reconciler.lambdas.agents.uploads import Call, is_unmet

MOST_KEYS = 100  # of one BatchGetItem [API reference]
LONGEST_REASON = 1000  # characters
Key = tuple[str, str]


@dataclass(frozen=True)
class Current:
    """An item as it is now. `tries` counts failed tries of the request `tried`. `fault`: why it cannot be read.

    `changing`: the request whose calls have begun. They may be done already when an invocation ends before its result.
    """

    item: RosterItem
    tries: int = 0
    tried: str = ""
    changing: str = ""
    fault: str = ""

    def tries_of(self, request: Request) -> int:
        return self.tries if self.tried == mark(request) else 0

    def has_begun(self, request: Request) -> bool:
        return self.changing == mark(request)


@dataclass(frozen=True)
class Ledger:
    call: Call
    table: str

    def current(self, keys: Iterable[Key]) -> dict[Key, Current]:
        """Returns the items that exist. Keys that AWS does not process at once are asked for again."""
        left = [item_key(*key) for key in dict.fromkeys(keys)]
        there: dict[Key, Current] = {}
        while left:
            some, left = left[:MOST_KEYS], left[MOST_KEYS:]
            request = {"RequestItems": {self.table: {"Keys": some, "ConsistentRead": True}}}
            answer = self.call("dynamodb:BatchGetItem", request)
            for attributes in answer["Responses"].get(self.table, ()):
                current = _current(attributes)
                there[current.item.instance_id, current.item.username] = current
            left += (answer.get("UnprocessedKeys") or {}).get(self.table, {}).get("Keys", [])
        return there

    def settle(self, key: Key, request: Request, status: str, **attributes: str) -> bool:
        """Writes the result of a request. Returns False if the item has another request, or a result, by now."""
        values = {"status": status, **{name: text[:LONGEST_REASON] for name, text in attributes.items()}}
        words = [name for name in ("last_column", "last_error") if name not in attributes]
        gone = ("tries", "tried", "changing", *words)
        return self._update(key, request, values, gone)

    def note_try(self, key: Key, request: Request, tries: int, reason: str) -> bool:
        """Counts a failed try of a request, with its reason."""
        return self._update(key, request, {"tries": tries, "tried": mark(request), "last_error": reason})

    def note_change(self, key: Key, request: Request) -> bool:
        """Notes that the calls which change a user begin. After a kill, the user itself does not show them."""
        return self._update(key, request, {"changing": mark(request)})

    def note_unreadable(self, key: Key, fault: str) -> None:
        """Marks an item that holds no valid request."""
        values = {"#status": {"S": FAILED}, "#error": {"S": fault}, "#pending": {"S": PENDING}}
        self._write(
            key,
            UpdateExpression="SET #s = :status, last_error = :error",
            ConditionExpression="#s = :pending",
            ExpressionAttributeNames={"#s": "status"},
            ExpressionAttributeValues={name.replace("#", ":"): value for name, value in values.items()},
        )

    def _update(self, key: Key, request: Request, values: Mapping[str, Any], gone: Iterable[str] = ()) -> bool:
        sets = ", ".join(f"#{name} = :{name}" for name in values)
        removes = ", ".join(f"#{name}" for name in gone)
        same = {"upload_key": request.key, "upload_sequencer": request.sequencer, "upload_row": request.row}
        condition = " AND ".join(f"#{name} = :is_{name}" for name in same)
        return self._write(
            key,
            UpdateExpression=f"SET {sets} REMOVE {removes}" if removes else f"SET {sets}",
            ConditionExpression=f"#status = :pending AND {condition}",
            ExpressionAttributeNames={f"#{name}": name for name in dict.fromkeys((*values, *gone, *same, "status"))},
            ExpressionAttributeValues={
                ":pending": {"S": PENDING},
                **{f":{name}": typed(value) for name, value in values.items()},
                **{f":is_{name}": typed(value) for name, value in same.items()},
            },
        )

    def _write(self, key: Key, **params: Any) -> bool:
        try:
            self.call("dynamodb:UpdateItem", {"TableName": self.table, "Key": item_key(*key), **params})
        except Exception as wrong:
            if not is_unmet(wrong):
                raise
            return False
        return True


def mark(request: Request) -> str:
    """Returns the text that identifies a request among those of an item."""
    return f"{request.sequencer}#{request.row}"


def _current(attributes: Mapping[str, Any]) -> Current:
    own = ("tries", "tried", "changing")
    plain = {name: value for name, value in attributes.items() if name not in own}
    try:
        item, fault = read_item(plain), ""
    except ValueError as wrong:
        item, fault = RosterItem(_text(attributes, "instance_id"), _text(attributes, "username")), str(wrong)
    tries = (attributes.get("tries") or {}).get("N", "0")
    return Current(item, int(tries), _text(attributes, "tried"), _text(attributes, "changing"), fault)


def _text(attributes: Mapping[str, Any], name: str) -> str:
    return str((attributes.get(name) or {}).get("S", ""))
