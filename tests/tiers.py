"""Which of many cases `make test` is content with; `make test-all` has them all."""

from __future__ import annotations

from collections.abc import Container, Iterable, Mapping
from typing import Any

import pytest

# Kinds that each show another part of the base. Laws that make a whole instance run for them in every tier.
SOME_KINDS = frozenset(
    {"ContactFlow", "DataTable", "IamRole", "PhoneNumber", "Queue", "Schedule", "Secret", "User", "UserHierarchyGroup"}
)


def of_kinds(kinds: Iterable[str]) -> pytest.MarkDecorator:
    """`pytest.mark.parametrize` by kinds, of which all but `SOME_KINDS` are slow."""
    return tiers("kind", kinds, SOME_KINDS)


def kinds_and(name: str, values: Mapping[str, Iterable[str]], quick: Container[str]) -> pytest.MarkDecorator:
    """`pytest.mark.parametrize` by kind and one of its values. Those of all but the quick kinds are slow."""
    cases = [_case(kind, value, quick=kind in quick) for kind, its in values.items() for value in its]
    return pytest.mark.parametrize(("kind", name), cases)


def tiers(name: str, cases: Iterable[str], quick: Container[str]) -> pytest.MarkDecorator:
    """`pytest.mark.parametrize` by the cases, of which all but the quick ones are slow."""
    return pytest.mark.parametrize(name, [_case(case, quick=case in quick) for case in cases])


def examples_of(kinds: Iterable[str], quick: Container[str]) -> pytest.MarkDecorator:
    """`pytest.mark.parametrize` by kind and example: the first of every kind, and the second of `SOME_KINDS`."""
    cases = [(kind, which) for kind in kinds for which in ("first", "second") if which == "first" or kind in SOME_KINDS]
    quickly = [_case(kind, which, quick=kind in quick and which == "first") for kind, which in cases]
    return pytest.mark.parametrize(("kind", "which"), quickly)


def with_chance(faults: Mapping[str, Mapping[str, Any]]) -> list[str]:
    """Returns the names of the faults that another seed changes."""
    return [name for name, fault in faults.items() if "probability" in str(fault) or fault.keys() & CHANCE]


CHANCE = {"otherWriter", "shuffle"}


def _case(*values: str, quick: bool) -> object:
    return pytest.param(*values, marks=() if quick else pytest.mark.slow, id="-".join(values))
