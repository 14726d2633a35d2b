"""Checks requests and answers against the shapes of the service model.

Shapes are compiled to closures once. A check returns None, or the fault with its path in front. Three rules are not
enforced. Some patterns match next to nothing: they have doubled backslashes (descriptions, phone numbers, addresses in
S3), slashes around them (passwords) or no quantifier (checksums of views). Programs that send no tags were accepted, so
the minimum of one tag is ignored. In answers the minimum of descriptions is ignored too, since some updates can blank
them. The switch `unset_members` shows those.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from typing import Any

from botocore.model import ListShape, MapShape, OperationModel, ServiceModel, Shape, StructureShape
from botocore.session import get_session

Check = Callable[[Any], str | None]


@dataclass(frozen=True)
class CheckKind:
    """The kind of a check. An unknown member of an answer is a fault; AWS ignores one in a request."""

    is_answer: bool
    has_whole_patterns: bool = False


# The services that the server answers, by boto3's names.
SERVED = (
    *("connect", "qconnect", "cloudwatch", "dynamodb", "dynamodbstreams", "events", "iam", "lambda", "logs"),
    *("emr-serverless", "redshift-data", "redshift-serverless"),
    *("resourcegroupstaggingapi", "s3", "scheduler", "secretsmanager", "sns", "sqs", "ssm", "stepfunctions", "sts"),
)
UNENFORCED_PATTERNS = {
    *("DataTableDescription", "Password", "PhoneNumber", "PhoneNumberPrefix", "S3Uri", "ViewContentSha256")
}
UNENFORCED_MINIMUMS = {"TagMap"}
# Seen on the live service: the default record's PrimaryValues are null although the shape requires them.
NULLABLE_IN_ANSWERS = {"PrimaryValues"}
# Their patterns have no anchors: they are about the whole text [AWS refuses an ARN with `:*` where none is allowed].
WHOLE_PATTERNS = {"emr-serverless", "iam", "logs", "scheduler"}
# Private-use letters stand for all non-ASCII characters of a Unicode class: `re` knows no \p{L}.
STAND_INS = {"L": "\ue001", "Z": "\ue002", "N": "\ue003", "C": "\ue004"}
CLASSES = {
    r"\p{L}": "a-zA-Z\ue001",
    r"\p{Z}": " \ue002",
    r"\p{N}": "0-9\ue003",
    r"\P{C}": " -~\ue001\ue002\ue003\ue005",
    r"\p{C}": "\x00-\x1f\x7f\ue004",
}


@cache
def service(name: str) -> ServiceModel:
    return get_session().get_service_model(name)


@cache
def operation(service_name: str, name: str) -> OperationModel:
    return service(service_name).operation_model(name)


@cache
def request_check(service_name: str, name: str) -> Check:
    kind = CheckKind(is_answer=False, has_whole_patterns=service_name in WHOLE_PATTERNS)
    return _compiled(operation(service_name, name).input_shape, kind)


@cache
def answer_check(service_name: str, name: str) -> Check:
    return _compiled(operation(service_name, name).output_shape, CheckKind(is_answer=True))


@cache
def is_known(service_name: str) -> bool:
    """Returns whether botocore has a model of the service."""
    return service_name in get_session().get_available_services()


@cache
def operations(service_name: str) -> frozenset[str]:
    """Returns the names of a service's operations; none if botocore does not know the service."""
    return frozenset(service(service_name).operation_names) if is_known(service_name) else frozenset()


@cache
def errors_of(service_name: str, name: str) -> frozenset[str]:
    return frozenset(shape.name for shape in operation(service_name, name).error_shapes)


def _compiled(shape: Shape | None, kind: CheckKind) -> Check:
    if shape is None:
        return lambda value: None if not value else ": no members are known"
    return _check(shape, kind, {})


def _check(shape: Shape, kind: CheckKind, known: dict[str, Check]) -> Check:
    if shape.name in known:
        return known[shape.name]
    # A recursive shape finds this while its own check is being check.
    known[shape.name] = lambda value: known[shape.name](value)
    match shape:
        case StructureShape():
            check = _structure(shape, kind, known)
        case ListShape():
            check = _list(shape, kind, known)
        case MapShape():
            check = _map(shape, kind, known)
        case _:
            check = _scalar(shape, kind)
    known[shape.name] = check
    return check


def _structure(shape: StructureShape, kind: CheckKind, known: dict[str, Check]) -> Check:
    checks = {member: _check(inner, kind, known) for member, inner in shape.members.items()}
    required = tuple(name for name in shape.required_members if not (kind.is_answer and name in NULLABLE_IN_ANSWERS))

    def check(value: Any) -> str | None:
        if type(value) is not dict:
            return ": must be an object"
        for name in required:
            if value.get(name) is None:
                return f".{name}: is required"
        for name, item in value.items():
            inner = checks.get(name)
            if inner is None:
                if kind.is_answer:
                    return f".{name}: is not in the model"
            elif item is None:
                if kind.is_answer and name not in NULLABLE_IN_ANSWERS:
                    return f".{name}: is null"
            elif inner is _plain_string and type(item) is str:
                continue  # Most members of most answers; a call less each.
            elif wrong := inner(item):
                return f".{name}{wrong}"
        return None

    return check


def _list(shape: ListShape, kind: CheckKind, known: dict[str, Check]) -> Check:
    inner = _check(shape.member, kind, known)
    low, high = _bounds(shape)

    def check(value: Any) -> str | None:
        if type(value) is not list:
            return ": must be a list"
        if not low <= len(value) <= high:
            return f": must hold {_span(low, high)} items, not {len(value)}"
        for place, item in enumerate(value):
            if wrong := inner(item):
                return f"[{place}]{wrong}"
        return None

    return check


def _map(shape: MapShape, kind: CheckKind, known: dict[str, Check]) -> Check:
    key_check, value_check = _check(shape.key, kind, known), _check(shape.value, kind, known)
    low, high = _bounds(shape)

    def check(value: Any) -> str | None:
        if type(value) is not dict:
            return ": must be an object"
        if not low <= len(value) <= high:
            return f": must hold {_span(low, high)} entries, not {len(value)}"
        for key, item in value.items():
            if wrong := key_check(key) or value_check(item):
                return f".{key}{wrong}"
        return None

    return check


def _scalar(shape: Shape, kind: CheckKind) -> Check:
    match shape.type_name:
        case "string":
            return _string(shape, kind)
        case "integer" | "long":
            return _number(shape, (int,), "a whole number")
        case "double" | "float":
            return _number(shape, (int, float), "a number")
        case "timestamp":
            return _time
        case "boolean":
            return lambda value: None if type(value) is bool else ": must be true or false"
        case _:
            return lambda value: None


def _time(value: Any) -> str | None:
    """Checks a time: seconds in JSON, and what moto reads from CBOR."""
    is_number = type(value) in (int, float) and value == value
    return None if is_number or isinstance(value, datetime) else ": must be a number"


def _plain_string(value: Any) -> str | None:
    return None if type(value) is str else ": must be a string"


def _string(shape: Shape, kind: CheckKind) -> Check:
    """Compiles a string. Answers repeat checked requests, so their patterns are not checked."""
    low, high = _bounds(shape)
    if kind.is_answer and shape.name.endswith("Description"):
        low = 0
    allowed = frozenset(shape.metadata.get("enum", ()))
    pattern = shape.metadata.get("pattern") if not kind.is_answer and shape.name not in UNENFORCED_PATTERNS else None
    compiled = _translated(pattern) if pattern else None
    matches = compiled and (compiled.fullmatch if kind.has_whole_patterns else compiled.search)
    if not (low or allowed or matches) and high == float("inf"):
        return _plain_string

    def check(value: Any) -> str | None:
        if type(value) is not str:
            return ": must be a string"
        if not low <= len(value) <= high:
            return f": must have {_span(low, high)} characters, not {len(value)}"
        if allowed and value not in allowed:
            return f": must be one of {', '.join(sorted(allowed))}, not {value!r}"
        if matches and not matches(_folded(value)):
            return f": must match {pattern}"
        return None

    return check


def _number(shape: Shape, types: tuple[type, ...], wording: str) -> Check:
    low, high = shape.metadata.get("min", float("-inf")), shape.metadata.get("max", float("inf"))

    def check(value: Any) -> str | None:
        if type(value) not in types or value != value:
            return f": must be {wording}"
        return None if low <= value <= high else f": must be within {low} and {high}"

    return check


def _bounds(shape: Shape) -> tuple[int, float]:
    low = 0 if shape.name in UNENFORCED_MINIMUMS else shape.metadata.get("min", 0)
    return low, shape.metadata.get("max", float("inf"))


def _span(low: float, high: float) -> str:
    return f"{low} to {high}" if high != float("inf") else f"{low} or more"


def _translated(pattern: str) -> re.Pattern[str] | None:
    for name, characters in CLASSES.items():
        pattern = pattern.replace(name, characters)
    try:
        return re.compile(pattern)
    except re.error:  # A dialect that `re` does not speak; such a pattern is left to the service.
        return None


def _folded(value: str) -> str:
    if value.isascii():
        return value
    return "".join(c if c.isascii() else STAND_INS.get(unicodedata.category(c)[0], "\ue005") for c in value)
