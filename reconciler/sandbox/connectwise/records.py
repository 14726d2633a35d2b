"""The records of a company, and the vendor's clock: each change stamps a record with whole seconds."""

from __future__ import annotations

import copy
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from threading import RLock
from typing import Any

Record = dict[str, Any]
START = datetime(2026, 3, 2, 8, 0, tzinfo=UTC)


@dataclass
class Clock:
    """The vendor's own clock. It has nothing to do with the caller's."""

    now: datetime = START

    def advance(self, seconds: float) -> None:
        self.now += timedelta(seconds=seconds)

    def stamp(self) -> str:
        return self.now.strftime("%Y-%m-%dT%H:%M:%SZ")


@dataclass
class Company:
    """One customer of the vendor, with its keys. `versions` has every record as it was after each change, in order."""

    id: str
    clock: Clock
    public_key: str = "public"
    private_key: str = "private"
    client_id: str = "client"
    tables: dict[str, dict[int, Record]] = field(default_factory=dict)
    versions: list[tuple[str, int, Record | None]] = field(default_factory=list)
    lock: RLock = field(default_factory=RLock)

    def put(self, table: str, record: Mapping[str, Any], *, stamp: str | None = None) -> Record:
        """Creates a record, or replaces the one with its id. `stamp` is the time of a late commit."""
        with self.lock:
            rows = self.tables.setdefault(table, {})
            whole = copy.deepcopy(dict(record))
            id = whole.setdefault("id", max(rows, default=0) + 1)
            entered = rows.get(id, {}).get("_info", {}).get("dateEntered", stamp or self.clock.stamp())
            given = {"dateEntered": entered, "enteredBy": "mreyes", "updatedBy": "mreyes", **whole.get("_info", {})}
            whole["_info"] = {**given, "lastUpdated": stamp or self.clock.stamp()}
            rows[id] = whole
            self.versions.append((table, id, whole))
            return whole

    def put_all(self, table: str, records: Iterable[Mapping[str, Any]], *, stamp: str | None = None) -> None:
        for record in records:
            self.put(table, record, stamp=stamp)

    def change(self, table: str, id: int, *, stamp: str | None = None, **members: Any) -> Record:
        """Changes members of a record."""
        with self.lock:
            return self.put(table, {**self.tables[table][id], **members}, stamp=stamp)

    def touch(self, table: str, id: int) -> Record:
        """Stamps a record and changes nothing else."""
        return self.change(table, id)

    def change_silently(self, table: str, id: int, **members: Any) -> None:
        """Changes members without a new stamp, as a renamed reference does [inferred: references copy names]."""
        with self.lock:
            record = {**self.tables[table][id], **copy.deepcopy(members)}
            self.tables[table][id] = record
            self.versions.append((table, id, record))

    def delete(self, table: str, id: int) -> None:
        """Removes a record without a trace."""
        with self.lock:
            del self.tables[table][id]
            self.versions.append((table, id, None))

    def merge(self, id: int, into: int) -> None:
        """Merges a ticket into another: it stays, closed, and names its parent."""
        parent = {"id": into, "summary": self.tables["service/tickets"][into].get("summary")}
        self.change("service/tickets", id, closedFlag=True, mergedParentTicket=parent)
        self.change("service/tickets", into, hasMergedChildTicketFlag=True)

    def rows(self, table: str) -> list[Record]:
        """Returns all records of a table in any order. A change replaces a record, so these stay as they are."""
        with self.lock:
            return list(self.tables.get(table, {}).values())


@dataclass
class Companies:
    """All companies. `before` is called before each answer: it may change records while pages are read."""

    clock: Clock = field(default_factory=Clock)
    all: dict[str, Company] = field(default_factory=dict)
    before: Callable[[str], None] | None = None

    def company(self, id: str) -> Company:
        """Returns the company, which exists from its first use."""
        return self.all.setdefault(id, Company(id, self.clock))
