"""The AWS services that kinds belong to or that the commands ask, one file each, as values of `Service`."""

from __future__ import annotations

from reconciler.errors import Meaning
from reconciler.kinds.service import Service
from reconciler.kinds.services.asked import SERVICE_QUOTAS, STS, TAGGING
from reconciler.kinds.services.connect import CONNECT
from reconciler.kinds.services.dynamodb import DYNAMODB
from reconciler.kinds.services.iam import IAM
from reconciler.kinds.services.logs import LOGS
from reconciler.kinds.services.s3 import S3
from reconciler.kinds.services.scheduler import SCHEDULER
from reconciler.kinds.services.secretsmanager import SECRETS
from reconciler.kinds.services.sns import SNS
from reconciler.kinds.services.sqs import SQS
from reconciler.kinds.services.ssm import SSM
from reconciler.pacing import Rate

_ALL = (
    *(CONNECT, DYNAMODB, IAM, LOGS, S3, SCHEDULER, SECRETS, SNS, SQS, SSM),
    *(SERVICE_QUOTAS, STS, TAGGING),
)
SERVICES = {service.name: service for service in _ALL}


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


__all__ = [
    "CONNECT",
    "DYNAMODB",
    "IAM",
    "LOGS",
    "S3",
    "SCHEDULER",
    "SECRETS",
    "SERVICES",
    "SERVICE_QUOTAS",
    "SNS",
    "SQS",
    "SSM",
    "STS",
    "TAGGING",
    "codes",
    "operation_rates",
    "service_of",
    "service_rates",
]
