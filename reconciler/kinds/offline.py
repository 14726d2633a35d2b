"""Checks a declared spec without AWS: the rules of all kinds, then the kind's own."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from reconciler.environment import Quotas
from reconciler.kinds.base import Kind
from reconciler.kinds.fields import answered_name
from reconciler.kinds.key_rules import repeated
from reconciler.kinds.name_rules import invisible, name_faults
from reconciler.kinds.tag_rules import tag_problems
from reconciler.model import Problem, WrittenRecords


def faults(kind: Kind[Any], declared: Mapping[str, Any], written: WrittenRecords, quotas: Quotas) -> Iterator[Problem]:
    """Yields the mistakes that a schema cannot find: those of all kinds, then the kind's own (`Kind.problems`)."""
    yield from tag_problems(declared.get("tags"))
    yield from _misnamed(kind, declared)
    own = tuple(kind.problems(declared, written, quotas))
    yield from own
    reported = {problem.path for problem in own}  # a kind's own message is more precise
    yield from (problem for problem in repeated(kind.spec, declared) if problem.path not in reported)
    name = declared.get("name")
    if isinstance(name, str) and ("name",) not in reported:
        yield from (Problem("error", ("name",), fault) for fault in name_faults(name))
    if isinstance(name, str) and not name.isascii() and (finding := invisible(name)):
        yield Problem("warning", ("name",), finding)


def _misnamed(kind: Kind[Any], declared: Mapping[str, Any]) -> Iterator[Problem]:
    """Checks the name of a resource that has none at AWS: its key is its name, so every stack uses one address."""
    key = declared.get(kind.spec.model_fields[kind.key].alias or kind.key) if kind.key else ""
    if kind.key == "name" or not isinstance(key, str):
        return
    called = kind.called({answered_name(kind.spec, kind.key): key} if kind.key else {})
    if declared.get("name") != called:
        yield Problem("error", ("name",), f"a {kind.name} has no name of its own; call this one {called}")
