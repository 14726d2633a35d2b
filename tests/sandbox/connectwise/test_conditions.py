"""The language of conditions."""

from __future__ import annotations

from typing import Any

import pytest

from reconciler.sandbox.connectwise.conditions import WrongConditions, names, parse

RECORD: dict[str, Any] = {
    "id": 7,
    "summary": "VPN drops",
    "closedFlag": False,
    "owner": None,
    "board": {"name": "Help Desk"},
    "_info": {"lastUpdated": "2026-03-02T15:40:19Z"},
}


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", True),
        ("id = 7", True),
        ("id > 7", False),
        ("id >= 7 and id <= 7", True),
        ("id != 7 or closedFlag = false", True),
        ("not id = 7", False),
        ("not (id = 8) and board/name = 'Help Desk'", True),
        ('summary contains "vpn"', True),
        ('summary like "VPN%"', True),
        ('summary like "drops"', False),
        ("id in (1, 7)", True),
        ("id in (1)", False),
        ("owner = null", True),
        ("owner/name > 'a'", False),
        ("summary > 5", False),
        ("_info/lastUpdated >= [2026-03-02T15:40:19Z]", True),
        ("_info/lastUpdated < [2026-03-02]", False),
        ("(id = 8 or id = 7) and id > 6", True),
    ],
)
def test_conditions_choose_records(text: str, expected: bool) -> None:
    assert parse(text)(RECORD) is expected


@pytest.mark.parametrize(
    "text",
    [
        "summary = VPN",
        "_info/lastUpdated > 2026-03-02T15:40:19Z",
        "_info/lastUpdated > [yesterday]",
        "id =",
        "id ~ 5",
        "id = 7 id = 8",
        "(id = 7",
        "= 7",
        "id in 7",
        "id like and",
    ],
)
def test_wrong_conditions_are_refused(text: str) -> None:
    with pytest.raises(WrongConditions):
        parse(text)


def test_an_ignored_field_limits_nothing() -> None:
    assert parse("lastUpdated > [2999-01-01T00:00:00Z] and id = 7", {"lastUpdated"})(RECORD)


def test_the_fields_of_conditions_are_known() -> None:
    assert names("(lastUpdated > [2026-01-01]) and not closedFlag = true") == {"lastUpdated", "closedFlag"}
