"""Overrides of hours of operation: on dates, once or repeatedly."""

from __future__ import annotations

from datetime import date

from reconciler.sandbox.connect.admin.catalogue import OVERRIDE
from reconciler.sandbox.connect.admin.resources import Resources
from reconciler.sandbox.connect.room import Answer, Params
from reconciler.sandbox.errors import invalid

DATES = ("EffectiveFrom", "EffectiveTill")
# The frequencies that each member of a recurrence belongs to [service model].
FREQUENCIES = {
    "ByMonth": ("YEARLY",),
    "ByMonthDay": ("MONTHLY", "YEARLY"),
    "ByWeekdayOccurrence": ("MONTHLY", "YEARLY"),
}


class Overrides(Resources):
    def create_hours_of_operation_override(self, params: Params) -> Answer:
        """Creates an override; its default type is STANDARD [inferred]."""
        _refuse_wrong_dates(params)
        _refuse_wrong_recurrence(params)
        return self.create_one(OVERRIDE, "CreateHoursOfOperationOverride", params)

    def update_hours_of_operation_override(self, params: Params) -> Answer:
        _, override = self.one(OVERRIDE, params)
        _refuse_wrong_dates({name: params.get(name) or override.members[name] for name in DATES})
        _refuse_wrong_recurrence(params)
        return self.update_one(OVERRIDE, "UpdateHoursOfOperationOverride", params)


def _refuse_wrong_dates(params: Params) -> None:
    """Refuses dates that do not exist or are in the wrong order [inferred]."""
    try:
        first, last = (date.fromisoformat(params[name]) for name in DATES)
    except ValueError as wrong:
        raise invalid(f"{' or '.join(DATES)}: {wrong}") from wrong
    if first > last:
        raise invalid("EffectiveTill: must not be before EffectiveFrom")


def _refuse_wrong_recurrence(params: Params) -> None:
    """Refuses lists of more than one value, and days of the month with weekdays [service model]."""
    pattern = (params.get("RecurrenceConfig") or {}).get("RecurrencePattern") or {}
    for member, frequencies in FREQUENCIES.items():
        values = pattern.get(member) or []
        if len(values) > 1:
            raise invalid(f"RecurrencePattern.{member}: does not accept multiple values")
        if values and pattern["Frequency"] not in frequencies:
            raise invalid(f"RecurrencePattern.{member}: does not go with {pattern['Frequency']}")
    if pattern.get("ByMonthDay") and pattern.get("ByWeekdayOccurrence"):
        raise invalid("RecurrencePattern.ByMonthDay: cannot be used simultaneously with ByWeekdayOccurrence")
