"""Schedules of Amazon EventBridge Scheduler: when AWS calls a target."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from datetime import UTC, date, datetime
from typing import Annotated, Any, Literal

from pydantic import Field

from reconciler.kinds.aws.schedule_expressions import past_problems, schedule_problems
from reconciler.kinds.aws.schedule_parts import AfterCompletion, FlexibleTimeWindow, Moment, ScheduleTarget
from reconciler.kinds.base import Kind
from reconciler.kinds.fields import Names
from reconciler.kinds.groups import Identity, Reading, Writing
from reconciler.kinds.services import SCHEDULER
from reconciler.kinds.verbs import Listing, Update
from reconciler.model import Call, Clearable, IdOf, Ownership, Problem, Ref, Resource, Scope, WrittenRecords
from reconciler.model.environment import Quotas
from reconciler.model.spec import expecting, meanings

GROUP = "ScheduleGroup"


class Schedule(Resource):
    """A schedule. It belongs to its group, whose tags show the stack that manages it."""

    name: str = Field(
        pattern=r"^[0-9A-Za-z_.-]{1,64}/[0-9A-Za-z_.-]{1,64}$",
        description="The group and the name, GROUP/NAME, each in up to 64 characters. AWS cannot change them.",
        examples=["contact-centre-prod/every-two-hours"],
        json_schema_extra=expecting("a schedule: write GROUP/NAME"),
    )
    schedule_expression: str = Field(
        min_length=1,
        max_length=256,
        description="When: cron(minutes hours day-of-month month day-of-week year), rate(value unit) or at(time).",
        examples=["cron(40 */2 * * ? *)", "rate(2 hours)", "at(2027-01-31T09:00:00)"],
    )
    schedule_expression_timezone: str = Field(
        "UTC", max_length=50, description="The IANA time zone of the expression.", examples=["America/New_York"]
    )
    start_date: Annotated[Moment | None, Clearable()] = Field(None, description="The time of the first call, in UTC.")
    end_date: Annotated[Moment | None, Clearable()] = Field(None, description="The time of the last call, in UTC.")
    description: str = Field(
        "", max_length=512, description="The purpose, in up to 512 characters.", examples=["Loads contacts"]
    )
    state: Literal["ENABLED", "DISABLED"] = Field(
        "ENABLED",
        description="The state of the schedule.",
        json_schema_extra=meanings(ENABLED="AWS calls the target.", DISABLED="AWS calls nothing."),
    )
    flexible_time_window: FlexibleTimeWindow = FlexibleTimeWindow(mode="OFF")
    action_after_completion: AfterCompletion = "NONE"
    kms_key_arn: Annotated[str | None, Clearable()] = Field(
        None,
        description="The ARN of the KMS key that encrypts the schedule. Without it, AWS uses its own key.",
        examples=["arn:aws:kms:ca-central-1:111122223333:key/00000000-0000-4000-8000-000000000001"],
    )
    target: ScheduleTarget


class ScheduleKind(Kind[Schedule]):
    spec = Schedule
    service = SCHEDULER
    ownership = Ownership.DECLARED
    identity = Identity("Name", arn="arn:{partition}:scheduler:{region}:{account}:schedule/{id}")
    reading = Reading(
        search=Listing("ListSchedules", "Schedules", {"MaxResults": 100}),
        describe=("GetSchedule", ""),
        by_name=True,
        within=(GROUP, "GroupName"),
    )
    writing = Writing(
        create="CreateSchedule",
        delete="DeleteSchedule",
        # "All values … override the existing schedule": what an update leaves out is reset (API reference).
        updates=(Update("UpdateSchedule", tuple(field for field in Schedule.model_fields if field != "name")),),
        constants={"FlexibleTimeWindow": {"Mode": "OFF"}},
    )

    def id_and_arn(self, members: Mapping[str, Any]) -> tuple[str, str]:
        """Returns GROUP/NAME as the id, because a name alone is not unique."""
        id = members.get("Id") or self.keys_of(members)[0]
        return str(id), str(members.get("Arn") or "")

    def keys_of(self, members: Mapping[str, Any]) -> tuple[str, ...]:
        return (f"{members.get('GroupName')}/{members.get('Name')}",)

    def container(self, spec: Schedule) -> Ref:
        return Ref(GROUP, spec.name.partition("/")[0])

    def named(self, name: str, scope: Scope) -> dict[str, Any]:
        return _split(name)

    def own_of(self, members: Mapping[str, Any]) -> dict[str, Any]:
        return _split(self.id_and_arn(members)[0])

    def own(self, ref: Ref, spec: Schedule) -> dict[str, Any]:
        return _split(spec.name)

    def create_call(self, ref: Ref, spec: Schedule, tags: Mapping[str, str], held: Collection[str] = ()) -> Call:
        created = super().create_call(ref, spec, tags, held)
        group = {"GroupName": IdOf(self.container(spec))}  # The reference makes it wait for a new group.
        return self.call(created.operation, {**created.params, **self.own(ref, spec), **group})

    def from_aws(self, answer: Mapping[str, Any], names: Names, name: str = "") -> Schedule:
        return super().from_aws({**answer, "Name": self.keys_of(answer)[0]}, names, name)

    def read_field(self, field: str, value: Any) -> Any:
        return f"{value.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}" if isinstance(value, datetime) else value

    def problems(self, declared: Mapping[str, Any], written: WrittenRecords, quotas: Quotas) -> Iterator[Problem]:
        return schedule_problems(declared)

    def outdated(self, declared: Mapping[str, Any], today: date) -> Iterator[Problem]:
        return past_problems(declared, today)


def _split(name: str) -> dict[str, Any]:
    group, _, own = name.partition("/")
    return {"GroupName": group, "Name": own}
