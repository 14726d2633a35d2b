"""Pipelines: a shipped function, and all that it needs at AWS, in one document."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from difflib import get_close_matches
from types import ModuleType
from typing import Any, Literal

from pydantic import Field

from reconciler.kinds.composite import Around, Child, Composite
from reconciler.kinds.pipelines import contact_calls, session_data
from reconciler.kinds.pipelines.parts import (
    Alerts,
    ConnectSettings,
    FunctionSettings,
    Network,
    PipelineBucket,
    PipelineSchedule,
    Warehouse,
)
from reconciler.kinds.pipelines.shipped import shipped
from reconciler.model import Linked, Problem, Resource, WrittenRecords
from reconciler.model.environment import Quotas
from reconciler.model.spec import expecting, meanings

TYPES: Mapping[str, ModuleType] = {"contact_calls": contact_calls, "session_data": session_data}


class Pipeline(Resource):
    """A function that this tool ships, with its role, log group, alarms and dashboard, and with what its type needs.

    Each of these is a resource with its own address, named by the prefix, the pipeline and its part.
    """

    name: str = Field(
        pattern=r"^[a-z0-9][a-z0-9-]{0,39}$",
        description="The name, in up to 40 small letters, digits and hyphens.",
        examples=["session-data"],
        json_schema_extra=expecting("a name of a pipeline"),
    )
    type: Literal["contact_calls", "session_data"] = Field(
        description="The function.",
        json_schema_extra=meanings(
            contact_calls="Loads finished contacts of Amazon Connect into Redshift.",
            session_data="Carries parameters of contact flows into sessions of Amazon Q in Connect.",
        ),
    )
    name_prefix: str | None = Field(
        None,
        pattern=r"^([a-z0-9][a-z0-9-]{0,39})?$",
        description="The beginning of the names of all resources. Without it, it is the stack and the environment with "
        'hyphens, because an account may have several environments; "" for none.',
        examples=["contact-centre-prod-"],
    )
    environment: dict[str, str] = Field(
        {}, description="Environment variables of the function.", examples=[{"DEBUG_LOG": "true"}]
    )
    function: FunctionSettings = FunctionSettings()
    connect: ConnectSettings | None = Field(None, description="Only for session_data. Without it, flows may call it.")
    schedules: dict[str, PipelineSchedule] = Field({}, description="Only for contact_calls: the schedules, by name.")
    bucket: PipelineBucket | None = Field(None, description="Only for contact_calls, which needs it.")
    warehouse: Warehouse | None = Field(None, description="Only for contact_calls, which needs it.")
    network: Network | None = None
    alerts: Alerts | None = Field(None, description="Who gets the alarms. Without it, they have no action.")
    dashboard: bool = Field(True, description="True: there is a dashboard with the metrics of the function.")
    permissions_boundary: str | None = Field(
        None,
        pattern=r"^arn:aws[a-z-]*:iam::[0-9]{12}:policy/.+$",
        description="The ARN of the policy that limits all roles of the pipeline. Without it, the environment's.",
        examples=["arn:aws:iam::111122223333:policy/reconcile-boundary"],
        json_schema_extra=expecting("the ARN of a managed policy"),
    )
    tags: dict[str, str] = Field({}, description="Tags of all its resources.", examples=[{"Team": "customer-service"}])


class PipelineComposite(Composite[Pipeline]):
    spec = Pipeline

    def expand(self, spec: Pipeline, around: Around) -> Iterable[Child]:
        type_of: ModuleType = TYPES[spec.type]
        yield from type_of.children(spec, around.scope)

    def problems(self, declared: Mapping[str, Any], written: WrittenRecords, quotas: Quotas) -> Iterator[Problem]:
        if (own := TYPES.get(str(declared.get("type")))) is None:
            return
        for key in _FOR_SOME - own.KEYS:
            if declared.get(key):
                yield Problem("error", (key,), f"{key} is not for pipelines of type {declared['type']}; delete it")
        yield from own.problems(declared)
        yield from _environment_problems(declared, own.SET)
        yield from _alarm_problems(declared)


_FOR_SOME = frozenset({"connect", "schedules", "bucket", "warehouse"})


def _environment_problems(declared: Mapping[str, Any], is_set: Mapping[str, str]) -> Iterator[Problem]:
    """Yields the variables that the function does not know, or whose value it refuses."""
    known = shipped(str(declared["type"])).environment["properties"]
    variables = declared.get("environment")
    for name, value in variables.items() if isinstance(variables, Mapping) else ():
        path = ("environment", name)
        if name in is_set:
            yield Problem("error", path, f"{name} follows from {is_set[name]}; delete this line")
        elif name not in known:
            near = get_close_matches(str(name), known, 1)
            hint = f"did you mean {near[0]}?" if near else f"write one of {', '.join(sorted(known))}"
            yield Problem("error", path, f"the function does not know the variable {name}; {hint}")
        elif isinstance(value, str) and not isinstance(value, Linked):
            pattern = known[name].get("pattern", "")
            if pattern and not re.search(pattern, value):
                yield Problem("error", path, f"the function refuses {value!r} as {name}: {known[name]['description']}")


def _alarm_problems(declared: Mapping[str, Any]) -> Iterator[Problem]:
    alerts = declared.get("alerts")
    if not isinstance(alerts, Mapping):
        return
    if alerts.get("topic") and alerts.get("emails"):
        message = "a pipeline has a topic of its own for emails, or another topic; delete one of these lines"
        yield Problem("error", ("alerts", "emails"), message)
    alarms = alerts.get("alarms")
    known = TYPES[str(declared["type"])].ALARMS
    for name in alarms if isinstance(alarms, Mapping) else ():
        if name not in known:
            message = f"there is no alarm {name}; write one of {', '.join(sorted(known))}"
            yield Problem("error", ("alerts", "alarms", name), message)
