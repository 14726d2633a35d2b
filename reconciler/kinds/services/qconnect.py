"""Amazon Q in Connect."""

from __future__ import annotations

from reconciler.errors import Meaning
from reconciler.kinds.service import ANYWHERE, Casing, Grant, Refusal, Service, Tagging
from reconciler.pacing import Rate

# AWS publishes no rates of these operations.
QCONNECT = Service(
    name="qconnect",
    title="Amazon Q in Connect",
    prefix="wisdom",
    tagging=Tagging("tags", resource="resourceArn", tags="tags", keys="tagKeys"),
    casing=Casing.CAMEL,
    refusals=(
        Refusal("ResourceNotFoundException", Meaning.GONE),
        Refusal("ConflictException", Meaning.CONFLICT),
        Refusal("ServiceQuotaExceededException", Meaning.QUOTA),
        Refusal("TooManyTagsException", Meaning.QUOTA),
        Refusal("UnauthorizedException", Meaning.DENIED),
        Refusal("ValidationException", Meaning.INVALID),
    ),
    rate=Rate(2.0, 5),
    grants=(
        Grant(("arn:{partition}:wisdom:{region}:{account}:assistant/*",)),
        Grant(ANYWHERE, frozenset({"CreateAssistant", "ListAssistants"})),
    ),
    page="https://docs.aws.amazon.com/amazon-q-connect/latest/APIReference/API_{operation}.html",
)
