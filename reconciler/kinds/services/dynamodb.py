"""Amazon DynamoDB."""

from __future__ import annotations

from reconciler.errors import Meaning
from reconciler.kinds.service import ANYWHERE, Grant, Refusal, Service, Tagging, TagShape
from reconciler.pacing import Rate

# The operations on tags have five calls a second (service model). AWS publishes no other rate of operations on tables.
_OF_TAGS = ("ListTagsOfResource", "TagResource", "UntagResource")
DYNAMODB = Service(
    name="dynamodb",
    title="Amazon DynamoDB",
    tagging=Tagging(shape=TagShape.PAIRS, read="ListTagsOfResource"),
    refusals=(
        Refusal("ResourceNotFoundException", Meaning.GONE),
        Refusal("TableNotFoundException", Meaning.GONE),
        # AWS has one code for a name that is taken and for a table that it is still changing.
        Refusal("ResourceInUseException", Meaning.TAKEN, "already exists"),
        Refusal("ResourceInUseException", Meaning.LATER),
        # Too many tables are being created, changed or deleted at the same time (service model).
        Refusal("LimitExceededException", Meaning.LATER),
        Refusal("ContinuousBackupsUnavailableException", Meaning.LATER),
    ),
    rate=Rate(10.0, 10),
    rates={name: Rate(5.0, 5) for name in _OF_TAGS},
    grants=(
        Grant(("arn:{partition}:dynamodb:{region}:{account}:table/*",)),
        Grant(ANYWHERE, frozenset({"ListTables"})),
    ),
    page="https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_{operation}.html",
)
