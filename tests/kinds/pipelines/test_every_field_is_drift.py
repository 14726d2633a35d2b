"""Each declared field of each resource of each pipeline is compared: another live value of it is a difference."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from reconciler.diff.fields import diff, merge_declared
from reconciler.kinds.fields import is_local
from reconciler.kinds.registry import KINDS
from reconciler.model import Document, Resource, Spec
from tests.builders.manifests import manifest
from tests.kinds.pipelines.expanding import AGENT_IMPORT, CONTACT_CALLS, SESSION_DATA, expanded

ALERTS = {"alerts": {"emails": ["ops@example.com"]}}
NETWORK = {"network": {"subnetIds": ["subnet-0a"], "securityGroupIds": ["sg-0a"]}}
PIPELINES: dict[str, dict[str, Any]] = {
    "session_data": {**SESSION_DATA, **ALERTS, "tags": {"Team": "care"}, "function": {"provisionedConcurrency": 2}},
    "contact_calls": {**CONTACT_CALLS, **ALERTS, **NETWORK, "tags": {"Team": "care"}},
    "agent_import": {**AGENT_IMPORT, **ALERTS},
}


def specs() -> Iterator[tuple[str, str, Resource]]:
    """Yields the type, the address and the spec of each resource that AWS has."""
    for type, spec in PIPELINES.items():
        for address, child in expanded(spec).items():
            if child.kind in KINDS:
                fields = {key: value for key, value in child.spec.items() if key != "name" and value is not None}
                fields.pop("code", None)  # its hash is in a tag, and needs the files
                yield type, address, manifest(child.kind, str(child.spec["name"]), fields).spec


def fields() -> Iterator[tuple[str, str, str, Resource]]:
    for type, address, spec in specs():
        kind = KINDS[address.partition("/")[0]]
        for field in sorted(spec.model_fields_set - {"name"} - kind.reading.write_only):
            if not is_local(kind.spec, field):
                yield type, address, field, spec


def other(value: Any) -> Any:
    """Returns another value of the same sort."""
    match value:
        case bool():
            return not value
        case int() | float():
            return value + 1
        case str():
            return f"{value}-other"
        case tuple():
            return value[1:] if len(value) > 1 else (*value, *map(other, value))
        case dict():
            return {**value, "Other": "other"}
        case Document():
            return type(value).from_aws({"Other": "other"})
        case Spec():
            (field, inner), *_ = [(name, getattr(value, name)) for name in sorted(value.model_fields_set)]
            return value.model_copy(update={field: other(inner)})
    raise TypeError(f"{value!r} has no other value here")


@pytest.mark.parametrize(("field", "spec"), [pytest.param(f, s, id=f"{t} {a} {f}") for t, a, f, s in fields()])
def test_another_live_value_is_a_difference(field: str, spec: Resource) -> None:
    live = spec.model_copy(update={field: other(getattr(spec, field))})

    differences = diff(live, merge_declared(live, spec, lambda path: False))

    assert {change.field for change in differences} == {type(spec).model_fields[field].alias or field}


def test_every_pipeline_has_many_such_fields() -> None:
    assert len(list(fields())) > 150
