"""Every call that a kind's table makes of its two examples, as values."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

from reconciler.diff.fields import diff, merge_declared
from reconciler.kinds.base import Kind
from reconciler.kinds.contents import contents_of
from reconciler.kinds.fields import is_partial
from reconciler.kinds.marks import mark
from reconciler.model import Call, Clearable, Code, Live, Resource
from reconciler.model.environment import Environment
from reconciler.steps.resource import make_steps
from reconciler.steps.work import Work
from tests.builders.examples import example

ENVIRONMENT = Environment("contact-centre", "test", Path())


def everything_sent(kind: Kind[Any]) -> Iterator[Call]:
    """Creates with all late fields now and later, and updates from each example to the other."""
    first, second = (example(kind.name, which).spec for which in ("first", "second"))
    ref = example(kind.name).ref
    bare = Work(kind, ref, None, first, tags={"Team": "Care"})
    works = [bare, replace(bare, held=kind.writing.deferred)]
    for before, after in ((first, second), (second, first)):
        works.append(_update(bare, before, with_partial(before, after)))
    # Members that may be null are removed.
    cleared = {f: None for f in kind.spec.model_fields if mark(kind.spec, f, Clearable)}
    works.append(_update(bare, first, first.model_copy(update=cleared)))
    for work in works:
        for step in make_steps(work):
            yield from step.first
            yield step.call
            for content in contents_of(step.call.params):
                # A large archive is uploaded to a bucket first.
                if isinstance(content, Code):
                    yield kind.stored_call(step.call, content, "example-artifacts", "hello/archive.zip")


def _update(bare: Work, before: Resource, after: Resource) -> Work:
    return replace(bare, before=Live(bare.ref, "id", "arn", before), after=after, fields=diff(before, after))


def with_partial(before: Resource, after: Resource) -> Resource:
    """Returns the other spec with what it leaves out of structures that a manifest declares in part."""
    merged = merge_declared(before, after, lambda path: False)
    partial = [field for field in type(after).model_fields if is_partial(type(after), field)]
    return after.model_copy(update={field: getattr(merged, field) for field in partial})
