"""Amazon CloudWatch Logs."""

from __future__ import annotations

from reconciler.errors import Meaning
from reconciler.kinds.service import ANYWHERE, Casing, Grant, Refusal, Service, Tagging
from reconciler.pacing import Rate

# Cautious rates: the user guide's quotas ("CloudWatch Logs quotas") allow these or more.
LOGS = Service(
    name="logs",
    title="Amazon CloudWatch Logs",
    # The ARN of a log group without `:*` at its end.
    tagging=Tagging("tags", resource="resourceArn", tags="tags", keys="tagKeys", read="ListTagsForResource"),
    casing=Casing.CAMEL,
    refusals=(
        Refusal("ResourceNotFoundException", Meaning.GONE),
        Refusal("ResourceAlreadyExistsException", Meaning.TAKEN),
        Refusal("OperationAbortedException", Meaning.CONFLICT),
        Refusal("LimitExceededException", Meaning.QUOTA),
        Refusal("TooManyTagsException", Meaning.QUOTA),
        Refusal("InvalidParameterException", Meaning.INVALID),
    ),
    rate=Rate(5.0, 5),
    rates={name: Rate(10.0, 10) for name in ("CreateLogGroup", "DeleteLogGroup", "DescribeLogGroups")},
    reserved=("aws/",),
    grants=(
        Grant(("arn:{partition}:logs:{region}:{account}:log-group:*",)),
        Grant(ANYWHERE, frozenset({"DescribeLogGroups"})),
    ),
    page="https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_{operation}.html",
)
