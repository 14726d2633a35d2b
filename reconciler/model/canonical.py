"""The canonical JSON text of a value, equal in every process: sorted keys and sets, 2.0 as 2, manifest keys."""

from __future__ import annotations

from collections.abc import Mapping
from enum import Enum
from json import dumps
from typing import Any

from pydantic import BaseModel

from reconciler.model.content import Content
from reconciler.model.document import Document


def canonical(value: Any) -> str:
    return dumps(plain(value, drop_none=True), sort_keys=True, separators=(",", ":"), allow_nan=False)


def plain(value: Any, *, drop_none: bool = True) -> Any:
    """Returns specs as JSON values: camelCase keys, lists for tuples, 2 for 2.0, and no unset fields."""
    match value:
        case BaseModel():
            fields = type(value).model_fields.items()
            items = {info.alias or name: getattr(value, name) for name, info in fields}
            return {key: plain(item) for key, item in items.items() if item is not None or not drop_none}
        case Enum():
            return value.value
        case Document():
            return plain(value.written)
        case Content():
            return value.as_json
        case Mapping():
            return {str(key): plain(item) for key, item in value.items()}
        case set() | frozenset():
            return sorted(map(plain, value), key=canonical)
        case list() | tuple():
            return [plain(item) for item in value]
        case float() if value.is_integer():
            return int(value)
        case _:
            return value
