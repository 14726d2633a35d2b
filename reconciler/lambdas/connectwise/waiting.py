"""How long a quiet pair waits for its next poll: 15 minutes, then 30, then 60, within the freshness of its tenant.

Ingest counts passes that found nothing, and notes the slot of the last one. Plan leaves out pairs that wait. A new row,
a failure and history that goes on end the waiting. A run by hand has every pair.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from reconciler.lambdas.connectwise.clock import read_instant

QUIET, QUIET_AT = "quiet", "quiet_at"
"""Attributes of a source table's item: the passes in a row that found nothing, and the slot of the last one."""
_FIRST, _LONGEST = timedelta(minutes=15), timedelta(minutes=60)
_MOST = 10  # more passes in a row make no difference


def may_wait(freshness_minutes: int) -> bool:
    """Returns whether a tenant's pairs ever wait."""
    return timedelta(minutes=freshness_minutes) > _FIRST


def is_waiting(item: Mapping[str, Any], freshness_minutes: int, slot: datetime) -> bool:
    """Returns whether a run of this slot leaves out a pair. `item` has the attributes above, if they are there."""
    quiet, at = int(item.get(QUIET, 0)), item.get(QUIET_AT)
    if not quiet or not at:
        return False
    steps = int(2 ** min(quiet - 1, _MOST))
    wait = min(_FIRST * steps, _LONGEST, timedelta(minutes=freshness_minutes))
    return timedelta() <= slot - read_instant(str(at)) < wait


def after_pass(item: Mapping[str, Any], *, is_quiet: bool, slot: str) -> dict[str, Any]:
    """Returns the attributes after a pass. `item` is the pair's before it, `slot` that of the run."""
    return {QUIET: min(int(item.get(QUIET, 0)) + 1, _MOST), QUIET_AT: slot} if is_quiet else {QUIET: 0}
