from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest

from reconciler.github.comment import Place
from reconciler.github.rest import Rest
from tests.github.stand_in import ACTIONS, StandIn, serving
from tests.github.stand_in.world import REPOSITORY

Connect = Callable[..., Rest]


@pytest.fixture
def github() -> Iterator[StandIn]:
    with serving() as server:
        yield server


@pytest.fixture
def waits() -> list[float]:
    """Seconds that were waited for, all of them in no time."""
    return []


@pytest.fixture
def connect(github: StandIn, waits: list[float]) -> Iterator[Connect]:
    opened: list[Rest] = []

    def connected(token: str = "t-actions", needs: str = "issues: write", *, now: float = 0.0) -> Rest:  # noqa: S107
        opened.append(Rest(github.url, token, needs, wait=waits.append, clock=lambda: now))
        return opened[-1]

    yield connected
    for rest in opened:
        rest.__exit__(None, None, None)


@pytest.fixture
def place(connect: Connect) -> Place:
    return Place(connect(), REPOSITORY, ACTIONS)
