"""Amazon DynamoDB."""

from __future__ import annotations

from reconciler.errors import Meaning
from reconciler.kinds.service import ANYWHERE, Grant, Refusal, Service, Tagging, TagShape
from reconciler.pacing import Rate

# The operations on tags have five calls a second (service model). AWS publishes no other rate of operations on tables.
_OF_TAGS = ("ListTagsOfResource", "TagResource", "UntagResource")
# Items have no published rate in tables that AWS bills by use; this one spares other programs.
_OF_ITEMS = ("DeleteItem", "GetItem", "PutItem", "Scan", "UpdateItem")
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
        Refusal("ConditionalCheckFailedException", Meaning.STALE),
        Refusal("TransactionConflictException", Meaning.LATER),
        Refusal("ProvisionedThroughputExceededException", Meaning.THROTTLED),
    ),
    rate=Rate(10.0, 10),
    rates={
        **{name: Rate(5.0, 5) for name in _OF_TAGS},
        **{name: Rate(100.0, 100) for name in (*_OF_ITEMS, "BatchGetItem")},
    },
    grants=(
        Grant(("arn:{partition}:dynamodb:{region}:{account}:table/*",)),
        # Declared items. Tables of other names need a statement of their own: they may hold data of programs.
        Grant(("arn:{partition}:dynamodb:{region}:{account}:table/*-tenant-services",), frozenset(_OF_ITEMS)),
        Grant(ANYWHERE, frozenset({"ListTables"})),
    ),
    page="https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_{operation}.html",
)
