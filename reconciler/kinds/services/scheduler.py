"""Amazon EventBridge Scheduler."""

from __future__ import annotations

from reconciler.errors import Meaning
from reconciler.kinds.service import ANYWHERE, Grant, Refusal, Service, Tagging, TagShape
from reconciler.pacing import Rate

# Cautious rates: the user guide's quotas are 10 a second for groups, and 250 or more for schedules.
SCHEDULER = Service(
    name="scheduler",
    title="Amazon EventBridge Scheduler",
    tagging=Tagging(shape=TagShape.PAIRS, read="ListTagsForResource"),
    refusals=(
        Refusal("ResourceNotFoundException", Meaning.GONE),
        Refusal("ConflictException", Meaning.TAKEN, "already exist"),
        Refusal("ConflictException", Meaning.CONFLICT),
        Refusal("ServiceQuotaExceededException", Meaning.QUOTA),
        Refusal("ValidationException", Meaning.NOT_YET, "must allow AWS EventBridge Scheduler to assume the role"),
        Refusal("ValidationException", Meaning.INVALID),
    ),
    rate=Rate(10.0, 10),
    rates={
        name: Rate(50.0, 50)
        for name in ("CreateSchedule", "DeleteSchedule", "GetSchedule", "ListSchedules", "UpdateSchedule")
    },
    grants=(
        Grant(
            (
                "arn:{partition}:scheduler:{region}:{account}:schedule/*",
                "arn:{partition}:scheduler:{region}:{account}:schedule-group/*",
            )
        ),
        Grant(ANYWHERE, frozenset({"ListScheduleGroups", "ListSchedules"})),
    ),
    passes=dict.fromkeys(("CreateSchedule", "UpdateSchedule"), "scheduler.amazonaws.com"),
    page="https://docs.aws.amazon.com/scheduler/latest/APIReference/API_{operation}.html",
)
