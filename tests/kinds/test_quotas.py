"""The quotas that kinds state: each is complete, and none is stated twice."""

from __future__ import annotations

import re
from collections import Counter

import pytest

from reconciler.kinds.registry import KINDS
from reconciler.model.environment import UNLIMITED, Counted, Quota, Quotas
from reconciler.sandbox.switches import Quotas as OfSandbox

STATED = [(kind, quota) for kind in KINDS.values() for quota in kind.quotas]
CELLS = Quota("cell", "table", key="cellsPerTable", default=1000)


def camel(name: str) -> str:
    return re.sub("_([a-z])", lambda letter: letter[1].upper(), name)


@pytest.mark.parametrize(("kind", "quota"), STATED, ids=lambda it: it.name)
def test_a_quota_is_complete(kind: object, quota: Quota) -> None:
    assert bool(quota.key) == bool(quota.default) == bool(quota.description)
    assert bool(quota.code) == bool(quota.service) == (quota.counts is not Counted.BATCH)
    assert bool(quota.field) == (quota.counts is Counted.ITEMS)
    assert not quota.code or re.fullmatch("L-[0-9A-F]{8}", quota.code)


@pytest.mark.parametrize("word", ["key", "code", "name", "sandbox"])
def test_no_quota_is_stated_twice(word: str) -> None:
    counts = Counter(getattr(quota, word) for _, quota in STATED if getattr(quota, word))

    assert counts
    assert set(counts.values()) == {1}


def test_the_items_are_those_of_a_field_or_the_values() -> None:
    for kind, quota in STATED:
        fields = {*kind.spec.model_fields, *([kind.cells.field] if kind.cells else [])}
        assert quota.counts is not Counted.ITEMS or quota.field in fields


def test_the_sandbox_enforces_the_same_numbers() -> None:
    published = {camel(name): field.default for name, field in OfSandbox.__dataclass_fields__.items()}

    named = {quota.sandbox: quota.default for _, quota in STATED if quota.sandbox}
    assert set(named) == {"cells", "attributes", "tables", "batchItems"}
    assert named.items() <= published.items()


def test_the_written_value_comes_before_the_default() -> None:
    assert Quotas({"cellsPerTable": 2}).of(CELLS) == 2
    assert Quotas({"tablesPerInstance": 2}).of(CELLS) == Quotas().of(CELLS) == 1000
    assert UNLIMITED.of(CELLS) > 10**9


def test_a_name_has_the_plural() -> None:
    assert CELLS.name == "cells per table"
    assert Quota("agent status", "instance", items="agent statuses").name == "agent statuses per instance"
