"""Amazon CloudWatch."""

from __future__ import annotations

from reconciler.errors import Meaning
from reconciler.kinds.service import ANYWHERE, Grant, Refusal, Service, Tagging, TagShape
from reconciler.pacing import Rate

# The rates of the user guide ("CloudWatch service quotas"): 3 puts of alarms, 9 descriptions and 10 calls on dashboards
# a second. The others are cautious.
CLOUDWATCH = Service(
    name="cloudwatch",
    title="Amazon CloudWatch",
    tagging=Tagging(shape=TagShape.PAIRS, resource="ResourceARN", read="ListTagsForResource"),
    refusals=(
        Refusal("ResourceNotFound", Meaning.GONE),
        Refusal("ConcurrentModificationException", Meaning.CONFLICT),
        Refusal("ConflictException", Meaning.CONFLICT),
        Refusal("ResourceConflict", Meaning.CONFLICT),
        Refusal("LimitExceeded", Meaning.QUOTA),
        Refusal("LimitExceededException", Meaning.QUOTA),
        Refusal("ValidationError", Meaning.IN_USE, "composite alarm(s) depending on"),
        # A composite alarm right after the alarms in its rule.
        Refusal("ValidationError", Meaning.UNFOUND, "in the alarm rule do not exist"),
        Refusal("ValidationError", Meaning.INVALID),
        Refusal("InvalidParameterCombination", Meaning.INVALID),
        Refusal("InvalidParameterInput", Meaning.INVALID),
        Refusal("InvalidParameterValue", Meaning.INVALID),
        Refusal("MissingParameter", Meaning.INVALID),
    ),
    rate=Rate(5.0, 5),
    rates={
        **{name: Rate(3.0, 3) for name in ("DeleteAlarms", "PutCompositeAlarm", "PutMetricAlarm")},
        **{name: Rate(9.0, 9) for name in ("DescribeAlarms",)},
        **{name: Rate(10.0, 10) for name in ("DeleteDashboards", "GetDashboard", "ListDashboards", "PutDashboard")},
    },
    grants=(
        Grant(
            (
                "arn:{partition}:cloudwatch:{region}:{account}:alarm:*",
                "arn:{partition}:cloudwatch::{account}:dashboard/*",
            )
        ),
        # "you must be signed on with the cloudwatch:PutCompositeAlarm permission that is scoped to *" (service model).
        Grant(ANYWHERE, frozenset({"DescribeAlarms", "ListDashboards", "PutCompositeAlarm"})),
    ),
    page="https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_{operation}.html",
)
