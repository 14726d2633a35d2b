"""Values of a wrong form get a message in words, in editors and from `validate`, instead of a regular expression."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from reconciler.kinds.registry import KINDS
from reconciler.schemas.config import config_schema
from reconciler.schemas.kind import kind_schema, removed_schema
from tests.builders.folders import messages, reading

HOURS = """\
kind: HoursOfOperation
metadata: {name: Day}
spec:
  timeZone: UTC
  config: [{day: MONDAY, startTime: "09:00", endTime: "17:00"}]
  overrides: [{name: X, config: [], effectiveFrom: "2026-12-25", effectiveTill: "2026-12-26"}]
"""
DESK = """\
kind: QuickConnect
metadata: {name: Desk}
spec: {quickConnectConfig: {quickConnectType: PHONE_NUMBER, phoneConfig: {phoneNumber: "+15550100100"}}}
"""


def patterns(schema: Any, path: str) -> Iterator[tuple[str, Any]]:
    match schema:
        case dict():
            if isinstance(schema.get("pattern"), str):
                yield path, schema
            for key, part in schema.items():
                yield from patterns(part, f"{path}.{key}")
        case list():
            for part in schema:
                yield from patterns(part, path)


def test_every_pattern_of_every_schema_has_a_message_for_people() -> None:
    """m10."""
    schemas = {kind.name: kind_schema(kind) for kind in KINDS.values()}
    schemas |= {"Removed": removed_schema(), "reconcile.yaml": config_schema()}

    every = [found for name, schema in schemas.items() for found in patterns(schema, name)]

    assert len(every) > 10
    assert [path for path, schema in every if not schema.get("patternErrorMessage", "").startswith("is not ")] == []


@pytest.mark.parametrize(
    ("document", "old", "new", "message"),
    [
        (HOURS, '"09:00"', "9am", 'spec.config[1].startTime "9am" is not a time such as 09:30'),
        (HOURS, '"09:00"', "9:00", 'spec.config[1].startTime "9:00" is not a time such as 09:30'),
        (
            HOURS,
            '"2026-12-25"',
            "25/12/2026",
            'spec.overrides[X].effectiveFrom "25/12/2026" is not a date such as 2026-12-25',
        ),
        (
            DESK,
            '"+15550100100"',
            "020 7946 0000",
            '"020 7946 0000" is not a phone number such as +15550100123: + and the country code, then digits without '
            "spaces",
        ),
        (HOURS, "MONDAY", "Mon", 'did you mean "MONDAY"?'),
        (HOURS, "MONDAY", "monday", 'did you mean "MONDAY"?'),
        (HOURS, "MONDAY", "Mondya", 'did you mean "MONDAY"?'),
    ],
)
def test_a_value_of_a_wrong_form_gets_a_message_in_words(
    tmp_path: Path, document: str, old: str, new: str, message: str
) -> None:
    """m10, and the weak messages of the table: times, dates, phone numbers, days."""
    (mistake,) = messages(reading(tmp_path, {"manifests/base/x.yaml": document.replace(old, new)}))

    assert message in mistake
    assert "^" not in mistake
