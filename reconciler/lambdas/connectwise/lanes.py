"""Which pairs of tenant and table a run works on, and the lanes that they form. Plan and calls by hand share it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from itertools import groupby
from typing import Any
from zlib import crc32

from reconciler.lambdas.connectwise.clock import iso, read_instant
from reconciler.lambdas.connectwise.failures import WrongEvent
from reconciler.lambdas.connectwise.tables import TABLES
from reconciler.lambdas.connectwise.tenants import Rows, Skipped, Tenant, did_you_mean

MODES = ("incremental", "ids", "content", "backfill", "rebuild")
MOST_SINGLE = 500
"""Up to so many pairs, each is a lane of its own. Above, a lane has all pairs of a tenant."""
MANY_TENANTS = 10_000
PAIRS_A_LANE = 40
Pair = Mapping[str, Any]


@dataclass(frozen=True)
class Selection:
    """The part of an event that chooses pairs; "" chooses all. `since` and `until` limit a backfill."""

    tenant: str = ""
    table: str = ""
    mode: str = MODES[0]
    since: str = ""
    until: str = ""
    accepts_deletes: bool = False
    slot: datetime | None = None


def read_selection(event: Any) -> Selection:
    """Returns the selection of `{slot?, tenant_id?, table_name?, mode?, from?, to?, accept_deletes?}`.

    Names match exactly. Raises `WrongEvent` with the first mistake; the tenant is judged with the rows.
    """
    if not isinstance(event, Mapping):
        raise WrongEvent("the event must be a JSON object")
    unknown = sorted(set(event) - set(_MEMBERS))
    if unknown:
        raise WrongEvent(f"{unknown[0]} is not a member of the event{did_you_mean(unknown[0], _MEMBERS)}")
    texts = {name: event.get(name) or "" for name in _MEMBERS if name != "accept_deletes"}
    for name, text in texts.items():
        if not isinstance(text, str):
            raise WrongEvent(f"{name} must be a text")
    mode = texts["mode"] or MODES[0]
    if mode not in MODES:
        raise WrongEvent(f"mode {mode!r} is not known{did_you_mean(mode, MODES)}")
    if texts["table_name"] and texts["table_name"] not in TABLES:
        table = texts["table_name"]
        raise WrongEvent(f"table_name {table!r} is not known{did_you_mean(table, TABLES)}")
    slot = _instant("slot", texts["slot"])
    _must_be_a_span(mode, _instant("from", texts["from"]), _instant("to", texts["to"]))
    return Selection(
        texts["tenant_id"],
        texts["table_name"],
        mode,
        texts["from"],
        texts["to"],
        event.get("accept_deletes") is True,
        slot,
    )


def begin_of(selection: Selection, slot: datetime) -> datetime:
    """Returns the begin of a scheduled run, which names it: the slot, or up to a minute later.

    Two schedules may be due in the same minute. Their runs must not share a name, under which their results lie. So a
    run that chooses other work than the changes of all pairs begins at a second of its own.
    """
    others = replace(selection, slot=None)
    if others == Selection():
        return slot
    return slot + timedelta(seconds=1 + crc32(repr(others).encode()) % LAST_SECOND)


LAST_SECOND = 59
_MEMBERS = ("slot", "tenant_id", "table_name", "mode", "from", "to", "accept_deletes")


def pairs_of(rows: Rows, selection: Selection) -> tuple[list[dict[str, Any]], list[Skipped]]:
    """Returns the pairs of the enabled tenants, and the tenants that are skipped, each with its reason.

    Raises `WrongEvent` if the chosen tenant does not exist, is disabled, or has not the chosen table.
    """
    chosen: list[Tenant] = list(rows.tenants)
    skipped = list(rows.skipped)
    if selection.tenant:
        row = rows.find(selection.tenant)
        chosen, skipped = ([row], []) if isinstance(row, Tenant) else ([], [row])
    skipped += [Skipped(tenant.id, "disabled") for tenant in chosen if not tenant.is_enabled]
    pairs = [pair for tenant in chosen if tenant.is_enabled for pair in _pairs(tenant, selection)]
    if selection.tenant and selection.table and not pairs and not skipped:
        raise WrongEvent(f"{selection.tenant} has no table {selection.table}")
    return pairs, skipped


def _pairs(tenant: Tenant, selection: Selection) -> Iterator[dict[str, Any]]:
    for table in tenant.tables:
        if selection.table in ("", table):
            pair: dict[str, Any] = {"tenant_id": tenant.id, "table_name": table, "mode": selection.mode}
            if selection.since:
                pair |= {"from": selection.since, "to": selection.until}
            if selection.accepts_deletes:
                pair["accept_deletes"] = True
            yield pair


def lanes_of(pairs: Sequence[Pair], run: str, slot: datetime) -> list[dict[str, Any]]:
    """Returns the lanes, each as ingest takes it. More pairs make longer lanes, so that their number stays small."""
    if len(pairs) <= MOST_SINGLE:
        groups = [[pair] for pair in pairs]
    else:
        groups = [list(group) for _, group in groupby(pairs, key=lambda pair: pair["tenant_id"])]
        if len(groups) >= MANY_TENANTS:
            groups = [list(pairs[place : place + PAIRS_A_LANE]) for place in range(0, len(pairs), PAIRS_A_LANE)]
    return [{"run": run, "slot": iso(slot), "round": 1, "pairs": group} for group in groups]


def _instant(name: str, text: str) -> datetime | None:
    try:
        return read_instant(text) if text else None
    except ValueError as wrong:
        raise WrongEvent(f"{name} must be an instant with an offset, such as 2026-11-28T19:40:00Z") from wrong


def _must_be_a_span(mode: str, since: datetime | None, until: datetime | None) -> None:
    if (since is None) != (until is None):
        raise WrongEvent("from and to belong together")
    if since is not None and until is not None and (mode != "backfill" or since >= until):
        raise WrongEvent("from and to are for the mode backfill, and from is the earlier one")
