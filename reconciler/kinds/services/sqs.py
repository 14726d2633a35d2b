"""Amazon Simple Queue Service."""

from __future__ import annotations

from reconciler.errors import Meaning
from reconciler.kinds.service import ANYWHERE, By, Grant, Refusal, Service, Tagging
from reconciler.pacing import Rate

# A cautious rate: AWS publishes none of the operations on queues. SDKs read error codes in the spelling of the query
# protocol, which a header of each answer has (botocore, `awsQueryCompatible`); the service model has the other one.
SQS = Service(
    name="sqs",
    title="Amazon SQS",
    tagging=Tagging(
        create="tags",
        tag="TagQueue",
        untag="UntagQueue",
        resource="QueueUrl",
        by=By.URL,
        read="ListQueueTags",
        answered="Tags",
    ),
    refusals=(
        Refusal("AWS.SimpleQueueService.NonExistentQueue", Meaning.GONE),
        Refusal("QueueDoesNotExist", Meaning.GONE),
        Refusal("QueueAlreadyExists", Meaning.TAKEN),
        Refusal("QueueNameExists", Meaning.TAKEN),
        # A deleted queue keeps its name for 60 seconds (service model, DeleteQueue).
        Refusal("AWS.SimpleQueueService.QueueDeletedRecently", Meaning.LATER),
        Refusal("QueueDeletedRecently", Meaning.LATER),
        Refusal("OverLimit", Meaning.QUOTA),
        Refusal("InvalidAttributeName", Meaning.INVALID),
        Refusal("InvalidAttributeValue", Meaning.INVALID),
        Refusal("InvalidParameterValue", Meaning.INVALID),
    ),
    rate=Rate(10.0, 10),
    grants=(
        Grant(("arn:{partition}:sqs:{region}:{account}:*",)),
        Grant(ANYWHERE, frozenset({"ListQueues"})),
    ),
    page="https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_{operation}.html",
)
