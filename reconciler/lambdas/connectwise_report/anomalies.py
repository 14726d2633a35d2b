"""Days with far more or far fewer changed rows than usual, and sweeps in which too many records are gone. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from statistics import median

from reconciler.lambdas.connectwise_report.pairs import PairState

FACTOR = 5
LEAST_MEDIAN = 50
LEAST_DAYS = 7  # before a day can be unusual
MASS_DELETE = "MASS_DELETE"
WEEKEND = (5, 6)  # Saturday and Sunday


@dataclass(frozen=True)
class Anomaly:
    tenant: str
    table: str
    kind: str
    """many, few or mass_delete."""
    rows: int = 0
    usual: float = 0.0

    def as_json(self) -> dict[str, object]:
        return {
            "tenant_id": self.tenant,
            "table_name": self.table,
            "kind": self.kind,
            "rows": self.rows,
            "usual": self.usual,
        }


def find_anomalies(pairs: Sequence[PairState], today: date) -> Iterator[Anomaly]:
    for pair in pairs:
        if pair.code == MASS_DELETE:
            yield Anomaly(pair.tenant, pair.table, "mass_delete")
        yield from _of_days(pair, today)


def _of_days(pair: PairState, today: date) -> Iterator[Anomaly]:
    """Yields today if it already has too many rows, and yesterday if it had too few: only a whole day can have.

    A Saturday or a Sunday is not judged as too quiet.
    """
    rows = {date.fromisoformat(str(total["day"])): int(total["rows"]) for total in pair.totals}
    usual = _usual(rows, today)
    if usual and rows.get(today, 0) > FACTOR * usual:
        yield Anomaly(pair.tenant, pair.table, "many", rows[today], usual)
    yesterday = today - timedelta(days=1)
    usual = _usual(rows, yesterday)
    count = rows.get(yesterday, 0)
    if usual and yesterday.weekday() not in WEEKEND and count < usual / FACTOR:
        yield Anomaly(pair.tenant, pair.table, "few", count, usual)


def _usual(rows: dict[date, int], day: date) -> float:
    """Returns the median of the days before a day. It is 0 if they are too few, or too quiet."""
    before = [count for other, count in rows.items() if other < day]
    if len(before) < LEAST_DAYS:
        return 0.0
    usual = float(median(before))
    return usual if usual >= LEAST_MEDIAN else 0.0
