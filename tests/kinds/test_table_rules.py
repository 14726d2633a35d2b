"""Mistakes and findings in the definition of a data table."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reconciler.kinds.registry import KINDS
from reconciler.kinds.rules import faults
from reconciler.model import WrittenRecords
from reconciler.model.environment import Quotas
from tests.builders.declared_tables import column, findings, key, mistakes, problems, row, table


def test_a_sound_table_has_no_problems():
    declared = table(key(), column("Tier", validation={"maxLength": 20}), tags={"Team": "a"}, description="…")

    assert problems(declared, row(ID="a", Tier="Gold")) == []


def test_the_kind_applies_these_rules():
    declared = table(key(), key())

    (problem,) = faults(KINDS["DataTable"], declared, WrittenRecords(), Quotas())

    assert (problem.severity, problem.path) == ("error", ("attributes", 1, "name"))


# Names


def test_an_attribute_is_declared_once_s0_23():
    assert mistakes(table(key(), column("Tier"), column("Tier"))) == [
        'attribute "Tier" is declared twice; remove or rename one'
    ]


def test_names_that_differ_only_in_case_are_one_name():
    (message,) = mistakes(table(key(), column("Tier"), column("TIER")))

    assert message == 'attribute "TIER" is declared twice ("Tier": AWS ignores case); remove or rename one'


@pytest.mark.parametrize("name", ["aws:tier", "AWS:x", "connect:tier", "Connect:Tier"])
def test_reserved_prefixes_are_refused_in_any_case(name):
    (message,) = mistakes(table(key(), column(name)))

    assert "prefix that AWS reserves" in message


@pytest.mark.parametrize("name", [".", ".."])
def test_names_that_a_url_would_lose_are_refused(name):
    assert "lost in a URL" in mistakes(table(key(), column(name)))[0]


@pytest.mark.parametrize("name", [" Tier", "Tier ", "\u00a0Tier"])
def test_spaces_around_a_name_are_refused(name):
    assert "spaces around it" in mistakes(table(key(), column(name)))[0]


@pytest.mark.parametrize("name", ["Prix €", "a🙂", "e\u0301"])
def test_a_name_has_only_letters_numbers_and_spaces(name):
    assert "which is not a letter, number or space" in mistakes(table(key(), column(name)))[0]


@pytest.mark.parametrize("name", ["Größe", "顧客 1", "a.b:c=d@e'f|g-h_i"])
def test_names_may_be_of_any_script(name):
    assert mistakes(table(key(), column(name))) == []


def test_the_tables_own_name_keeps_the_same_rules():
    declared = table(key(), name="connect:Tiers")

    assert problems(declared)[0].path == ("name",)


# Renames


def test_an_attribute_is_not_renamed_from_itself():
    assert "its own name" in mistakes(table(key(), column("Tier", renamedFrom="Tier")))[0]


def test_the_case_of_a_name_may_change():
    assert mistakes(table(key(), column("Tier", renamedFrom="TIER"))) == []


@pytest.mark.parametrize("old", ["Level", "level"])
def test_an_attribute_is_not_renamed_from_one_that_stays(old):
    declared = table(key(), column("Level"), column("T", renamedFrom=old))

    assert "is also declared as an attribute" in mistakes(declared)[0]


def test_two_attributes_cannot_be_renamed_from_one():
    (message,) = mistakes(table(key(), column("A", renamedFrom="Old"), column("B", renamedFrom="old")))

    assert message == 'renamedFrom "old" is also what "A" is renamed from; remove one of the two'


# Sizes


@pytest.mark.parametrize(("count", "expected"), [(99, 0), (100, 0), (101, 1)])
def test_a_table_has_100_attributes_at_most(count, expected):
    attributes = [key(), *(column(f"A{number}") for number in range(count - 1))]

    assert len(mistakes(table(*attributes))) == expected


def test_a_raised_quota_of_attributes_counts():
    attributes = [key(), *(column(f"A{number}") for number in range(100))]

    assert mistakes(table(*attributes), quotas=Quotas({"attributesPerTable": 101})) == []


@pytest.mark.parametrize(("count", "expected"), [(4, 0), (5, 0), (6, 1)])
def test_a_table_has_5_primary_attributes_at_most(count, expected):
    assert len(mistakes(table(*(key(f"K{number}") for number in range(count))))) == expected


@pytest.mark.parametrize("value_type", ["BOOLEAN", "TEXT_LIST", "NUMBER_LIST"])
def test_a_key_of_another_type_than_text_and_number_is_a_finding(value_type):
    assert "may refuse this one" in findings(table(key(value_type=value_type)))[0]


def test_a_key_that_is_not_managed_is_a_finding():
    assert "manifests always decide keys" in findings(table(key(ownership="observed")))[0]


# Time zones


@pytest.mark.parametrize("zone", ["America/New_York", "UTC", "Etc/UTC", "Etc/GMT+5", "Europe/Vaduz", "Asia/Kolkata"])
def test_zones_of_today_are_fine_s0_22(zone):
    assert problems(table(key(), timeZone=zone)) == []


@pytest.mark.parametrize(
    ("zone", "modern"),
    [
        ("US/Eastern", "America/New_York"),
        ("Asia/Calcutta", "Asia/Kolkata"),
        ("Japan", "Asia/Tokyo"),
        ("GMT", "Etc/GMT"),
    ],
)
def test_a_legacy_zone_is_a_finding_with_the_present_name_s0_22(zone, modern):
    (problem,) = problems(table(key(), timeZone=zone))

    assert (problem.severity, problem.path) == ("warning", ("timeZone",))
    assert f"; {modern} keeps the same time" in problem.message


def test_a_legacy_zone_without_a_present_name_is_a_finding():
    assert "name a place" in findings(table(key(), timeZone="Factory"))[0]


@pytest.mark.parametrize(
    ("zone", "meant"), [("America/NewYork", "America/New_York"), ("europe/zurich", "Europe/Zurich")]
)
def test_an_unknown_zone_is_a_mistake_s0_22(zone, meant):
    assert mistakes(table(key(), timeZone=zone)) == [f'"{zone}" is not a valid time zone; did you mean {meant}?']


@pytest.mark.parametrize(
    ("zone", "place"),
    [
        ("GMT+1", "Europe/Berlin"),
        ("UTC-5", "America/New_York"),
        ("+05:30", "Asia/Kolkata"),
        ("utc +0100", "Europe/Berlin"),
    ],
)
def test_an_offset_gets_a_place_as_a_suggestion(zone, place):
    """m11: the message for `GMT+1` suggested `GMT+0`."""
    (mistake,) = mistakes(table(key(), timeZone=zone))

    assert f"so name a place, such as {place} (names such as Etc/GMT-1 reverse the sign" in mistake
    assert "did you mean" not in mistake


@pytest.mark.parametrize(
    ("zone", "hint"),
    [
        ("BST", "abbreviations are ambiguous, so name a place, such as Europe/London"),
        ("CEST", "such as Europe/Berlin"),
        ("Berlin", "did you mean Europe/Berlin?"),
        ("New York", "did you mean America/New_York?"),
    ],
)
def test_an_abbreviation_or_a_city_gets_its_zone(zone, hint):
    """m11."""
    assert hint in mistakes(table(key(), timeZone=zone))[0]


@pytest.mark.parametrize("zone", ["", "Mars/Olympus", "EDT", "+02:00", "posix/UTC", "leapseconds", "../UTC"])
def test_a_text_that_is_like_no_zone_is_a_mistake(zone):
    assert len(mistakes(table(key(), timeZone=zone))) == 1


# Tags


@pytest.mark.parametrize(("count", "expected"), [(46, 0), (47, 0), (48, 1)])
def test_tags_leave_room_for_those_of_the_tool(count, expected):
    assert len(mistakes(table(key(), tags={f"T{number}": "x" for number in range(count)}))) == expected


@pytest.mark.parametrize(("length", "expected"), [(0, 1), (1, 0), (128, 0), (129, 1)])
def test_a_tag_key_has_1_to_128_characters(length, expected):
    assert len(mistakes(table(key(), tags={"k" * length: "x"}))) == expected


@pytest.mark.parametrize(("length", "expected"), [(0, 0), (255, 0), (256, 0), (257, 1)])
def test_a_tag_value_has_256_characters_at_most(length, expected):
    assert len(mistakes(table(key(), tags={"Team": "v" * length}))) == expected


@pytest.mark.parametrize("tag", ["aws:x", "AWS:x", "reconciler:stack", "Reconciler:mine"])
def test_tags_of_aws_and_of_the_tool_are_not_for_manifests(tag):
    assert "rename it" in mistakes(table(key(), tags={tag: "x"}))[0]


@pytest.mark.parametrize(("tag", "expected"), [("a b_.:/=+-@é", 0), ("a#b", 1), ("a,b", 1), ("a\tb", 1)])
def test_a_tag_key_has_the_letters_that_aws_allows(tag, expected):
    assert len(mistakes(table(key(), tags={tag: "x"}))) == expected


def test_rows_come_from_a_file_or_the_manifest():
    declared = table(key(), values={"file": "a.csv", "rows": []})

    assert "are both declared; remove one" in mistakes(declared)[0]


# Unreadable parts

SCALARS = st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5)
SHAPES = st.recursive(
    SCALARS,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5) | st.integers(), inner, max_size=3),
    max_leaves=6,
)
SOUND = table(
    key(renamedFrom="Old", ownership="managed"),
    column("A", validation={"maxLength": 3, "ignoreCase": True, "enum": {"strict": True, "values": ["a"]}}),
    column("N", "NUMBER", validation={"minimum": 0, "exclusiveMaximum": 1, "multipleOf": 0.1}),
    tags={"Team": "a"},
    values={"file": "a.csv"},
)


def places(shape, path=()):
    """Yields the path of every part of a shape."""
    yield path
    steps = shape.items() if isinstance(shape, dict) else enumerate(shape) if isinstance(shape, list) else ()
    for step, part in steps:
        yield from places(part, (*path, step))


def put(shape, path, part):
    if not path:
        return part
    step, *rest = path
    if isinstance(shape, dict):
        return {**shape, step: put(shape[step], rest, part)}
    return [put(each, rest, part) if place == step else each for place, each in enumerate(shape)]


@given(st.sampled_from([path for path in places(SOUND) if path]), SHAPES)
def test_no_shape_makes_the_rules_raise(path, part):
    declared = put(SOUND, path, part)

    found = problems(declared, row(ID="a", A="b", N="c"), default=row(A="1"), moved=((row(ID="a"), row(ID="b")),))

    assert all(problem.severity in ("error", "warning", "info") for problem in found)


def test_an_infinite_name_is_left_to_the_schema():
    infinite = {"name": float("inf"), "valueType": "TEXT"}

    found = problems({"timeZone": "UTC", "attributes": [key(), infinite, infinite]}, row(ID="a"))

    assert not [problem for problem in found if "twice" in problem.message]


@pytest.mark.parametrize(
    "attributes", ["ID", {"ID": "TEXT"}, [None], [{"valueType": "TEXT"}], [key(), column("X", "WORD")]]
)
def test_an_unreadable_attribute_hides_unknown_names(attributes):
    declared = {"timeZone": "UTC", "attributes": attributes}

    assert mistakes(declared, row(ID="a", X="b")) == []


def test_a_time_zone_without_a_near_name_gets_an_example():
    assert mistakes(table(key(), timeZone="qqqqqq")) == [
        '"qqqqqq" is not a valid time zone; name a place, such as America/New_York'
    ]
