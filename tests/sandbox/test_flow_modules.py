"""Flow modules: settings, contracts, and the versions and aliases that flows have too."""

from __future__ import annotations

import json
from typing import Any

import pytest
from botocore.exceptions import ClientError

from reconciler.sandbox import INSTANCE_ARN, Control

from .administrative import HERE
from .calls import DUPLICATE, INVALID, INVALID_REQUEST, MISSING, refused
from .flows import (
    Action,
    action,
    add_flow,
    add_module,
    content,
    described,
    described_module,
    leading,
    module,
    problems,
    saying,
)

INVALID_MODULE = ("InvalidContactFlowModuleException", 400)
CONTRACT = json.dumps(
    {
        "input": {"schema": {"type": "object", "properties": {"phone": {"type": "string"}, "n": {"type": "number"}}}},
        "resultData": {"schema": {"type": "object", "properties": {"tier": {"type": "string"}}}},
        "transitions": {"results": [{"name": "known", "description": "d"}]},
    }
)
VALUE = "Invalid Action property value. Path: "
NAME = "Invalid Action property name. Path: "


def update(client: Any, id: str, **members: str) -> None:
    client.update_contact_flow_module_content(**HERE, ContactFlowModuleId=id, **members)


def module_problems(client: Any, *actions: Action, settings: str = "{}") -> list[str]:
    with pytest.raises(ClientError) as raised:
        add_module(client, text=module(*actions), Settings=settings)
    return [problem["message"] for problem in raised.value.response["Problems"]]


def test_a_module_is_published_at_its_creation(connect: Any) -> None:
    text = module()

    id = add_module(connect, text=text, Settings=CONTRACT, ExternalInvocationConfiguration={"Enabled": True})

    shown = described_module(connect, id)
    assert (shown["Content"], shown["Settings"], shown["State"], shown["Status"]) == (
        text,
        CONTRACT,
        "ACTIVE",
        "PUBLISHED",
    )
    assert shown["ExternalInvocationConfiguration"] == {"Enabled": True}


def test_a_repeated_request_with_its_token_makes_one_module(connect: Any) -> None:
    ids = {add_module(connect, ClientToken="t") for _ in range(2)}

    assert len(ids) == 1


def test_an_update_of_content_or_settings_keeps_the_other(connect: Any) -> None:
    id, text = add_module(connect, Settings="{}"), module(leading(action("MessageParticipant", Text="x")))

    update(connect, id, Content=text)
    update(connect, f"{id}:$SAVED", Settings=CONTRACT)

    draft, published = described_module(connect, f"{id}:$SAVED"), described_module(connect, id)
    assert (published["Content"], published["Settings"], published["Status"]) == (text, "{}", "PUBLISHED")
    assert (draft["Content"], draft["Settings"], draft["Status"]) == (text, CONTRACT, "SAVED")
    assert refused(lambda: update(connect, id)) == INVALID_REQUEST


def test_a_module_needs_settings_in_its_content_and_a_flow_must_not_have_them(sandbox: Control, connect: Any) -> None:
    """Two errors are seen; a switch."""
    with pytest.raises(ClientError) as raised:
        add_module(connect, text=content())
    sandbox.set_faults({"switches": {"moduleWithoutSettings": "InvalidRequestException"}})

    message = "JSON field is missing or null for field name: settings"
    assert raised.value.response["Problems"] == [{"message": message}]
    assert refused(lambda: add_module(connect, text=content())) == INVALID_REQUEST


def test_settings_are_a_json_object(connect: Any) -> None:
    assert [refused(lambda s=s: add_module(connect, Settings=s)) for s in ("no JSON", "[]")] == [INVALID_MODULE] * 2


def test_a_result_is_a_declared_branch_with_declared_data(connect: Any) -> None:
    returned = action("EndFlowModuleExecution", Result="Success", ResultData={"tier": "gold", "other": "x"})

    assert module_problems(connect, returned, settings=CONTRACT) == [
        f"{VALUE}Actions[0].Parameters.Result",
        f"{NAME}Actions[0].Parameters.ResultData.other",
    ]
    assert module_problems(connect, returned) == [
        f"{VALUE}Actions[0].Parameters.Result",
        f"{NAME}Actions[0].Parameters.ResultData",
    ]
    add_module(connect, text=module(action("EndFlowModuleExecution", Result="known")), Settings=CONTRACT)


def test_a_caller_is_checked_against_the_contract(connect: Any) -> None:
    id = add_module(connect, Settings=CONTRACT)

    def calling(branch: str, **given: Any) -> list[str]:
        called = action("InvokeFlowModule", FlowModuleId=f"{id}:$LATEST", Input=given)
        return problems(connect, leading(called, errors="NoMatchingError", conditions={branch: "Equals"}))

    assert calling("known", phone="$.CustomerEndpoint.Address", n=7) == []
    assert calling("unknown", n="7", colour="red") == [
        f"{VALUE}Actions[0].Parameters.Input.n",
        f"{NAME}Actions[0].Parameters.Input.colour",
        f"{VALUE}Actions[0].Transitions.Conditions",
    ]
    assert calling("known", n="$.Attributes.n") == [f"{VALUE}Actions[0].Parameters.Input.n"]


def test_a_version_stays_what_it_was(connect: Any) -> None:
    id, old = add_module(connect, Settings="{}"), module()
    one = connect.create_contact_flow_module_version(**HERE, ContactFlowModuleId=id, Description="first")
    update(connect, id, Content=module(leading(action("MessageParticipant", Text="x"))), Settings=CONTRACT)
    sha = described_module(connect, id)["FlowModuleContentSha256"]

    two = connect.create_contact_flow_module_version(**HERE, ContactFlowModuleId=id, FlowModuleContentSha256=sha)

    arn = f"{INSTANCE_ARN}/flow-module/{id}"
    assert (one["Version"], two["Version"], two["ContactFlowModuleArn"]) == (1, 2, arn)
    frozen = described_module(connect, f"{arn}:1")
    assert (frozen["Content"], frozen["Settings"], frozen["Version"]) == (old, "{}", 1)
    assert frozen["VersionDescription"] == "first"
    listed = connect.list_contact_flow_module_versions(**HERE, ContactFlowModuleId=id)
    rows = [(row["Arn"], row["Version"]) for row in listed["ContactFlowModuleVersionSummaryList"]]
    assert rows == [(f"{arn}:1", 1), (f"{arn}:2", 2)]


def test_a_version_of_another_checksum_is_refused(connect: Any) -> None:
    id = add_flow(connect)
    wrong = {"ContactFlowId": id, "FlowContentSha256": "0" * 64}

    assert refused(lambda: connect.create_contact_flow_version(**HERE, **wrong)) == INVALID


def test_a_number_of_a_deleted_version_does_not_come_again(connect: Any) -> None:
    id = add_flow(connect)
    made = lambda: connect.create_contact_flow_version(**HERE, ContactFlowId=id)["Version"]  # noqa: E731
    delete = {"ContactFlowId": id, "ContactFlowVersion": made()}

    connect.delete_contact_flow_version(**HERE, **delete)

    assert refused(lambda: described(connect, f"{id}:1")) == MISSING
    assert refused(lambda: connect.delete_contact_flow_version(**HERE, **delete)) == MISSING
    assert made() == 2
    (row,) = connect.list_contact_flow_versions(**HERE, ContactFlowId=id)["ContactFlowVersionSummaryList"]
    assert row["Version"] == 2


def test_versions_may_be_for_campaigns_alone(sandbox: Control, connect: Any) -> None:
    """Older texts of the service model; a switch."""
    sandbox.set_faults({"switches": {"flowVersions": "campaigns"}})
    flow, campaign = add_flow(connect), add_flow(connect, "C", Type="CAMPAIGN")

    assert refused(lambda: connect.create_contact_flow_version(**HERE, ContactFlowId=flow)) == INVALID_REQUEST
    assert connect.create_contact_flow_version(**HERE, ContactFlowId=campaign)["Version"] == 1


def test_a_draft_has_no_version(connect: Any) -> None:
    id = add_flow(connect, Status="SAVED")

    assert refused(lambda: connect.create_contact_flow_version(**HERE, ContactFlowId=id)) == MISSING


@pytest.mark.parametrize("kind", ["contact_flow", "contact_flow_module"])
def test_an_alias_follows_its_version(connect: Any, kind: str) -> None:
    add, shown = (add_flow, described) if kind == "contact_flow" else (add_module, described_module)
    word = "".join(part.capitalize() for part in kind.split("_"))
    here = {**HERE, f"{word}Id": add(connect)}

    def call(verb: str, **members: Any) -> Any:
        return getattr(connect, verb.replace("_x", f"_{kind}"))(**here, **members)

    for _ in range(2):
        call("create_x_version")
    alias = call("create_x_alias", AliasName="live", **{f"{word}Version": 1})["Id"]
    first = shown(connect, f"{here[f'{word}Id']}:{alias}")["Version"]
    call("update_x_alias", AliasId=alias, Description="d", **{f"{word}Version": 2})

    assert (first, shown(connect, f"{here[f'{word}Id']}:{alias}")["Version"]) == (1, 2)
    described_alias = call("describe_x_alias", AliasId=alias)[f"{word}Alias"]
    assert (described_alias["Name"], described_alias["Version"], described_alias["Description"]) == ("live", 2, "d")
    (row,) = call("list_x_aliases")[f"{word}AliasSummaryList"]
    assert (row["AliasName"], row["AliasId"]) == ("live", alias)
    assert refused(lambda: call("create_x_alias", AliasName="live", **{f"{word}Version": 1})) == DUPLICATE
    assert refused(lambda: call("create_x_alias", AliasName="x", **{f"{word}Version": 9})) == MISSING
    assert refused(lambda: call("delete_x_version", **{f"{word}Version": 2})) == INVALID_REQUEST
    call("delete_x_alias", AliasId=alias)
    call("delete_x_version", **{f"{word}Version": 2})
    assert refused(lambda: call("describe_x_alias", AliasId=alias)) == MISSING


def test_a_seeded_module_has_a_content_that_can_be_published(sandbox: Control, connect: Any) -> None:
    id = sandbox.seed("ContactFlowModule", {"Name": "M"})

    update(connect, id, Content=described_module(connect, id)["Content"])

    assert refused(lambda: update(connect, id, Content=saying("x"))) == INVALID_MODULE
