"""A run reads and writes the changes and the open rows, and never the whole history."""

from __future__ import annotations

import json
import os
import random
from dataclasses import dataclass
from typing import Any

import pytest

from tests.lambdas.connectwise_transform.world import TransformWorld, seen

RECORDS, CHANGED, RUNS = 2_000, 20, 12  # 1 % of the records in each run
HOUR = 3_600_000_000


@dataclass
class Counted:
    """A client of S3 that counts the bytes of objects."""

    client: Any
    read: int = 0
    written: int = 0

    def get_object(self, **request: Any) -> Any:
        answer = self.client.get_object(**request)
        self.read += answer["ContentLength"]
        return answer

    def put_object(self, **request: Any) -> Any:
        body = request["Body"]
        self.written += len(body) if isinstance(body, bytes) else os.fstat(body.fileno()).st_size
        return self.client.put_object(**request)

    def __getattr__(self, name: str) -> Any:
        return getattr(self.client, name)


def texts(ids: range, chance: random.Random) -> list[tuple[int, str]]:
    """Returns records with a text that compression does not shorten."""
    return [(id, chance.randbytes(60).hex()) for id in ids]


def sizes(world: TransformWorld) -> tuple[int, int, bool]:
    """Returns the bytes of the open rows and of the whole history, and whether the newest commit wrote a base."""
    manifest = json.loads(world.get(world.item()["manifest"]))
    base = manifest["base"]
    is_new = base["last"] == manifest["commit"]
    return base["bytes"], sum(file["bytes"] for file in manifest["files"]), is_new


@pytest.mark.slow
def test_runs_with_one_percent_of_changes_move_their_changes_and_the_open_rows(world: TransformWorld) -> None:
    """At most one and a half times both, though every tenth run writes the open rows again."""
    chance, hour = random.Random(1), 1  # noqa: S311 - the same in every run
    for _ in range(5):
        world.add_raw([seen(id, hour * HOUR, text) for id, text in texts(range(RECORDS), chance)])
        world.run()
        hour += 1
    moved = bound = bases = 0
    for number in range(RUNS):
        ids = range(number * CHANGED, (number + 1) * CHANGED)
        key = world.add_raw([seen(id, hour * HOUR, text) for id, text in texts(ids, chance)])
        hour += 1
        changed = len(world.get(key))
        current, _, _ = sizes(world)
        counted = Counted(world.client("s3"))

        world.run(client=lambda service, *_, s3=counted: s3 if service == "s3" else world.client(service))

        is_new = sizes(world)[2]
        bases += is_new
        moved, bound = moved + counted.read + counted.written, bound + changed + current
        assert is_new or counted.read + counted.written <= 1.5 * (changed + current)
    current, whole, _ = sizes(world)
    assert whole > 4 * current  # so that a run that read the history would not pass
    assert bases
    assert moved <= 1.5 * bound
