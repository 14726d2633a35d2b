"""Pipelines of type session_data: a function that contact flows call."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

from reconciler.kinds.composite import Around, Child
from reconciler.kinds.pipelines import policies
from reconciler.kinds.pipelines.common import ALIAS, PipelineParts
from reconciler.kinds.pipelines.shipped import shipped
from reconciler.model import Linked, Problem

if TYPE_CHECKING:
    from reconciler.kinds.pipelines.spec import Pipeline

FUNCTIONS: Mapping[str, str] = {"": "session_data"}
KEYS = frozenset({"connect", "function"})
BUCKET = frozenset[str]()
SET: Mapping[str, str] = {}  # variables that the composite sets, and where each comes from
ALARMS = frozenset(shipped("session_data").operations["alarms"])
_ASSISTANTS = ("AI_ASSISTANT_ID", "ALLOWED_ASSISTANT_IDS")


def children(spec: Pipeline, around: Around) -> Iterator[Child]:
    """Yields the resources, in the order in which AWS needs them."""
    parts = PipelineParts(spec, around.scope)
    yield parts.logs()
    yield from parts.alerts()
    policy = policies.filled(parts.shipped.policy, _values(parts), {"AI_ASSISTANT_ID": _assistants(spec.environment)})
    yield parts.role("", policies.trust("lambda"), policy, f"Pipeline {spec.name}: writes session data")
    instance = {"CONNECT_INSTANCE_ID": around.scope.instance} if around.scope.instance else {}
    yield parts.function(instance)
    if spec.connect is None or spec.connect.associate:
        name = f"{parts.name}:{ALIAS}" if parts.settings.provisioned_concurrency else parts.name
        yield parts.child("LambdaAssociation", name, {"functionArn": parts.callee})
    yield from parts.alarms()
    yield from parts.dashboard()


def problems(declared: Mapping[str, Any]) -> Iterator[Problem]:
    """Yields what the schema cannot find."""
    variables = declared.get("environment")
    if not (isinstance(variables, Mapping) and any(variables.get(name) for name in _ASSISTANTS)):
        message = (
            "the role's policy is for the assistants that the environment names; write AI_ASSISTANT_ID, or "
            "ALLOWED_ASSISTANT_IDS if flows name them"
        )
        yield Problem("error", ("environment",), message)


def _values(parts: PipelineParts) -> dict[str, str]:
    values = {**policies.scope_values(parts.scope), "FUNCTION_NAME": parts.name}
    if instance := parts.spec.environment.get("CONNECT_INSTANCE_ID") or parts.scope.instance:
        values["CONNECT_INSTANCE_ID"] = _id(instance)
    return values


def _assistants(variables: Mapping[str, str]) -> list[str]:
    """Returns the ids of all assistants that the environment variables name."""
    named = [text for name in _ASSISTANTS for text in _listed(variables.get(name, ""))]
    return list(dict.fromkeys(map(_id, named)))


def _listed(text: str) -> list[str]:
    kind = Linked if isinstance(text, Linked) else str
    return [kind(item.strip()) for item in text.split(",") if item.strip()]


def _id(text: str) -> str:
    """Returns the id of an id, an ARN, or a reference to either."""
    if isinstance(text, Linked):
        return Linked(re.sub(r"\.arn\}$", ".id}", text))
    return text.rpartition("/")[2]
