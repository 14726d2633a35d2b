"""Random days of a source, random runs of both functions, kills at any call, replays: the history of an ideal reader.

The ideal reader knows what polls saw, and builds the history by the rules in plain Python. Every number is from a seed.
"""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import botocore.session
import pytest

from reconciler.lambdas.shared import calls
from reconciler.lambdas.shared.calls import Patience
from reconciler.sandbox.connectwise import Company
from tests.lambdas.connectwise_ingest.world import TICKETS, World, ticket
from tests.lambdas.connectwise_transform.both import both_functions, history, transform
from tests.lambdas.connectwise_transform.reference import Observation
from tests.lambdas.connectwise_transform.reference import history as ideal
from tests.lambdas.dying import Killed

pytestmark = pytest.mark.slow
IDS = range(6)  # 0 is an id
STEPS = 10
SMALL = {"PAGE_SIZE": "4", "FLUSH_ROWS": "4", "FLUSH_SECONDS": "600"}
DELAY = timedelta(minutes=10)  # within the overlap of two passes
MODES = ("incremental", "incremental", "incremental", "ids", "content", "replay", "rebuild")
COLUMNS = """source_id, epoch_us(effective_from), epoch_us(effective_to), change_type, is_deleted,
  epoch_us(source_updated_at), epoch_us(first_seen_at), coalesce(summary, '')"""
Row = tuple[Any, ...]


@dataclass
class Source:
    """The changes at the vendor. With `has_old`, contents never repeat and stamps move with contents alone.

    A log remembers only the newest of several touches, so old versions and touches have stories of their own.
    """

    company: Company
    dice: random.Random
    has_old: bool
    number: int = 0

    def change(self) -> None:
        rows = self.company.tables.get(TICKETS, {})
        id = self.dice.choice(IDS)
        if id not in rows:
            # Else a record that came back would have another column that changed.
            entered = {"dateEntered": "2026-01-01T00:00:00Z"}
            self.company.put(TICKETS, ticket(id, self._content(), _info=entered))
            return
        kinds = ["change", "change", "delete", "old" if self.has_old else "touch"]
        match self.dice.choice(kinds if self.has_old else [*kinds, "silent"]):
            case "delete":
                self.company.delete(TICKETS, id)
            case "touch":
                self.company.touch(TICKETS, id)
            case "silent":
                self.company.change_silently(TICKETS, id, summary=self._content())
            case "old" if self._stamp_of(id) < self.company.clock.now - DELAY:
                self.company.change(TICKETS, id, summary=self._content(), stamp=_stamp(self.company.clock.now - DELAY))
            case _ if self._stamp_of(id) < self.company.clock.now:
                self.company.change(TICKETS, id, summary=self._content())

    def _content(self) -> str:
        self.number += 1
        return f"v{self.number}" if self.has_old else self.dice.choice("abc")

    def _stamp_of(self, id: int) -> datetime:
        return datetime.fromisoformat(self.company.tables[TICKETS][id]["_info"]["lastUpdated"])

    @property
    def stamped(self) -> set[tuple[int, str]]:
        """The records that an incremental pass must see; none where a change may have no stamp."""
        rows = self.company.tables.get(TICKETS, {}) if self.has_old else {}
        return {(id, record["summary"]) for id, record in rows.items()}


@dataclass
class Killer:
    """Clients that end a function before or after its `left`-th call. Others judge roles, so all share a client."""

    session: botocore.session.Session
    left: int = 0
    after: bool = False
    clients: dict[str, Any] = field(default_factory=dict)

    def client(self, service: str, *_: Any) -> Any:
        if service not in self.clients:
            real = calls.client(service, "us-east-1", Patience(connect=3.0, read=10.0), self.session)
            self.clients[service] = _Client(real, self)
        return self.clients[service]

    def count(self, call: Callable[[], Any]) -> Any:
        self.left -= 1
        if self.left == 0 and not self.after:
            raise Killed
        answer = call()
        if self.left == 0:
            raise Killed
        return answer


class _Client:
    def __init__(self, client: Any, killer: Killer) -> None:
        self._client, self._killer = client, killer

    def __getattr__(self, name: str) -> Any:
        method = getattr(self._client, name)
        if not callable(method):
            return method
        return lambda **params: self._killer.count(lambda: method(**params))


@dataclass
class Story:
    """A day. `held` has answers of ingest that transform gets later, after those of other runs."""

    world: World
    source: Source
    killer: Killer
    dice: random.Random
    held: list[dict[str, Any]] = field(default_factory=list)
    promised: set[tuple[int, str]] = field(default_factory=set)
    """What a pass that ended well must have seen."""

    def tell(self) -> None:
        for _ in range(STEPS):
            for _ in range(self.dice.randint(0, 4)):
                self.source.change()
            self._run(self.dice.choice(MODES), kill_at=self.dice.choice([0, 0, self.dice.randint(1, 30)]))

    def settle(self) -> None:
        """Lets every run end well, until nothing is left to see."""
        for mode in ("incremental", "content", "ids", "ids", "ids", "incremental"):
            self._run(mode)
        for lane in self.held:
            transform(self.world, lane)
        self.world.pass_time()
        self._transformed(self.world.run(**SMALL))

    def _run(self, mode: str, kill_at: int = 0) -> None:
        self.world.pass_time()
        before = self.source.stamped  # records change between runs only
        self.killer.left, self.killer.after = kill_at, self.dice.random() < 0.5
        try:
            result = self._ingested(mode)
            if mode == "incremental" and result["status"] in ("done", "quiet") and "error" not in result:
                self.promised |= before
            self._transformed(result)
        except Killed:
            pass
        self.killer.left = 0

    def _ingested(self, mode: str) -> dict[str, Any]:
        if mode != "replay":
            return self.world.run(mode=mode, **SMALL)
        now = self.source.company.clock.now
        span = {"from": _stamp(now - timedelta(hours=2)), "to": _stamp(now - timedelta(hours=1))}
        return self.world.run(mode="backfill", **span, **SMALL)

    def _transformed(self, result: dict[str, Any]) -> None:
        if self.held and self.dice.random() < 0.5:
            self.held.append(result)
            result = self.held.pop(0)
        elif self.dice.random() < 0.2:
            self.held.append(result)
            return
        transform(self.world, result)


@pytest.mark.parametrize("seed", range(4))
def test_any_interleaving_gives_the_history_of_an_ideal_reader(
    session: botocore.session.Session, tmp_path: Path, seed: int
) -> None:
    dice = random.Random(seed)  # noqa: S311 - of a story
    with both_functions(session) as world:
        killer = Killer(session)
        world.make_client = killer.client
        company = world.add_tenant(backfill={"days": 1, "chunk_days": 1})
        story = Story(world, Source(company, dice, has_old=seed % 2 == 1), killer, dice)

        story.tell()
        story.settle()

        versions = history(world, tmp_path, COLUMNS)
        assert versions == ideal_of(world)
        seen = {(row[0], row[-1]) for row in versions}
        assert story.promised <= seen
        current = {id: record["summary"] for id, record in company.tables.get(TICKETS, {}).items()}
        assert {row[0]: row[-1] for row in versions if row[2] is None and not row[4]} == current


def ideal_of(world: World) -> list[Row]:
    """Returns the history that the rules give for the rows of all raw files, in the form of `COLUMNS`."""
    observations: dict[int, list[Observation]] = {}
    for row in world.rows():
        seen, stamp = _microseconds(row["_seen_at"]), row["_info__lastUpdated"]
        is_absent = row["_deleted"]
        at = seen if is_absent or stamp is None else _microseconds(stamp)
        observation = Observation(at, seen, "" if is_absent else row["summary"], is_absent)
        observations.setdefault(row["id"], []).append(observation)
    return [
        (
            *(id, it.effective_from, it.effective_to, it.change_type, it.is_deleted),
            *(it.source_updated_at, it.first_seen_at, it.content),
        )
        for id, rows in sorted(observations.items())
        for it in ideal(rows)
    ]


def _microseconds(instant: datetime) -> int:
    return (instant.replace(tzinfo=UTC) - datetime(1970, 1, 1, tzinfo=UTC)) // timedelta(microseconds=1)


def _stamp(instant: datetime) -> str:
    return instant.strftime("%Y-%m-%dT%H:%M:%SZ")
