"""The surroundings of a content: the instance, and the contracts of modules."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

MODULE = "MODULE"


@dataclass(frozen=True)
class Contract:
    """The contract of a module: its `Settings` [seen].

    inputs        the JSON types of the inputs by name, or None without a schema
    results       the names of its branches
    result_keys   the names in its result data, or None without a schema
    """

    inputs: Mapping[str, str] | None = None
    results: tuple[str, ...] = ()
    result_keys: frozenset[str] | None = None


@dataclass(frozen=True)
class Surroundings:
    """The instance around a flow.

    instance_arn   the instance's ARN
    flow_type      the type of the flow, or MODULE
    ids            the ids of the resources by kind; a kind that is missing is not checked
    numbers        the claimed phone numbers
    contracts      the contracts of the modules by id
    contract       the contract of the module itself
    most_hooks     the number of hooks that one action may set
    reaches_all    an action that nothing leads to is refused
    """

    instance_arn: str
    flow_type: str
    ids: Mapping[str, frozenset[str]] = field(default_factory=dict)
    numbers: frozenset[str] = frozenset()
    contracts: Mapping[str, Contract] = field(default_factory=dict)
    contract: Contract = field(default_factory=Contract)
    most_hooks: int = 0
    reaches_all: bool = False


def read_contract(settings: str) -> Contract:
    """Returns the contract of a module's settings. Raises `ValueError` for a text that is not a JSON object."""
    written = json.loads(settings or "{}")
    if not isinstance(written, dict):
        raise ValueError("the settings are not an object")
    inputs = _properties(written, "input")
    results = (written.get("transitions") or {}).get("results") or []
    keys = _properties(written, "resultData")
    return Contract(
        None if inputs is None else {name: str((schema or {}).get("type", "")) for name, schema in inputs.items()},
        tuple(str(result.get("name", "")) for result in results),
        None if keys is None else frozenset(keys),
    )


def _properties(written: dict[str, Any], part: str) -> dict[str, Any] | None:
    schema = (written.get(part) or {}).get("schema")
    return dict(schema.get("properties") or {}) if schema else None
