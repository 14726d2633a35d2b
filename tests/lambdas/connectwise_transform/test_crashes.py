"""A run that is killed before any of its calls of AWS, then one more run: equal to the run without a crash.

A kill after a call leaves what a kill before the next one leaves. The matrix ends with a kill after the last call.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest

from reconciler.lambdas.connectwise.ledger import canonical_name
from reconciler.lambdas.connectwise_transform import planning
from reconciler.sandbox import in_process
from tests.lambdas.connectwise_transform.world import SHOWN, SOURCE, TENANT, TransformWorld, compiled, seen
from tests.lambdas.dying import Killed

pytestmark = pytest.mark.slow
TYPES = {"content": "VARCHAR", "extra": "VARCHAR"}
WIDER = compiled([("content", "text", "content"), ("extra", "text", "extra")])
ALL = f"{SHOWN}, confirmed_at, row_hash, schema_version"


class Fragile:
    """Counts the calls of AWS and ends the function before the n-th one."""

    def __init__(self, world: TransformWorld, kill_before: int = 0) -> None:
        self._world, self._kill_before = world, kill_before
        self.calls: list[str] = []

    def client(self, service: str, *_: Any) -> Any:
        return _Client(self, service, self._world.client(service))

    def count(self, name: str) -> None:
        if len(self.calls) + 1 == self._kill_before:
            raise Killed(name)
        self.calls.append(name)


class _Client:
    def __init__(self, fragile: Fragile, service: str, client: Any) -> None:
        self._fragile, self._service, self._client = fragile, service, client

    def __getattr__(self, name: str) -> Callable[..., Any]:
        def call(**params: Any) -> Any:
            self._fragile.count(f"{self._service}:{name}")
            return getattr(self._client, name)(**params)

        return call


def prepared(world: TransformWorld) -> None:
    """A history with a tail, a base of its own, and files that no run has read yet."""
    world.add_raw([{**seen(number, 900, "a"), "extra": "e"} for number in range(12)], TYPES)
    world.run()
    world.add_raw([{**seen(number, 1050, "b"), "extra": "f"} for number in range(4)], TYPES)
    world.run()
    world.add_raw([{**seen(1, 1100, "c"), "extra": "g"}, {**seen(2, 980, "old", seen=1300), "extra": "h"}], TYPES)
    world.add_raw([{"id": 3, "at": None, "seen": 1400, "gone": True, "content": None, "extra": None}], TYPES)


def rebasing(world: TransformWorld) -> dict[str, Any]:
    prepared(world)
    world.add_raw([{**seen(number, 1500, "z"), "extra": "e"} for number in range(12)], TYPES)
    return world.lane()


def filling(world: TransformWorld) -> dict[str, Any]:
    prepared(world)
    world.put("mappings/tickets.json", json.dumps(WIDER).encode())
    return world.lane()


def rebuilding(world: TransformWorld) -> dict[str, Any]:
    prepared(world)
    return world.lane(mode="rebuild")


def compacting(world: TransformWorld) -> dict[str, Any]:
    """Two files that the base covers become one."""
    for content in ("a", "b"):
        world.add_raw([{**seen(number, 900 + ord(content), content), "extra": "e"} for number in range(12)], TYPES)
        world.run()
    return world.lane(mode="ids")


STORIES = [rebasing, filling, rebuilding, compacting]
AGAIN = {rebuilding: "rebuild", compacting: "ids"}


@pytest.mark.long
@pytest.mark.parametrize("story", STORIES)
def test_a_killed_run_and_one_more_equal_a_run_without_a_crash(
    story: Callable[[TransformWorld], dict[str, Any]],
    tmp_path: Any,
    session: Any,
    clients: dict[str, Any],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(planning, "COMPACTED", 2)  # files of 16, so that the story is short

    def end(kill_before: int) -> tuple[Any, list[str]]:
        with in_process():
            world = TransformWorld(tmp_path, session, clients)
            event = story(world)
            fragile = Fragile(world, kill_before)
            try:
                world.invoke(event, client=fragile.client)
            except Killed:
                world.run(mode=AGAIN.get(story, "incremental"))
            item = world.item()
            shown = (world.rows(ALL), item["consumed"], item["unfilled"], "inflight" in item)
            if story is compacting:
                assert len(json.loads(world.get(item["manifest"]))["files"]) == 1
            assert world.listed_rows(ALL) == world.rows(ALL)
            return shown, fragile.calls

    expected, calls = end(0)
    assert len(calls) > 12

    wrong = [calls[number - 1] for number in range(1, len(calls) + 1) if end(number)[0] != expected]

    assert wrong == []


def test_a_run_that_lost_its_lease_writes_no_pointer(world: TransformWorld) -> None:
    """A second run takes the lease while the first one computes, does the same work, and the first one yields."""
    prepared(world)
    name = canonical_name("tickets")

    class Robbed(Fragile):
        def count(self, call: str) -> None:
            super().count(call)
            if call == "s3:put_object" and self.calls.count(call) == 1:
                thief = world.ledger().lease(name, "another run", 2_000_000_000)
                assert thief is not None

    before = world.item()

    answered = world.invoke(world.lane(), client=Robbed(world).client)

    assert answered["pairs"][0]["canonical"][0]["busy"] is True
    assert {key: world.item()[key] for key in ("commit", "consumed", "manifest")} == {
        key: before[key] for key in ("commit", "consumed", "manifest")
    }


def test_the_next_run_finishes_the_work_of_the_one_that_lost_its_lease(world: TransformWorld) -> None:
    prepared(world)
    kept: list[dict[str, Any]] = []

    class Interrupted(Fragile):
        def count(self, call: str) -> None:
            super().count(call)
            if call == "s3:put_object" and not kept:
                kept.append({})
                world.clock.sleep(300)
                kept[0] = world.run()

    answered = world.invoke(world.lane(), client=Interrupted(world).client)

    assert kept[0]["canonical"][0]["commit"] == 3
    assert answered["pairs"][0]["canonical"][0]["busy"] is True
    assert world.item()["consumed"] == {SOURCE: 4}
    assert world.rows() == world.listed_rows()
    assert TENANT in world.item()["manifest"]
