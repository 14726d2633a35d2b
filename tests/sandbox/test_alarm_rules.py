"""CloudWatch: the state of an alarm from its points, metric math, and the rules of composite alarms."""

from __future__ import annotations

import pytest

from reconciler.sandbox.alarms.composites import holds
from reconciler.sandbox.alarms.formulas import Unknown, evaluate
from reconciler.sandbox.alarms.judging import Rule, judge
from reconciler.sandbox.alarms.metrics import Value, statistic

TREATMENTS = ("missing", "ignore", "breaching", "notBreaching")
OK, ALARM, NO_DATA, RETAINED = "OK", "ALARM", "INSUFFICIENT_DATA", "retained"


def states(points: str, needed: int) -> list[str]:
    """Returns the state for each treatment of missing points, of which X breaches, 0 does not, and - is missing."""
    values = [{"X": 9.0, "0": 0.0, "-": None}[point] for point in points.split()]
    rules = (Rule("GreaterThanThreshold", 5.0, 3, needed, treatment) for treatment in TREATMENTS)
    return [judge(rule, values, RETAINED) for rule in rules]


@pytest.mark.parametrize(
    ("points", "expected"),
    [
        ("0 - X - X", [OK, OK, OK, OK]),
        ("- - - - 0", [OK, OK, OK, OK]),
        ("- - - - -", [NO_DATA, RETAINED, ALARM, OK]),
        ("0 X X - X", [ALARM, ALARM, ALARM, ALARM]),
        ("- - X - -", [ALARM, RETAINED, ALARM, OK]),
    ],
)
def test_three_of_three_points_are_judged_as_the_user_guides_table_says(points: str, expected: list[str]) -> None:
    assert states(points, 3) == expected


@pytest.mark.parametrize(
    ("points", "expected"),
    [
        ("0 - X - X", [ALARM, ALARM, ALARM, ALARM]),
        ("0 0 X 0 X", [ALARM, ALARM, ALARM, ALARM]),
        ("0 - X - -", [OK, OK, ALARM, OK]),
        ("- - - - 0", [OK, OK, ALARM, OK]),
        ("- - - - X", [ALARM, RETAINED, ALARM, OK]),
    ],
)
def test_two_of_three_points_are_judged_as_the_user_guides_table_says(points: str, expected: list[str]) -> None:
    assert states(points, 2) == expected


@pytest.mark.parametrize(
    ("comparison", "point", "expected"),
    [
        ("GreaterThanThreshold", 5.0, OK),
        ("GreaterThanOrEqualToThreshold", 5.0, ALARM),
        ("LessThanThreshold", 5.0, OK),
        ("LessThanOrEqualToThreshold", 5.0, ALARM),
    ],
)
def test_each_comparison_has_its_edge(comparison: str, point: float, expected: str) -> None:
    assert judge(Rule(comparison, 5.0, 1, 1), [point], OK) == expected


@pytest.mark.parametrize(
    ("formula", "expected"),
    [
        ("a + b * 2", 8),
        ("(a - b) / -b", 1 / 3),
        ("a / z", None),
        ("a + none", None),
        ("SUM([a, b, none])", 5),
        ("MAX([a, b])", 3),
        ("AVG([a, b])", 2.5),
        ("MIN([none])", None),
        ("FILL(none, 0) + a", 2),
        ("IF(a > b, 1, 0)", 0),
        ("IF(a < b AND b == 3, a, b)", 2),
        ("a >= 2 || b != 3", 1),
    ],
)
def test_metric_math_is_arithmetic_of_the_points_of_a_period(formula: str, expected: float | None) -> None:
    assert evaluate(formula, {"a": 2.0, "b": 3.0, "z": 0.0, "none": None}) == expected


@pytest.mark.parametrize(
    "formula",
    [
        "METRICS()",
        "ANOMALY_DETECTION_BAND(a)",
        "SELECT AVG(x) FROM y",
        "a.b",
        "unknown + a",
        "__import__('os')",
        "a[0]",
    ],
)
def test_other_formulas_are_not_guessed(formula: str) -> None:
    with pytest.raises(Unknown):
        evaluate(formula, {"a": 2.0})


@pytest.mark.parametrize(
    ("stat", "expected"),
    [("Sum", 10), ("Average", 2.5), ("Minimum", 1), ("Maximum", 4), ("SampleCount", 4), ("p50", 2), ("p99.9", 4)],
)
def test_statistics_of_a_period(stat: str, expected: float) -> None:
    values = [Value(0.0, number, number, number, 1.0, "None") for number in (3.0, 1.0, 4.0, 2.0)]

    assert statistic(stat, values) == expected


@pytest.mark.parametrize(
    ("rule", "expected"),
    [
        ("ALARM(a)", True),
        ('ALARM("o k") OR OK("o k")', True),
        ("ALARM(a) AND NOT ALARM(b)", True),
        ("NOT (ALARM(a) OR ALARM(b))", False),
        ("ALARM(b) OR ALARM(a) AND OK(b)", True),
        ("(ALARM(b) OR ALARM(a)) AND ALARM(b)", False),
        ("INSUFFICIENT_DATA(c) AND TRUE", True),
        ("FALSE OR alarm(b)", False),
    ],
)
def test_a_composite_alarm_joins_the_states_of_others(rule: str, expected: bool) -> None:
    states = {"a": ALARM, "b": OK, "c": NO_DATA, "o k": OK}

    assert holds(rule, states.__getitem__) is expected
