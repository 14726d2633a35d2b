"""The state of an alarm, from the data points of its periods.

A missing point is treated as the alarm says, if the range has fewer points than the alarm needs. The range has two
periods more [inferred from the tables of the user guide, which have 5 for 3].
"""

from __future__ import annotations

import operator
from collections.abc import Callable, Sequence
from dataclasses import dataclass

OK, ALARM, NO_DATA = "OK", "ALARM", "INSUFFICIENT_DATA"
EXTRA_PERIODS = 2
_COMPARISONS: dict[str, Callable[[float, float], bool]] = {
    "GreaterThanThreshold": operator.gt,
    "GreaterThanOrEqualToThreshold": operator.ge,
    "LessThanThreshold": operator.lt,
    "LessThanOrEqualToThreshold": operator.le,
}


@dataclass(frozen=True)
class Rule:
    """When an alarm is in ALARM: `needed` of `periods` points breach the threshold."""

    comparison: str
    threshold: float
    periods: int
    needed: int
    missing: str = "missing"

    @property
    def reach(self) -> int:
        """Returns the number of periods to look at."""
        return self.periods + EXTRA_PERIODS


def judge(rule: Rule, points: Sequence[float | None], before: str) -> str:
    """Returns the state. `points`: one for each period of the range, the newest last."""
    breaches = _COMPARISONS[rule.comparison]
    known = [point for point in points if point is not None][-rule.periods :]
    if not known:
        return {"breaching": ALARM, "notBreaching": OK, "ignore": before}.get(rule.missing, NO_DATA)
    breaching = sum(breaches(point, rule.threshold) for point in known)
    absent = rule.periods - len(known)
    if rule.missing == "breaching":
        return ALARM if breaching + absent >= rule.needed else OK
    if breaching >= rule.needed:
        return ALARM
    if rule.missing == "notBreaching" or breaching < min(rule.needed, len(known)):
        return OK
    # All that is known breaches, and it is less than the alarm needs.
    return before if rule.missing == "ignore" else ALARM


def is_known(comparison: str) -> bool:
    """Returns whether it compares with a threshold; others compare with a band of anomaly detection."""
    return comparison in _COMPARISONS
