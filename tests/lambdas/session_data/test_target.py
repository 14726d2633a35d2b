"""Which instance, which assistant, which session: in this order, and only where it is allowed."""

from __future__ import annotations

from dataclasses import replace

import pytest

from reconciler.lambdas.session_data import identifiers
from reconciler.lambdas.session_data.event import ASSISTANT as ASSISTANT_KEY
from reconciler.lambdas.session_data.event import INSTANCE as INSTANCE_KEY
from reconciler.lambdas.session_data.event import SESSION as SESSION_KEY
from reconciler.lambdas.session_data.event import Request
from reconciler.lambdas.session_data.refusals import Refused
from reconciler.lambdas.session_data.settings import Settings
from reconciler.lambdas.session_data.target import find_target
from reconciler.sandbox import ACCOUNT, INSTANCE_ARN, INSTANCE_ID
from tests.lambdas.session_data.flow import ASSISTANT, OTHER_ASSISTANT, SESSION, SESSION_ARN

A, B, C = (f"00000000-0000-4000-8000-00000000000{letter}" for letter in "abc")
ARN_B = f"arn:aws:connect:eu-west-2:{ACCOUNT}:instance/{B}"
SETTINGS = Settings(assistant=ASSISTANT, region="us-east-1")


def asked(arn: str = "", **system: str) -> Request:
    return Request("contact", arn, {}, system)


@pytest.mark.parametrize(
    ("parameter", "arn", "environment", "found"),
    [
        (A, ARN_B, C, A),
        ("", ARN_B, C, B),
        ("", "", C, C),
        (A, "", "", A),
        (A, ARN_B, "", A),
        (A, "", C, A),
        ("", ARN_B, "", B),
    ],
)
def test_the_instance_is_the_flows_then_the_events_then_the_environments(
    parameter: str, arn: str, environment: str, found: str
) -> None:
    """S1-10, S1-34, S1-48."""
    settings = replace(SETTINGS, instance=environment, allowed_instances=frozenset({A, B, C}))
    system = {INSTANCE_KEY: parameter} if parameter else {}

    assert find_target(asked(arn, **system), settings).instance == found


@pytest.mark.parametrize(
    ("parameter", "environment", "found"),
    [(OTHER_ASSISTANT, ASSISTANT, OTHER_ASSISTANT), ("", ASSISTANT, ASSISTANT), (OTHER_ASSISTANT, "", OTHER_ASSISTANT)],
)
def test_the_assistant_is_the_flows_then_the_environments(parameter: str, environment: str, found: str) -> None:
    """S1-10, S1-28, S1-31, S1-33, S1-48."""
    system = {ASSISTANT_KEY: parameter} if parameter else {}

    assert find_target(asked(INSTANCE_ARN, **system), replace(SETTINGS, assistant=environment)).assistant == found


def test_ids_and_arns_mean_the_same_in_any_letter_case() -> None:
    arn = f"arn:aws:wisdom:us-east-1:{ACCOUNT}:assistant/{ASSISTANT}"
    system = {INSTANCE_KEY: INSTANCE_ARN.upper().replace("ARN:AWS", "arn:aws"), ASSISTANT_KEY: arn}

    found = find_target(asked(INSTANCE_ARN, **system), SETTINGS)

    assert (found.instance, found.assistant) == (INSTANCE_ID, ASSISTANT)


@pytest.mark.parametrize("arn", [INSTANCE_ARN, ""])
def test_without_a_list_only_the_events_own_instance_and_the_environments_are_allowed(arn: str) -> None:
    settings = replace(SETTINGS, instance=C)

    assert find_target(asked(arn, **{INSTANCE_KEY: C}), settings).instance == C
    with pytest.raises(Refused, match=f"NOT_ALLOWED: parameter CONNECT_INSTANCE_ID: {A} is not allowed"):
        find_target(asked(arn, **{INSTANCE_KEY: A}), settings)


def test_an_events_own_instance_is_refused_where_a_list_leaves_it_out() -> None:
    with pytest.raises(Refused, match=r"NOT_ALLOWED: ContactData\.InstanceARN"):
        find_target(asked(INSTANCE_ARN), replace(SETTINGS, allowed_instances=frozenset({A})))


def test_an_assistant_must_be_on_its_list_if_there_is_one() -> None:
    """S1-31."""
    settings = replace(SETTINGS, allowed_assistants=frozenset({ASSISTANT}))

    assert find_target(asked(INSTANCE_ARN), settings).assistant == ASSISTANT
    with pytest.raises(Refused, match="ALLOWED_ASSISTANT_IDS says which are"):
        find_target(asked(INSTANCE_ARN, **{ASSISTANT_KEY: OTHER_ASSISTANT}), settings)


@pytest.mark.parametrize(
    ("arn", "parameter", "region", "found"),
    [
        (ARN_B, "", "us-east-1", "eu-west-2"),
        (ARN_B, B, "us-east-1", "eu-west-2"),
        (ARN_B, C, "us-east-1", "us-east-1"),
        ("", C, "us-east-1", "us-east-1"),
        (ARN_B, "", "", "eu-west-2"),
    ],
)
def test_both_clients_are_in_the_instances_region_or_the_runtimes(
    arn: str, parameter: str, region: str, found: str
) -> None:
    """S1-29."""
    settings = replace(SETTINGS, region=region, allowed_instances=frozenset({B, C}))
    system = {INSTANCE_KEY: parameter} if parameter else {}

    assert find_target(asked(arn, **system), settings).region == found


def test_without_any_region_nothing_can_be_asked() -> None:
    with pytest.raises(Refused, match="CONFIG_MISSING: no Region"):
        find_target(asked("", **{INSTANCE_KEY: C}), replace(SETTINGS, region="", instance=C))


@pytest.mark.parametrize(
    ("system", "settings", "code"),
    [
        ({INSTANCE_KEY: "x"}, SETTINGS, "BAD_EVENT"),
        ({ASSISTANT_KEY: "x"}, SETTINGS, "BAD_EVENT"),
        ({SESSION_KEY: SESSION}, SETTINGS, "BAD_EVENT"),
        ({}, replace(SETTINGS, assistant="x"), "CONFIG_INVALID"),
    ],
)
def test_an_invalid_id_is_reported_with_its_source(system: dict[str, str], settings: Settings, code: str) -> None:
    with pytest.raises(Refused, match=code):
        find_target(asked(INSTANCE_ARN, **system), settings)


def test_a_session_handed_over_is_taken_apart() -> None:
    found = find_target(asked(INSTANCE_ARN, **{SESSION_KEY: SESSION_ARN}), SETTINGS).session

    assert found == identifiers.Session(SESSION, ASSISTANT)


@pytest.mark.parametrize(
    "text",
    [
        *("", "arn:aws:qconnect:us-east-1:111122223333:session/a/b", SESSION_ARN.replace("wisdom", "qconnect")),
        *(SESSION_ARN.replace("session/", "assistant/"), SESSION_ARN + "/x", SESSION_ARN.replace(ACCOUNT, "1")),
    ],
)
def test_only_arns_of_sessions_are_sessions(text: str) -> None:
    """S1-47: the seed's own fixtures had arn:aws:qconnect."""
    assert identifiers.session(text) is None


def test_other_partitions_have_the_same_arns() -> None:
    found = identifiers.session(SESSION_ARN.replace("arn:aws:", "arn:aws-us-gov:"))

    assert found == identifiers.Session(SESSION, ASSISTANT)
