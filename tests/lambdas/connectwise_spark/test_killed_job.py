"""A job that is killed leaves what a killed function leaves: a pin, a lease that ends, and objects without a manifest.

The job is here as it is, with DuckDB in the place of Spark. `make spark-tests` kills a job under Spark.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import botocore.session
import pytest

from reconciler.lambdas.connectwise.clock import iso, run_name
from reconciler.lambdas.connectwise.ledger import LEASE_SECONDS, canonical_name
from reconciler.lambdas.connectwise_spark.holding import LastingRole, hold
from reconciler.lambdas.connectwise_transform.engine import Engine
from reconciler.lambdas.connectwise_transform.merging import Connection, Rows, connect
from reconciler.sandbox import in_process
from tests.lambdas.connectwise_transform.world import SHOWN, SOURCE, TABLE, TransformWorld, seen
from tests.lambdas.dying import Killed

pytestmark = pytest.mark.slow
ALL = f"{SHOWN}, confirmed_at, first_seen_at, row_hash, schema_version, commit_no"
LARGE = {"SPARK_NEW_ROWS": "1"}
# The call at which the job dies, before AWS carries it out, or the statement of its engine.
DEATHS = {
    "before the pin": ("dynamodb:update_item", 2, 0),
    "while it computes": ("", 0, 4),
    "before the change file": ("s3:put_object", 1, 0),
    "after the change file": ("s3:put_object", 2, 0),
    "before the commit": ("dynamodb:update_item", 4, 0),
    "after the commit": ("dynamodb:update_item", 5, 0),
}


class Mortal:
    """The clients and the engine of a job that dies at a call of AWS, or at a statement."""

    def __init__(self, world: TransformWorld, call: str = "", number: int = 0, statement: int = 0) -> None:
        self.world, self.death, self.statement = world, (call, number), statement
        self.calls: list[str] = []
        self.statements = 0

    @property
    def engine(self) -> Engine:
        return Engine(lambda folder, megabytes, threads: MortalEngine(self, folder), hold, LastingRole)

    def client(self, service: str, *_: Any) -> Any:
        return MortalClient(self, service)

    def begin(self, call: str) -> None:
        """Notes a call of AWS. Raises `Killed` if it is the last one."""
        self.calls.append(call)
        if (call, self.calls.count(call)) == self.death:
            raise Killed(call)

    def execute(self) -> None:
        """Counts a statement. Raises `Killed` if it is the last one."""
        self.statements += 1
        if self.statements == self.statement:
            raise Killed("statement")


class MortalClient:
    def __init__(self, job: Mortal, service: str) -> None:
        self._job, self._service = job, service

    def __getattr__(self, name: str) -> Callable[..., Any]:
        def call(**params: Any) -> Any:
            self._job.begin(f"{self._service}:{name}")
            return getattr(self._job.world.client(self._service), name)(**params)

        return call


class MortalEngine:
    def __init__(self, job: Mortal, folder: Path) -> None:
        self._job = job
        self._connection: Connection = connect(folder, memory_megabytes=500, threads=1)

    def execute(self, query: str, /) -> Rows:
        self._job.execute()
        return self._connection.execute(query)

    def close(self) -> None:
        self._connection.close()


Work = Callable[[TransformWorld, dict[str, Any]], Any]
"""Works on a lane that is left to the job."""


def worked(folder: Path, session: botocore.session.Session, clients: dict[str, Any], work: Work) -> tuple[Any, ...]:
    """Returns the state after a work.

    It has the history by both ways to read it, the commit and the last raw file in it. It also has whether work is
    pinned, and whether the run of the next slot gets the lease.

    Before the work there is a history of two records. Its raw file has changes, a late row and a new record.
    """
    with in_process():
        world = TransformWorld(folder, session, clients)
        world.add_raw([seen(1, 900, "a"), seen(2, 900, "b")])
        world.run()
        world.add_raw([seen(1, 1100, "c"), seen(2, 800, "old", seen=1300), seen(3, 1100, "d"), seen(2, 1200, "e")])
        work(world, dict(world.invoke(world.lane(), **LARGE)["spark"]))
        item = world.item()
        following = datetime.fromisoformat(world.lane()["slot"])
        lease = world.ledger().lease(canonical_name(TABLE), "next", int(following.timestamp()))
        ledger = item["commit"], item["consumed"][SOURCE], "inflight" in item, lease is not None
        return world.rows(ALL), world.listed_rows(ALL), *ledger


def by_function(world: TransformWorld, lane: dict[str, Any]) -> None:
    world.invoke(lane)


def by_next_run(world: TransformWorld, lane: dict[str, Any]) -> None:
    """A quarter of an hour later."""
    assert "error" not in world.run()


def by_job(world: TransformWorld, lane: dict[str, Any]) -> None:
    """Starts the job again, in the same run."""
    job = Mortal(world)
    assert "error" not in world.invoke(lane, client=job.client, engine=job.engine)["pairs"][0]


@pytest.fixture(scope="module")
def by_transform(
    tmp_path_factory: pytest.TempPathFactory, session: botocore.session.Session, clients: dict[str, Any]
) -> tuple[Any, ...]:
    """The state after the function did the work."""
    return worked(tmp_path_factory.mktemp("function"), session, clients, by_function)


@pytest.mark.parametrize("repair", [by_job, by_next_run])
@pytest.mark.parametrize("death", DEATHS)
def test_a_repeated_run_gives_the_rows_of_the_function(
    death: str,
    repair: Work,
    tmp_path: Path,
    session: botocore.session.Session,
    clients: dict[str, Any],
    by_transform: tuple[Any, ...],
) -> None:
    def killed(world: TransformWorld, lane: dict[str, Any]) -> None:
        job = Mortal(world, *DEATHS[death])
        with pytest.raises(Killed):
            world.invoke(lane, client=job.client, engine=job.engine)
        repair(world, lane)

    assert worked(tmp_path, session, clients, killed) == by_transform
    assert by_transform[0] == by_transform[1]
    assert by_transform[2:] == (2, 2, False, True)


def test_another_run_waits_for_the_lease_of_a_killed_job_and_then_does_its_work(
    tmp_path: Path, session: botocore.session.Session, clients: dict[str, Any], by_transform: tuple[Any, ...]
) -> None:
    answers: list[dict[str, Any]] = []

    def killed(world: TransformWorld, lane: dict[str, Any]) -> None:
        job = Mortal(world, *DEATHS["after the change file"])
        with pytest.raises(Killed):
            world.invoke(lane, client=job.client, engine=job.engine)
        begin = datetime.fromisoformat(lane["slot"])
        for seconds in (LEASE_SECONDS - 5, LEASE_SECONDS + 5):
            later = begin + timedelta(seconds=seconds)
            other = {**lane, "run": run_name(later), "slot": iso(later)}
            answers.append(world.invoke(other)["pairs"][0]["canonical"][0])

    assert worked(tmp_path, session, clients, killed) == by_transform
    assert [(it.get("busy", False), it["commit"]) for it in answers] == [(True, 0), (False, 2)]


def test_a_job_that_lost_its_lease_while_it_computed_writes_no_commit(
    tmp_path: Path, session: botocore.session.Session, clients: dict[str, Any], by_transform: tuple[Any, ...]
) -> None:
    """Another run took over and committed the same work, so the job yields."""
    answers: list[dict[str, Any]] = []

    def robbed(world: TransformWorld, lane: dict[str, Any]) -> None:
        class Robbed(Mortal):
            def execute(self) -> None:
                super().execute()
                if self.statements == 3:
                    world.clock.sleep(2 * LEASE_SECONDS)
                    answers.append(world.run()["canonical"][0])

        job = Robbed(world)
        answers.append(world.invoke(lane, client=job.client, engine=job.engine)["pairs"][0]["canonical"][0])

    assert worked(tmp_path, session, clients, robbed) == by_transform
    assert [(it.get("busy", False), it["commit"]) for it in answers] == [(False, 2), (True, 0)]
