"""AWS Step Functions."""

from __future__ import annotations

from reconciler.errors import Meaning
from reconciler.kinds.service import ANYWHERE, Casing, Grant, Refusal, Service, Tagging, TagShape
from reconciler.pacing import Rate

# Cautious rates: the developer guide's quotas refill buckets of 1 to 20 calls a second by operation and Region.
STATES = Service(
    name="stepfunctions",
    title="AWS Step Functions",
    prefix="states",
    tagging=Tagging(
        *("tags", TagShape.LOWER_PAIRS),
        resource="resourceArn",
        tags="tags",
        keys="tagKeys",
        read="ListTagsForResource",
    ),
    casing=Casing.CAMEL,
    refusals=(
        Refusal("StateMachineDoesNotExist", Meaning.GONE),
        Refusal("ResourceNotFound", Meaning.GONE),
        Refusal("StateMachineAlreadyExists", Meaning.TAKEN),
        Refusal("StateMachineDeleting", Meaning.CONFLICT),
        Refusal("ConflictException", Meaning.CONFLICT),
        Refusal("StateMachineLimitExceeded", Meaning.QUOTA),
        Refusal("TooManyTags", Meaning.QUOTA),
        # A role, or its policy for the log group, that is as new as the machine.
        Refusal("AccessDeniedException", Meaning.NOT_YET, "authorized to assume the provided role"),
        Refusal("AccessDeniedException", Meaning.NOT_YET, "not authorized to access the log destination"),
        Refusal("AccessDeniedException", Meaning.DENIED),
        Refusal("InvalidDefinition", Meaning.INVALID),
        Refusal("InvalidName", Meaning.INVALID),
        Refusal("InvalidLoggingConfiguration", Meaning.INVALID),
        Refusal("InvalidEncryptionConfiguration", Meaning.INVALID),
        Refusal("InvalidTracingConfiguration", Meaning.INVALID),
        Refusal("ValidationException", Meaning.INVALID),
    ),
    rate=Rate(1.0, 5),
    rates={
        **{name: Rate(10.0, 50) for name in ("DescribeStateMachine", "ListTagsForResource")},
        "ListStateMachines": Rate(5.0, 20),
        "DescribeExecution": Rate(10.0, 50),
    },
    grants=(
        Grant(("arn:{partition}:states:{region}:{account}:stateMachine:*",)),
        Grant(ANYWHERE, frozenset({"ListStateMachines"})),
    ),
    passes=dict.fromkeys(("CreateStateMachine", "UpdateStateMachine"), "states.amazonaws.com"),
    page="https://docs.aws.amazon.com/step-functions/latest/apireference/API_{operation}.html",
)
