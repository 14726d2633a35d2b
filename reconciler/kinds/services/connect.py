"""Amazon Connect."""

from __future__ import annotations

from reconciler.errors import Meaning
from reconciler.kinds.service import ANYWHERE, Grant, Refusal, Service, Tagging

CONNECT = Service(
    name="connect",
    title="Amazon Connect",
    tagging=Tagging(resource="resourceArn", tags="tags", keys="tagKeys"),
    refusals=(
        Refusal("ResourceNotFoundException", Meaning.GONE),
        Refusal("DuplicateResourceException", Meaning.TAKEN),
        Refusal("ResourceConflictException", Meaning.TAKEN),
        Refusal("ResourceInUseException", Meaning.IN_USE),
        Refusal("ConflictException", Meaning.CONFLICT),
        Refusal("LimitExceededException", Meaning.QUOTA),
        Refusal("InvalidParameterException", Meaning.TAKEN, "phone number not available"),
        Refusal("InvalidParameterException", Meaning.INVALID),
        Refusal("InvalidRequestException", Meaning.INVALID),
        # The words that AWS has for an id that it does not find, and for other wrong values.
        Refusal("InvalidContactFlowException", Meaning.UNFOUND, "invalid action property value"),
        Refusal("InvalidContactFlowException", Meaning.INVALID),
        Refusal("InvalidContactFlowModuleException", Meaning.UNFOUND, "invalid action property value"),
        Refusal("InvalidContactFlowModuleException", Meaning.INVALID),
    ),
    instance="InstanceId",
    reserved=("aws:", "connect:"),
    grants=(
        Grant(("{instance}", "{instance}/*")),
        # A phone number belongs to the account, not to an instance. A queue may call out with one.
        Grant(
            ("arn:{partition}:connect:{region}:{account}:phone-number/*",),
            frozenset({"DescribePhoneNumber", "ListPhoneNumbersV2", "ReleasePhoneNumber", "UpdatePhoneNumberMetadata"}),
            also=frozenset(
                {
                    *("AssociatePhoneNumberContactFlow", "ClaimPhoneNumber", "DisassociatePhoneNumberContactFlow"),
                    *("SearchAvailablePhoneNumbers", "CreateQueue", "UpdateQueueOutboundCallerConfig"),
                    # On the own instance too: a role takes numbers over, and gives none away.
                    "UpdatePhoneNumber",
                }
            ),
            together={"ClaimPhoneNumber": frozenset({"TagResource", "UntagResource"})},
        ),
        Grant(ANYWHERE, frozenset({"CreateInstance", "ListInstances"})),
    ),
    page="https://docs.aws.amazon.com/connect/latest/APIReference/API_{operation}.html",
)
