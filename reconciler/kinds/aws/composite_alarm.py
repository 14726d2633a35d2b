"""Composite alarms of Amazon CloudWatch: alarms on the states of other alarms."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Annotated, Any

from pydantic import Field

from reconciler.kinds.aws.alarm_parts import ALARM_ARN, COST, INDEX, AnyAlarm, action_problems, replacement
from reconciler.kinds.base import Kind
from reconciler.kinds.groups import Identity, Ordering, Reading, Writing
from reconciler.kinds.services import CLOUDWATCH
from reconciler.kinds.verbs import IdBatch, Listing, Update
from reconciler.model import Call, Clearable, Problem, Ref, WrittenRecords
from reconciler.model.environment import Quotas
from reconciler.model.spec import expecting

ONLY = {"AlarmTypes": ["CompositeAlarm"], "MaxRecords": 100}
PERIODS = ("actionsSuppressorWaitPeriod", "actionsSuppressorExtensionPeriod")
# AWS returns the rule as it was written. An id is the bare name, which a plan cannot recognise in a text.
_BY_ID = re.compile(r"\$\{(Alarm|CompositeAlarm)/[^{}]*\.id\}")


class CompositeAlarm(AnyAlarm):
    """A composite alarm. It acts on the states of other alarms, so that one cause brings one notification."""

    alarm_rule: str = Field(
        min_length=1,
        max_length=10_240,
        pattern=r"^\S(.*\S)?$",
        description="The rule: ALARM(…), OK(…), INSUFFICIENT_DATA(…) of other alarms with AND, OR, NOT, brackets. "
        "Name an alarm of the manifests by its ARN, as in the example.",
        examples=['ALARM("${Alarm/calls-behind.arn}") AND NOT ALARM("${Alarm/deployment.arn}")'],
        json_schema_extra=expecting("a rule: it cannot begin or end with a blank"),
    )
    actions_suppressor: Annotated[str | None, Clearable()] = Field(
        None,
        min_length=1,
        max_length=1600,
        description="The ARN of an alarm; while it lasts, no action is taken. It needs the two periods.",
        examples=["${Alarm/deployment.arn}"],
    )
    actions_suppressor_wait_period: Annotated[int | None, Clearable()] = Field(
        None, ge=0, description="The seconds that actions wait for the suppressor to begin.", examples=[60]
    )
    actions_suppressor_extension_period: Annotated[int | None, Clearable()] = Field(
        None, ge=0, description="The seconds that actions wait after the suppressor has ended.", examples=[60]
    )


class CompositeAlarmKind(Kind[CompositeAlarm]):
    spec = CompositeAlarm
    service = CLOUDWATCH
    identity = Identity("AlarmName", arn=ALARM_ARN)
    reading = Reading(
        search=Listing("DescribeAlarms", "CompositeAlarms", ONLY),
        describe=("DescribeAlarms", "CompositeAlarms"),
        batch=IdBatch("AlarmNames", 100, ONLY),
        by_name=True,
        index=INDEX,
    )
    writing = Writing(
        create="PutCompositeAlarm",
        delete="DeleteAlarms",
        delete_ids="AlarmNames",
        updates=(
            Update("PutCompositeAlarm", tuple(f for f in CompositeAlarm.model_fields if f not in ("name", "tags"))),
        ),
    )
    # "Cannot delete … as there are composite alarm(s) depending on it" (seen: cloud-custodian, issue 7763).
    ordering = Ordering(keeps_alive=frozenset({"alarm_rule"}))

    def id_and_arn(self, members: Mapping[str, Any]) -> tuple[str, str]:
        return str(members.get("AlarmName") or members.get("Id") or ""), str(
            members.get("AlarmArn") or members.get("Arn") or ""
        )

    def costs(self, spec: CompositeAlarm) -> str:
        return COST

    def replace_call(self, ref: Ref, update: Update, spec: CompositeAlarm) -> Call:
        return replacement(self, ref, update, spec)

    def problems(self, declared: Mapping[str, Any], written: WrittenRecords, quotas: Quotas) -> Iterator[Problem]:
        yield from action_problems(declared)
        for key in ("alarmRule", "actionsSuppressor"):
            text = declared.get(key)
            if isinstance(text, str) and (named := _BY_ID.search(text)):
                better = named[0].removesuffix("id}") + "arn}"
                yield Problem("error", (key,), f"has {named[0]}, which a plan cannot compare; write {better}")
        if declared.get("actionsSuppressor"):
            for key in PERIODS:
                if declared.get(key) is None:
                    yield Problem("error", ("actionsSuppressor",), f"needs {key}; add it")
