"""A deployed pipeline whose functions are killed: later runs repair everything, whichever function died at which call.

Two runs in a row are killed in the same function, at different calls. Then a run without a kill repairs what they left.
It is the run of the next slot, or that of the killed slot, which a person starts again.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property
from typing import Any

import pytest

from reconciler.sandbox.connectwise import StandIn, standing_in
from scripts.demo_deployed import Stack, deployed
from scripts.demo_screen import ask
from tests.lambdas.connectwise_transform.reference import Observation, history
from tests.worlds.archives import built
from tests.worlds.connectwise import TICKETS, deploy_connectwise

pytestmark = [pytest.mark.slow, pytest.mark.long]

OWN = "centre-sandbox-connectwise"
TENANTS = {"harbor-dental": "harbor", "lake-legal": "lake"}  # each with its company at the vendor
MANIFEST = """\
kind: Pipeline
metadata: {name: connectwise}
spec:
  type: connectwise
  schedules: {hourly: {expression: "cron(10 * * * ? *)", timeZone: UTC}}
  bucket: {name: example-killed-lake}
  warehouse: {namespace: analytics, secret: connectwise/redshift}
  dashboard: false
  alerts: {emails: [ops@example.com]}
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
"""
# The calls at which the functions die, and whether AWS carries them out. All containers of a run count together.
# A run without a kill makes 2, 20, 40, 16 and 11 calls.
DEATHS = {
    "plan": [(1, "before"), (2, "after")],
    "ingest": [(4, "after"), (17, "before")],
    "transform": [(9, "after"), (30, "before")],
    "load": [(5, "before"), (14, "after")],
    "report": [(3, "before"), (10, "before")],
}
HISTORY = """select tenant_id, source_id, extract(epoch from effective_from)::bigint,
  extract(epoch from effective_to)::bigint, change_type, summary from canonical.tickets order by 1, 2, 3"""
Ticket = tuple[str, int]
"""A tenant and the id of its ticket."""


@dataclass
class KilledPipeline:
    """The deployed pipeline of two tenants. `changes`: every state of a ticket, as an ideal reader sees it."""

    stack: Stack
    vendor: StandIn
    changes: dict[Ticket, list[Observation]] = field(default_factory=dict)
    queue: str = ""
    deaths: int = 0

    @cached_property
    def machine(self) -> str:
        (machine,) = self.stack.client("stepfunctions").list_state_machines()["stateMachines"]
        return str(machine["stateMachineArn"])

    def watch(self) -> None:
        """Lets a queue get the messages about pairs."""
        sns, sqs = self.stack.client("sns"), self.stack.client("sqs")
        (topic,) = (it["TopicArn"] for it in sns.list_topics()["Topics"] if it["TopicArn"].endswith("-alerts"))
        self.queue = sqs.create_queue(QueueName="seen")["QueueUrl"]
        arn = sqs.get_queue_attributes(QueueUrl=self.queue, AttributeNames=["QueueArn"])["Attributes"]["QueueArn"]
        sns.subscribe(TopicArn=topic, Protocol="sqs", Endpoint=arn, Attributes={"RawMessageDelivery": "true"})

    def write(self, id: int) -> None:
        """Creates the ticket of each tenant, or changes its summary."""
        for tenant, company in TENANTS.items():
            seen = self.changes.setdefault((tenant, id), [])
            summary = f"{tenant} {id}, state {len(seen)}"
            record = self.vendor.company(company).put(TICKETS, {"id": id, "summary": summary})
            at = int(datetime.fromisoformat(record["_info"]["lastUpdated"]).timestamp())
            seen.append(Observation(at, at, summary))

    def let_an_hour_pass(self) -> str:
        """Returns the status of the slot's run."""
        before = set(self.runs())
        self.vendor.clock.advance(3600)
        ask(self.stack.local, "POST", "clock", {"advance": "1h"})
        (name,) = set(self.runs()) - before
        return self.runs()[name]

    def die(self, function: str, calls: int, when: str) -> str:
        """Kills a function in the run of the next slot. Returns the status of the run."""
        order = {"function": f"{OWN}-{function}", "afterCalls": calls, "when": when}
        ask(self.stack.local, "POST", "functions", {"kill": order})
        status = self.let_an_hour_pass()
        counts = ask(self.stack.local, "GET", "functions")
        errors = sum(it["errors"] for it in counts["functions"].values())
        assert (counts["kill"], errors) == (None, self.deaths + 1), (function, calls)
        self.deaths = errors
        return status

    def runs(self) -> dict[str, str]:
        """Returns the status of each slot's run, by its name."""
        return {name: status for name, status, _ in self._executions() if name.startswith("hourly-")}

    def deliver_again(self) -> None:
        """Delivers the newest slot a second time, as Scheduler may."""
        self._start(self._newest_input("schedule"))

    def run_again(self) -> str:
        """Starts the run of the newest slot again, as a person does. Returns the status."""
        return self._start(self._newest_input("slot"))

    def messages(self) -> Counter[tuple[str, str]]:
        """Takes the messages about pairs out of the queue, and returns how many there are by status and tenant."""
        sqs, taken = self.stack.client("sqs"), Counter[tuple[str, str]]()
        while some := sqs.receive_message(QueueUrl=self.queue, MaxNumberOfMessages=10).get("Messages", ()):
            for message in some:
                content = json.loads(message["Body"])
                if "tenant_id" in content:  # the others are of alarms
                    taken[content["status"], content["tenant_id"]] += 1
                sqs.delete_message(QueueUrl=self.queue, ReceiptHandle=message["ReceiptHandle"])
        return taken

    def unfinished(self) -> list[str]:
        """Returns the items of the ledger with a lease, pinned work or an error, and those that are not loaded."""
        items = self.stack.client("dynamodb").scan(TableName=f"{OWN}-last-updated", ConsistentRead=True)["Items"]
        found = []
        for item in items:
            is_stuck = {"lease_until", "inflight", "error", "cursor"} & set(item)
            is_behind = "loaded_commit" in item and item["loaded_commit"] != item["commit"]
            if is_stuck or is_behind:
                found.append(f"{item['tenant_id']['S']} {item['table_name']['S']}")
        return found

    def ideal(self) -> list[list[Any]]:
        """Returns the rows of an ideal reader, as the warehouse must have them."""
        rows = []
        for (tenant, id), seen in sorted(self.changes.items()):
            for it in history(seen):
                rows.append([tenant, id, it.effective_from, it.effective_to, it.change_type, it.content])
        return rows

    def warehouse(self) -> list[list[Any]]:
        whole = self.stack.rows(HISTORY)
        return [[it[0], int(it[1]), int(it[2]), None if it[3] is None else int(it[3]), *it[4:]] for it in whole]

    def _start(self, event: str) -> str:
        states = self.stack.client("stepfunctions")
        arn = states.start_execution(stateMachineArn=self.machine, input=event)["executionArn"]
        ask(self.stack.local, "POST", "clock", {"advance": "1m"})  # which waits for the ends of runs
        return str(states.describe_execution(executionArn=arn)["status"])

    def _newest_input(self, member: str) -> str:
        """Returns the newest input of an execution that has a member. Names of slots and their inputs sort by time."""
        return max(event for _, _, event in self._executions() if member in json.loads(event))

    def _executions(self) -> Iterator[tuple[str, str, str]]:
        states = self.stack.client("stepfunctions")
        for it in states.list_executions(stateMachineArn=self.machine)["executions"]:
            event = states.describe_execution(executionArn=it["executionArn"])["input"]
            yield it["name"], it["status"], event


@pytest.fixture
def pipeline(tmp_path_factory: pytest.TempPathFactory) -> Iterator[KilledPipeline]:
    """Each tenant has two tickets, which a first run has loaded."""
    with standing_in() as vendor, deployed(tmp_path_factory.mktemp("k"), built()) as stack:
        stack.declare_tenants(TENANTS, vendor.url)
        deploy_connectwise(stack, vendor, MANIFEST, "Tenant/harbor-dental")
        stack.reconcile("secret", "set", "Tenant/lake-legal", stdin=json.dumps(vendor.credentials("lake")))
        created = KilledPipeline(stack, vendor)
        for id in (7, 8):
            created.write(id)
        created.watch()
        assert created.let_an_hour_pass() == "SUCCEEDED"
        yield created


def test_later_runs_repair_what_a_killed_function_left_at_any_state_of_the_machine(pipeline: KilledPipeline) -> None:
    """S2-30, S2-33."""
    for number, (function, deaths) in enumerate(DEATHS.items()):
        for id, (calls, when) in zip((7, 8), deaths, strict=True):
            pipeline.write(id)
            pipeline.write(100 + 10 * number + id)
            assert pipeline.die(function, calls, when) == "FAILED", (function, calls)
        slots = pipeline.runs()

        pipeline.deliver_again()
        delivered = pipeline.runs()
        repaired = pipeline.run_again() if number % 2 else pipeline.let_an_hour_pass()

        assert (delivered, repaired) == (slots, "SUCCEEDED"), function
        assert pipeline.unfinished() == [], function
        assert pipeline.warehouse() == pipeline.ideal(), function
        messages = pipeline.messages()
        failed = {tenant for status, tenant in messages if status == "failed"}
        assert bool(failed) == (function in ("ingest", "transform")), function
        # A failure has one message, and so has its end. A second run that fails alike sends none.
        assert messages == Counter({(status, tenant): 1 for status in ("failed", "healed") for tenant in failed})
