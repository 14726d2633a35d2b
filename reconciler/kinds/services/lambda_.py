"""AWS Lambda. `lambda` is a word of Python, so the module has another name than the service."""

from __future__ import annotations

from reconciler.errors import Meaning
from reconciler.kinds.service import ANYWHERE, Grant, Refusal, Service, Tagging
from reconciler.pacing import Rate

# The words of refusals that pass: those that Terraform's provider and Chalice repeat a call for.
_ROLES = ("cannot be assumed by Lambda", "role does not have permissions", "ensure the role can perform")
_KEYS = ("KMS key is invalid for CreateGrant",)

LAMBDA = Service(
    name="lambda",
    title="AWS Lambda",
    actions={"Invoke": "InvokeFunction"},
    tagging=Tagging(resource="Resource"),
    refusals=(
        Refusal("ResourceNotFoundException", Meaning.GONE),
        # One code for a name that is taken, and for an update that is in progress.
        Refusal("ResourceConflictException", Meaning.TAKEN, "already exist"),
        Refusal("ResourceConflictException", Meaning.CONFLICT),
        Refusal("PreconditionFailedException", Meaning.STALE),
        Refusal("ResourceInUseException", Meaning.CONFLICT),
        *(Refusal("InvalidParameterValueException", Meaning.NOT_YET, words) for words in (*_ROLES, *_KEYS)),
        Refusal("InvalidParameterValueException", Meaning.INVALID),
        Refusal("CodeStorageExceededException", Meaning.QUOTA),
        Refusal("PolicyLengthExceededException", Meaning.QUOTA),
    ),
    # Lambda quotas, "API requests": 100 a second for GetFunction, 15 for GetPolicy, 15 for all others together.
    rate=Rate(10.0, 10),
    rates={"GetFunction": Rate(50.0, 50), "GetPolicy": Rate(10.0, 10)},
    grants=(
        Grant(
            (
                "arn:{partition}:lambda:{region}:{account}:function:*",
                "arn:{partition}:lambda:{region}:{account}:event-source-mapping:*",
            )
        ),
        Grant(ANYWHERE, frozenset({"ListFunctions", "ListEventSourceMappings", "CreateEventSourceMapping"})),
    ),
    passes=dict.fromkeys(("CreateFunction", "UpdateFunctionConfiguration"), "lambda.amazonaws.com"),
    page="https://docs.aws.amazon.com/lambda/latest/api/API_{operation}.html",
)
