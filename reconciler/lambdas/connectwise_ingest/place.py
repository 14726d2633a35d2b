"""The item of a pair while its lease is held: what it has, and writes that need the fence."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from reconciler.lambdas.connectwise.clock import RunClock, iso, read_instant
from reconciler.lambdas.connectwise.ledger import Item, Lease, Ledger, RawFile

_STEP = timedelta(microseconds=1)


@dataclass
class Place:
    """`state` is the item as the last write left it."""

    ledger: Ledger
    lease: Lease
    clock: RunClock
    state: dict[str, Any] = field(init=False)

    def __post_init__(self) -> None:
        self.state = dict(self.lease.state)

    def write(
        self,
        sets: Item,
        removes: Iterable[str] = (),
        *,
        others: Mapping[str, Item] | None = None,
        raw: tuple[str, RawFile, int] | None = None,
    ) -> None:
        """Changes the item, with other items in the same transaction. Raises `LeaseLost` or `LedgerFailed`."""
        gone = tuple(removes)
        self.ledger.write(self.lease, sets, gone, now=self.clock.seconds(), others=others, raw=raw)
        self._note(sets, gone)

    def end(self, sets: Item, removes: Iterable[str] = ()) -> None:
        """Changes the item for the last time and gives the lease back. Raises `LeaseLost` or `LedgerFailed`."""
        gone = tuple(removes)
        self.ledger.end(self.lease, sets, gone)
        self._note(sets, gone)

    def seen_at(self) -> datetime:
        """Returns the instant of an observation: now, and always after every earlier one of this table.

        Another function may have had a clock that is ahead of this one.
        """
        last = self.state.get("last_seen_at")
        now = self.clock.now()
        instant = max(now, read_instant(last) + _STEP) if last else now
        self.state["last_seen_at"] = iso(instant)
        return instant

    def _note(self, sets: Item, removes: Iterable[str]) -> None:
        self.state.update(sets)
        for name in removes:
            self.state.pop(name, None)
