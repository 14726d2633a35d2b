"""Something else happens between any two calls of the function: the end state is as if it had happened afterwards."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import pytest

from tests.builders.agent_files import MANAGED
from tests.lambdas.agent_upload.inbox import UPLOADS, Inbox, managed_csv, row

pytestmark = pytest.mark.slow
ROWS = (row(), row(user_login="b c"), row(user_login="mary"))


@dataclass
class Interrupted:
    """A client whose n-th call, over all services, is preceded by something else."""

    real: Any
    counter: dict[str, int]
    at: int
    happens: Callable[[], None]

    def __getattr__(self, name: str) -> Any:
        method = getattr(self.real, name)

        def call(**params: Any) -> Any:
            self.counter["calls"] += 1
            if self.counter["calls"] == self.at:
                self.happens()
            return method(**params)

        return call


def interrupted(inbox: Inbox, record: Mapping[str, Any], at: int, happens: Callable[[], None]) -> int:
    """Takes the upload, interrupted at a call. Returns the number of its calls."""
    real, counter = inbox.clients, {"calls": 0}

    def apart() -> None:
        """Runs with clients of its own, in another container."""
        own, inbox.clients = inbox.clients, real
        function, inbox.function = inbox.function, inbox.container()
        happens()
        inbox.clients, inbox.function = own, function

    inbox.clients = {name: Interrupted(client, counter, at, apart) for name, client in real.items()}
    inbox.function = inbox.container()
    inbox.invoke(record)
    inbox.clients = real
    inbox.function = inbox.container()
    return counter["calls"]


def settle_pending(inbox: Inbox) -> None:
    """Settles every request that is there, as the other function does at any time."""
    inbox.settle(*(name for name, item in inbox.roster().items() if item.status == "PENDING"))


def state(inbox: Inbox, record: Mapping[str, Any]) -> Any:
    kept = inbox.record(record)
    counts = {name: kept.get(name) for name in ("rows", "refused", "created", "settled", "status", "pending")}
    results = [(line["row"], line["user login"], line["result"]) for line in inbox.results(record)]
    json_results = [(held["row"], held["username"], held["result"]) for held in inbox.result_json(record)["rows"]]
    places = inbox.versions("uploads/"), len(inbox.object_keys("quarantine/"))
    return counts, results, json_results, places, inbox.secrets(), sorted(inbox.roster())


@pytest.mark.parametrize("does", ["settles", "twice", "twice and settles"])
def test_another_function_or_the_same_event_at_any_call_changes_no_result(
    worlds: Callable[[], Inbox], does: str
) -> None:
    """S4-16, S4-34: `agent_roster` settles rows early, or S3 delivers the event twice at the same time."""
    inbox = worlds()
    record = inbox.put(managed_csv(ROWS, MANAGED))
    calls = interrupted(inbox, record, 0, lambda: None)
    settle_pending(inbox)
    expected = state(inbox, record)
    assert expected[0]["status"] == "done"
    assert calls > 15

    for at in range(1, calls + 1):
        inbox = worlds()
        record = inbox.put(managed_csv(ROWS, MANAGED))
        interrupted(inbox, record, at, _happening(inbox, record, does))
        settle_pending(inbox)
        assert state(inbox, record) == expected, f"at call {at}"
        assert len(inbox.items(UPLOADS)) == 3


def _happening(inbox: Inbox, record: Mapping[str, Any], does: str) -> Callable[[], None]:
    def happens() -> None:
        if "twice" in does:
            inbox.invoke(record)
        if "settles" in does:
            settle_pending(inbox)

    return happens


def test_throttles_and_lost_replies_of_every_service_are_repeated(worlds: Callable[[], Inbox]) -> None:
    """S4-34: every third call is refused, and every seventh reply is lost."""
    inbox = worlds()
    record = inbox.put(managed_csv(ROWS, MANAGED))
    inbox.sandbox.set_faults({"error": {"every": 3, "code": "ThrottlingException"}, "lostReply": {"every": 7}})

    answer = inbox.invoke(record)
    inbox.sandbox.set_faults({})

    assert answer == {"objects": 1, "rosters": 1, "rows": 3, "refused": 1, "pending": 2}
    assert len(inbox.secrets()) == 2
    assert sorted(inbox.roster()) == ["ada", "mary"]
