"""Writes the pairs of a connectwise pipeline as a table: the worst first, and a count of those that are left out."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from reconciler.messages import duration
from reconciler.report.lines import aligned, folded
from reconciler.report.visible import escaped, utc_text

if TYPE_CHECKING:
    from reconciler.pipelines.state import PairStatus

MOST = 40  # pairs of one table
HEADER = ("tenant", "table", "status", "watermark", "last run", "backfill", "commits")
_WORST_FIRST = ("error", "failed", "behind", "fresh")


def pair_lines(pairs: Sequence[PairStatus]) -> Iterator[str]:
    """Yields the lines of the table, and the errors of the pairs below it."""
    ordered = sorted(pairs, key=lambda pair: (_WORST_FIRST.index(pair.verdict.value), pair.tenant, pair.table))
    listed = ordered[:MOST]
    yield from aligned([HEADER, *(_row(pair) for pair in listed)])
    yield from folded(ordered, MOST, "pair")
    for pair in listed:
        if pair.error:
            yield escaped(f"{pair.tenant} {pair.table or 'row'}: {pair.error}")


def _row(pair: PairStatus) -> tuple[str, ...]:
    commits = (
        f"{it.table} {it.commit}{'' if it.loaded == it.commit else f' (loaded {it.loaded})'}" for it in pair.commits
    )
    cells = (
        pair.tenant,
        pair.table or "-",
        "retired" if pair.is_retired else pair.verdict.value,
        utc_text(pair.watermark) if pair.watermark else "none",
        "never" if pair.age_seconds is None else f"{duration(pair.age_seconds)} ago",
        f"{pair.backfill.percent} %" if pair.backfill else "-",
        ", ".join(commits) or "-",
    )
    return tuple(map(escaped, cells))
