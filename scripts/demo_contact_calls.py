"""Runs the pipeline contact_calls end to end: from contacts in a local Amazon Connect to tables in a Redshift over TLS.

`scripts/demo_pipelines.py` runs it. The Redshift is the sandbox's: its wire protocol before an embedded PostgreSQL.
"""

from __future__ import annotations

import json
from datetime import datetime, timedelta
from typing import Any

from reconciler.sandbox import INSTANCE_ARN
from scripts.demo_deployed import Stack
from scripts.demo_screen import PYTHON, ask, check, say, show

FUNCTION = "centre-sandbox-contact-calls"
SECRET = "Secret/contact-calls/redshift"  # noqa: S105 - its address
SHOWN = ("contact_id", "disconn_time", "agent_username", "queue_name", "contact_duration", "customer_phone")
MANIFEST = """\
kind: Pipeline
metadata: {name: contact-calls}
spec:
  type: contact_calls
  environment: {TIME_ZONE: UTC, PHONES: mask, RATES: "SearchContacts=1000/1000,DescribeContact=100000/100000"}
  schedules:
    every-two-hours: {expression: "cron(40 */2 * * ? *)", timeZone: UTC}
  bucket: {name: example-centre-calls}
  warehouse: {namespace: analytics, secret: contact-calls/redshift}
---
kind: RedshiftNamespace
metadata: {name: analytics}
---
kind: RedshiftWorkgroup
metadata: {name: analytics}
spec: {namespace: analytics, baseCapacity: 8}
"""
# The difference of this machine: its Python.
HERE = """\
kind: LambdaFunction
metadata: {{name: {name}, overrides: Pipeline/contact-calls}}
spec: {{runtime: python{python}}}
"""


def contact_calls(stack: Stack) -> None:
    """Loads completed contacts into Redshift."""
    say("contact_calls: completed calls, loaded into Redshift every two hours")
    stack.declare("contact-calls", MANIFEST)
    stack.declare("here", HERE.format(name=FUNCTION, python=PYTHON))
    show("manifest", f"{len(MANIFEST.splitlines())} lines")
    show("apply", stack.reconcile("apply", "--auto-approve").splitlines()[-3])
    login = json.dumps(stack.login())
    show("secret", stack.reconcile("secret", "set", SECRET, stdin=login).partition(", version")[0])
    show("tables created", stack.invoke(FUNCTION, {"migrate": True})["applied"])
    _two_hours(stack)


def _two_hours(stack: Stack) -> None:
    now = datetime.fromisoformat(ask(stack.local, "GET", "")["clock"])
    _seed(stack, now - timedelta(minutes=90), now - timedelta(minutes=30))
    show("names of queues and users", stack.invoke(FUNCTION, {"dimensions": True}))
    show("the clock says", now.isoformat())
    moved = ask(stack.local, "POST", "clock", {"advance": "4h"})
    show("four hours later", {"clock": moved["now"], "fired": len(moved["fired"])})
    runs = [line for line in stack.log(FUNCTION) if line.get("described")]
    show("runs of the schedule", [{key: line[key] for key in ("status", "watermark", "inserted")} for line in runs])
    _arrived(stack)

    say("the same again")
    span = {"from": (now - timedelta(hours=4)).isoformat(), "to": (now - timedelta(minutes=10)).isoformat()}
    again = stack.invoke(FUNCTION, span)
    show("a replay", {key: again[key] for key in ("status", "staged", "inserted", "updated", "unchanged")})
    check((again["inserted"], again["updated"]) == (0, 0), "a second run changes nothing")
    end = datetime.fromisoformat(runs[-1]["watermark"])
    whole = {"from": (end - timedelta(hours=4)).isoformat(), "to": end.isoformat()}
    missing = stack.invoke(FUNCTION, {"gaps": True, **whole})
    check(missing["count"] == 0, "no window is missing")


def _seed(stack: Stack, start: datetime, end: datetime) -> None:
    listed = stack.client("connect").list_queues(InstanceId=INSTANCE_ARN, QueueTypes=["STANDARD"])["QueueSummaryList"]
    agents = [_put(stack, "User", {"Username": name}) for name in ("ada", "grace", "mary")]
    span = {"start": start.isoformat(), "end": end.isoformat()}
    common = {"count": 1500, "agents": agents, "queues": [queue["Id"] for queue in listed], **span}
    _put(stack, "Contacts", {**common, "unfinished": 0.03})
    _put(stack, "Contacts", {**common, "count": 80, "seed": 2, "channels": {"CHAT": 1.0}})


def _arrived(stack: Stack) -> None:
    for table in ("f_calls", "f_calls_staging", "f_calls_loads", "dim_users", "dim_queues"):
        show(f"connect.{table}", f"{stack.rows(f'select count(*) from connect.{table}')[0][0]} rows")  # noqa: S608
    for row in stack.rows(f"select {', '.join(SHOWN)} from connect.f_calls where agent_id is not null limit 3"):  # noqa: S608
        show("  a call", dict(zip(SHOWN, row, strict=True)))
    count, ids = stack.rows("select count(*), count(distinct contact_id) from connect.f_calls")[0]
    check(count == ids > 1400, "every completed call is there once, without chats and open calls")


def _put(stack: Stack, type: str, members: dict[str, Any]) -> str:
    return str(ask(stack.local, "POST", "seed", {"type": type, "members": members})["id"])
