"""DescribeAlarms."""

from __future__ import annotations

from typing import Any

from moto.core.responses import ActionResult

from reconciler.sandbox.cloudwatch.composites import CompositeAlarms
from reconciler.sandbox.cloudwatch.room import Answer, Params, Proceed, invalid, time_of
from reconciler.sandbox.cloudwatch.store import COMPOSITE, METRIC, Alarm

PAGE = 50  # alarms, if MaxRecords is left out [inferred; the most is 100: service model]
OF_FAMILY = {"ChildrenOfAlarmName", "ParentsOfAlarmName", "MaxRecords", "NextToken"}
FILTERS = ("AlarmNames", "AlarmNamePrefix", "StateValue", "ActionPrefix", "ChildrenOfAlarmName", "ParentsOfAlarmName")


class AlarmListings(CompositeAlarms):
    def describe_alarms(self, params: Params, proceed: Proceed) -> ActionResult:
        """Describes alarms that satisfy all filters. Without types, "only metric alarms are returned" [service model].

        Alarms that exist are described; others are left out.
        """
        family = {"ChildrenOfAlarmName", "ParentsOfAlarmName"} & params.keys()
        if family and (others := params.keys() - OF_FAMILY - {"AlarmTypes"}):
            raise invalid(f"{min(family)} cannot be used with {min(others)}")  # [service model]
        if params.get("AlarmNames") and params.get("AlarmNamePrefix"):  # [service model, of AlarmNamePrefix]
            raise invalid("AlarmNames and AlarmNamePrefix cannot be used together")
        types = params.get("AlarmTypes") or ([METRIC, COMPOSITE] if family else [METRIC])
        wanted = {name: params.get(name) for name in FILTERS}
        rows = [
            (name, (alarm.type, _shown(alarm)))
            for name, alarm in self.store.alarms.items()
            if alarm.type in types and self._satisfies(name, alarm, wanted)
        ]
        page, token = self.page("DescribeAlarms", params, rows, int(params.get("MaxRecords") or PAGE))
        of_type = {type: [members for its, members in page if its == type] for type in (METRIC, COMPOSITE)}
        return ActionResult({"MetricAlarms": of_type[METRIC], "CompositeAlarms": of_type[COMPOSITE], **token})

    def _satisfies(self, name: str, alarm: Alarm, wanted: dict[str, Any]) -> bool:
        actions = (action for kind in ("OK", "Alarm", "InsufficientData") for action in alarm.members[f"{kind}Actions"])
        children, parents = wanted["ChildrenOfAlarmName"], wanted["ParentsOfAlarmName"]
        return (
            (not wanted["AlarmNames"] or name in wanted["AlarmNames"])
            and name.startswith(wanted["AlarmNamePrefix"] or "")
            and wanted["StateValue"] in (None, alarm.state["StateValue"])
            and (not wanted["ActionPrefix"] or any(action.startswith(wanted["ActionPrefix"]) for action in actions))
            and (not children or name in self.children(children))
            and (not parents or (alarm.type == COMPOSITE and parents in self.children(name)))
        )


def _shown(alarm: Alarm) -> Answer:
    times = {"AlarmConfigurationUpdatedTimestamp": time_of(alarm.updated)}
    return {**alarm.members, **alarm.state, **times, "AlarmArn": alarm.arn}
