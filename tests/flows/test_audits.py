"""Every rule of the audit finds its mistake."""

from __future__ import annotations

from copy import deepcopy
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reconciler.flows.action_types import FLOW_TYPES
from reconciler.flows.audit_notes import MODULE, FlowNote
from reconciler.flows.audits import audit
from tests.builders.flows import UUIDS, Json, action_of, block, end, flow_of, flows, greeting, opening_hours
from tests.flows.audited import (
    FUNCTION,
    HERE,
    after_welcome,
    compares,
    lookup,
    notes,
    queue,
    reads,
    says,
    sorry,
    with_branch,
    without_next,
)


def test_a_flow_without_mistakes_has_no_notes() -> None:
    assert list(audit(opening_hours(), "CONTACT_FLOW", HERE)) == []


def test_a_note_has_the_path_to_its_place() -> None:
    flow = opening_hours()
    del action_of(flow, "Transfer")["Transitions"]["Errors"][0]

    assert list(audit(flow, "CONTACT_FLOW", HERE)) == [
        FlowNote(
            "error",
            "branch",
            "Transfer",
            ("Actions", 3, "Transitions"),
            "AWS refuses this block without a branch for the error QueueAtCapacity",
        )
    ]


HITS: list[tuple[str, Json, tuple[str, str, str]]] = [
    (
        "structure",
        flow_of(greeting(then="gone")),
        ("error", "Welcome", 'then leads to "gone", and no action has that Identifier'),
    ),
    (
        "branch",
        with_branch("Queue", error_QueueAtCapacity="End"),
        ("warning", "Queue", "this block has no error QueueAtCapacity; AWS refuses the branch"),
    ),
    ("branch", without_next("Closed"), ("warning", "Closed", "this block needs a NextAction")),
    ("branch", with_branch("End", error_X="Closed"), ("warning", "End", "nothing follows this block")),
    ("branch", with_branch("Closed", if_x="End"), ("warning", "Closed", "this block takes no conditions")),
    (
        "branch",
        with_branch("Check hours", if_Maybe="End"),
        ("warning", "Check hours", "this block needs exactly the conditions False, True"),
    ),
    (
        "branch",
        after_welcome(
            block("Wait", "Wait", {"TimeLimitSeconds": "5"}, then="End", error_NoMatchingError="End", if_X="End")
        ),
        ("warning", "Wait", "this block never returns X"),
    ),
    (
        "type",
        after_welcome(block("Ask", "GetParticipantInputs", then="End")),
        (
            "warning",
            "Ask",
            'the catalogue does not have the type "GetParticipantInputs". Did you mean "GetParticipantInput"?',
        ),
    ),
    (
        "type",
        after_welcome(block("Say", "PlayPrompt", then="End")),
        ("warning", "Say", 'AWS refuses the type "PlayPrompt".'),
    ),
    ("parameter", says("Hi", Txt="x"), ("warning", "Say", 'this block has no parameter "Txt". Did you mean Text?')),
    (
        "parameter",
        after_welcome(block("Loop", "Loop", then="End", if_ContinueLooping="End", if_DoneLooping="End")),
        ("warning", "Loop", "LoopCount is missing"),
    ),
    ("parameter", says({"a": "b"}), ("warning", "Say", "must be a text")),  # type: ignore[arg-type]
    (
        "parameter",
        after_welcome(lookup(InvocationTimeLimitSeconds="$.Attributes.s"), sorry()),
        ("warning", "Look up", "takes no JSONPath, only a fixed value"),
    ),
    (
        "parameter",
        flow_of({**greeting(), "Parameters": []}, end()),
        ("warning", "Welcome", "Parameters must be an object"),
    ),
    ("empty", says(""), ("error", "Say", "AWS refuses an empty text here")),
    (
        "empty",
        after_welcome(block("Show", "ShowView", {"ViewData": {"a": ""}}, then="End")),
        ("warning", "Show", "AWS refuses an empty text here"),
    ),
    (
        "foreign-id",
        queue("{{queue}}"),
        ("error", "Queue", '"{{queue}}" is a placeholder and not the id of a queue'),
    ),
    (
        "foreign-id",
        queue(f"arn:aws:connect:eu-central-1:111122223333:instance/{UUIDS[1]}/queue/{UUIDS[2]}"),
        ("error", "Queue", f"names the instance {UUIDS[1]}, and the flow is for {UUIDS[0]}"),
    ),
    (
        "foreign-id",
        queue(f"arn:aws:connect:us-east-1:111122223333:instance/{UUIDS[0]}/queue/{UUIDS[2]}"),
        ("error", "Queue", "names the Region us-east-1, and the flow is for eu-central-1"),
    ),
    (
        "foreign-id",
        after_welcome(lookup(LambdaFunctionARN=FUNCTION.replace("1111", "4444")), sorry()),
        ("warning", "Look up", "names the account 444422223333, and the flow is for 111122223333"),
    ),
    (
        "flow-type",
        after_welcome(block("Resume", "EndFlowExecution")),
        (
            "warning",
            "Resume",
            '"End flow / Resume" is not for flows of the type CONTACT_FLOW; it may take its error branch',
        ),
    ),
    ("unreachable", flow_of(end(), sorry()), ("info", "Sorry", "no way leads from the start to this block")),
    (
        "no-end",
        flow_of(greeting("a", "A", "B"), greeting("b", "B", "A")),
        ("warning", "A", "no way leads from this block to an end (1 more like it)"),
    ),
    (
        "circle",
        after_welcome(lookup(then="Set", error="End"), block("Set", "UpdateContactAttributes", then="Look up")),
        ("warning", "Look up", 'a circle without a prompt, input or wait: "Look up" → "Set" → "Look up"'),
    ),
    (
        "error-loop",
        after_welcome(lookup(error="Look up")),
        ("warning", "Look up", "the error NoMatchingError leads to the block itself"),
    ),
    (
        "attribute",
        reads("$.Attributes.tier"),
        ("warning", "Say", "no block of this flow sets $.Attributes.tier; without another source it is empty"),
    ),
    (
        "attribute",
        reads("$.FlowAttributes['a b']"),
        ("warning", "Say", "no block of this flow sets $.FlowAttributes.a b; without another source it is empty"),
    ),
    ("root", reads("$.Attribute.x"), ("warning", "Say", "$.Attribute is not a known root. Did you mean $.Attributes?")),
    ("root", reads("$.Agent.FirstName"), ("warning", "Say", "$.Agent is empty in flows of the type CONTACT_FLOW")),
    (
        "no-queue",
        flow_of(block("Transfer", "TransferContactToQueue", then="End"), end()),
        ("info", "Transfer", "uses the contact's queue, and on some way no block of this flow sets it"),
    ),
    (
        "condition",
        compares(("Equals", "a"), ("Equals", "a")),
        ("warning", "Test", "never holds: Equals a before it holds whenever it does"),
    ),
    (
        "condition",
        compares(("TextStartsWith", "ab"), ("Equals", "abc")),
        ("warning", "Test", "never holds: TextStartsWith ab before it holds whenever it does"),
    ),
    (
        "condition",
        compares(("TextEndsWith", "bc"), ("Equals", "abc")),
        ("warning", "Test", "never holds: TextEndsWith bc before it holds whenever it does"),
    ),
    (
        "condition",
        compares(("TextContains", "b"), ("Equals", "abc")),
        ("warning", "Test", "never holds: TextContains b before it holds whenever it does"),
    ),
    (
        "condition",
        compares(("NumberLessThan", "11"), ("NumberLessThan", 5), type="DistributeByPercentage"),
        ("warning", "Test", "never holds: NumberLessThan 11 before it holds whenever it does"),
    ),
    (
        "condition",
        compares(("NumberLessThan", "102"), type="DistributeByPercentage"),
        ("warning", "Test", "is more than 100 percent"),
    ),
    ("text", says("x" * 3001), ("warning", "Say", "has 3,001 characters; AWS bills at most 3,000")),
    ("text", says("x" * 6001), ("warning", "Say", "has 6,001 characters; AWS speaks at most 6,000")),
    ("text", says("<speak>Hi</speak>"), ("info", "Say", "is SSML; the parameter SSML says so")),
    (
        "lambda-limit",
        after_welcome(lookup(InvocationTimeLimitSeconds="9"), sorry()),
        ("warning", "Look up", "a Lambda function has at most 8 s here, and this one gets 9 s"),
    ),
    (
        "silence",
        after_welcome(lookup(then="Again"), lookup("Again"), sorry()),
        ("info", "Look up", "a caller may hear nothing for 16 s: no prompt is between 2 Lambda functions"),
    ),
    (
        "same-target",
        after_welcome(lookup(error="End")),
        ("info", "Look up", "an error leads to the same block as success"),
    ),
]


@pytest.mark.parametrize(("rule", "flow", "note"), HITS)
def test_a_mistake_is_found(rule: str, flow: Json, note: tuple[str, str, str]) -> None:
    assert note in notes(flow, rule)


def test_a_module_cannot_read_values_of_its_caller() -> None:
    message = "a module cannot read $.External of its caller, and no block of it sets it"

    assert notes(reads("$.External.name"), "caller", MODULE) == [("warning", "Say", message)]


def test_an_error_that_loops_in_a_queue_flow_is_worth_a_look_alone() -> None:
    flow = after_welcome(lookup(error="Look up"))

    assert notes(flow, "error-loop", "CUSTOMER_QUEUE")[0][0] == "info"


def test_ids_are_not_judged_where_the_instance_is_unknown() -> None:
    flow = after_welcome(lookup(LambdaFunctionARN=FUNCTION.replace("1111", "4444")), sorry())

    assert [note for note in audit(flow, "CONTACT_FLOW", None) if note.rule == "foreign-id"] == []


@given(flows(), st.sampled_from([None, MODULE, *FLOW_TYPES]))
def test_every_flow_can_be_audited_and_every_path_leads_somewhere(flow: Json, flow_type: str | None) -> None:
    before = deepcopy(flow)

    for note in audit(flow, flow_type, HERE):
        value: Any = flow
        for step in note.path:
            # A missing list of branches is noted at the place where it would be.
            value = value[step] if not isinstance(value, dict) or step in value else {}
        assert note.message

    assert flow == before
