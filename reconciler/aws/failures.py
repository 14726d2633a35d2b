"""Translates botocore's errors into errors with the fate of the call and one line with the remedy."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from typing import Any

from botocore.exceptions import (
    BotoCoreError,
    ClientError,
    ConnectTimeoutError,
    CredentialRetrievalError,
    EndpointConnectionError,
    NoCredentialsError,
    ParamValidationError,
    PartialCredentialsError,
    ProfileNotFound,
    ProxyConnectionError,
    SSOError,
    TokenRetrievalError,
)

from reconciler.errors import CallError, Fate, Meaning, ReconcileError, UnreachableError
from reconciler.kinds.aws.iam_role import PATH
from reconciler.kinds.iam import apply_actions
from reconciler.kinds.service import Service
from reconciler.kinds.services import service_of
from reconciler.model.secret import HIDDEN, HiddenText

# Only for what apply calls: `check` asks more, with the operator's own credentials.
_GRANT = "; `reconcile init` writes it into iam/ while a manifest declares the kind or a `kind: Removed` names it"
_PASSED = re.compile(r"iam:PassRole on resource: (?P<role>arn:\S+)")
_UNSENT = (ConnectTimeoutError, EndpointConnectionError, ProxyConnectionError)
_CREDENTIALS = (
    CredentialRetrievalError,
    NoCredentialsError,
    PartialCredentialsError,
    ProfileNotFound,
    SSOError,
    TokenRetrievalError,
)
_REJECTED = frozenset(
    {
        "ExpiredToken",
        "ExpiredTokenException",
        "IncompleteSignature",
        "InvalidClientTokenId",
        "InvalidSignatureException",
        "SignatureDoesNotMatch",
        "UnrecognizedClientException",
    }
)


def failure(service: str, operation: str, wrong: Exception) -> ReconcileError:
    """Returns the error to raise instead of botocore's."""
    name = f"{service}:{operation}"
    match wrong:
        case ClientError():
            return _answered(service, operation, wrong)
        case ParamValidationError():
            return CallError(name, "ParamValidation", _line(wrong), fate=Fate.REFUSED)
        case _ if isinstance(wrong, _CREDENTIALS):
            return UnreachableError(
                f"no AWS credentials: {_line(wrong)}; set AWS_PROFILE, or sign in with aws sso login, and try again"
            )
        case _ if isinstance(wrong, _UNSENT):
            return CallError(name, type(wrong).__name__, _line(wrong), fate=Fate.NOT_DONE)
        case BotoCoreError():
            return CallError(name, type(wrong).__name__, _line(wrong), fate=Fate.UNKNOWN)
        case _:
            return CallError(name, type(wrong).__name__, _line(wrong), fate=Fate.UNKNOWN)


def without(error: Exception, hidden: Collection[HiddenText]) -> Exception:
    """Returns the error without secret texts, which AWS may quote in its message."""
    if not isinstance(error, CallError):
        return error
    message = error.message
    for text in hidden:
        message = message.replace(text, HIDDEN)
    fate, meaning, request = error.fate, error.meaning, error.request_id
    return CallError(error.operation, error.code, message, fate=fate, meaning=meaning, request_id=request)


def _answered(name: str, operation: str, wrong: ClientError) -> ReconcileError:
    service = service_of(name)
    error, meta = wrong.response.get("Error", {}), wrong.response.get("ResponseMetadata", {})
    code, message = error.get("Code", "Unknown"), " ".join((_message(wrong) or _problems(wrong)).split())
    status, request = meta.get("HTTPStatusCode", 0), meta.get("RequestId", "")
    if code in _REJECTED:
        return UnreachableError(f"AWS does not accept the credentials ({code}: {message}); sign in again")
    meaning = service.meaning(code, message)
    if meaning is Meaning.DENIED:
        message = f"{message or 'not allowed'}; {_right(service, operation, message)}"
    fate = Fate.NOT_DONE if meaning is Meaning.THROTTLED else Fate.UNKNOWN if status >= 500 else Fate.REFUSED
    return CallError(f"{name}:{operation}", code, message, fate=fate, meaning=meaning, request_id=request)


def _right(service: Service, operation: str, message: str) -> str:
    """Returns the right that the caller lacks, and how to get it."""
    passed, action = _PASSED.search(message), service.action(operation)
    if passed and f":role{PATH}" not in passed["role"]:
        to = f", with iam:PassedToService {service.passes[operation]}" if operation in service.passes else ""
        return (
            f"{operation} hands over {passed['role']}, which is not below {PATH}, so no policy of `reconcile init` "
            f"allows it; allow the apply role iam:PassRole on it{to}"
        )
    action = "iam:PassRole" if passed else action
    return f"the role needs the action {action}" + (_GRANT if passed or action in apply_actions() else "")


def _message(wrong: ClientError) -> str:
    return str(wrong.response.get("Error", {}).get("Message") or "")


def _problems(wrong: ClientError) -> str:
    """Returns the problems of a flow or a module. Their errors have no message (service model, ProblemDetail)."""
    members: Mapping[str, Any] = dict(wrong.response)
    problems = members.get("problems") or members.get("Problems") or ()
    return "; ".join(dict.fromkeys(str(problem.get("message", "")) for problem in problems))


def _line(wrong: Exception) -> str:
    return " ".join(str(wrong).split())
