"""The state of one pair of tenant and table at the end of a run. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, Literal

from reconciler.lambdas.connectwise.clock import iso, read_instant
from reconciler.lambdas.connectwise.ledger import Item

Status = Literal["done", "quiet", "behind", "failed"]
STATUSES: tuple[Status, ...] = ("done", "quiet", "behind", "failed")
DIED = "DIED: it left no result; its function was ended, or never began"
CUT_OFF = "DIED: it was ingested, and transform left no result; its function was ended, or never began"
COUNTS = ("rows", "files", "requests", "retries", "drifted", "unknown", "rejected")
# The codes of pairs that are behind, or that another run works on: they have not failed.
NOTES = ("BEHIND:", "LEASED:")
LONGEST_ERROR = 500


@dataclass(frozen=True)
class Canonical:
    """A canonical table that a source table feeds. `loaded` is the commit in the warehouse, 0 if there is none."""

    table: str
    commit: int
    loaded: int


@dataclass(frozen=True)
class PairState:
    """`updated_at` is the end of the last pass, by the clock of runs; None before the first one."""

    tenant: str
    table: str
    status: Status
    error: str = ""
    watermark: str = ""
    updated_at: datetime | None = None
    counts: Mapping[str, int] | None = None
    canonical: tuple[Canonical, ...] = ()
    totals: Sequence[Mapping[str, Any]] = ()
    """The changed rows of the last days with any: {day, rows}, the newest last."""
    since: datetime | None = None
    """The first run that reported the failure."""

    @property
    def code(self) -> str:
        """The code at the beginning of the error."""
        return self.error.partition(":")[0]

    def age(self, now: datetime) -> float:
        """Returns the seconds since the pair was up to date."""
        then = self.since if self.status == "failed" else self.updated_at
        return max(0.0, (now - then).total_seconds()) if then else 0.0

    def as_json(self) -> dict[str, Any]:
        """Returns the pair's part of the report."""
        named = {"tenant_id": self.tenant, "table_name": self.table, "status": self.status}
        tables = [{"canonical_table": it.table, "commit": it.commit, "loaded": it.loaded} for it in self.canonical]
        content = {**named, **(self.counts or {}), "watermark": self.watermark, "canonical": tables}
        if self.updated_at:
            content["updated_at"] = iso(self.updated_at)
        if self.error:
            content["error"] = self.error
        return {**content, "since": iso(self.since)} if self.since else content


def state_of(
    pair: Mapping[str, Any], result: Mapping[str, Any] | None, item: Item, canonical: Mapping[str, Item]
) -> PairState:
    """Returns the state of a pair. `result` is what the run left, `item` the ledger's item of the source table."""
    tenant, table = str(pair["tenant_id"]), str(pair["table_name"])
    status, error = _outcome(result)
    updated = item.get("updated_at")
    return PairState(
        tenant=tenant,
        table=table,
        status=status,
        error=error[:LONGEST_ERROR],
        watermark=str(item.get("last_updated", "")),
        updated_at=read_instant(str(updated)) if updated else None,
        counts={name: int((result or {}).get(name, 0)) for name in COUNTS},
        canonical=tuple(_fed(table, canonical)),
        totals=tuple(item.get("totals", ())),
    )


def by_hand(pair: Mapping[str, Any], item: Item, canonical: Mapping[str, Item]) -> PairState:
    """Returns the state of a pair by the ledger alone, without a run."""
    error = str(item.get("error", ""))
    status = "failed" if error else "behind" if "cursor" in item else "quiet"
    return state_of(pair, {"status": status, "error": error, "canonical": []}, item, canonical)


def with_load(pair: PairState, failed: Mapping[tuple[str, str], str]) -> PairState:
    """Returns the pair, failed if one of its canonical tables could not be loaded for its tenant."""
    errors = [failed[pair.tenant, it.table] for it in pair.canonical if (pair.tenant, it.table) in failed]
    if not errors or pair.status == "failed":
        return pair
    return replace(pair, status="failed", error=f"LOAD: {errors[0]}"[:LONGEST_ERROR])


def totals_of(pairs: Sequence[PairState]) -> dict[str, int]:
    """Returns how many pairs have each status, and `due`, which is their sum."""
    counts: dict[str, int] = dict.fromkeys(STATUSES, 0)
    for pair in pairs:
        counts[pair.status] += 1
    return {"due": len(pairs), **counts}


def _outcome(result: Mapping[str, Any] | None) -> tuple[Status, str]:
    if result is None:
        return "failed", DIED
    status, error = result.get("status"), str(result.get("error", ""))
    if error.startswith(NOTES):
        error = ""
    if error or status not in STATUSES:
        return "failed", error or f"UNKNOWN: its result has the status {status}"
    if "canonical" not in result:  # transform adds it to the result of ingest
        return "failed", CUT_OFF
    known: Status = next(it for it in STATUSES if it == status)
    return known, ""


def _fed(table: str, canonical: Mapping[str, Item]) -> Iterator[Canonical]:
    for name, item in sorted(canonical.items()):
        if table in item.get("consumed", {}):
            yield Canonical(name, int(item.get("commit", 0)), int(item.get("loaded_commit", 0)))
