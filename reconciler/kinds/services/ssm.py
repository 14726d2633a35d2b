"""AWS Systems Manager Parameter Store."""

from __future__ import annotations

from reconciler.errors import Meaning
from reconciler.kinds.service import ANYWHERE, By, Grant, Refusal, Service, Tagging, TagShape
from reconciler.pacing import Rate

# Cautious rates: the service quotas allow 3 writes of parameters a second by default, and 40 reads.
SSM = Service(
    name="ssm",
    title="AWS Systems Manager",
    tagging=Tagging(
        shape=TagShape.PAIRS,
        tag="AddTagsToResource",
        untag="RemoveTagsFromResource",
        resource="ResourceId",
        also={"ResourceType": "Parameter"},
        by=By.NAME,
        read="ListTagsForResource",
        answered="TagList",
    ),
    refusals=(
        Refusal("ParameterNotFound", Meaning.GONE),
        Refusal("InvalidResourceId", Meaning.GONE),
        Refusal("ParameterAlreadyExists", Meaning.TAKEN),
        Refusal("TooManyUpdates", Meaning.LATER),
        Refusal("ParameterLimitExceeded", Meaning.QUOTA),
        Refusal("ParameterMaxVersionLimitExceeded", Meaning.QUOTA),
        Refusal("TooManyTagsError", Meaning.QUOTA),
        Refusal("HierarchyTypeMismatchException", Meaning.INVALID),
        Refusal("ParameterPatternMismatchException", Meaning.INVALID),
        Refusal("InvalidAllowedPatternException", Meaning.INVALID),
    ),
    rate=Rate(10.0, 10),
    rates={"PutParameter": Rate(3.0, 3), "DeleteParameter": Rate(3.0, 3)},
    grants=(
        Grant(("arn:{partition}:ssm:{region}:{account}:parameter/*",)),
        Grant(ANYWHERE, frozenset({"DescribeParameters"})),
    ),
    page="https://docs.aws.amazon.com/systems-manager/latest/APIReference/API_{operation}.html",
)
