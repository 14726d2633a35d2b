"""Fields in words, one line a member, every value in them (M1, M15)."""

from __future__ import annotations

from typing import Any

from hypothesis import example, given
from hypothesis import strategies as st

from reconciler.model import FieldChange
from reconciler.report.members import members
from reconciler.report.visible import escaped, value_text
from tests.builders.values import hostile

GREETING = {"name": "Greeting", "valueType": "TEXT", "validation": {"minLength": 1, "maxLength": 200}}


def lines(*fields: tuple[str, Any, Any]) -> list[str]:
    lines = []
    for member in members(FieldChange(*field) for field in fields):
        values = [value for value in (member.before, member.after) if value is not None]
        lines.append(f"{member.action.value} {member.label}{member.joint}{' → '.join(values)}".rstrip())
    return lines


def hours(day: str, start: str, end: str) -> dict[str, str]:
    return {"day": day, "startTime": start, "endTime": end}


def test_an_attribute_is_one_line_with_its_rules_in_words() -> None:
    """M1: never JSON with its middle missing."""
    rated = {
        "name": "Rate",
        "valueType": "NUMBER",
        "primary": True,
        "validation": {"minimum": 0.5, "multipleOf": 0.5, "enum": {"strict": True, "values": ["1", "2"]}},
    }

    assert lines(("attributes[Greeting]", None, GREETING), ("attributes[Rate]", rated, None)) == [
        'delete attribute Rate  NUMBER  key  at least 0.5  multiple of 0.5  one of "1", "2"',
        "create attribute Greeting  TEXT  length 1–200",
    ]


def test_a_week_of_opening_hours_has_the_order_of_the_week() -> None:
    week = [hours("FRIDAY", "09:00", "16:00"), hours("MONDAY", "13:00", "17:30"), hours("MONDAY", "09:00", "12:00")]

    assert lines(("config", None, week)) == [
        "create Monday 09:00–12:00, 13:00–17:30",
        "create Friday 09:00–16:00",
    ]


def test_a_changed_time_of_one_day_is_one_line() -> None:
    """M15: the path of each is its old name, and the addition came first."""
    fields = (
        ("config[FRIDAY/09:00/15:00]", None, hours("FRIDAY", "09:00", "15:00")),
        ("config[FRIDAY/09:00/16:00]", hours("FRIDAY", "09:00", "16:00"), None),
        ("config[SUNDAY/10:00/12:00]", None, hours("SUNDAY", "10:00", "12:00")),
        ("config[MONDAY/09:00/16:00]", hours("MONDAY", "09:00", "16:00"), None),
    )

    assert lines(*fields) == [
        "delete Monday 09:00–16:00",
        "update Friday 09:00–16:00 → 09:00–15:00",
        "create Sunday 10:00–12:00",
    ]


def test_a_holiday_is_a_sentence() -> None:
    holiday = {"name": "New Year", "config": [], "effectiveFrom": "2030-01-01", "effectiveTill": "2030-01-01"}

    assert lines(("overrides[New Year]", None, holiday)) == [
        "create override New Year  never open  from 2030-01-01  until 2030-01-01"
    ]


def test_a_day_of_a_holiday_names_it() -> None:
    path = "overrides[Christmas].config[FRIDAY/09:00/12:00]"

    assert lines((path, None, hours("FRIDAY", "09:00", "12:00"))) == ["create override Christmas, Friday 09:00–12:00"]


def test_sets_name_their_members_and_removals_come_first() -> None:
    assert lines(
        ("permissions[OutboundCallAccess]", None, "OutboundCallAccess"),
        ("permissions[ManagerListenIn]", "ManagerListenIn", None),
        ("quickConnects[Supervisor on call]", "Supervisor on call", None),
        ("tags[Team]", "Care", None),
    ) == [
        "delete permission ManagerListenIn",
        "create permission OutboundCallAccess",
        "delete quick connect Supervisor on call",
        'delete tag Team: "Care"',
    ]


def test_channels_and_queues_of_a_routing_profile_are_in_words() -> None:
    channels = [{"channel": "VOICE", "concurrency": 1}, {"channel": "CHAT", "concurrency": 2}]
    served = [{"queueReference": {"queue": "Sales", "channel": "VOICE"}, "priority": 1, "delay": 0}]

    assert lines(("mediaConcurrencies", None, channels), ("queueConfigs", None, served)) == [
        "create channel VOICE  concurrency 1",
        "create channel CHAT  concurrency 2",
        "create queue Sales/VOICE  priority 1  delay 0",
    ]


def test_an_unknown_structure_has_a_line_for_each_value() -> None:
    before, after = {"a": {"b": 1, "c": [1, 2]}, "same": 1}, {"a": {"b": 2, "c": [1, 3]}, "same": 1, "d": "x"}

    assert lines(("new", None, before), ("both", before, after)) == [
        "create new.a.b: 1",
        "create new.a.c[0]: 1",
        "create new.a.c[1]: 2",
        "create new.same: 1",
        "update both.a.b: 1 → 2",
        "delete both.a.c: 2",
        "create both.a.c: 3",
        'create both.d: "x"',
    ]


def test_a_list_that_only_changes_its_order_is_shown_whole() -> None:
    assert lines(("order", ["a", "b"], ["b", "a"])) == ['update order: ["a", "b"] → ["b", "a"]']


_scalars = st.one_of(st.booleans(), st.integers(), hostile, st.floats(allow_nan=False, allow_infinity=False))
_json = st.recursive(
    _scalars,
    lambda inner: st.one_of(st.lists(inner, max_size=4), st.dictionaries(hostile, inner, max_size=4)),
    max_leaves=12,
)
_paths = st.sampled_from(
    ["x", "attributes[A]", "attributes[A].validation", "permissions", "config", "queueConfigs", "tags[T]"]
)


@example("permissions", None, [{"": False}])
@given(_paths, st.none() | _json, st.none() | _json)
def test_the_lines_contain_every_written_value(path: str, before: Any, after: Any) -> None:
    """M1, for any structure at any path, whatever it looks like."""
    if before == after:
        return

    text = "\n".join(lines((path, before, after)))

    for leaf in _new_leaves(before, after):
        assert value_text(leaf) in text or (isinstance(leaf, str) and escaped(leaf) in text)


def _new_leaves(before: Any, after: Any) -> list[Any]:
    """The values of `after` that `before` does not have at their place."""
    if before == after or after is None:
        return []
    if isinstance(after, dict):
        known = before if isinstance(before, dict) else {}
        return [leaf for key, value in after.items() for leaf in _new_leaves(known.get(key), value)]
    if isinstance(after, list):
        known_items = before if isinstance(before, list) else []
        return [leaf for value in after if value not in known_items for leaf in _new_leaves(None, value)]
    return [after]
