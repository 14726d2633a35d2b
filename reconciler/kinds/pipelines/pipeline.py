"""Pipelines: a shipped function, and all that it needs at AWS, in one document."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator, Mapping
from difflib import get_close_matches
from types import ModuleType
from typing import Any

from reconciler.kinds.composite import Around, Child, Composite, Path
from reconciler.kinds.pipelines import agent_import, connectwise, contact_calls, session_data
from reconciler.kinds.pipelines.mapping_files import LOCK, new_lock
from reconciler.kinds.pipelines.parts import ExpireDays
from reconciler.kinds.pipelines.shipped import shipped
from reconciler.kinds.pipelines.spec import Pipeline
from reconciler.model import Linked, Problem, WrittenRecords
from reconciler.model.environment import Quotas

TYPES: Mapping[str, ModuleType] = {
    "agent_import": agent_import,
    "connectwise": connectwise,
    "contact_calls": contact_calls,
    "session_data": session_data,
}


class PipelineComposite(Composite[Pipeline]):
    spec = Pipeline

    def expand(self, spec: Pipeline, around: Around) -> Iterable[Child]:
        type_of: ModuleType = TYPES[spec.type]
        yield from type_of.children(spec, around)

    def generated(self, spec: Pipeline, around: Around) -> Iterator[tuple[Path, str, str]]:
        if spec.type == "connectwise" and spec.mappings is not None:
            text = new_lock(around.folder(spec.mappings, ("mappings",)))
            yield ("mappings",), f"{spec.mappings.rstrip('/')}/{LOCK}", text

    def problems(self, declared: Mapping[str, Any], written: WrittenRecords, quotas: Quotas) -> Iterator[Problem]:
        if (own := TYPES.get(str(declared.get("type")))) is None:
            return
        for key in sorted(_FOR_SOME - own.KEYS):
            if declared.get(key):
                yield Problem("error", (key,), f"{key} is not for pipelines of type {declared['type']}; delete it")
        yield from own.problems(declared)
        yield from _expiry_problems(declared, own.BUCKET)
        yield from _part_problems(declared, own.FUNCTIONS)
        yield from _environment_problems(declared, own.FUNCTIONS, own.SET)
        yield from _alarm_problems(declared)


# Every type states its own of these as `KEYS`. `FUNCTIONS` has the folder of each of its functions by part.
_FOR_SOME = frozenset(
    {
        *("agents", "bucket", "concurrency", "connect", "function", "functions", "kmsKey", "mappings", "schedules"),
        *("spark", "uploads", "warehouse"),
    }
)


def _expiry_problems(declared: Mapping[str, Any], allowed: Collection[str]) -> Iterator[Problem]:
    bucket = declared.get("bucket")
    days = bucket.get("expireDays") if isinstance(bucket, Mapping) else None
    for key in days if isinstance(days, Mapping) else ():
        if key in ExpireDays.model_fields and key not in allowed:
            message = (
                f"{key} is not for pipelines of type {declared['type']}; write one of {', '.join(sorted(allowed))}"
            )
            yield Problem("error", ("bucket", "expireDays", key), message)


def _part_problems(declared: Mapping[str, Any], functions: Mapping[str, str]) -> Iterator[Problem]:
    settings = declared.get("functions")
    for part in settings if isinstance(settings, Mapping) and "" not in functions else ():
        if part not in functions:
            message = f"there is no function {part}; write one of {', '.join(sorted(functions))}"
            yield Problem("error", ("functions", part), message)


def _environment_problems(
    declared: Mapping[str, Any], functions: Mapping[str, str], is_set: Mapping[str, str]
) -> Iterator[Problem]:
    """Yields the variables that no function knows, or whose value the function refuses."""
    known = dict[str, Any]()
    for folder in functions.values():
        known |= shipped(folder).environment["properties"]
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
