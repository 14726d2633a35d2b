"""AWS Identity and Access Management."""

from __future__ import annotations

from reconciler.errors import Meaning
from reconciler.kinds.service import ANYWHERE, By, Grant, Refusal, Service, Tagging, TagShape
from reconciler.pacing import Rate

# AWS publishes no rates of IAM. Its error codes are not the names of its shapes.
IAM = Service(
    name="iam",
    title="AWS Identity and Access Management",
    # GetRole answers with the tags, ListRoles does not.
    tagging=Tagging(shape=TagShape.PAIRS, tag="TagRole", untag="UntagRole", resource="RoleName", by=By.NAME),
    refusals=(
        Refusal("NoSuchEntity", Meaning.GONE),
        Refusal("EntityAlreadyExists", Meaning.TAKEN),
        Refusal("DeleteConflict", Meaning.IN_USE),
        Refusal("ConcurrentModification", Meaning.CONFLICT),
        Refusal("LimitExceeded", Meaning.QUOTA),
        Refusal("MalformedPolicyDocument", Meaning.NOT_YET, "invalid principal in policy"),
        Refusal("MalformedPolicyDocument", Meaning.INVALID),
        Refusal("InvalidInput", Meaning.INVALID),
    ),
    rate=Rate(5.0, 10),
    is_global=True,
    grants=(
        Grant(("arn:{partition}:iam::{account}:role/*",)),
        Grant(ANYWHERE, frozenset({"ListRoles"})),
    ),
    page="https://docs.aws.amazon.com/IAM/latest/APIReference/API_{operation}.html",
)
