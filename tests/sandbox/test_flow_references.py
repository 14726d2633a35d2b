"""The references of a published flow: what must exist, what need not, and what switches decide."""

from __future__ import annotations

from typing import Any

import pytest

from reconciler.sandbox import INSTANCE_ARN, Control

from .administrative import HERE, basic_hours, basic_queue
from .flows import action, add_flow, leading, problems

VALUE = "Invalid Action property value. Path: "
ANY = "NoMatchingError"
FOREIGN = INSTANCE_ARN.replace("c0de", "dead")
NOWHERE = "11111111-0000-4000-8000-000000000000"


@pytest.mark.parametrize("qualifier", ["", ":$SAVED", ":1"])
def test_a_reference_is_an_id_or_an_arn_of_this_instance(connect: Any, qualifier: str) -> None:
    draft = add_flow(connect, "next", Status="SAVED")

    def transfer(to: str) -> list[str]:
        return problems(connect, leading(action("TransferToFlow", ContactFlowId=to), errors=ANY))

    assert transfer(draft + qualifier) == transfer(f"{INSTANCE_ARN}/contact-flow/{draft}{qualifier}") == []
    refused = [f"{VALUE}Actions[0].Parameters.ContactFlowId"]
    for wrong in (NOWHERE, f"{FOREIGN}/contact-flow/{draft}", f"{INSTANCE_ARN}/queue/{draft}", "{{flow}}", "Main"):
        assert transfer(wrong + qualifier) == refused
    connect.delete_contact_flow(**HERE, ContactFlowId=draft)
    assert transfer(draft) == refused


def test_queues_hours_and_claimed_numbers_must_exist(sandbox: Control, connect: Any) -> None:
    sandbox.seed("PhoneNumber", {"PhoneNumber": "+15550100"})
    both = {"True": "Equals", "False": "Equals"}

    def tried(queue: str, hours: str, number: str) -> list[str]:
        return problems(
            connect,
            leading(action("UpdateContactTargetQueue", QueueId=queue), to="b", errors=ANY),
            leading(
                action("CheckHoursOfOperation", "b", HoursOfOperationId=hours), to="c", errors=ANY, conditions=both
            ),
            leading(
                action(
                    "TransferParticipantToThirdParty",
                    "c",
                    ThirdPartyPhoneNumber="+15550102",
                    ThirdPartyConnectionTimeLimitSeconds="30",
                    ContinueFlowExecution="False",
                    CallerId={"Number": number},
                ),
                errors=ANY,
            ),
        )

    assert tried(basic_queue(connect), basic_hours(connect), "+15550100") == []
    assert tried("$.Attributes.q", "$.Attributes.h", "$.Attributes.n") == []
    paths = ("[0].Parameters.QueueId", "[1].Parameters.HoursOfOperationId", "[2].Parameters.CallerId.Number")
    assert tried(NOWHERE, NOWHERE, "+15550101") == [f"{VALUE}Actions{path}" for path in paths]


def test_modules_views_tables_and_functions_need_not_exist(connect: Any) -> None:
    """All accepted [seen]; for functions it is a switch."""
    function = "arn:aws:lambda:us-east-1:111122223333:function:nowhere"
    viewed = action("ShowView", "b", ViewResource={"Id": "form", "Version": "1"}, InvocationTimeLimitSeconds="400")

    found = problems(
        connect,
        leading(action("InvokeFlowModule", FlowModuleId=NOWHERE), to="b", errors=ANY),
        leading(viewed, to="c", errors=f"{ANY} NoMatchingCondition TimeLimitExceeded"),
        leading(
            action("InvokeLambdaFunction", "c", LambdaFunctionARN=function, InvocationTimeLimitSeconds="8"), errors=ANY
        ),
    )

    assert found == []


def test_switches_refuse_functions_bots_hooks_and_unreachable_actions(sandbox: Control, connect: Any) -> None:
    """None is certain; each is a switch."""
    function = "arn:aws:lambda:us-east-1:111122223333:function:f"
    alias = "arn:aws:lex:us-east-1:111122223333:bot-alias/BOT/ALIAS"
    hooks = {name: add_flow(connect, name) for name in ("CustomerQueue", "CustomerHold")}
    calling = action("InvokeLambdaFunction", LambdaFunctionARN=function, InvocationTimeLimitSeconds="8")
    asking = action("ConnectParticipantWithLexBot", "b", Text="Yes?", LexV2Bot={"AliasArn": alias})
    flow = (
        leading(calling, to="b", errors=ANY),
        leading(asking, to="c", errors=f"NoMatchingCondition {ANY}", conditions={"Help": "Equals"}),
        leading(action("UpdateContactEventHooks", "c", EventHooks=hooks), errors=ANY),
        action("DisconnectParticipant", "island"),
    )
    before = problems(connect, *flow)
    names = ("unassociatedLambda", "unassociatedBot", "unreachableActions")
    sandbox.set_faults({"switches": {**dict.fromkeys(names, "refused"), "eventHooks": "one"}})

    after = problems(connect, *flow)
    connect.associate_lambda_function(**HERE, FunctionArn=function)

    assert before == []
    assert after == [
        f"{VALUE}Actions[0].Parameters.LambdaFunctionARN",
        f"{VALUE}Actions[1].Parameters.LexV2Bot.AliasArn",
        f"{VALUE}Actions[2].Parameters.EventHooks",
        f"{VALUE}Actions[3]",
    ]
    assert problems(connect, *flow) == after[1:]


def test_a_disconnect_flow_of_another_instance_is_accepted(connect: Any) -> None:
    """It is dropped, and not refused [seen: aws-sdk-js, issue 3834]."""

    def hooked(hook: str) -> list[str]:
        hooks = {hook: f"{FOREIGN}/contact-flow/{NOWHERE}"}
        return problems(connect, leading(action("UpdateContactEventHooks", EventHooks=hooks), errors=ANY))

    assert hooked("CustomerRemaining") == []
    assert hooked("CustomerQueue") == [f"{VALUE}Actions[0].Parameters.EventHooks.CustomerQueue"]
