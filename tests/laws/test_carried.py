"""Every member that AWS accepts is carried or left out with a reason, and drift sees the carried ones."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

import botocore.session
import pytest
from botocore.model import ListShape, MapShape, Shape, StructureShape

from reconciler.kinds.base import Kind
from reconciler.kinds.fields import aws_name, is_local, nested
from reconciler.kinds.registry import KINDS
from reconciler.kinds.service import Casing
from reconciler.kinds.translation import ATTRIBUTES
from reconciler.model import Spec

LEAST = 0.85
# A secret is declared without its value, and its copies in other Regions and accounts are other resources. AWS writes a
# third of the attributes of a queue. A parameter has neither a secret nor the tier that costs. Most members of a table
# are about its indexes and its replicas. Functions made of images, on managed instances and with durable state are
# other products. A bucket has older settings than policies, and another sort of bucket. Mappings of Kafka, brokers and
# databases have half of the members. A namespace is declared without a password, and no answer has the settings of its
# tables in S3.
LEAST_OF = {
    **{
        "DynamoDBTable": 0.2,
        "EventSourceMapping": 0.4,
        "LambdaAlias": 0.8,
        "LambdaFunction": 0.6,
        "Parameter": 0.6,
        "Secret": 0.35,
    },
    **{"RedshiftNamespace": 0.55, "S3Bucket": 0.7, "SqsQueue": 0.7},
    # The other settings of a namespace are those of its own kind.
    "RedshiftRole": 0.05,
    # A bucket decides how its objects are stored. Half of an item's members are older than expressions.
    **{"DynamoDBItem": 0.4, "S3Object": 0.1},
}
# Members that name the resource or the attempt, and are not declared.
ADDRESSING = {"InstanceId", "TargetArn", "ClientToken", "AssociationId", "logGroupIdentifier", "resourceIdentifier"}
ADDRESSING |= {"GroupName", "clientToken"}
ADDRESSING |= {"ContactFlowModuleId", "FlowModuleContentSha256"}  # the container, and a condition
every_kind = pytest.mark.parametrize("kind", KINDS)


class Member(NamedTuple):
    """A leaf of a request, by the names that lead to it."""

    path: tuple[str, ...]

    def __str__(self) -> str:
        return ".".join(self.path)


@every_kind
def test_every_member_is_carried_or_has_a_reason(kind: str) -> None:
    k = KINDS[kind]
    members = set(_members(k))
    carried = {each for each in members if _is_carried(k, each.path)}
    reasoned = {
        each
        for each in members - carried
        if {*_beginnings(each), each.path[0], str(each)} & k.unmanaged.keys() or each.path[0] in k.writing.constants
    }

    assert members - carried - reasoned == set()
    assert len(carried) >= LEAST_OF.get(kind, LEAST) * len(members)


@every_kind
def test_a_reason_is_given_for_nothing_that_is_carried_or_unknown(kind: str) -> None:
    k = KINDS[kind]
    heads = set[str]().union(*({*_beginnings(each), str(each)} for each in _members(k)))
    left_out = [each for each in _members(k) if {*_beginnings(each), str(each)} & k.unmanaged.keys()]

    assert set(k.unmanaged) <= heads
    assert not any(_is_carried(k, each.path) for each in left_out)
    assert all(len(reason) > len("no reason") for reason in k.unmanaged.values())


def _beginnings(member: Member) -> set[str]:
    """Returns the paths that lead to a member: a reason may be about a whole structure."""
    return {".".join(member.path[:length]) for length in range(1, len(member.path) + 1)}


def _members(kind: Kind[Any]) -> Iterator[Member]:
    """Every leaf of what its create and its update operations take."""
    model = botocore.session.get_session().get_service_model(kind.service.name)
    operations = {kind.writing.create, *(update.operation for update in kind.writing.updates)}
    operations |= {each for members in kind.writing.sets for each in (members.add, members.change) if each}
    if kind.parts and not kind.cells:
        operations |= {kind.parts.create, kind.parts.update}
    for operation in sorted(operations):
        shape = model.operation_model(operation).input_shape
        own = ADDRESSING | {kind.identity.id_param, kind.parts.id_param if kind.parts else ""}
        is_part = kind.parts and operation in (kind.parts.create, kind.parts.update)
        for path in _leaves(shape, ()):
            if path[-1] not in ADDRESSING and path[0] not in own - {"Name", "Origin", "FunctionArn"}:
                yield Member((("parts",) if is_part else ()) + (path[1:] or path if path[0] == ATTRIBUTES else path))


def _leaves(shape: Shape, path: tuple[str, ...], above: tuple[str, ...] = ()) -> Iterator[tuple[str, ...]]:
    """Yields the paths of the leaves. A structure inside another of its kind is a leaf: it could go on for ever."""
    match shape:
        case StructureShape() if shape.name not in above:
            for name, inner in shape.members.items():
                yield from _leaves(inner, (*path, name), (*above, shape.name))
        case ListShape():
            yield from _leaves(shape.member, path, above)
        case MapShape() if path == (ATTRIBUTES,) and (names := getattr(shape.key, "enum", ())):
            yield from ((*path, name) for name in names)
        case MapShape():
            yield path
        case _:
            yield path


def _is_carried(kind: Kind[Any], path: tuple[str, ...]) -> bool:
    if path[0] == "parts" and kind.parts:
        inner = nested(kind.spec, kind.parts.field)
        return inner is not None and _leads(inner, path[1:], kind.service.casing)
    if path[0] == kind.tagging.create and not kind.tagging.is_own:
        return "tags" in kind.spec.model_fields
    written = _written(kind)
    if path == (ATTRIBUTES,):  # The service model does not list the names of the attributes.
        return any(it[0] == ATTRIBUTES for it in written)
    return _leads(kind.spec, path, kind.service.casing) or path in written or (ATTRIBUTES, *path) in written


def _leads(spec: type[Spec], path: tuple[str, ...], casing: Casing) -> bool:
    """Returns whether a field of the spec, at any depth, has this path."""
    for field in spec.model_fields:
        if is_local(spec, field) or aws_name(spec, field, casing) != path[0]:
            continue
        inner = nested(spec, field)
        if inner is None or len(path) == 1:
            return True
        return _leads(inner, path[1:], casing)
    return False


def _written(kind: Kind[Any]) -> set[tuple[str, ...]]:
    """Yields the leaves that the calls send, if a value has another form there than in its field."""
    from tests.builders.calls import everything_sent

    paths = {path for call in everything_sent(kind) for path in _members_in(call.params, ())}
    # A map is a leaf of the model, whatever its keys are.
    return paths | {path[:1] for path in paths if kind.tagging.is_own}


def _members_in(value: Any, path: tuple[str, ...]) -> Iterator[tuple[str, ...]]:
    match value:
        case Mapping():
            for key, item in value.items():
                yield from _members_in(item, (*path, key))
        case list() | tuple():
            for item in value:
                yield from _members_in(item, path)
        case _:
            yield path
