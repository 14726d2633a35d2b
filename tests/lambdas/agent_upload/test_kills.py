"""The function is killed before or after any of its calls; the retry ends in the same state."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any

import moto  # noqa: F401
import pytest

from tests.builders.agent_files import MANAGED
from tests.lambdas.agent_upload.inbox import ROSTER, UPLOADS, Inbox, managed_csv, row
from tests.lambdas.dying import Killed

ROWS = (row(), row(user_login="b c"), row(user_login="mary"))


@dataclass
class Killing:
    """A client whose n-th call, over all services, ends the container: before AWS gets it, or after it answered."""

    real: Any
    counter: dict[str, int]
    at: int
    is_after: bool

    def __getattr__(self, name: str) -> Any:
        method = getattr(self.real, name)

        def call(**params: Any) -> Any:
            self.counter["calls"] += 1
            is_last = self.counter["calls"] == self.at
            if is_last and not self.is_after:
                raise Killed
            answer = method(**params)
            if is_last:
                raise Killed
            return answer

        return call


@dataclass
class Story:
    """One upload that is killed and tried again, and the state in which it ends."""

    inbox: Inbox
    record: Mapping[str, Any] = field(default_factory=dict)

    def run(self, at: int, *, is_after: bool) -> int:
        """Returns the number of calls of the first try."""
        clients, counter = self.inbox.clients, {"calls": 0}
        self.inbox.clients = {name: Killing(client, counter, at, is_after) for name, client in clients.items()}
        self.inbox.function = self.inbox.container()
        with suppress(Killed):
            self.inbox.invoke(self.record)
        self.inbox.clients = clients
        self.inbox.function = self.inbox.container()
        self.inbox.invoke(self.record)
        self.inbox.settle("ada", "mary")
        return counter["calls"]

    def state(self) -> dict[str, Any]:
        """Returns every item, secret and object, without ids that differ between worlds."""
        world = self.inbox
        items = [
            {name: value for name, value in item.items() if name not in ("version_id", "expires")}
            for table in (UPLOADS, ROSTER)
            for item in world.items(table)
        ]
        order = sorted(json.dumps(item, sort_keys=True) for item in items)
        objects = {key: world.object(key) for key in world.object_keys()}
        secrets = {
            name: world.clients["secretsmanager"].get_secret_value(SecretId=name)["SecretString"]
            for name in world.secrets()
        }
        return {"items": order, "objects": objects, "secrets": secrets, "left": world.versions("uploads/")}


def story(world: Callable[[], Inbox]) -> Story:
    inbox = world()
    return Story(inbox, inbox.put(managed_csv(ROWS, MANAGED)))


@pytest.mark.slow
@pytest.mark.parametrize("is_after", [False, True])
def test_a_kill_at_any_call_ends_in_the_same_state(worlds: Callable[[], Inbox], *, is_after: bool) -> None:
    """S4-34: 21 calls or more, each killed before and after."""
    whole = story(worlds)
    calls = whole.run(0, is_after=False)
    expected = whole.state()
    assert calls > 15
    assert expected["left"] == []

    for at in range(1, calls + 1):
        killed = story(worlds)
        killed.run(at, is_after=is_after)
        assert killed.state() == expected, f"killed at call {at}"


def test_a_kill_while_the_upload_moves_leaves_no_version_behind(worlds: Callable[[], Inbox]) -> None:
    whole = story(worlds)
    calls = whole.run(0, is_after=False)

    for at in range(calls - 2, calls + 1):
        killed = story(worlds)
        killed.run(at, is_after=True)
        assert killed.inbox.versions("uploads/") == []
        assert len(killed.inbox.object_keys("quarantine/")) == 1
