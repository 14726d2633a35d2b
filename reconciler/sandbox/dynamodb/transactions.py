"""TransactWriteItems: makes all its writes or none.

moto copies whole tables to undo a transaction. So each one takes longer than the last, and a cancelled transaction
leaves another object as the table. Here a table stays what it is. Only the items that the transaction names are copied.
"""

from __future__ import annotations

import copy
from dataclasses import dataclass, field
from typing import Any, Self

from moto.dynamodb.models.dynamo_type import DynamoType
from moto.dynamodb.models.table import Table

from reconciler.sandbox.dynamodb.room import Params, Proceed, TableRoom

COPYING = "__deepcopy__"


@dataclass
class Undo:
    """The content of a table before a transaction."""

    table: Table
    items: dict[Any, Any] = field(default_factory=dict)
    streamed: int = 0

    @classmethod
    def of(cls, table: Table) -> Self:
        items = {key: dict(below) if table.has_range_key else below for key, below in table.items.items()}
        return cls(table, items, len(table.stream_shard.items) if table.stream_shard else 0)

    def keep(self, key: Params) -> None:
        """Copies one item, because moto changes it in place."""
        place, name = self.items, DynamoType(key[self.table.hash_key_attr])
        if self.table.range_key_attr is not None:
            place, name = place.get(name) or {}, DynamoType(key[self.table.range_key_attr])
        if name in place:
            place[name] = copy.deepcopy(place[name])

    def restore(self) -> None:
        self.table.items.clear()
        self.table.items.update(self.items)
        if self.table.stream_shard:
            del self.table.stream_shard.items[self.streamed :]


class Transactions(TableRoom):
    def transact_write_items(self, params: Params, proceed: Proceed) -> Any:
        self.finish_deletions()
        undos: dict[str, Undo] = {}
        for write in params["TransactItems"]:
            for name, operation in write.items():
                if table := self.backend.tables.get(operation["TableName"]):
                    undo = undos.setdefault(operation["TableName"], Undo.of(table))
                    if name != "ConditionCheck" and _has_key(key := operation.get("Key") or operation["Item"], table):
                        undo.keep(key)
        done = False
        try:
            for undo in undos.values():
                # moto's own copy of the table, which it would put back, is the table itself.
                vars(undo.table)[COPYING] = lambda memo, itself=undo.table: itself
            answer = proceed()
            done = int(answer[0]) < 400
            return answer
        finally:
            for undo in undos.values():
                del vars(undo.table)[COPYING]
                if not done:
                    undo.restore()


def _has_key(item: Params, table: Table) -> bool:
    """Returns whether an item has its whole key. moto refuses it otherwise."""
    return all(name in item for name in (table.hash_key_attr, table.range_key_attr) if name is not None)
