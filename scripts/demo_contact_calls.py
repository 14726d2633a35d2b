"""Runs the Lambda contact_calls end to end: from contacts in a local Amazon Connect to tables in a Redshift over TLS.

`scripts/demo_pipelines.py` runs it. The Redshift is the tests' own: its wire protocol in front of an embedded
PostgreSQL.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from reconciler.packaging.building import package
from reconciler.sandbox import INSTANCE_ARN, background
from reconciler.sandbox.background import Sandbox
from scripts.demo_screen import PYTHON, ask, check, say, show
from tests.lambdas.contact_calls.served import HANDLER, client, set_up
from tests.lambdas.runtime import Lambda, running
from tests.redshift import Redshift
from tests.redshift import running as redshift_running

MORNING = {"start": "2026-01-05T10:00:00+00:00", "end": "2026-01-05T12:00:00+00:00"}
SPAN = {"from": "2026-01-05T10:00:00Z", "to": "2026-01-05T12:00:00Z"}
SHOWN = ("contact_id", "disconn_time", "agent_username", "queue_name", "contact_duration", "customer_phone")


def contact_calls(folder: Path) -> None:
    """Loads completed contacts into Redshift."""
    say("contact_calls: completed calls, loaded into Redshift every two hours")
    archive = package("contact_calls", into=folder, python=PYTHON)
    show("archive", f"{archive.path.name}, {archive.zipped:,} bytes, sha256 {archive.sha256[:12]}…")
    with _world(folder) as (local, redshift):
        environ = set_up(local.endpoint, redshift) | {"PHONES": "mask"}
        _seed(local)
        (folder / "container").mkdir()
        with running(archive.path, HANDLER, folder / "container", environ, timeout=300) as function:
            _load(local, redshift, function)


@contextmanager
def _world(folder: Path) -> Iterator[tuple[Sandbox, Redshift]]:
    local = background.attach(folder / "aws")
    try:
        with redshift_running(folder / "pg", client("s3", local.endpoint)) as redshift:
            yield local, redshift
    finally:
        background.stop(folder / "aws")


def _seed(local: Sandbox) -> None:
    connect, instance = client("connect", local.endpoint), INSTANCE_ARN
    agents = [_put(local, "User", {"Username": name}) for name in ("ada", "grace", "mary")]
    listed = connect.list_queues(InstanceId=instance, QueueTypes=["STANDARD"])["QueueSummaryList"]
    queues = [queue["Id"] for queue in listed]
    common = {"count": 1500, "agents": agents, "queues": queues, **MORNING}
    _put(local, "Contacts", {**common, "unfinished": 0.03})
    _put(local, "Contacts", {**common, "count": 80, "seed": 2, "channels": {"CHAT": 1.0}})


def _load(local: Sandbox, redshift: Redshift, function: Lambda) -> None:
    show("tables created", _answer(function, {"migrate": True})["applied"])
    show("names of queues and users", _answer(function, {"dimensions": True}))
    first = _answer(function, {"time": "2026-01-05T12:40:00Z"})
    show("the run of 12:40", {key: value for key, value in first.items() if value})
    calls = ask(local, "GET", "stats")["calls"]
    show("API calls to Connect", {key: calls[key] for key in ("connect:SearchContacts", "connect:DescribeContact")})
    _arrived(redshift, first)

    say("the same again, and then a late change")
    again = _answer(function, SPAN)
    show("a replay", {key: again[key] for key in ("status", "staged", "inserted", "updated", "unchanged")})
    check((again["inserted"], again["updated"]) == (0, 0), "a second run changes nothing")
    touched = redshift.sql("select contact_id, disconn_reason from connect.f_calls order by 1 limit 1")[0][0]
    _put(local, "Contact", {"Id": touched, "DisconnectReason": "EXPIRED", "LastUpdateTimestamp": 1767700000})
    later = _answer(function, {"time": "2026-01-05T14:40:00Z"})
    show("the run of 14:40", {key: value for key, value in later.items() if value})
    check((later["inserted"], later["updated"], later["late"]) == (0, 1, 1), "only the late change arrives")
    check(_answer(function, {"gaps": True, **SPAN})["count"] == 0, "no window is missing")


def _arrived(redshift: Redshift, answer: dict[str, Any]) -> None:
    for table in ("f_calls", "f_calls_staging", "f_calls_loads", "dim_users", "dim_queues"):
        show(f"connect.{table}", f"{redshift.sql(f'select count(*) from connect.{table}')[0][0]} rows")  # noqa: S608
    for row in redshift.sql(f"select {', '.join(SHOWN)} from connect.f_calls where agent_id is not null limit 3"):  # noqa: S608
        show("  a call", dict(zip(SHOWN, row, strict=True)))
    count = int(redshift.sql("select count(*) from connect.f_calls")[0][0] or 0)
    ids = int(redshift.sql("select count(distinct contact_id) from connect.f_calls")[0][0] or 0)
    check(count == ids == answer["inserted"] > 1400, "every completed call is there once, without chats and open calls")


def _answer(function: Lambda, event: dict[str, Any]) -> Any:
    answer = function.invoke(event)
    if answer.is_error:
        sys.exit(f"demo: {answer.body}\n{function.logged()[-2000:]}")
    return answer.body


def _put(local: Sandbox, type: str, members: dict[str, Any]) -> str:
    return str(ask(local, "POST", "seed", {"type": type, "members": members})["id"])
