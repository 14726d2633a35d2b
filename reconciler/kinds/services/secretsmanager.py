"""AWS Secrets Manager."""

from __future__ import annotations

from reconciler.errors import Meaning
from reconciler.kinds.service import ANYWHERE, By, Grant, Refusal, Service, Tagging, TagShape
from reconciler.pacing import Rate

# Cautious rates: the user guide's quotas ("AWS Secrets Manager quotas") allow 50 writes of secrets a second, and 10,000
# reads. A call takes a name where it takes an ARN.
SECRETS = Service(
    name="secretsmanager",
    title="AWS Secrets Manager",
    tagging=Tagging(shape=TagShape.PAIRS, resource="SecretId", by=By.NAME),
    refusals=(
        Refusal("ResourceNotFoundException", Meaning.GONE),
        Refusal("ResourceExistsException", Meaning.TAKEN),
        # A secret that is scheduled for deletion: it can only be described and restored. Source: Terraform's provider.
        Refusal("InvalidRequestException", Meaning.GONE, "marked for deletion"),
        Refusal("InvalidRequestException", Meaning.GONE, "marked deleted"),
        Refusal("InvalidRequestException", Meaning.INVALID),
        Refusal("LimitExceededException", Meaning.QUOTA),
        Refusal("MalformedPolicyDocumentException", Meaning.NOT_YET, "invalid principal"),
        Refusal("MalformedPolicyDocumentException", Meaning.INVALID),
        Refusal("InvalidParameterException", Meaning.INVALID),
    ),
    rate=Rate(10.0, 10),
    grants=(
        Grant(("arn:{partition}:secretsmanager:{region}:{account}:secret:*",)),
        Grant(ANYWHERE, frozenset({"ListSecrets"})),
    ),
    page="https://docs.aws.amazon.com/secretsmanager/latest/apireference/API_{operation}.html",
)
