"""The error codes of each service, as its clients read them.

A fault names an error once for all services. Each service answers it with a code and an HTTP status of its own: who
calls too fast gets `Throttling` from IAM and `ThrottlingException` from CloudWatch Logs.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

from reconciler.sandbox import shapes
from reconciler.sandbox.attempt import BARE

THROTTLED = "ThrottlingException"
FAILED = "InternalServiceException"
DENIED = "AccessDeniedException"


@dataclass(frozen=True)
class Code:
    name: str
    status: int


# Where a service's throttling code is not ThrottlingException [service model; for IAM, STS and S3: seen].
THROTTLES = {
    "cloudwatch": Code("Throttling", 400),
    "iam": Code("Throttling", 400),
    "lambda": Code("TooManyRequestsException", 429),
    "resourcegroupstaggingapi": Code("ThrottledException", 400),
    "s3": Code("SlowDown", 503),
    "sns": Code("Throttled", 429),
    "sqs": Code("RequestThrottled", 400),
    "sts": Code("Throttling", 400),
}
THROTTLE_CODES = frozenset({THROTTLED, *(code.name for code in THROTTLES.values())})
# The names of a service's own failure, the first that its model has. CloudWatch Logs has several: its operations on
# log groups list ServiceUnavailableException [service model].
FAILURES = (
    *("InternalServiceException", "ServiceFailureException", "ServiceUnavailableException", "InternalServerException"),
    *("InternalServerError", "InternalServiceError", "InternalServiceFault", "InternalException", "ServiceException"),
    *("InternalErrorException", "InternalError", "KMSInternalException"),
)
# Errors that every AWS service may answer, although no service model has them: REST services, JSON services, and
# services that answer XML [common errors of the API references; IAM's and S3's own names].
COMMON = {
    "ExpiredTokenException": (Code("ExpiredTokenException", 403), 400, Code("ExpiredToken", 403)),
    "UnrecognizedClientException": (Code("UnrecognizedClientException", 403), 400, Code("InvalidClientTokenId", 403)),
    "InternalFailure": (Code("InternalFailure", 500), 500, Code("InternalFailure", 500)),
    "ServiceUnavailable": (Code("ServiceUnavailable", 503), 503, Code("ServiceUnavailable", 503)),
    DENIED: (Code(DENIED, 403), 400, Code("AccessDenied", 403)),
}


def can_answer(service: str, code: str) -> bool:
    """Returns whether a fault that names no operation may answer this code for the service."""
    return service in BARE or code in COMMON or code in (THROTTLED, FAILED) or code in _modelled(service)


def is_error_of(service: str, code: str) -> bool:
    """Returns whether the code is the service's own, or one that every service has."""
    return code in COMMON or code in THROTTLE_CODES or code in _modelled(service)


def of(service: str, code: str) -> Code:
    """Returns the service's own code and status for an error that a fault names."""
    own, rest_status = _modelled(service), 429 if code == THROTTLED else 400
    if service in BARE:
        shared = COMMON[code][0] if code in COMMON else Code(code, rest_status)
        return own.get(code) or _modelled("connect").get(code) or shared
    if code == THROTTLED and service in THROTTLES:
        return THROTTLES[service]
    if code in own:
        return own[code]
    if code == FAILED:
        return next((own[name] for name in FAILURES if name in own), Code("InternalFailure", 500))
    protocol = shapes.service(service).metadata["protocol"]
    if code in COMMON:
        rest, json_status, in_xml = COMMON[code]
        return in_xml if protocol in ("query", "rest-xml") else rest if "rest" in protocol else Code(code, json_status)
    return Code(code, rest_status if "rest" in protocol else 400)


@cache
def _modelled(service: str) -> dict[str, Code]:
    """Returns the errors of a service, by the shape's name and by the code that clients read."""
    known = {}
    for shape in shapes.service(service).error_shapes:
        error = shape.metadata.get("error", {})
        is_failure = shape.name in FAILURES or shape.metadata.get("fault")
        code = Code(error.get("code", shape.name), error.get("httpStatusCode", 500 if is_failure else 400))
        known[shape.name] = known[code.name] = code
    return known
