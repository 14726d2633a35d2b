"""Amazon Simple Notification Service."""

from __future__ import annotations

from reconciler.errors import Meaning
from reconciler.kinds.service import ANYWHERE, Grant, Refusal, Service, Tagging, TagShape
from reconciler.pacing import Rate

# A cautious rate: the service quotas allow ten calls a second of the slowest operations, which are those on tags.
SNS = Service(
    name="sns",
    title="Amazon SNS",
    tagging=Tagging(shape=TagShape.PAIRS, read="ListTagsForResource"),
    refusals=(
        Refusal("NotFound", Meaning.GONE),
        Refusal("ResourceNotFound", Meaning.GONE),
        # CreateTopic answers with an existing topic, unless the tags or the attributes differ (seen in public threads).
        Refusal("InvalidParameter", Meaning.TAKEN, "already exists"),
        Refusal("InvalidParameter", Meaning.INVALID),
        Refusal("ConcurrentAccess", Meaning.LATER),
        Refusal("StaleTag", Meaning.CONFLICT),
        Refusal("TopicLimitExceeded", Meaning.QUOTA),
        Refusal("SubscriptionLimitExceeded", Meaning.QUOTA),
        Refusal("FilterPolicyLimitExceeded", Meaning.QUOTA),
        Refusal("TagLimitExceeded", Meaning.QUOTA),
    ),
    rate=Rate(10.0, 10),
    grants=(
        Grant(("arn:{partition}:sns:{region}:{account}:*",)),
        # These are granted on no resource: a subscription is none of IAM's.
        Grant(
            ANYWHERE,
            frozenset({"GetSubscriptionAttributes", "ListTopics", "SetSubscriptionAttributes", "Unsubscribe"}),
        ),
    ),
    page="https://docs.aws.amazon.com/sns/latest/api/API_{operation}.html",
)
