"""The AWS services that kinds belong to or that the commands ask, as values of `Service`."""

from __future__ import annotations

from reconciler.errors import Meaning
from reconciler.kinds.service import ANYWHERE, By, Casing, Grant, Refusal, Service, Tagging, TagShape
from reconciler.pacing import Rate

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

# Cautious rates: the user guide's quotas ("CloudWatch Logs quotas") allow these or more.
LOGS = Service(
    name="logs",
    title="Amazon CloudWatch Logs",
    # The ARN of a log group without `:*` at its end.
    tagging=Tagging("tags", resource="resourceArn", tags="tags", keys="tagKeys", read="ListTagsForResource"),
    casing=Casing.CAMEL,
    refusals=(
        Refusal("ResourceNotFoundException", Meaning.GONE),
        Refusal("ResourceAlreadyExistsException", Meaning.TAKEN),
        Refusal("OperationAbortedException", Meaning.CONFLICT),
        Refusal("LimitExceededException", Meaning.QUOTA),
        Refusal("TooManyTagsException", Meaning.QUOTA),
        Refusal("InvalidParameterException", Meaning.INVALID),
    ),
    rate=Rate(5.0, 5),
    rates={name: Rate(10.0, 10) for name in ("CreateLogGroup", "DeleteLogGroup", "DescribeLogGroups")},
    reserved=("aws/",),
    grants=(
        Grant(("arn:{partition}:logs:{region}:{account}:log-group:*",)),
        Grant(ANYWHERE, frozenset({"DescribeLogGroups"})),
    ),
    page="https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_{operation}.html",
)

# AWS publishes no rates of IAM. Its error codes are not the names of its shapes.
IAM = Service(
    name="iam",
    title="AWS Identity and Access Management",
    # GetRole answers with the tags, ListRoles does not.
    tagging=Tagging(shape=TagShape.PAIRS, tag="TagRole", untag="UntagRole", resource="RoleName", by=By.NAME),
    refusals=(
        Refusal("NoSuchEntity", Meaning.GONE),
        Refusal("EntityAlreadyExists", Meaning.TAKEN),
        Refusal("DeleteConflict", Meaning.IN_USE),
        Refusal("ConcurrentModification", Meaning.CONFLICT),
        Refusal("LimitExceeded", Meaning.QUOTA),
        Refusal("MalformedPolicyDocument", Meaning.NOT_YET, "invalid principal in policy"),
        Refusal("MalformedPolicyDocument", Meaning.INVALID),
        Refusal("InvalidInput", Meaning.INVALID),
    ),
    rate=Rate(5.0, 10),
    is_global=True,
    grants=(
        Grant(("arn:{partition}:iam::{account}:role/*",)),
        Grant(ANYWHERE, frozenset({"ListRoles"})),
    ),
    page="https://docs.aws.amazon.com/IAM/latest/APIReference/API_{operation}.html",
)

# Cautious rates: the user guide's quotas are 10 a second for groups, and 250 or more for schedules.
SCHEDULER = Service(
    name="scheduler",
    title="Amazon EventBridge Scheduler",
    tagging=Tagging(shape=TagShape.PAIRS, read="ListTagsForResource"),
    refusals=(
        Refusal("ResourceNotFoundException", Meaning.GONE),
        Refusal("ConflictException", Meaning.TAKEN, "already exist"),
        Refusal("ConflictException", Meaning.CONFLICT),
        Refusal("ServiceQuotaExceededException", Meaning.QUOTA),
        Refusal("ValidationException", Meaning.NOT_YET, "must allow AWS EventBridge Scheduler to assume the role"),
        Refusal("ValidationException", Meaning.INVALID),
    ),
    rate=Rate(10.0, 10),
    rates={
        name: Rate(50.0, 50)
        for name in ("CreateSchedule", "DeleteSchedule", "GetSchedule", "ListSchedules", "UpdateSchedule")
    },
    grants=(
        Grant(
            (
                "arn:{partition}:scheduler:{region}:{account}:schedule/*",
                "arn:{partition}:scheduler:{region}:{account}:schedule-group/*",
            )
        ),
        Grant(ANYWHERE, frozenset({"ListScheduleGroups", "ListSchedules"})),
    ),
    page="https://docs.aws.amazon.com/scheduler/latest/APIReference/API_{operation}.html",
)

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

TAGGING = Service(
    name="resourcegroupstaggingapi",
    title="AWS Resource Groups Tagging API",
    prefix="tag",
    refusals=(Refusal("InvalidParameterException", Meaning.INVALID),),
)

# The commands ask these with the operator's credentials. No kind belongs to them.
SERVICE_QUOTAS = Service(
    name="service-quotas",
    title="Service Quotas",
    prefix="servicequotas",
    refusals=(Refusal("NoSuchResourceException", Meaning.GONE),),
)
STS = Service(name="sts", title="AWS Security Token Service")

SERVICES = {service.name: service for service in (CONNECT, LOGS, IAM, SCHEDULER, SECRETS, TAGGING, SERVICE_QUOTAS, STS)}


def service_of(name: str) -> Service:
    """Returns the service of boto3's name. One that is not in the table has only what all services have."""
    return SERVICES.get(name) or Service(name, name)


def service_rates() -> dict[str, Rate | None]:
    """Returns the default rate of each service but Amazon Connect, whose default the author may write."""
    return {service.name: service.rate for service in SERVICES.values() if service is not CONNECT}


def operation_rates() -> dict[str, Rate | None]:
    """Returns the rates by `service:Operation` that differ from their service's."""
    every = SERVICES.values()
    return {f"{service.name}:{operation}": rate for service in every for operation, rate in service.rates.items()}


def codes(*meanings: Meaning) -> frozenset[str]:
    """Returns the error codes of all services with one of the meanings, for results that have only a code."""
    rows = (row for service in SERVICES.values() for row in service.all_refusals)
    return frozenset(row.code for row in rows if row.meaning in meanings)
