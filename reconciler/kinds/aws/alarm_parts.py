"""The common parts of alarms of metrics and composite alarms: actions, and the replacement as a whole."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Annotated, Any

from pydantic import Field

from reconciler.kinds.base import Kind
from reconciler.kinds.fields import worth_saying
from reconciler.kinds.verbs import Update
from reconciler.kinds.words import Tagged
from reconciler.model import AwsName, Call, Clearable, Problem, Ref, Spec, Unordered
from reconciler.model.spec import expecting

ALARM_ARN = "arn:{partition}:cloudwatch:{region}:{account}:alarm:{id}"
INDEX = "cloudwatch:alarm"
COST = "an alarm by the month"
Name = Annotated[
    str,
    AwsName("AlarmName"),
    Field(
        pattern=r"^\S(.{0,253}\S)?$",
        description="The name, in up to 255 characters. AWS cannot change it.",
        examples=["contact-centre-prod-calls-behind"],
        json_schema_extra=expecting("a name of an alarm"),
    ),
]
ActionArn = Annotated[
    str,
    Field(
        pattern=r"^(.*\$\{.+\}.*|arn:aws[a-z-]*:.+)$",
        max_length=1024,
        examples=["arn:aws:sns:ca-central-1:111122223333:contact-centre-alerts"],
        json_schema_extra=expecting("the ARN of an action, such as a topic or a function"),
    ),
]


class AlarmTagsPropagation(Spec):
    """Which tags of the alarm are in its notifications."""

    enabled: bool = Field(description="True: notifications have the tags of the alarm.")
    included_tag_keys: Unordered[str] = Field(
        (), max_length=50, description="The keys of the tags to include; by default all.", examples=[["Team"]]
    )
    excluded_tag_keys: Unordered[str] = Field(
        (), max_length=50, description="The keys of the tags to leave out. Declare either these or includedTagKeys."
    )


class ActionConfiguration(Spec):
    """The contents of the notifications of the alarm."""

    alarm_tags_propagation: AlarmTagsPropagation | None = None


class AnyAlarm(Tagged):
    """The fields of every alarm."""

    name: Name
    alarm_description: str = Field(
        "",
        max_length=1024,
        description="The meaning of the alarm and what to do, in up to 1024 characters. Notifications have it.",
        examples=["No calls were loaded for three hours. See the runbook."],
    )
    actions_enabled: bool = Field(True, description="False: the state changes, but no action is taken.")
    alarm_actions: Unordered[ActionArn] = Field(
        (), max_length=5, description="The ARNs of up to five actions when the alarm begins."
    )
    ok_actions: Annotated[Unordered[ActionArn], AwsName("OKActions")] = Field(
        (), max_length=5, description="The ARNs of up to five actions when the alarm ends."
    )
    insufficient_data_actions: Unordered[ActionArn] = Field(
        (), max_length=5, description="The ARNs of up to five actions when data are missing."
    )
    action_configuration: Annotated[ActionConfiguration | None, Clearable()] = None


def replacement(kind: Kind[Any], ref: Ref, update: Update, spec: Tagged) -> Call:
    """Returns the call that replaces an alarm as a whole: what it leaves out returns to its default.

    Source: "the update completely overwrites the previous configuration of the alarm" (service model).
    """
    changed = {f for f in update.fields if worth_saying(kind.spec, f, getattr(spec, f))}
    return kind.call(update.operation, {**kind.own(ref, spec), **kind.to_aws(spec, changed)})


def action_problems(declared: Mapping[str, Any]) -> Iterator[Problem]:
    """Yields the mistakes in the settings of notifications."""
    settings = declared.get("actionConfiguration")
    tags = settings.get("alarmTagsPropagation") if isinstance(settings, Mapping) else None
    if isinstance(tags, Mapping) and tags.get("includedTagKeys") and tags.get("excludedTagKeys"):
        path = ("actionConfiguration", "alarmTagsPropagation", "excludedTagKeys")
        yield Problem("error", path, "AWS takes either includedTagKeys or excludedTagKeys; delete one of them")
