"""The service model of a type's operations: members of requests and answers, sizes of pages."""

from __future__ import annotations

from functools import cache

from botocore.model import ListShape, Shape, StructureShape

from reconciler.sandbox import shapes

SERVICE = "connect"
FRAME = frozenset({"InstanceId", "ClientToken", "NextToken", "MaxResults"})


@cache
def request_members(operation: str) -> tuple[str, ...]:
    """Returns the members of a request that describe the resource, in the model's order."""
    shape = shapes.operation(SERVICE, operation).input_shape
    return tuple(name for name in (shape.members if shape else ()) if name not in FRAME)


@cache
def required_members(operation: str) -> frozenset[str]:
    shape = shapes.operation(SERVICE, operation).input_shape
    return frozenset(shape.required_members if shape else ())


@cache
def answer_members(operation: str) -> dict[str, Shape]:
    shape = shapes.operation(SERVICE, operation).output_shape
    return dict(shape.members) if shape else {}


@cache
def whole(operation: str) -> tuple[str, dict[str, Shape]]:
    """Returns the member of an answer that holds the resource, and the members of the resource."""
    for name, shape in answer_members(operation).items():
        if isinstance(shape, StructureShape):
            return name, dict(shape.members)
    raise LookupError(operation)


@cache
def rows(operation: str) -> tuple[str, dict[str, Shape]]:
    """Returns the member of an answer that lists resources, and the members of a row; none for a list of texts."""
    for name, shape in answer_members(operation).items():
        if isinstance(shape, ListShape):
            inner = shape.member
            return name, dict(inner.members) if isinstance(inner, StructureShape) else {}
    raise LookupError(operation)


@cache
def largest_page(operation: str) -> int:
    shape = shapes.operation(SERVICE, operation).input_shape
    member = shape.members.get("MaxResults") if shape else None
    return int(member.metadata.get("max", 1000)) if member else 1000


@cache
def mandatory(type_name: str) -> frozenset[str]:
    """Returns the members that a creation requires, so no update can clear them."""
    operation = f"Create{type_name}"
    return required_members(operation) if is_operation(operation) else frozenset()


def is_operation(name: str) -> bool:
    return name in shapes.service(SERVICE).operation_names
