"""All alarms of the account, as moments of the sandbox's clock: one at the end of each of their periods."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from moto.cloudwatch.models import cloudwatch_backends

from reconciler.sandbox.alarms import composites, formulas, observed
from reconciler.sandbox.alarms.actions import act
from reconciler.sandbox.alarms.judging import Rule, is_known, judge
from reconciler.sandbox.alarms.metrics import Metrics
from reconciler.sandbox.alarms.store import evaluation_stores
from reconciler.sandbox.cloudwatch.room import time_of
from reconciler.sandbox.cloudwatch.store import COMPOSITE, METRIC, Alarm, AlarmStore, alarm_stores
from reconciler.sandbox.place import ACCOUNT
from reconciler.sandbox.world import iso, world

Json = dict[str, Any]


class Alarms:
    """`changed`: the changes of state, in order."""

    def __init__(self) -> None:
        self.changed: list[Json] = []
        self._metrics: dict[str, Metrics] = {}

    def next_due(self) -> float | None:
        with world.lock:
            return min((due for _, _, due in self._dues()), default=None)

    def fire_due(self) -> None:
        """Judges every metric alarm of which a period has ended, and then the composite ones."""
        now = world.clock()
        with world.lock:
            due = [(store, alarm, moment) for store, alarm, moment in self._dues() if moment <= now]
        for store, alarm, moment in due:
            evaluation_stores[ACCOUNT][store.region_name].evaluated[alarm.arn] = moment
            if (state := self._judged(store.region_name, alarm, moment)) is not None:
                self._change(store, alarm, *state)
        if due:
            self._judge_composites()

    def _dues(self) -> Iterator[tuple[AlarmStore, Alarm, float]]:
        """Yields every metric alarm with the end of its next period that was not judged yet."""
        for store in list(alarm_stores[ACCOUNT].values()):
            evaluated = evaluation_stores[ACCOUNT][store.region_name].evaluated
            for alarm in list(store.alarms.values()):
                if alarm.type != METRIC or not (period := _period(alarm)):
                    continue
                after = max(evaluated.get(alarm.arn, 0.0), alarm.updated)
                yield store, alarm, (after // period + 1) * period

    def _judged(self, region: str, alarm: Alarm, now: float) -> tuple[str, str] | None:
        """Returns an alarm's state and its reason, or None if the sandbox cannot judge it."""
        members = alarm.members
        if not is_known(members.get("ComparisonOperator", "")) or members.get("Threshold") is None:
            return None
        metrics = self._metrics.setdefault(region, Metrics(cloudwatch_backends[ACCOUNT][region]))
        observed.observe(alarm, now)
        metrics.refresh()
        count = int(members["EvaluationPeriods"])
        rule = Rule(
            members["ComparisonOperator"],
            float(members["Threshold"]),
            count,
            int(members.get("DatapointsToAlarm") or count),
            members.get("TreatMissingData", "missing"),
        )
        period = _period(alarm)
        starts = [now - period * number for number in range(rule.reach, 0, -1)]
        try:
            points = [_point(members, metrics, start, start + period) for start in starts]
        except ValueError as unknown:
            return "INSUFFICIENT_DATA", f"Unchecked: the sandbox does not evaluate {unknown}"
        state = judge(rule, points, alarm.state["StateValue"])
        known = [point for point in points if point is not None][-count:]
        return state, f"Threshold Crossed: {known} against {rule.comparison} {rule.threshold}"

    def _judge_composites(self) -> None:
        """Judges composite alarms until none of them changes: some are parts of others."""
        for store in list(alarm_stores[ACCOUNT].values()):
            rest = [alarm for alarm in store.alarms.values() if alarm.type == COMPOSITE]
            for _ in range(len(rest)):
                before = [alarm.state["StateValue"] for alarm in rest]
                for alarm in rest:
                    is_alarm = composites.holds(alarm.members["AlarmRule"], lambda name: _state(store, name))  # noqa: B023
                    self._change(store, alarm, "ALARM" if is_alarm else "OK", alarm.members["AlarmRule"])
                if before == [alarm.state["StateValue"] for alarm in rest]:
                    break

    def _change(self, store: AlarmStore, alarm: Alarm, state: str, reason: str) -> None:
        before = alarm.state["StateValue"]
        if state == before:
            return
        alarm.state = {"StateValue": state, "StateReason": reason, "StateUpdatedTimestamp": time_of(world.now())}
        change: Json = {"alarm": alarm.members["AlarmName"], "from": before, "to": state, "at": iso(world.now())}
        suppressor = alarm.members.get("ActionsSuppressor")
        is_silent = suppressor and _state(store, suppressor) == "ALARM"
        if alarm.members["ActionsEnabled"] and not is_silent and (left := act(alarm, before)):
            change["notCarriedOut"] = left
        self.changed.append(change)


def _point(members: Mapping[str, Any], metrics: Metrics, start: float, end: float) -> float | None:
    """Returns the value of an alarm's metric, or of its metric math, within a period."""
    if not (queries := members.get("Metrics")):
        stat = members.get("Statistic") or members["ExtendedStatistic"]
        return metrics.point(members, stat, members.get("Unit"), start, end)
    points: dict[str, float | None] = {}
    for query in queries:
        if stat := query.get("MetricStat"):
            points[query["Id"]] = metrics.point(stat["Metric"], stat["Stat"], stat.get("Unit"), start, end)
    # An expression may name another one, in any order.
    rest = {query["Id"]: query["Expression"] for query in queries if query.get("Expression")}
    for _ in range(len(rest)):
        for id, formula in list(rest.items()):
            if not any(other in formula for other in rest if other != id):
                points[id] = formulas.evaluate(formula, points)
                del rest[id]
    if rest:
        raise formulas.Unknown(f"the expression {next(iter(rest.values()))}")
    result = next(query for query in queries if query.get("ReturnData", True) is not False)
    return points[result["Id"]]


def _period(alarm: Alarm) -> float:
    """Returns the length of an alarm's periods in seconds, or 0 if it has none."""
    queries = alarm.members.get("Metrics") or []
    periods = [query.get("MetricStat", {}).get("Period") or query.get("Period") or 0 for query in queries]
    return float(alarm.members.get("Period") or max(periods, default=0))


def _state(store: AlarmStore, name: str) -> str:
    alarm = store.alarms.get(name.removeprefix(store.arn("")))
    return str(alarm.state["StateValue"]) if alarm else "INSUFFICIENT_DATA"
