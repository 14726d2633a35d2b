"""The files beside the code for those who deploy it: policy, schemas, metrics, a sample flow, a page."""

from __future__ import annotations

import json
import re
import tomllib
from importlib import import_module
from pathlib import Path
from pkgutil import iter_modules
from typing import Any

import pytest
from botocore.exceptions import ClientError
from botocore.stub import Stubber

from reconciler.lambdas import session_data
from reconciler.lambdas.session_data.actions import ACTIONS, DESCRIBE_CONTACT, UPDATE_SESSION_DATA
from reconciler.lambdas.shared.calls import client
from reconciler.preflight.instance import assistant
from reconciler.sandbox import INSTANCE_ID, shapes
from tests.lambdas.clients import signed_session
from tests.lambdas.session_data.flow import ASSISTANT, CONTACT, SESSION, SESSION_ARN, Flow, event
from tests.worlds.world import World

ROOT = Path(__file__).parents[3]
VARIABLE = re.compile(r"\$\{var:(\w+)\}")
FOLDER = Path(session_data.__file__).parent
POLICY = json.loads((FOLDER / "policy.json").read_text())
FLOW = json.loads((FOLDER / "sample-flow.json").read_text())
BLOCKS = {block["Identifier"]: block for block in FLOW["Actions"]}
PAGE = (ROOT / "docs" / "guides" / "session-data.md").read_text()
PYPROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text())
VALUES = {
    **{"PARTITION": "aws", "REGION": "us-east-1", "ACCOUNT": "111122223333", "FUNCTION_NAME": "session-data"},
    **{"CONNECT_INSTANCE_ID": INSTANCE_ID, "AI_ASSISTANT_ID": ASSISTANT},
}


def test_the_calls_that_it_makes_are_those_of_the_table(flow: Flow) -> None:
    """S1-8, S1-20."""
    flow.answer({"a": "1"})
    flow.answer({"SESSION_ARN": SESSION_ARN, "a": "1"})
    flow.control.set_faults({"lostReply": {"every": 2}})
    flow.answer({"a": "1"})

    assert set(flow.calls()) == {f"{each.service}:{each.operation}" for each in ACTIONS}


def test_retention_of_logs_is_set() -> None:
    """S1-38."""
    assert json.loads((FOLDER / "operations.json").read_text())["logs"]["retentionDays"] > 0


def test_the_requests_hold_to_the_service_model_by_botocores_own_stubs(flow: Flow) -> None:
    """S1-44, S1-47: parameters and answers are validated by real clients."""
    place = signed_session()
    clients = {each.service: client(each.service, "us-east-1", session=place) for each in ACTIONS}
    contacts, sessions = (Stubber(clients[each.service]) for each in ACTIONS)
    contacts.add_response(
        "describe_contact",
        {"Contact": {"WisdomInfo": {"SessionArn": SESSION_ARN}}},
        {"InstanceId": INSTANCE_ID, "ContactId": CONTACT},
    )
    data = [{"key": "a", "value": {"stringValue": "1"}}]
    written = {"sessionArn": SESSION_ARN, "sessionId": SESSION, "namespace": "Custom", "data": data}
    sessions.add_response(
        "update_session_data", written, {"assistantId": ASSISTANT, "sessionId": SESSION, "data": data}
    )
    flow.function.around = flow.function.around.__class__(
        **{**vars(flow.function.around), "client": lambda service, region: clients[service]}
    )
    with contacts, sessions:
        assert flow.answer({"a": "1"})["status"] == "updated"
    contacts.assert_no_pending_responses()
    sessions.assert_no_pending_responses()


def test_the_ids_and_arns_of_these_tests_are_such_as_the_service_model_has() -> None:
    """S1-47: the seed's own had arn:aws:qconnect, which there is nowhere."""
    updates = shapes.operation("qconnect", "UpdateSessionData")
    members = {**updates.input_shape.members, **updates.output_shape.members}
    described = shapes.operation("connect", "DescribeContact").input_shape.members

    for shape, text in (
        (members["assistantId"], ASSISTANT),
        (members["sessionId"], SESSION),
        (members["sessionArn"], SESSION_ARN),
    ):
        assert re.fullmatch(shape.metadata["pattern"], text)
    assert described["ContactId"].metadata["max"] >= len(CONTACT)
    assert described["InstanceId"].metadata["max"] >= len(INSTANCE_ID)


def test_every_way_through_the_sample_flow_leads_to_its_end() -> None:
    """S1-49."""
    assert len(BLOCKS) == len(FLOW["Actions"])
    assert set(FLOW["Metadata"]["ActionMetadata"]) == set(BLOCKS)
    seen, todo = set(), [FLOW["StartAction"]]
    while todo:
        if (name := todo.pop()) not in seen:
            seen.add(name)
            ways = BLOCKS[name]["Transitions"]
            todo += [each["NextAction"] for each in (*ways["Errors"], *ways["Conditions"])]
            todo += [ways["NextAction"]] if "NextAction" in ways else []
            assert ways["Errors"] or BLOCKS[name]["Type"] == "DisconnectParticipant"
    assert seen == set(BLOCKS)


def test_the_local_aws_takes_the_sample_flow_and_gives_it_back(flow: Flow) -> None:
    """S1-49: as an import does, with the ids of the instance in place of the variables."""
    connect = client("connect", "us-east-1", session=signed_session())
    text = VARIABLE.sub(lambda match: VALUES[match[1]], json.dumps(FLOW))

    id = connect.create_contact_flow(InstanceId=INSTANCE_ID, Name="Sample", Type="CONTACT_FLOW", Content=text)
    found = connect.describe_contact_flow(InstanceId=INSTANCE_ID, ContactFlowId=id["ContactFlowId"])["ContactFlow"]

    assert found["State"] == "ACTIVE"
    actions = json.loads(found["Content"])["Actions"]
    assert {each["Identifier"]: each["Type"] for each in actions} == {name: b["Type"] for name, b in BLOCKS.items()}


def test_a_flow_with_a_block_that_leads_nowhere_is_not_taken(flow: Flow) -> None:
    """So that the test above can fail."""
    connect, broken = client("connect", "us-east-1", session=signed_session()), json.loads(json.dumps(FLOW))
    broken["Actions"][0]["Transitions"]["NextAction"] = "nowhere"

    with pytest.raises(ClientError) as refused:
        connect.create_contact_flow(
            InstanceId=INSTANCE_ID, Name="Sample", Type="CONTACT_FLOW", Content=json.dumps(broken)
        )
    assert refused.value.response["Error"]["Code"] == "InvalidContactFlowException"


def test_the_sample_flow_makes_the_session_sets_it_on_the_contact_and_then_hands_over() -> None:
    """S1-49, S1-68."""
    way, name = [], FLOW["StartAction"]
    while len(way) < 4:
        way.append(BLOCKS[name])
        name = BLOCKS[name]["Transitions"]["NextAction"]

    assert [each["Type"] for each in way] == [
        *("CreateWisdomSession", "UpdateContactData", "InvokeLambdaFunction", "Compare")
    ]
    invoked = way[2]["Parameters"]
    assert 1 <= int(invoked["InvocationTimeLimitSeconds"]) <= 8
    assert (invoked["InvocationType"], invoked["ResponseValidation"]) == ("SYNCHRONOUS", {"ResponseType": "STRING_MAP"})
    assert way[3]["Parameters"] == {"ComparisonValue": "$.External.status"}


def test_the_sample_flow_hands_over_what_its_logic_attributes_queue_and_tier_say(flow: Flow) -> None:
    """S1-50."""
    handed = BLOCKS["hand-over"]["Parameters"]["LambdaInvocationAttributes"]
    own = {name: value for name, value in handed.items() if not name.isupper()}
    assert own == {
        "intent": "billing question",
        "product": "$.Attributes.product",
        "queue": "$.Queue.Name",
        "customerTier": "$.Attributes.customerTier",
    }

    answer = flow.send(event({**own, "AI_ASSISTANT_ID": handed["AI_ASSISTANT_ID"], "SESSION_ARN": SESSION_ARN}))

    assert (answer["status"], set(flow.holds())) == ("updated", set(own))


def test_the_sample_flow_asks_only_for_what_the_answer_holds(flow: Flow) -> None:
    asked = set(re.findall(r"\$\.External\.(\w+)", json.dumps(FLOW)))

    assert asked <= set(flow.answer({}))
    conditions = BLOCKS["what-became-of-it"]["Transitions"]["Conditions"]
    assert {each["Condition"]["Operands"][0] for each in conditions} == {"updated", "empty"}


def test_check_says_whether_an_assistant_is_associated_and_which(world: World) -> None:
    """S1-21, S1-22."""
    assert "no assistant is associated" in assistant(world.aws).message
    arn = f"arn:aws:wisdom:us-east-1:111122223333:assistant/{ASSISTANT}"
    world.control.seed("IntegrationAssociation", {"IntegrationArn": arn, "IntegrationType": "WISDOM_ASSISTANT"})

    assert ASSISTANT in assistant(world.aws).message


@pytest.mark.parametrize(
    "words",
    [
        *("{{$.Custom.intent}}", "KEY_MAP", "SESSION_NOT_FOUND", "python3.13", "Python 3.11", "smoke-event.json"),
        *("policy.json", "DEBUG_LOG=true", "validate-event", "tests/lambdas/session_data", "--cov-report=html", "-v "),
    ],
)
def test_the_page_tells_of_it(words: str) -> None:
    """S1-5, S1-20, S1-23, S1-39..42, S1-66, S1-71."""
    assert words in PAGE


@pytest.mark.parametrize("words", ["handler.py", "tests/lambdas/<name>/", "policy.json", "docs/", "make test"])
def test_the_guide_for_contributors_names_source_tests_policy_and_docs(words: str) -> None:
    """S1-66."""
    assert words in (ROOT / "CONTRIBUTING.md").read_text()


def test_every_error_code_and_answer_is_on_the_page(flow: Flow) -> None:
    codes = set(import_module("reconciler.lambdas.session_data.refusals").Code)

    assert [each for each in (*codes, *flow.answer({})) if f"`{each}`" not in PAGE] == []


def test_what_is_linked_on_the_page_is_there() -> None:
    """S1-19, S1-72."""
    files = re.findall(r"`(reconciler/[^`]+)`", PAGE)

    assert len(files) >= 6
    assert [each for each in files if not (ROOT / each).exists()] == []
    assert (FOLDER / "requirements.txt").is_file()
    assert (ROOT / ".gitignore").is_file()
    assert "MIT" in (ROOT / "LICENSE").read_text()
    assert PYPROJECT["project"]["version"] == session_data.VERSION


def test_style_types_and_tests_are_held_to_by_settings_that_are_in_force(pytestconfig: Any) -> None:
    """S1-14, S1-19, S1-65: the linters and the strict type checker see the Lambda; pytest reads its own settings."""
    assert PYPROJECT["tool"]["mypy"]["strict"] is True
    assert PYPROJECT["tool"]["mypy"]["packages"] == ["reconciler"]
    ruff = json.dumps(PYPROJECT["tool"]["ruff"])
    assert [each for each in ("lambdas/session_data", "lambdas/shared", "lambdas/*") if each in ruff] == []
    assert Path(pytestconfig.inipath).name == "pyproject.toml"
    assert any(mark.startswith("slow:") for mark in pytestconfig.getini("markers"))


def test_every_module_is_named_in_a_test_of_its_own_or_of_the_story() -> None:
    """S1-43: each public function is called by a test or by what a test calls; coverage shows the lines."""
    result = "".join(path.read_text() for path in Path(__file__).parent.glob("*.py"))
    named = [module.name for module in iter_modules([str(FOLDER)]) if module.name not in ("sessions", "validating")]

    assert [name for name in named if name not in result] == []
    assert DESCRIBE_CONTACT.operation == "DescribeContact"
    assert UPDATE_SESSION_DATA.operation == "UpdateSessionData"
