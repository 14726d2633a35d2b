"""A plan says how much a deletion destroys, if AWS says it."""

from __future__ import annotations

import time

import pytest

from reconciler.kinds.wording import in_bytes
from reconciler.model import Action
from tests.builders.manifests import manifest
from tests.worlds.world import World

GROUP = "LogGroup//contact-centre/calls"


def filled(world: World) -> None:
    world.run(manifest("LogGroup", "/contact-centre/calls", {}))
    logs = world.client("logs")
    logs.create_log_stream(logGroupName="/contact-centre/calls", logStreamName="s")
    events = [{"timestamp": int(time.time() * 1000), "message": "x" * 3400}]
    logs.put_log_events(logGroupName="/contact-centre/calls", logStreamName="s", logEvents=events)


def test_a_deletion_says_how_much_it_destroys(world: World) -> None:
    filled(world)

    (change,) = world.plan(removed=[GROUP]).changes

    assert change.action is Action.DELETE
    assert change.reason.endswith("; it holds 3.4 KB of log events")


def test_a_deletion_that_needs_a_permission_says_it_too(world: World) -> None:
    filled(world)

    (change,) = world.plan(prune=True).changes

    assert change.action is Action.BLOCKED
    assert "irreversible (its log events, it holds 3.4 KB of log events)" in change.reason


@pytest.mark.parametrize(
    ("count", "text"),
    [(0, "0 bytes"), (1, "1 byte"), (999, "999 bytes"), (1000, "1 KB"), (3400, "3.4 KB"), (12_345_678, "12 MB")],
)
def test_a_size_is_written_as_people_write_it(count: int, text: str) -> None:
    assert in_bytes(count) == text
