"""Every step carries a field. A call without one would appear in no plan and in no outcome."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from reconciler.diff.fields import diff, merge_declared
from reconciler.kinds.registry import KINDS
from reconciler.model import Live, Resource
from reconciler.steps.resource import make_steps
from reconciler.steps.work import Work
from tests.builders.examples import EXAMPLES, example
from tests.builders.manifests import manifest


def wanted(kind: str, name: str) -> Iterator[Resource]:
    """Yields the second example, and the first one merged with each of its fields alone."""
    first, second = (EXAMPLES[kind][which]["spec"] for which in ("first", "second"))
    yield manifest(kind, name, second).spec
    for field, value in second.items():
        yield manifest(kind, name, {**first, field: value}).spec


def calls_without_fields(kind: str, before: Resource, declared: Resource) -> list[str]:
    """Returns the calls that carry no field."""
    ref = example(kind).ref
    after = merge_declared(before, declared, lambda path: False)
    live = Live(ref, "id", "arn", before, tags=KINDS[kind].kept_of(before))
    work = Work(KINDS[kind], ref, live, after, tags={}, fields=diff(before, after))
    return [step.call.operation for step in make_steps(work) if not step.fields]


@pytest.mark.parametrize("kind", KINDS)
def test_every_update_call_carries_a_field(kind: str) -> None:
    before = example(kind).spec

    assert [
        call for declared in wanted(kind, before.name) for call in calls_without_fields(kind, before, declared)
    ] == []
