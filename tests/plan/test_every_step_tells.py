"""A step that makes no field true would be a call of which no plan and no outcome speaks."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from reconciler.diff import diff, merge_declared
from reconciler.kinds.registry import KINDS
from reconciler.model import Live, Resource
from reconciler.schedule import Work, make_steps
from tests.world import EXAMPLES, example, manifest


def wanted(kind: str, name: str) -> Iterator[Resource]:
    """The second example, and each field of it alone laid over the first."""
    first, second = (EXAMPLES[kind][which]["spec"] for which in ("first", "second"))
    yield manifest(kind, name, second).spec
    for field, value in second.items():
        yield manifest(kind, name, {**first, field: value}).spec


def untold(kind: str, before: Resource, declared: Resource) -> list[str]:
    """The calls that tell of no field."""
    ref = example(kind).ref
    after = merge_declared(before, declared, lambda path: False)
    live = Live(ref, "id", "arn", before)
    work = Work(KINDS[kind], ref, live, after, tags={}, fields=diff(before, after))
    return [step.call.operation for step in make_steps(work) if not step.fields]


@pytest.mark.parametrize("kind", KINDS)
def test_every_call_of_an_update_tells_of_a_field(kind: str) -> None:
    before = example(kind).spec

    assert [call for declared in wanted(kind, before.name) for call in untold(kind, before, declared)] == []
