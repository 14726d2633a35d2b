"""Amazon Redshift Serverless."""

from __future__ import annotations

from reconciler.errors import Meaning
from reconciler.kinds.service import ANYWHERE, Casing, Grant, Refusal, Service, Tagging, TagShape
from reconciler.pacing import Rate

# AWS publishes no rates of these operations.
REDSHIFT = Service(
    name="redshift-serverless",
    title="Amazon Redshift Serverless",
    tagging=Tagging(
        *("tags", TagShape.LOWER_PAIRS),
        resource="resourceArn",
        tags="tags",
        keys="tagKeys",
        read="ListTagsForResource",
    ),
    casing=Casing.CAMEL,
    refusals=(
        Refusal("ResourceNotFoundException", Meaning.GONE),
        Refusal("ConflictException", Meaning.TAKEN, "already exists"),
        Refusal("ConflictException", Meaning.IN_USE, "delete the workgroup first"),
        Refusal("ConflictException", Meaning.CONFLICT),
        Refusal("TooManyTagsException", Meaning.QUOTA),
        Refusal("ValidationException", Meaning.NOT_YET, "cannot be assumed"),
        Refusal("ValidationException", Meaning.INVALID),
    ),
    rate=Rate(2.0, 5),
    grants=(
        Grant(
            (
                "arn:{partition}:redshift-serverless:{region}:{account}:namespace/*",
                "arn:{partition}:redshift-serverless:{region}:{account}:workgroup/*",
            )
        ),
        # The ARNs end in ids, which only AWS knows, so creates cannot be granted on a name.
        Grant(ANYWHERE, frozenset({"ListNamespaces", "ListWorkgroups"})),
    ),
    # No page names the principal of a pass; this one is in the trust policies that the guide shows [inferred].
    passes=dict.fromkeys(("CreateNamespace", "UpdateNamespace"), "redshift-serverless.amazonaws.com"),
    page="https://docs.aws.amazon.com/redshift-serverless/latest/APIReference/API_{operation}.html",
)
