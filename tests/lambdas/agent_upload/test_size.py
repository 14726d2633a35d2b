"""The largest file that one upload takes, with a password in each row: its calls, its time and its memory."""

from __future__ import annotations

import tracemalloc
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import pytest

from reconciler.lambdas.agent_upload.failures import NoTime
from reconciler.lambdas.agents import results
from reconciler.lambdas.agents.names import Names, ids_by_name
from reconciler.lambdas.agents.results import PENDING, ResultRow, Upload
from reconciler.lambdas.agents.rows import MOST_ROWS, read_sheet
from reconciler.lambdas.agents.table import decoded, read_table
from tests.builders.agent_files import SECRET
from tests.lambdas.agent_upload.inbox import Inbox, managed_csv, row

MEMORY, TIME = 512 << 20, 900  # of operations.json
SLOW_CALL = 0.03  # seconds: DynamoDB and Secrets Manager answer in less


@dataclass(frozen=True)
class Slow:
    """A client in whose every call a time passes."""

    client: Any
    sleep: Callable[[float], None]
    seconds: float

    def __getattr__(self, name: str) -> Any:
        operation = getattr(self.client, name)

        def call(**params: Any) -> Any:
            self.sleep(self.seconds)
            return operation(**params)

        return call


def rows(first: int, count: int, password: str = SECRET) -> str:
    return managed_csv(row(user_login=f"agent{at}", password=password) for at in range(first, first + count))


def calls_of(inbox: Inbox, content: str) -> Counter[str]:
    inbox.sandbox.reset_stats()
    inbox.upload(content)
    return Counter(inbox.calls())


@pytest.mark.parametrize(("is_kept", "expected"), [(False, 2), (True, 5)], ids=["new secrets", "other passwords"])
def test_the_calls_of_5000_rows_with_passwords_fit_into_the_time_of_one_function(
    inbox: Inbox, is_kept: bool, expected: int
) -> None:
    """S4-29: a row needs its secret and its request, and more calls if an older secret has another password."""
    if is_kept:
        for at in range(32):
            name = f"agents/passwords/{inbox.environ['INSTANCE_ID']}/agent{at}/password"
            inbox.clients["secretsmanager"].create_secret(Name=name, SecretString="Another-0ne")
    # The first upload also reads the names of the instance.
    inbox.upload(rows(0, 2))

    few, many = calls_of(inbox, rows(2, 5)), calls_of(inbox, rows(7, 25))

    per_row, once = (many.total() - few.total()) / 20, few.total() - 5 * expected
    assert per_row == expected
    assert (MOST_ROWS * per_row + once) * SLOW_CALL < TIME


def test_an_invocation_that_ends_in_the_middle_repeats_no_row(inbox: Inbox) -> None:
    """S4-29: on a slow day the next try goes on, and makes no second call for a row."""
    record, clients = inbox.put(rows(0, 20)), inbox.clients
    inbox.sandbox.reset_stats()
    inbox.clients = {name: Slow(client, inbox.sleep, 1.0) for name, client in clients.items()}
    inbox.function = inbox.container()

    with pytest.raises(NoTime):
        inbox.invoke(record, seconds=40.0)
    begun = len(inbox.roster())
    answer = inbox.invoke(record, seconds=80.0)

    assert 0 < begun < 20
    assert (answer["rows"], answer["pending"]) == (20, 20)
    assert inbox.calls()["secretsmanager:CreateSecret"] <= 21
    assert {item.status for item in inbox.roster().values()} == {"PENDING"}


def test_5000_rows_with_passwords_take_a_fraction_of_the_memory_of_one_function() -> None:
    """S4-29: the file, its rows, and the result in both forms, all at once."""
    names = Names(
        ids_by_name([("Basic Routing Profile", "r")]), ids_by_name([("Agent", "a"), ("CallCenterManager", "b")]), {}
    )
    content = rows(0, MOST_ROWS).encode()
    tracemalloc.start()
    try:
        text = decoded(content)
        table = read_table(text) if text is not None else None
        assert table is not None
        sheet = read_sheet(table, "CONNECT_MANAGED")
        checked = [names.checked(one, sheet.header) for one in sheet.rows]
        lines = [ResultRow(one.number, one.username, PENDING) for one in checked if one.agent]
        files = [results.as_json(Upload("k", "s", "t"), lines), results.as_csv(lines)]
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()

    assert (len(lines), len(files)) == (MOST_ROWS, 2)
    assert peak < MEMORY / 4
