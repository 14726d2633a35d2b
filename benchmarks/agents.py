"""Measures files of agents: their rows read and judged, against Python's own CSV reader, and the calls of an upload."""

from __future__ import annotations

import csv
import io
import time
import tracemalloc
from collections.abc import Callable, Iterator
from statistics import median
from typing import Any

import botocore.session

from reconciler.lambdas.agents.names import Names, ids_by_name
from reconciler.lambdas.agents.rows import MOST_ROWS, Row, read_sheet
from reconciler.lambdas.agents.table import decoded, read_table
from reconciler.lambdas.shared.calls import Patience, client
from reconciler.sandbox import in_process
from tests.builders.agent_files import ADA, NEWEST, SECRET, agent_csv
from tests.lambdas.agent_upload.inbox import Inbox

RUNS, MANY, SOME, GOAL = 5, 20_000, 50, 20_000
TIME, CALL = 900, 0.03  # seconds of one function, and of a call of DynamoDB or Secrets Manager at most
SERVICES = ("connect", "dynamodb", "s3", "secretsmanager")


def figures(runs: int = RUNS, many: int = MANY) -> Iterator[str]:
    content = _file(many).encode()
    names = Names(
        ids_by_name([("Basic Routing Profile", "r")]),
        ids_by_name([("Agent", "a"), ("CallCenterManager", "b")]),
        ids_by_name([("London/Sales", "g")]),
    )
    bare = median(_cpu(lambda: list(csv.reader(io.StringIO(content.decode())))) for _ in range(runs))
    judged = median(_cpu(lambda: _judged(content, names)) for _ in range(runs))
    hashed = median(_cpu(lambda: [row.agent.hash for row in _judged(content, names) if row.agent]) for _ in range(runs))
    speed = many / judged
    yield f"read and judged: {speed:,.0f} rows a second of CPU (goal {GOAL:,}), {judged / bare:.1f} × csv.reader alone"
    yield f"with the hash of each agent: {many / hashed:,.0f} rows a second of CPU"
    yield from _calls()
    yield from _largest()


def _calls() -> Iterator[str]:
    """Yields the calls of an upload. The floor is a secret and a request for each new agent, and nothing for others."""
    with in_process() as sandbox:
        inbox = Inbox(sandbox, _clients())
        for title in ("new", "settled"):
            sandbox.reset_stats()
            inbox.upload(_file(SOME), f"uploads/{title}.csv")
            calls = inbox.calls()
            writes = calls.get("secretsmanager:CreateSecret", 0), calls.get("dynamodb:UpdateItem", 0)
            reads = sum(calls.values()) - sum(writes)
            per_agent = sum(calls.values()) / SOME
            floor = 2 if title == "new" else 1
            yield (
                f"{SOME} {title} agents: {per_agent:.2f} calls an agent (floor {floor}); "
                f"{writes[0]} secrets, {writes[1]} items written, {reads} other calls"
            )
            inbox.settle(*(f"agent{number}" for number in range(SOME if title == "new" else 0)))


def _largest() -> Iterator[str]:
    """Yields the cost of the largest file, with a password in each row: its calls, its CPU and its memory."""
    content = _file(MOST_ROWS)
    profiles = ids_by_name([("Agent", "a"), ("CallCenterManager", "b")])
    names = Names(ids_by_name([("Basic Routing Profile", "r")]), profiles, {})
    tracemalloc.start()
    judged = _judged(content.encode(), names)
    peak = tracemalloc.get_traced_memory()[1] >> 20
    tracemalloc.stop()
    with in_process() as sandbox:
        inbox = Inbox(sandbox, _clients())
        # The first upload also reads the names of the instance.
        inbox.upload(_file(1, "first"), "uploads/first.csv")
        counts = []
        for some in (SOME, 2 * SOME):
            sandbox.reset_stats()
            inbox.upload(_file(some, f"of{some}-"), f"uploads/{some}.csv")
            counts.append(sum(inbox.calls().values()))
    # A file costs calls of its own, and each row the same number.
    calls = counts[1] + (counts[1] - counts[0]) * (MOST_ROWS - 2 * SOME) // SOME
    yield (
        f"{len(judged):,} new agents with passwords: {calls:,} calls, {calls * CALL:,.0f} of {TIME} seconds at "
        f"{CALL * 1000:.0f} ms a call; rows take {peak} of 512 MB"
    )


def _clients() -> dict[str, Any]:
    session = botocore.session.Session()
    session.set_credentials("AKIDEXAMPLE", "secret")
    return {name: client(name, "us-east-1", Patience(connect=3.0, read=10.0), session) for name in SERVICES}


def _file(count: int, login: str = "agent") -> str:
    rows = [
        {
            **ADA,
            "user login": f"{login}{number}",
            "password": SECRET,
            "email address": f"{login}{number}@example.com",
            "mobile": f"+1555010{number % 10_000:04}",
            "tags": "Site:London|Team:Sales",
        }
        for number in range(count)
    ]
    return agent_csv(NEWEST, rows)


def _judged(content: bytes, names: Names) -> list[Row]:
    text = decoded(content)
    table = read_table(text) if text is not None else None
    if table is None:
        raise ValueError("the file of the benchmark is not one of agents")
    sheet = read_sheet(table, "CONNECT_MANAGED")
    return [names.checked(row, sheet.header) for row in sheet.rows]


def _cpu(work: Callable[[], object]) -> float:
    began = time.process_time()
    work()
    return time.process_time() - began
