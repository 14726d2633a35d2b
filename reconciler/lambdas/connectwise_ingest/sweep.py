"""The id sweep: finds records that are gone, and repairs changes that were missed.

Deletes leave no trace at the vendor. So all ids are read, and compared with those that raw files brought. An id that is
absent in enough sweeps is asked for singly. If the server has no such record, it becomes a tombstone. A record whose
stamp differs from the known one is fetched singly.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from reconciler.lambdas.connectwise.clock import iso
from reconciler.lambdas.connectwise.keys import sweep_key
from reconciler.lambdas.connectwise.ledger import backfill_name
from reconciler.lambdas.connectwise_ingest import absent
from reconciler.lambdas.connectwise_ingest.absent import KNOWN, LISTED, RAW_COLUMNS, Sweep
from reconciler.lambdas.connectwise_ingest.failures import Behind, PairFailed
from reconciler.lambdas.connectwise_ingest.history import GOES_ON
from reconciler.lambdas.connectwise_ingest.pages import Page, Pages
from reconciler.lambdas.connectwise_ingest.questions import STAMP
from reconciler.lambdas.connectwise_ingest.values import microseconds
from reconciler.lambdas.connectwise_ingest.vendor import NoRecord
from reconciler.lambdas.connectwise_ingest.work import Work, Writer

NAME, MODE = "sweep", "ids"
MOST_SINGLY = 200
"""So many absent ids are asked for singly; of more, an even sample."""
IDS_A_PART = 200_000
_KEPT = ("index", "upto", "at", "turn")


def read_ids(work: Work, *, accepts_deletes: bool) -> None:
    """Runs or continues a sweep. Raises `Behind` or `PairFailed`; MASS_DELETE if too many records would go."""
    listed = _read_all(work)
    upto = work.place.state.get("raw_seq", 0)
    result = absent.compare(_known(work, upto), listed, work.tenant.deletes.confirmations)
    if not accepts_deletes and len(result.due) > absent.allowed(result.open, work.tenant.deletes.max_percent):
        _forget_parts(work)
        raise PairFailed("MASS_DELETE", f"{len(result.due)} of {result.open} records")
    writer = Writer(work, MODE)
    result, gone = _confirm(work, result, writer)
    for id in [*result.changed, *_missed(work, result)]:
        _fetch(work, writer, id)
    writer.add_tombstones(gone, work.place.seen_at())
    # Two files take turns: the one that the ledger names is never overwritten.
    turn = 1 - int(work.place.state.get(NAME, {}).get("turn", 1))
    key = sweep_key(work.tenant.id, work.table.name, f"ids-{turn}")
    work.shelf.put_state(key, result.index)
    counts = {"turn": turn, "open": result.open - len(gone), "deleted": len(gone), "repaired": writer.rows - len(gone)}
    # The rows and the index count together: before this, a crash repeats the end of the sweep.
    writer.flush({NAME: {"index": key, "upto": upto, "at": iso(work.place.clock.now()), **counts}})


def _read_all(work: Work) -> pa.Table:
    """Returns all ids and stamps that the server has. It keeps them in parts, so a later call goes on behind them."""
    place, size = work.place, work.settings.page_size
    state = dict(place.state.get(NAME, {}))
    state.setdefault("run", work.run)
    parts = [work.shelf.read(_part(work, state["run"], number)) for number in range(state.get("parts", 0))]
    if state.get("is_read"):
        return pa.concat_tables(parts)
    paging = str(place.state.get("paging", ""))
    pages = Pages(work.vendor, work.table.name, "", size, paging, state.get("last_id"), fields=f"id,{STAMP}")
    read = list[Page]()
    try:
        for page in pages:
            read.append(page)
            if sum(len(ids.ids) for ids in read) >= IDS_A_PART:
                state = _keep(work, state, parts, read, pages.last_id)
                read = []
    except (Behind, PairFailed):
        _keep(work, state, parts, read, pages.last_id)
        raise
    _keep(work, {**state, "is_read": True}, parts, read, pages.last_id)
    return pa.concat_tables(parts)


def _keep(
    work: Work, state: dict[str, Any], parts: list[pa.Table], read: Sequence[Page], last_id: int | None
) -> dict[str, Any]:
    """Writes these pages as the next part, and then the ledger. Returns the new state of the sweep."""
    number = len(parts)
    parts.append(_ids_of(read))
    work.shelf.put_state(_part(work, state["run"], number), parts[-1], "run")
    state = {**state, "parts": number + 1, "last_id": last_id}
    work.place.write({NAME: state})
    return state


def _ids_of(pages: Sequence[Page]) -> pa.Table:
    ids = [id for page in pages for id in page.ids]
    stamps = [stamp for page in pages for stamp in page.stamps]
    return pa.table([pa.array(ids, pa.int64()), pa.array(stamps, pa.int64()).cast(LISTED.field("stamp").type)], LISTED)


def _part(work: Work, run: str, number: int) -> str:
    return sweep_key(work.tenant.id, work.table.name, f"sweep-{run}-{number:04d}")


def _forget_parts(work: Work) -> None:
    """Keeps the index only, so that the next sweep reads all ids again."""
    state = {name: value for name, value in work.place.state.get(NAME, {}).items() if name in _KEPT}
    work.place.write({NAME: state})


def _known(work: Work, upto: int) -> pa.Table:
    """Returns the records that raw files brought: the index of the last sweep, and the files after it."""
    state = work.place.state.get(NAME, {})
    index = work.shelf.read(state["index"]) if "index" in state else KNOWN.empty_table()
    files = work.place.ledger.raw_files(work.table.name, int(state.get("upto", 0)), upto)
    return absent.after_raw(index, (work.shelf.read(file.key, RAW_COLUMNS) for file in files))


def _confirm(work: Work, result: Sweep, writer: Writer) -> tuple[Sweep, list[int]]:
    """Asks for absent records singly. Returns the sweep with those that are there, and the ids that are gone."""
    sample = absent.sample(result.due, MOST_SINGLY)
    alive = [id for id in sample if _fetch(work, writer, id)]
    gone = sorted(set(sample if alive else result.due) - set(alive))
    return replace(result, index=absent.reset(result.index, alive)), gone


def _missed(work: Work, result: Sweep) -> list[int]:
    """Returns the unknown ids that an earlier pass should have brought: the history has no older ones."""
    floor = microseconds(work.place.ledger.read(backfill_name(work.table.name)).get("from"))
    if work.place.state.get(GOES_ON) or floor is None:
        return []
    is_within = pc.greater_equal(result.new["stamp"], pa.scalar(floor, pa.int64()).cast(LISTED.field("stamp").type))
    ids: list[int] = result.new.filter(pc.fill_null(is_within, False))["id"].to_pylist()
    return ids


def _fetch(work: Work, writer: Writer, id: int) -> bool:
    """Fetches one record whole. Returns False if the server has none."""
    try:
        record = work.vendor.get(f"{work.table.name}/{id}", {}, of=dict).content
    except NoRecord:
        return False
    except (Behind, PairFailed):
        # The records in hand are written now; the sweep finds the others again.
        writer.flush({})
        raise
    writer.add(Page([id], [record], []), work.place.seen_at())
    return True
