"""The tools of an invocation, and the load of records that were described: raw records, rows, the transaction."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from typing import Any

from reconciler.lambdas.contact_calls import privacy
from reconciler.lambdas.contact_calls.asking import Asking
from reconciler.lambdas.contact_calls.ledger import Ledger, spelled
from reconciler.lambdas.contact_calls.settings import Settings
from reconciler.lambdas.contact_calls.shelves import Shelves
from reconciler.lambdas.contact_calls.transform import make_rows
from reconciler.lambdas.contact_calls.warehouse import Load, Loaded, Warehouse
from reconciler.lambdas.contact_calls.windows import Window
from reconciler.lambdas.shared.deadline import Deadline
from reconciler.lambdas.shared.logs import Log


@dataclass(frozen=True)
class Tools:
    """The outside world of an invocation."""

    settings: Settings
    ledger: Ledger
    asking: Asking
    shelves: Shelves
    warehouse: Warehouse
    deadline: Deadline
    log: Log
    now: Callable[[], datetime]
    new_id: Callable[[], str]
    phone: Callable[[], Callable[[str], str]]
    """How addresses are kept; asked when there are some, since a key may have to be fetched."""
    warn: Callable[[str, Mapping[str, Any], Mapping[str, int]], None]
    """Logs a line with metrics of its own, which count even if the run fails later."""


@dataclass(frozen=True)
class Batch:
    """Records to load in one transaction. `skipped` are contacts of the same search that are not loaded."""

    window: Window
    records: Sequence[Mapping[str, Any]]
    described: int
    skipped: int
    until: datetime
    """Every contact that ended before it is loaded with this batch or was before."""


def load_batch(tools: Tools, batch: Batch) -> Loaded:
    """Loads records. Raises `LoadFailed`: then all of them are loaded or none."""
    settings, window, phone = tools.settings, batch.window, tools.phone()
    rows = make_rows(batch.records, settings.grid.zone, phone, settings.columns)
    load_id, at = tools.new_id(), tools.now().astimezone(UTC).replace(tzinfo=None)
    raw = [privacy.raw(record, settings.phones, phone) for record in batch.records]
    tools.shelves.keep_raw(load_id, window.start, raw)
    manifest = tools.shelves.put_rows(load_id, window.start, rows, at) if len(rows) > settings.insert_below else ""
    load = Load(
        id=load_id,
        start=window.start,
        end=window.end,
        seen=len(rows) + batch.skipped,
        found=len(rows),
        described=batch.described,
        at=at,
        manifest=manifest,
        role=settings.role,
    )
    loaded = tools.warehouse.load(load, rows)
    tools.log.line("INFO", "loaded", {"load": load_id, "until": spelled(batch.until), **asdict(loaded)})
    return loaded
