"""Runs the pipeline connectwise end to end: two tenants of a stand-in for ConnectWise, a day, and one ticket's history.

`scripts/demo_pipelines.py` runs it. The stand-in, the functions and the Redshift are on this machine.
"""

from __future__ import annotations

import json
from datetime import datetime, timedelta
from typing import Any

from reconciler.sandbox.connectwise import Fault, StandIn, standing_in
from scripts.demo_deployed import Stack
from scripts.demo_screen import ask, check, say, show

TICKETS = "service/tickets"
HOURS = 3600.0
TENANTS = {"harbor-dental": "harbor", "lake-legal": "lake"}  # each with its company at the vendor
MANIFEST = """\
kind: Pipeline
metadata: {name: connectwise}
spec:
  type: connectwise
  schedules:
    six-hourly: {expression: "cron(10 0/6 * * ? *)", timeZone: UTC}
    nightly-ids: {expression: "cron(40 23 * * ? *)", timeZone: UTC, input: {mode: ids}}
  bucket: {name: example-centre-lake}
  warehouse: {namespace: analytics, secret: connectwise/redshift}
---
kind: RedshiftNamespace
metadata: {name: analytics}
---
kind: RedshiftWorkgroup
metadata: {name: analytics}
spec: {namespace: analytics, baseCapacity: 8}
---
kind: Tenants
metadata: {name: all}
spec:
  pipeline: connectwise
  file: tenants.csv
  defaults:
    tables: [service/tickets]
    rate: {perMinute: 6000}
    backfill: {days: 1, chunkDays: 1}
    deletes: {confirmations: 1, maxPercent: 50}
"""
SHOWN = ("effective_from", "effective_to", "change_type", "status", "summary")
HISTORY = (
    "select effective_from, effective_to, change_type, status, summary from canonical.tickets "
    "where tenant_id = '{}' and source_id = {} order by effective_from"
)


def connectwise(stack: Stack) -> None:
    """Keeps the history of two tenants for a day."""
    say("connectwise: tickets of two tenants, with their history, in a lake and in Redshift")
    with standing_in() as vendor:
        _begin_at_midnight(stack)
        _deployed(stack, vendor)
        _a_day(stack, vendor)
        _arrived(stack)


def _deployed(stack: Stack, vendor: StandIn) -> None:
    stack.declare("connectwise", MANIFEST)
    stack.declare_tenants(TENANTS, vendor.url)
    show("manifest", f"{len(MANIFEST.splitlines())} lines, and a CSV file of {len(TENANTS)} tenants")
    show("apply", stack.reconcile("apply", "--auto-approve").splitlines()[-3])
    for tenant, company in TENANTS.items():
        vendor.company(company).put(TICKETS, {"id": 7, "summary": f"VPN drops at {company}", "status": _status("New")})
        keys = json.dumps(vendor.credentials(company))
        show("secret", stack.reconcile("secret", "set", f"Tenant/{tenant}", stdin=keys).partition(", version")[0])
    stack.reconcile("secret", "set", "Secret/connectwise/redshift", stdin=json.dumps(stack.login()))
    show("tables created", stack.invoke("centre-sandbox-connectwise-load", {"migrate": True}))


def _begin_at_midnight(stack: Stack) -> None:
    """Moves the clock, so that the same schedules fire in the same order at any time of the day."""
    now = datetime.fromisoformat(ask(stack.local, "GET", "")["clock"])
    midnight = (now + timedelta(days=1)).replace(hour=0, minute=0, second=0, microsecond=0)
    ask(stack.local, "POST", "clock", {"to": midnight.isoformat().replace("+00:00", "Z")})


def _a_day(stack: Stack, vendor: StandIn) -> None:
    """Lets a day pass, with changes, a late commit, a storm of 429, a killed function and a deleted ticket."""
    harbor = vendor.company("harbor")
    harbor.put_all(TICKETS, ({"id": id, "summary": f"ticket {id}", "status": _status("New")} for id in range(100, 400)))
    _until(stack, vendor, "after the first run")
    overdue = vendor.clock.now - timedelta(minutes=10)
    harbor.change(TICKETS, 7, status=_status("In Progress"))
    vendor.faults.add(Fault("status", 429, retry_after="1", times=6))
    _until(stack, vendor, "after a change and a storm of 429")
    check(vendor.faults.served == {"status": 6}, "the vendor asked six times for a wait")
    harbor.change(TICKETS, 7, summary="VPN drops every hour")
    harbor.change(TICKETS, 101, summary="a late commit", stamp=f"{overdue:%Y-%m-%dT%H:%M:%SZ}")
    kill = {"function": "*connectwise-transform", "afterCalls": 5, "when": "after"}
    ask(stack.local, "POST", "functions", {"kill": kill})
    _until(stack, vendor, "after a commit with an older stamp, with a killed function")
    harbor.change(TICKETS, 7, status=_status("Closed"))
    harbor.delete(TICKETS, 100)
    _until(stack, vendor, "after a deletion, which the night finds")


def _until(stack: Stack, vendor: StandIn, title: str) -> None:
    """Moves both clocks by six hours, and shows the runs of that time."""
    vendor.clock.advance(6 * HOURS)
    moved = ask(stack.local, "POST", "clock", {"advance": "6h"})
    show(title, {"clock": moved["now"], "fired": [it["schedule"] for it in moved["fired"]]})


def _arrived(stack: Stack) -> None:
    (machine,) = stack.client("stepfunctions").list_state_machines()["stateMachines"]
    runs = stack.client("stepfunctions").list_executions(stateMachineArn=machine["stateMachineArn"])["executions"]
    ended = {run["name"]: run["status"] for run in runs if run["name"].startswith(("six", "nightly"))}
    show("runs", dict(sorted(ended.items())))
    check(len(ended) == 5, "each slot had one run")
    history = stack.rows(HISTORY.format("harbor-dental", 7))
    for row in history:
        show("  ticket 7 of harbor-dental", dict(zip(SHOWN, map(str, row), strict=True)))
    check([row[3] for row in history] == ["New", "In Progress", "In Progress", "Closed"], "every change is a version")
    check([row[1] for row in history[:-1]] == [row[0] for row in history[1:]], "intervals have no gap")
    check(history[-1][1] is None, "one version is open")
    (other,) = stack.rows(HISTORY.format("lake-legal", 7))
    check(other[4] == "VPN drops at lake", "the other tenant's ticket 7 is another record")
    overdue = stack.rows(HISTORY.format("harbor-dental", 101))
    check([row[4] for row in overdue] == ["ticket 101", "a late commit"], "the late commit is there")
    deleted = stack.rows(HISTORY.format("harbor-dental", 100))
    check([row[2] for row in deleted] == ["INSERT", "DELETE"], "the deleted ticket has a tombstone")
    open_rows = (
        "select count(*), count(distinct tenant_id || source_id) from canonical.tickets where effective_to is null"
    )
    count, keys = stack.rows(open_rows)[0]
    check(count == keys == 302, "each record of both tenants has one open row")


def _status(name: str) -> dict[str, Any]:
    return {"id": 1 + ("New", "In Progress", "Closed").index(name), "name": name}
