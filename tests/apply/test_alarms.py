"""Composite alarms and the alarms in their rules: the order of their creates, changes and deletions."""

from __future__ import annotations

from typing import Any

from reconciler.model import Action, Manifest
from tests.builders.manifests import manifest
from tests.worlds.world import World


def alarm(name: str) -> Manifest:
    spec = {
        **{"namespace": "n", "metricName": name, "statistic": "Sum", "period": 60, "evaluationPeriods": 1},
        **{"threshold": 1, "comparisonOperator": "GreaterThanThreshold"},
    }
    return manifest("Alarm", name, spec)


def composite(rule: str, name: str = "a-composite", **more: Any) -> Manifest:
    return manifest("CompositeAlarm", name, {"alarmRule": rule, **more})


ONE, TWO = 'ALARM("${Alarm/one.arn}")', 'ALARM("${Alarm/two.arn}")'


def test_a_composite_alarm_comes_after_its_alarms_and_goes_before_them(world: World) -> None:
    declared = (alarm("one"), alarm("two"), composite(f"{ONE} AND {TWO}"))

    assert world.run(*declared).exit_code == 0
    assert world.run(prune=True).exit_code == 0

    assert not world.client("cloudwatch").describe_alarms(AlarmTypes=["MetricAlarm"])["MetricAlarms"]


def test_an_alarm_goes_after_the_rule_that_named_it_has_changed(world: World) -> None:
    world.run(alarm("one"), alarm("two"), composite(f"{ONE} AND {TWO}"))

    done = world.run(alarm("two"), composite(TWO), prune=True)

    assert [(str(change.ref), change.action) for change in done.plan.changes] == [
        ("Alarm/one", Action.DELETE),
        ("CompositeAlarm/a-composite", Action.UPDATE),
    ]
    assert done.exit_code == 0


def test_an_alarm_stays_that_the_rule_of_another_alarm_names(world: World) -> None:
    world.run(alarm("one"), composite(ONE))

    plan = world.plan(composite(ONE), prune=True)

    (change,) = plan.changes
    assert (str(change.ref), change.action) == ("Alarm/one", Action.BLOCKED)
    assert "CompositeAlarm/a-composite still refers to it" in change.reason


def test_a_composite_alarm_may_be_in_the_rule_of_another_one(world: World) -> None:
    inner = composite(ONE, "z-inner")

    done = world.run(alarm("one"), inner, composite('OK("${CompositeAlarm/z-inner.arn}")'))

    assert done.exit_code == 0
    assert world.run(prune=True).exit_code == 0


def test_an_alarm_of_another_type_under_the_name_is_left_alone(world: World) -> None:
    world.run(alarm("one"))

    done = world.run(alarm("one"), composite("FALSE", "one"))

    assert done.exit_code == 1
    assert {result.message for result in done.results.values()} == {
        "An alarm of type MetricAlarm with the name one exists already."
    }


def test_a_plan_says_that_a_new_alarm_costs_money_and_an_old_one_nothing_new(world: World) -> None:
    (created,) = world.plan(alarm("one")).changes
    world.run(alarm("one"))
    (removed,) = world.preview(removed=["Alarm/one"]).plan.changes

    assert created.reason == "declared, not live; AWS bills an alarm by the month while it exists"
    assert "AWS bills" not in removed.reason
