"""The common parts of the rules of DynamoDB: tables, and the time that AWS takes to create, change and delete them.

The fault `tables` states for how many accepted calls a table is CREATING, UPDATING or DELETING. Without it, AWS's work
is done at once: most programs of this repository's tests are not about that.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any
from weakref import WeakKeyDictionary

from moto.dynamodb.models import DynamoDBBackend
from moto.dynamodb.models.table import Table

from reconciler.sandbox.errors import Refused
from reconciler.sandbox.facts import facts
from reconciler.sandbox.newness import is_hidden
from reconciler.sandbox.world import World

Params = dict[str, Any]
Proceed = Callable[[], Any]


@dataclass
class Facts:
    """The facts about a table that moto does not keep. `until`: the number of the call after which it is `ACTIVE`."""

    status: str = "ACTIVE"
    until: int = -1
    table_class: str = "STANDARD"
    on_demand: dict[str, int] = field(default_factory=dict)
    ttl_changed: float | None = None


_facts: WeakKeyDictionary[Table, Facts] = facts("dynamodb.tables")


class TableRoom:
    def __init__(self, world: World, backend: DynamoDBBackend) -> None:
        self.world, self.backend = world, backend

    def table(self, params: Params) -> Table:
        """Returns the table of a name or an ARN. A new one may not be known yet [service model, DescribeTable]."""
        self.finish_deletions()
        name = str(params["TableName"]).rpartition("/")[2]
        table = self.backend.tables.get(name)
        if table is None or is_hidden(self.world, table):
            raise Refused("ResourceNotFoundException", f"Requested resource not found: Table: {name} not found")
        return table

    def facts(self, table: Table) -> Facts:
        return _facts.setdefault(table, Facts())

    def status(self, table: Table) -> str:
        facts = self.facts(table)
        return facts.status if self.world.accepted <= facts.until else "ACTIVE"

    def work(self, table: Table, status: str) -> None:
        """Notes that AWS works on a table for some calls: the fault `tables`."""
        facts, calls = self.facts(table), self.world.faults.tables
        facts.status, facts.until = status, self.world.accepted + calls if calls else -1

    def active(self, params: Params) -> Table:
        """Returns a table that AWS is not working on."""
        table = self.table(params)
        if (status := self.status(table)) != "ACTIVE":
            self.world.counts.served("tables")
            verb = {"CREATING": "created", "UPDATING": "updated", "DELETING": "deleted"}[status]
            message = f"Attempt to change a resource which is still in use: Table is being {verb}: {table.name}"
            raise Refused("ResourceInUseException", message)
        return table

    def finish_deletions(self) -> None:
        for name, table in [*self.backend.tables.items()]:
            facts = _facts.get(table)
            if facts and facts.status == "DELETING" and self.world.accepted > facts.until:
                self.backend.delete_table(name)


def invalid(message: str) -> Refused:
    return Refused("ValidationException", message)
