"""Contents are read in every form that files have, and what AWS would refuse is a fault with its place."""

from __future__ import annotations

import json
from typing import Any

import pytest

from reconciler.flows.document import FlowDocument, ModuleDocument
from reconciler.flows.envelope import FlowFormatError, content_of, module_settings_of
from reconciler.flows.parsing import parse_flow
from reconciler.flows.structure import faults
from tests.builders.flows import answer, block, chain, end, flow_of, greeting, opening_hours

LEGACY = {
    "modules": [{"id": "1", "type": "PlayPrompt"}, {"id": "2", "type": "PlayPrompt"}, {"id": "3", "type": "Unheard"}],
    "version": "1",
    "type": "contactFlow",
    "start": "1",
}


def messages(value: Any) -> list[str]:
    return [fault.message for fault in faults(value)]


def test_a_flow_is_read_as_actions_and_branches() -> None:
    flow = parse_flow(opening_hours())

    action = flow.by_identifier["Check hours"]
    assert [(branch.label, branch.target) for branch in action.branches] == [
        ("if Equals False", "Closed"),
        ("if Equals True", "Queue"),
        ("then", "Closed"),
        ("on error NoMatchingError", "Closed"),
    ]
    assert action.branches[1].steps == ("Actions", 1, "Transitions", "Conditions", 0, "NextAction")
    assert faults(opening_hours()) == ()


@pytest.mark.parametrize(
    ("value", "message"),
    [
        (flow_of(greeting(then="gone")), 'then leads to "gone", and no action has that Identifier'),
        (flow_of(end(), StartAction="gone"), 'StartAction names "gone", and no action has that Identifier'),
        (flow_of(end(), StartAction=None), "StartAction must be the Identifier of an action"),
        (flow_of(end(), Version="1"), 'Version must be "2019-10-30"'),
        (flow_of(end(), end()), '"End" is the Identifier of Actions[0] already'),
        (flow_of(end("a:b")), "an Identifier cannot have :"),
        (flow_of(end("toString")), "AWS reserves this word"),
        (flow_of(end("")), "an Identifier needs at least 1 character"),
        (flow_of(end("x" * 51)), "an Identifier has at most 50 characters, and this one has 51"),
        (flow_of(block("A", None)), "an action needs a Type"),  # type: ignore[arg-type]
        (chain(251), "a flow has at most 250 actions, and this one has 251"),
        (flow_of(end(), Actions=["x"]), "an action must be an object"),
        (flow_of(end(), Actions=[{"Type": "x"}]), "an action needs an Identifier"),
        (flow_of(end(), Actions={}), "Actions must be a list"),
        ("text", "a flow is an object with Version, StartAction and Actions"),
    ],
)
def test_a_structural_fault_is_found(value: Any, message: str) -> None:
    assert message in messages(value)


def test_a_content_that_is_too_long_is_found() -> None:
    length = len(json.dumps(flow_of(greeting("")), separators=(",", ":")))
    most = flow_of(greeting("ü" * (256_000 - length)), end())
    base = flow_of(end())

    assert any("256,000 characters" in message for message in messages(most))
    assert messages(base) == []


def test_faults_have_their_place() -> None:
    (fault,) = faults(flow_of(greeting(then="gone")))

    assert (fault.steps, fault.block) == (("Actions", 0, "Transitions", "NextAction"), "Welcome")


def test_a_content_is_taken_out_of_an_answer() -> None:
    module = {"ContactFlowModule": {"Content": opening_hours(), "Settings": '{"transitions": {}}'}}

    assert FlowDocument.of(answer(opening_hours())) == FlowDocument.of(json.loads(json.dumps(opening_hours())))
    assert content_of(module) == opening_hours()
    assert module_settings_of(module) == {"transitions": {}}
    assert module_settings_of(opening_hours()) is None


def test_the_old_format_is_refused_with_its_blocks() -> None:
    with pytest.raises(FlowFormatError) as error:
        content_of(LEGACY)

    assert str(error.value).splitlines()[1:] == [
        "  2 × PlayPrompt: MessageParticipant",
        "  1 × Unheard: look it up",
    ]
    assert str(error.value).startswith("is in the console's old flow format, which AWS no longer takes.")
    assert FlowDocument.fault(LEGACY) == str(error.value)


@pytest.mark.parametrize(
    ("value", "message"),
    [
        ({"ContactFlow": {"Name": "x"}}, "has ContactFlow without Content"),
        ({"ContactFlowModule": {"Content": "{"}}, "has ContactFlowModule.Content that is not valid JSON"),
        ({"ContactFlow": {"Content": "[]"}}, "has ContactFlow.Content that is not a JSON object"),
    ],
)
def test_an_answer_without_a_content_is_refused(value: Any, message: str) -> None:
    assert message in FlowDocument.fault(value)
    with pytest.raises(FlowFormatError):
        content_of(value)


def test_settings_that_are_not_json_are_refused() -> None:
    with pytest.raises(FlowFormatError):
        module_settings_of({"ContactFlowModule": {"Settings": "{"}})


def test_a_document_sends_texts_where_aws_wants_them() -> None:
    loop = block("Loop", "Loop", {"LoopCount": 3, "Later": 3}, then="End")
    share = block("Share", "DistributeByPercentage", then="End")
    condition = {"Operator": "NumberLessThan", "Operands": [51]}
    share["Transitions"]["Conditions"] = [{"NextAction": "End", "Condition": condition}]

    document = FlowDocument.of(flow_of(loop, share, end()))

    assert document.value["Actions"][0]["Parameters"] == {"LoopCount": "3", "Later": 3}
    assert document.value["Actions"][1]["Transitions"]["Conditions"][0]["Condition"]["Operands"] == ["51"]


def test_a_text_with_a_byte_order_mark_is_read() -> None:
    text = json.dumps(flow_of(end()))

    assert FlowDocument.of(f"\ufeff{text}") == FlowDocument.of(text)
    assert FlowDocument.fault(f"\ufeff{text}") == ""


def test_other_texts_stay_as_they_are() -> None:
    assert FlowDocument.of("not json").text == "not json"
    assert FlowDocument.of("[1]").value == [1]
    assert FlowDocument.fault("not json")
    assert ModuleDocument.of(flow_of(end())) != FlowDocument.of(flow_of(end()))
