"""The values of items of Amazon DynamoDB: plain JSON in manifests, typed at AWS."""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Mapping
from decimal import Decimal
from typing import Any

Typed = dict[str, Any]


def typed(value: Any) -> Typed:
    """Returns a JSON value in DynamoDB's form. A text with references stays one."""
    match value:
        case None:
            return {"NULL": True}
        case bool():
            return {"BOOL": value}
        case int():
            return {"N": str(value)}
        case float():
            return {"N": format(Decimal(repr(value)), "f")}
        case str():
            return {"S": value}
        case Mapping():
            return {"M": {key: typed(item) for key, item in value.items()}}
        case list() | tuple():
            return {"L": [typed(item) for item in value]}
        case _:
            raise TypeError(f"an item has no {type(value).__name__}")


def untyped(value: Mapping[str, Any]) -> Any:
    """Returns a value of DynamoDB as JSON. Sets and bytes, which JSON lacks, keep their type around them."""
    ((kind, content),) = value.items()
    match kind:
        case "NULL":
            return None
        case "N":
            return _number(content)
        case "M":
            return {key: untyped(item) for key, item in content.items()}
        case "L":
            return [untyped(item) for item in content]
        case "BOOL" | "S":
            return content
        case _:
            return {kind: _plain(content)}


def _number(text: str) -> int | float:
    number = Decimal(text)
    return int(number) if number == number.to_integral_value() else float(number)


def _plain(content: Any) -> Any:
    match content:
        case bytes() | bytearray():
            return b64encode(content).decode()
        case list() | tuple() | set():
            return sorted(_plain(item) for item in content)
        case _:
            return content
