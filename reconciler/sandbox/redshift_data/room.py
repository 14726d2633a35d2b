"""The common parts of the Data API: statements by id, their state, pages."""

from __future__ import annotations

from reconciler.sandbox.errors import Refused
from reconciler.sandbox.redshift_data.backend import RedshiftDataBackend, SqlText, Statement
from reconciler.sandbox.world import World


class DataRoom:
    def __init__(self, world: World, backend: RedshiftDataBackend) -> None:
        self.world = world
        self.backend = backend

    def statement(self, id: str) -> Statement:
        """Returns a statement, by its own id or by that of a part of a batch: `id:2`."""
        statement = self.backend.statements.get(id.partition(":")[0])
        number = id.partition(":")[2]
        if statement is None or (number and not (number.isdigit() and 1 <= int(number) <= len(statement.parts))):
            raise missing("Query does not exist.")
        return statement

    def status(self, statement: Statement) -> str:
        """Returns the state of a statement. It is not done before the number of calls that the fault says."""
        if not statement.is_done or self.world.accepted <= statement.until:
            return "STARTED"
        if not statement.updated:
            statement.updated = self.world.now()
        states = {part.status for part in statement.parts}
        return next((state for state in ("FAILED", "ABORTED") if state in states), "FINISHED")

    def part_status(self, statement: Statement, part: SqlText) -> str:
        return "STARTED" if self.status(statement) == "STARTED" else part.status


def missing(message: str) -> Refused:
    return Refused("ResourceNotFoundException", message)
