"""No rule of the audit has a note on a flow that is only close to its mistake."""

from __future__ import annotations

import pytest

from reconciler.flows.audit_notes import MODULE
from reconciler.model import Linked
from tests.builders.flows import UUIDS, Json, block, end, flow_of, greeting, opening_hours
from tests.flows.audited import (
    after_welcome,
    compares,
    lookup,
    notes,
    queue,
    reads,
    says,
    setter,
    sorry,
)

# The rule, a flow that is close to a mistake and has none, and more that the audit gets.
MISSES: list[tuple[str, Json, Json]] = [
    ("structure", opening_hours(), {}),
    ("branch", after_welcome(block("Later", "InventedLater", if_x="End")), {}),
    ("type", after_welcome(lookup(), sorry()), {}),
    ("parameter", after_welcome(lookup(InvocationType="ASYNCHRONOUS"), sorry()), {}),
    ("empty", says(" "), {}),
    ("foreign-id", queue(Linked("${Queue/Billing.arn}")), {}),
    ("foreign-id", queue("$.Attributes.q"), {}),
    ("foreign-id", says("Hello {{name}}"), {}),
    ("foreign-id", queue("arn:aws:connect:eu-central-1:aws:view/form:1"), {}),
    ("flow-type", after_welcome(block("Resume", "EndFlowExecution")), {"flow_type": "CUSTOMER_QUEUE"}),
    ("flow-type", after_welcome(block("Resume", "EndFlowExecution")), {"flow_type": MODULE}),
    ("flow-type", after_welcome(block("Resume", "EndFlowExecution")), {"flow_type": None}),
    ("unreachable", opening_hours(), {}),
    ("no-end", flow_of(greeting("a", "A", "B"), greeting("b", "B", "A")), {"flow_type": "CUSTOMER_HOLD"}),
    ("no-end", flow_of(greeting("a", "A", "B"), block("B", "InventedLater", then="A")), {}),
    ("circle", after_welcome(lookup(then="Welcome", error="Welcome")), {}),
    ("error-loop", after_welcome(lookup(), sorry()), {}),
    ("attribute", reads("$.Attributes.tier", setter(Attributes={"tier": "gold"})), {}),
    ("attribute", reads("$.Attributes.tier"), {"attributes": frozenset({"tier"})}),
    (
        "attribute",
        reads("$.FlowAttributes.x", setter("UpdateFlowAttributes", FlowAttributes={"x": {"Value": "1"}})),
        {},
    ),
    ("root", reads("$.External.name and $['Channel'] for $.50"), {}),
    ("root", after_welcome(block("Call", "InvokeFlowModule", {"FlowModuleId": "m:$.LATEST"}, then="End")), {}),
    ("root", reads("$.Agent.FirstName"), {"flow_type": "AGENT_WHISPER"}),
    ("caller", reads("$.External.name"), {}),
    ("caller", reads("$.Attributes.name"), {"flow_type": MODULE}),
    ("no-queue", opening_hours(), {}),
    ("no-queue", flow_of(block("Transfer", "TransferContactToQueue"), end()), {"flow_type": "QUEUE_TRANSFER"}),
    ("no-queue", flow_of(block("Count", "GetMetricData", {"QueueId": UUIDS[0]}, then="End"), end()), {}),
    ("condition", compares(("Equals", "abc"), ("TextStartsWith", "ab"), ("Equals", "$.Attributes.a")), {}),
    ("condition", compares(("NumberLessThan", "5"), ("NumberLessThan", "101"), type="DistributeByPercentage"), {}),
    ("text", says("x" * 3000), {}),
    ("lambda-limit", after_welcome(lookup(InvocationTimeLimitSeconds="60", InvocationType="ASYNCHRONOUS")), {}),
    ("silence", after_welcome(lookup(then="Sorry"), sorry(), lookup("Again")), {}),
    ("same-target", after_welcome(lookup(), sorry()), {}),
]


@pytest.mark.parametrize(("rule", "flow", "more"), MISSES)
def test_what_is_no_mistake_has_no_note(rule: str, flow: Json, more: Json) -> None:
    assert notes(flow, rule, **more) == []
