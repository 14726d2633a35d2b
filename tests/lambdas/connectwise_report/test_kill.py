"""A report whose function is ended at any call is made by one more run."""

from __future__ import annotations

from typing import Any

import pytest

from reconciler.lambdas.connectwise.keys import report_key
from tests.lambdas.connectwise.places import LEDGER
from tests.lambdas.connectwise_report.reports import HARBOR, NORTH, RUN, TICKETS, Reports
from tests.lambdas.dying import Death, Dying, Killed


@pytest.mark.slow
@pytest.mark.parametrize("when", ["before", "after"])
def test_a_kill_at_any_call_and_one_more_run_are_as_no_kill(reports: Reports, when: str) -> None:
    """The report, the ledger and the pairs that messages are about are equal; a message may come twice."""
    reports.plan(RUN, HARBOR, NORTH)
    reports.end(RUN, HARBOR, "failed", error="AUTH: 401")
    reports.end(RUN, NORTH, "done", rows=1)
    old = {"error": "x", "since": "2026-01-04T12:00:00Z", "sent_at": "2026-01-05T11:00:00Z"}
    wanted: tuple[Any, ...] = ()
    number, was_killed = 0, True
    while was_killed:
        for name in reports.items():
            key = {"tenant_id": {"S": HARBOR}, "table_name": {"S": name}}
            reports.clients["dynamodb"].delete_item(TableName=LEDGER, Key=key)
            reports.clients["dynamodb"].delete_item(TableName=LEDGER, Key={**key, "tenant_id": {"S": NORTH}})
        reports.item(NORTH, f"alert#{TICKETS}", **old)
        reports.messages()
        death = Death(number, when)
        dying = {name: Dying(client, death) for name, client in reports.clients.items()}
        try:
            reports.report({"run": RUN}, dying)
            was_killed = number == 0
        except Killed:
            reports.report({"run": RUN})
        result = reports.get(report_key(RUN)), reports.items(), sorted(set(reports.messages()))
        wanted = wanted or result
        assert result == wanted, number
        number += 1
    assert number > 10
