"""Creates that AWS does not refuse if the resource exists: apply looks right before them, and never overwrites."""

from __future__ import annotations

from dataclasses import replace

import pytest

from reconciler.kinds.registry import KINDS
from reconciler.model import Status
from tests.apply.meanwhile import statuses
from tests.builders.manifests import manifest
from tests.worlds.world import World

GROUP = manifest("LogGroup", "/calls", {"logGroupClass": "INFREQUENT_ACCESS", "tags": {"Team": "Care"}})


@pytest.fixture(autouse=True)
def overwriting(monkeypatch: pytest.MonkeyPatch) -> None:
    """Makes one kind an upsert. Those that AWS overwrites have a law: `tests/laws/test_upserts.py`."""
    kind = KINDS["LogGroup"]
    monkeypatch.setattr(type(kind), "writing", replace(kind.writing, overwrites=True))


def test_a_resource_of_another_writer_is_a_conflict_and_nothing_is_written(world: World) -> None:
    seen = world.preview(GROUP)
    world.client("logs").create_log_group(logGroupName="/calls", tags={"Owner": "someone"})
    world.every_call()

    done = world.apply(seen)

    assert done.exit_code == 5
    assert set(statuses(done).values()) == {Status.CONFLICT}
    assert not [name for name in world.every_call() if name.startswith(("logs:Create", "logs:Put", "logs:Tag"))]
    (result,) = {result.message for result in done.results.values()}
    assert "exists, not managed; adopt it with: reconcile -e test adopt LogGroup//calls" in result


def test_a_resource_of_another_stack_is_a_conflict_that_names_the_stack(world: World) -> None:
    seen = world.preview(GROUP)
    world.client("logs").create_log_group(logGroupName="/calls", tags={"reconciler:stack": "other/prod"})

    done = world.apply(seen)

    assert {result.message for result in done.results.values()} == {"exists, not managed; it is managed by other/prod"}
    assert done.exit_code == 5


def test_what_another_run_of_the_stack_created_as_declared_is_unchanged(world: World) -> None:
    seen = world.preview(GROUP)
    world.run(GROUP)
    world.every_call()

    done = world.apply(seen)

    assert done.exit_code == 0
    assert "logs:CreateLogGroup" not in world.every_call()


def test_a_new_resource_is_created_after_the_look(world: World) -> None:
    seen = world.preview(GROUP)
    world.every_call()

    done = world.apply(seen)

    called = list(world.every_call())
    assert done.exit_code == 0
    assert {"logs:DescribeLogGroups", "logs:CreateLogGroup"} <= set(called)
