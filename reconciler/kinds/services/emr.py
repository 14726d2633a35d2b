"""Amazon EMR Serverless."""

from __future__ import annotations

from reconciler.errors import Meaning
from reconciler.kinds.service import ANYWHERE, Casing, Grant, Refusal, Service, Tagging
from reconciler.pacing import Rate

# Cautious rates: the user guide has quotas of one call a second with a burst, by operation.
EMR = Service(
    name="emr-serverless",
    title="Amazon EMR Serverless",
    tagging=Tagging("tags", resource="resourceArn", tags="tags", keys="tagKeys"),
    casing=Casing.CAMEL,
    refusals=(
        Refusal("ResourceNotFoundException", Meaning.GONE),
        Refusal("ConflictException", Meaning.CONFLICT),
        Refusal("ServiceQuotaExceededException", Meaning.QUOTA),
        Refusal("ValidationException", Meaning.INVALID),
    ),
    rate=Rate(1.0, 5),
    grants=(
        Grant(("arn:{partition}:emr-serverless:{region}:{account}:/applications/*",)),
        Grant(ANYWHERE, frozenset({"CreateApplication", "ListApplications"})),
    ),
    page="https://docs.aws.amazon.com/emr-serverless/latest/APIReference/API_{operation}.html",
)
