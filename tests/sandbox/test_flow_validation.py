"""The validation of a published flow: one valid action of every type, and the words of each refusal."""

from __future__ import annotations

import json
from typing import Any

import pytest
from botocore.exceptions import ClientError

from reconciler.sandbox import INSTANCE_ARN, Control
from reconciler.sandbox.connect.admin.built_ins import FLOWS
from reconciler.sandbox.connect.flow_language.actions import ACTIONS

from .administrative import HERE
from .flow_actions import BARRED, VALID, types_of
from .flows import END, Action, action, add_flow, content, leading, problems, problems_of, saying

VALUE = "Invalid Action property value. Path: "
MISSING_PART = "Action is missing required property. Path: "
WRONG = "Invalid Action type. Type: Nonsense, Path: Actions[0].Type"
ANY = "NoMatchingError"
FOREIGN = INSTANCE_ARN.replace("c0de", "dead")
NOWHERE = "11111111-0000-4000-8000-000000000000"


def saying_with(**members: Any) -> Action:
    return leading(action("MessageParticipant", **members))


def menu(**transitions: Any) -> Action:
    asked = action("GetParticipantInput", Text="Press 1", InputTimeLimitSeconds="5", StoreInput="False")
    return leading(asked, **transitions)


def test_every_type_has_a_valid_example() -> None:
    assert {each["Type"] for each in VALID} | {each["Type"] for each in BARRED} == ACTIONS.keys()


@pytest.mark.parametrize("valid", VALID, ids=types_of(VALID))
def test_a_valid_action_is_published(connect: Any, valid: Action) -> None:
    assert problems(connect, valid) == []


@pytest.mark.parametrize("barred", BARRED, ids=types_of(BARRED))
def test_a_type_of_other_flows_is_an_invalid_action_type(connect: Any, barred: Action) -> None:
    message = f"Invalid Action type. Type: {barred['Type']}, Path: Actions[0].Type"

    assert problems(connect, barred) == [message, message]


@pytest.mark.parametrize("flow_type", [*FLOWS.values(), "CONTACT_FLOW", "CAMPAIGN"])
def test_the_contents_of_new_and_seeded_flows_are_valid(sandbox: Control, connect: Any, flow_type: str) -> None:
    id = sandbox.seed("ContactFlow", {"Name": "Main", "ContactFlowType": flow_type})

    text = connect.describe_contact_flow(**HERE, ContactFlowId=id)["ContactFlow"]["Content"]

    assert problems_of(connect, text, flow_type) == []


def test_a_refusal_has_problems_and_no_message(connect: Any) -> None:
    with pytest.raises(ClientError) as raised:
        add_flow(connect, text=content(action("Nonsense")))

    answer = raised.value.response
    assert (answer["Error"]["Code"], answer["Error"]["Message"]) == ("InvalidContactFlowException", "")
    assert answer["ResponseMetadata"]["HTTPStatusCode"] == 400
    assert answer["problems"] == [{"message": WRONG}, {"message": WRONG}]  # It comes twice [seen].


def test_several_problems_come_at_once(connect: Any) -> None:
    asked = leading(action("TransferContactToQueue", QueueId=NOWHERE), to="nowhere", errors="Busy")

    assert problems(connect, asked) == [
        "Invalid Action property name. Path: Actions[0].Parameters.QueueId",
        f"{VALUE}Actions[0].Parameters.QueueId",
        f"{VALUE}Actions[0].Transitions.NextAction",
        f"{VALUE}Actions[0].Transitions.Errors[0].NextAction",
        "Action is missing required error. Error: QueueAtCapacity, Path: Actions[0]",
        "Action is missing required error. Error: NoMatchingError, Path: Actions[0]",
        "Invalid Action error. Error: Busy, Path: Actions[0]",
    ]


@pytest.mark.parametrize(
    ("wrong", "message"),
    [
        (
            action("MessageParticipant", Text="x"),
            f"{MISSING_PART}Actions[0].Transitions.NextAction",
        ),
        (leading(action("DisconnectParticipant")), "Action does not support transitions. Path: Actions[0]"),
        (
            leading(action("MessageParticipant", Text="x"), conditions={"1": "Equals"}),
            "Action does not support conditions",
        ),
        (saying_with(Text="x", SSML="y"), "Only one of these properties may be defined. Properties: [Text, SSML]"),
        (
            saying_with(),
            "At least one of the following properties must be set. Properties: "
            "[Parameters.PromptId, Parameters.Text, Parameters.SSML, Parameters.Media]",
        ),
        (saying_with(Text=True), "Invalid Action type. Type: MessageParticipant, Path: Actions[0].Type"),
        (saying_with(PromptId=f"{FOREIGN}/prompt/{NOWHERE}"), f"Failed to convert id: {FOREIGN}/prompt/{NOWHERE}"),
        (saying_with(PromptId=NOWHERE), f"{VALUE}Actions[0].Parameters.PromptId"),
        (
            leading(action("TransferToFlow"), errors=ANY),
            f"{MISSING_PART}Actions[0].Parameters.ContactFlowId",
        ),
        (
            leading(action("UpdateContactEventHooks", EventHooks={}), errors=ANY),
            "Invalid contact flow format",
        ),
        (
            leading(
                action("Compare", ComparisonValue="gold"), errors="NoMatchingCondition", conditions={"a": "Equals"}
            ),
            f"{VALUE}Actions[0].Parameters.ComparisonValue",
        ),
        (
            leading(action("Loop", LoopCount="101"), conditions={"ContinueLooping": "Equals", "DoneLooping": "Equals"}),
            f"{VALUE}Actions[0].Parameters.LoopCount",
        ),
        (
            leading(action("Loop", LoopCount="2"), conditions={"ContinueLooping": "Equals"}),
            f"{VALUE}Actions[0].Transitions.Conditions",
        ),
        (
            leading(
                action("UpdateContactCallbackNumber", CallbackNumber="+15550100"),
                errors="InvalidCallbackNumber CallbackNumberNotDialable",
            ),
            f"{VALUE}Actions[0].Parameters.CallbackNumber",
        ),
        (
            leading(action("UpdateContactData", IsFraudDetectionEnabled="TRUE"), errors=ANY),
            "Invalid Action type. Type: UpdateContactData, Path: Actions[0].Type",
        ),
        (
            leading(action("UpdateFlowAttributes", FlowAttributes={"k": "flat"}), errors=ANY),
            f"{VALUE}Actions[0].Parameters.FlowAttributes.k",
        ),
        (
            leading(action("UpdateContactRecordingAndAnalyticsBehavior"), errors=f"{ANY} ChannelMismatch"),
            f"{VALUE}Actions[0].Parameters",
        ),
        (
            menu(errors=f"InputTimeLimitExceeded {ANY}", conditions={"1": "Equals"}),
            "Action is missing required error. Error: NoMatchingCondition, Path: Actions[0]",
        ),
        (
            menu(errors=f"InputTimeLimitExceeded NoMatchingCondition {ANY}", conditions={"12": "Equals"}),
            f"{VALUE}Actions[0].Transitions.Conditions",
        ),
        (
            leading(
                action("InvokeLambdaFunction", LambdaFunctionARN="{{lambda}}", InvocationTimeLimitSeconds="8"),
                errors=ANY,
            ),
            f"{VALUE}Actions[0].Parameters.LambdaFunctionARN",
        ),
        (
            leading(
                action("InvokeLambdaFunction", LambdaFunctionARN="$.Attributes.f", InvocationTimeLimitSeconds="9"),
                errors=ANY,
            ),
            f"{VALUE}Actions[0].Parameters.InvocationTimeLimitSeconds",
        ),
        (
            leading(
                action("DistributeByPercentage"),
                errors="NoMatchingCondition",
                conditions={"50": "NumberLessThan", "20": "NumberLessThan"},
            ),
            f"{VALUE}Actions[0].Transitions.Conditions",
        ),
    ],
)
def test_each_mistake_has_its_words(connect: Any, wrong: Action, message: str) -> None:
    assert problems(connect, wrong) == [message]


@pytest.mark.parametrize(
    ("wrong", "message"),
    [
        (saying_with(Text=""), f"{VALUE}0.Parameter"),
        (
            leading(action("UpdateContactAttributes", Attributes={"k": ""}), errors=ANY),
            "Empty value in Parameters.Attributes",
        ),
        (
            leading(
                action("Compare", ComparisonValue="$.Attributes.k"),
                errors="NoMatchingCondition",
                conditions={"": "Equals"},
            ),
            "Invalid branch. Path: 0.Evaluate",
        ),
        (
            leading(action("TagContact", Tags={str(n): "v" for n in range(7)}), errors=ANY),
            "More than 6 tags in Parameters.Tags",
        ),
    ],
)
def test_rules_of_blocks_are_checked_only_without_other_problems(connect: Any, wrong: Action, message: str) -> None:
    """Two passes [inferred from the words]."""
    assert problems(connect, wrong) == [message]
    assert problems(connect, wrong, action("Nonsense", "b")) == [WRONG.replace("[0]", "[1]")] * 2


def test_a_blank_is_no_empty_text(connect: Any) -> None:
    assert problems(connect, saying_with(Text=" ")) == []


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("no JSON", "Invalid request"),
        ("[]", "Invalid contact flow format"),
        ('{"Version": "2019-10-30"}', "Invalid contact flow format"),
        (saying("x").replace("2019", "2018"), "Invalid contact flow format"),
        (json.dumps({"modules": [], "version": "1", "type": "contactFlow"}), "Invalid contact flow format"),
        (content(Settings={}), "Invalid contact flow format"),
        (content().replace('"StartAction": "end"', '"StartAction": "x"'), f"{VALUE}StartAction"),
        (content(END), f"{VALUE}Actions[1].Identifier"),
        (content(action("DisconnectParticipant", "a%b")), f"{VALUE}Actions[0].Identifier"),
        (content(*(action("DisconnectParticipant", str(n)) for n in range(250))), "Invalid contact flow format"),
    ],
)
def test_a_content_that_is_no_flow_has_one_problem(connect: Any, text: str, message: str) -> None:
    """The words are inferred."""
    assert problems_of(connect, text) == [message]


def test_at_most_50_problems_come_back(connect: Any) -> None:
    assert len(problems(connect, *(action("Nonsense", str(n)) for n in range(60)))) == 50


def test_a_draft_is_validated_when_it_is_published(connect: Any) -> None:
    id = add_flow(connect, text="no JSON", Status="SAVED")

    def publish(text: str) -> None:
        connect.update_contact_flow_content(**HERE, ContactFlowId=id, Content=text)

    with pytest.raises(ClientError) as raised:
        publish("no JSON")
    publish(saying("Hello"))

    assert raised.value.response["Error"]["Code"] == "InvalidContactFlowException"
