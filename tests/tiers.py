"""Which of many cases `make test` is content with; `make test-all` has them all."""

from __future__ import annotations

from collections.abc import Container, Iterable, Sequence

import pytest


def tiers(name: str, cases: Iterable[str], quick: Container[str]) -> pytest.MarkDecorator:
    """`pytest.mark.parametrize` by the cases, of which all but the quick ones are slow."""
    return pytest.mark.parametrize(name, [_case(case, quick=case in quick) for case in cases])


def each_once(name: str, few: Sequence[str], other: str, many: Sequence[str]) -> pytest.MarkDecorator:
    """All pairs of two parameters. The quick tier has each of the many once, and with it each of the few."""
    cases = [_case(one, two, quick=at % len(few) == to) for to, one in enumerate(few) for at, two in enumerate(many)]
    return pytest.mark.parametrize((name, other), cases)


def _case(*values: str, quick: bool) -> object:
    return pytest.param(*values, marks=() if quick else pytest.mark.slow, id="-".join(values))
