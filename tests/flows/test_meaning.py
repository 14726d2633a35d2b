"""Two flows mean the same exactly if every caller gets the same from both."""

from __future__ import annotations

from copy import deepcopy
from typing import Any

import pytest

from reconciler.flows.catalogue import ACTION_TYPES
from reconciler.flows.document import FlowDocument
from reconciler.flows.meaning import FLOW
from reconciler.flows.pairing import Rename, renames
from reconciler.model import Linked
from tests.builders.flows import Json, action_of, block, chain, end, flow_of, greeting, opening_hours, renamed


def condition(operator: str, operand: Any, target: str) -> Json:
    return {"NextAction": target, "Condition": {"Operator": operator, "Operands": [operand]}}


def compare(*conditions: Json) -> Json:
    tested = block("Compare", "Compare", {"ComparisonValue": "$.Attributes.a"}, then="End")
    tested["Transitions"]["Conditions"] = list(conditions)
    return flow_of(tested, greeting("One", "One"), greeting("Two", "Two"), end())


def test_metadata_and_the_order_of_actions_mean_nothing() -> None:
    flow = opening_hours()
    moved = {**flow, "Actions": flow["Actions"][::-1], "Metadata": {"entryPointPosition": {"x": 1, "y": 2}}}

    assert FLOW.of(moved) == FLOW.of(flow)


def test_identifiers_mean_nothing_and_a_rename_is_listed() -> None:
    flow = opening_hours()
    other = renamed(flow, {"Welcome": "Greeting"})

    assert FLOW.of(other) == FLOW.of(flow)
    assert renames(flow, other) == (Rename("Welcome", "Greeting"),)


@pytest.mark.parametrize("type", sorted(ACTION_TYPES))
def test_a_blank_more_in_any_type_of_action_is_seen(type: str) -> None:
    flow, other = (flow_of(block("A", type, {"Any": {"Thing": [text]}})) for text in ("x", "x "))

    assert FLOW.of(flow) != FLOW.of(other)


@pytest.mark.parametrize(
    ("key", "one", "other"),
    [
        ("Version", "2019-10-30", "2020-01-01"),
        ("StartAction", "Welcome", "Check hours"),
        ("StartAction", "nowhere", "elsewhere"),
        ("Settings", {}, {"InputParameters": []}),
    ],
)
def test_the_top_of_a_flow_is_seen(key: str, one: Any, other: Any) -> None:
    assert FLOW.of({**opening_hours(), key: one}) != FLOW.of({**opening_hours(), key: other})


def test_disjoint_conditions_have_no_order() -> None:
    first, second = condition("Equals", "1", "One"), condition("Equals", "2", "Two")

    assert FLOW.of(compare(first, second)) == FLOW.of(compare(second, first))


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (("Equals", "gold"), ("TextStartsWith", "go")),
        (("NumberLessThan", "4"), ("NumberLessThan", "10")),
        (("Equals", "gold"), ("Equals", "Gold")),
        (("Equals", "gold"), ("Equals", "$.Attributes.b")),
        (("Equals", "a"), ("Equals", Linked("${Queue/Billing.arn}"))),
    ],
)
def test_conditions_that_can_both_be_true_keep_their_order(one: tuple[str, Any], other: tuple[str, Any]) -> None:
    first, second = condition(*one, "One"), condition(*other, "Two")

    assert FLOW.of(compare(first, second)) != FLOW.of(compare(second, first))


@pytest.mark.parametrize(
    ("type", "one", "other"),
    [
        ("Loop", {"LoopCount": 8}, {"LoopCount": "8"}),
        ("GetParticipantInput", {"StoreInput": False}, {"StoreInput": "False"}),
        ("CreateCase", {"LinkContactToCase": True}, {"LinkContactToCase": "true"}),
        ("UntagContact", {"TagKeys": ["a", "b"]}, {"TagKeys": ["b", "a"]}),
        (
            "GetParticipantInput",
            {"StoreInput": "True", "InputValidation": {"CustomValidation": {"MaximumLength": 4}}},
            {"StoreInput": "True", "InputValidation": {"CustomValidation": {"MaximumLength": "4"}}},
        ),
    ],
)
def test_known_parameters_have_several_spellings(type: str, one: Json, other: Json) -> None:
    assert FLOW.of(flow_of(block("A", type, one))) == FLOW.of(flow_of(block("A", type, other)))


@pytest.mark.parametrize(
    ("type", "one", "other"),
    [
        ("Loop", {"LoopCount": "8"}, {"LoopCount": "08"}),
        ("InventedLater", {"LoopCount": 8}, {"LoopCount": "8"}),
        ("ShowView", {"ViewData": {"n": 8}}, {"ViewData": {"n": "8"}}),
        ("CreateCase", {"LinkContactToCase": "True"}, {"LinkContactToCase": "true"}),
        ("MessageParticipant", {"Text": "a"}, {"SSML": "a"}),
        (
            "UpdateContactRecordingBehavior",
            {"RecordingBehavior": {"RecordedParticipants": []}},
            {"RecordingBehavior": {}},
        ),
        ("InvokeFlowModule", {"FlowModuleId": "m:$LATEST"}, {"FlowModuleId": "m"}),
        ("TransferToFlow", {"ContactFlowId": "${F/a.arn}"}, {"ContactFlowId": Linked("${F/a.arn}")}),
    ],
)
def test_other_values_differ(type: str, one: Json, other: Json) -> None:
    assert FLOW.of(flow_of(block("A", type, one))) != FLOW.of(flow_of(block("A", type, other)))


def test_a_loop_is_not_two_loops() -> None:
    def loops(*targets: str) -> Json:
        first, second = (block(name, "Loop", {"LoopCount": "2"}, then="End") for name in "AB")
        return flow_of(greeting(then=targets[0]), block("X", "Wait", then=targets[1]), first, second, end())

    assert FLOW.of(loops("A", "A")) != FLOW.of(loops("A", "B"))


@pytest.mark.slow
@pytest.mark.parametrize("start", ["0", "nowhere"])
def test_250_equal_blocks_in_a_chain_are_compared(start: str) -> None:
    flow = {**chain(250, text=lambda number: "x"), "StartAction": start}
    changed = deepcopy(flow)
    changed["Actions"][100]["Parameters"]["Text"] = "y"
    mirrored = renamed(flow, {str(number): f"b{number}" for number in range(250)})

    assert FLOW.of(changed) != FLOW.of(flow)
    assert FLOW.of(mirrored) == FLOW.of(flow)


def test_unreachable_circles_are_compared() -> None:
    one = flow_of(end(), greeting("a", "A", "B"), greeting("b", "B", "A"))
    other = flow_of(end(), greeting("b", "X", "Y"), greeting("a", "Y", "X"))
    alone = flow_of(end(), greeting("a", "A", "A"), greeting("b", "B", "B"))

    assert FLOW.of(one) == FLOW.of(other)
    assert FLOW.of(one) != FLOW.of(alone)


def test_a_respelled_flow_keeps_known_identifiers_order_and_places() -> None:
    known = opening_hours() | {"Metadata": {"ActionMetadata": {"Welcome": {"position": {"x": 1, "y": 2}}}}}
    changed = renamed(opening_hours(), {"Welcome": "w", "Closed": "c"})
    changed["Actions"].reverse()
    action_of(changed, "Check hours")["Parameters"] = {"HoursOfOperationId": "$.Attributes.hours"}

    spelled = FLOW.respelled(changed, known)

    expected = deepcopy(known)
    action_of(expected, "Check hours")["Parameters"] = {"HoursOfOperationId": "$.Attributes.hours"}
    assert spelled == expected


def test_cached_names_of_a_changed_parameter_are_dropped() -> None:
    entry = {"position": {"x": 1, "y": 2}, "parameters": {"HoursOfOperationId": {"displayName": "Weekdays"}}}
    known = opening_hours() | {"Metadata": {"ActionMetadata": {"Check hours": entry}}}
    changed = opening_hours()
    action_of(changed, "Check hours")["Parameters"] = {"HoursOfOperationId": "$.Attributes.hours"}

    spelled = FLOW.respelled(changed, known)

    assert spelled["Metadata"]["ActionMetadata"] == {"Check hours": {"position": {"x": 1, "y": 2}, "parameters": {}}}


def test_a_new_block_takes_no_identifier_that_a_pair_keeps() -> None:
    known = flow_of(greeting("Hello", "A", "End"), end())
    changed = flow_of(greeting("Hello", "B", "A"), block("A", "Wait", then="End"), end())

    spelled = FLOW.respelled(changed, known)

    assert FLOW.of(spelled) == FLOW.of(changed)
    assert [action["Identifier"] for action in spelled["Actions"]] == ["A", "End", "A 2"]


@pytest.mark.parametrize("qualifier", ["", ":1", ":$SAVED"])
def test_an_id_and_an_arn_of_one_resource_mean_the_same_where_aws_takes_both(qualifier: str) -> None:
    by_id, by_arn = (
        FlowDocument.of(
            flow_of(
                block(
                    "Hold",
                    "InvokeFlowModule",
                    {"FlowModuleId": Linked(f"${{ContactFlowModule/Greet.{it}}}{qualifier}")},
                    then="End",
                ),
                end(),
            )
        )
        for it in ("id", "arn")
    )

    assert by_id == by_arn


def test_a_text_of_a_lambda_is_an_id_or_an_arn_but_not_both() -> None:
    by_id, by_arn = (
        FlowDocument.of(
            flow_of(
                block(
                    "Say",
                    "UpdateContactAttributes",
                    {"Attributes": {"q": Linked(f"${{Queue/Billing.{it}}}")}},
                    then="End",
                ),
                end(),
            )
        )
        for it in ("id", "arn")
    )

    assert by_id != by_arn
