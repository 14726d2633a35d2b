"""Finds the operation of an HTTP request, by the URIs of the service model.

The raw path is split before it is decoded: an ARN or an attribute name may contain a slash.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import cache
from typing import Any
from urllib.parse import parse_qs, unquote

from botocore.model import OperationModel, Shape

from reconciler.sandbox import shapes
from reconciler.sandbox.errors import Refused, invalid


@dataclass(frozen=True)
class Route:
    operation: OperationModel
    segments: tuple[str, ...]

    @property
    def is_greedy(self) -> bool:
        """Returns whether the URI ends in an ARN, as tag URIs do; some clients leave its slashes as they are."""
        return self.segments[0] == "tags"

    def matches(self, parts: list[str]) -> bool:
        if len(parts) != len(self.segments) and not (self.is_greedy and len(parts) > len(self.segments)):
            return False
        return all(segment == part or segment[0] == "{" for segment, part in zip(self.segments, parts, strict=False))

    def labels(self, parts: list[str]) -> dict[str, str]:
        if self.is_greedy:
            parts = [*parts[: len(self.segments) - 1], "/".join(parts[len(self.segments) - 1 :])]
        pairs = zip(self.segments, parts, strict=True)
        return {segment[1:-1]: unquote(part) for segment, part in pairs if segment[0] == "{"}


def find(service: str, method: str, raw_path: str) -> tuple[OperationModel, dict[str, str]] | None:
    """Returns the operation and the labels of its URI, or None if the service has no such URI."""
    parts = raw_path.strip("/").split("/")
    for route in _routes(service).get((method, parts[0]), ()):
        if route.matches(parts):
            return route.operation, route.labels(parts)
    return None


def find_target(service: str, target: str) -> tuple[OperationModel, dict[str, str]] | None:
    """Returns the operation that a header names, for services whose requests all have one URI."""
    name = target.rpartition(".")[2]
    return (shapes.operation(service, name), {}) if name in shapes.operations(service) else None


def parameters(operation: OperationModel, labels: dict[str, str], query: str, body: bytes) -> dict[str, Any]:
    """Returns the parameters of a request under the model's names, from URI, query and JSON body."""
    shape = operation.input_shape
    parameters: dict[str, Any] = _body(body) if body else {}
    if shape is None:
        return parameters
    texts = parse_qs(query, keep_blank_values=True) if query else {}
    for name, member in shape.members.items():
        place = member.serialization.get("location")
        key = member.serialization.get("name", name)
        if place == "uri":
            parameters[name] = _from_text(name, member, [labels[key]])
        elif place == "querystring":
            parameters.pop(name, None)
            if key in texts:
                parameters[name] = _from_text(name, member, texts[key])
    return parameters


def _body(body: bytes) -> dict[str, Any]:
    # Unreadable JSON is an InvalidRequestException [inferred: the model has the class, not the occasion].
    try:
        read = json.loads(body)
    except ValueError as wrong:
        raise Refused("InvalidRequestException", f"the body is not JSON: {wrong}") from wrong
    if not isinstance(read, dict):
        raise Refused("InvalidRequestException", "the body must be a JSON object")
    return read


def _from_text(name: str, shape: Shape, values: list[str]) -> Any:
    if shape.type_name == "list":
        return values
    if shape.type_name in ("integer", "long"):
        try:
            return int(values[0])
        except ValueError as wrong:
            raise invalid(f"{name}: must be a whole number") from wrong
    return values[0]


@cache
def _routes(service: str) -> dict[tuple[str, str], list[Route]]:
    """Returns the routes by method and first segment. Literal segments come before labels, so the narrower URI wins."""
    table: dict[tuple[str, str], list[Route]] = {}
    for name in shapes.service(service).operation_names:
        model = shapes.operation(service, name)
        segments = tuple(model.http["requestUri"].split("?")[0].strip("/").split("/"))
        table.setdefault((model.http["method"], segments[0]), []).append(Route(model, segments))
    for routes in table.values():
        routes.sort(key=lambda route: [segment[0] == "{" for segment in route.segments])
    return table
