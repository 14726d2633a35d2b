"""An agent and its item: their forms, the hash, and which records of a stream are requests."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reconciler.lambdas.agents.agent import Agent, agent_of, as_plain
from reconciler.lambdas.agents.item import (
    ACTIVE,
    FAILED,
    Request,
    RosterItem,
    is_request,
    item_key,
    read_item,
    request_attributes,
    sequencer_text,
    typed,
    untyped,
)

ADA = Agent(
    username="ada",
    routing_profile="Basic Routing Profile",
    security_profiles=("Agent", "CallCenterManager"),
    first_name="Ada",
    last_name="Byron",
    email="",
    hierarchy_group="London/Sales",
    phone_type="SOFT_PHONE",
    auto_accept=True,
    after_contact_work_seconds=30,
    tags=(("Site", "London"), ("Team", "Sales")),
)
ASKED = Request(
    ADA, ADA.hash, "uploads/agents.csv", sequencer_text("0055AED6DCD90281E5"), 2, "2026-01-05T12:00:00.000Z"
)

words = st.text(max_size=8)
agents = st.builds(
    Agent,
    username=st.text(min_size=1, max_size=8),
    routing_profile=st.text(min_size=1, max_size=8),
    security_profiles=st.lists(words, min_size=1, max_size=10, unique=True).map(lambda names: tuple(sorted(names))),
    first_name=st.none() | words,
    email=st.none() | words,
    hierarchy_group=st.none() | words,
    auto_accept=st.none() | st.booleans(),
    after_contact_work_seconds=st.none() | st.integers(0, 2_000_000),
    tags=st.none() | st.dictionaries(words, words).map(lambda tags: tuple(sorted(tags.items()))),
)


def image(asked: Request = ASKED, **more: Any) -> dict[str, Any]:
    attributes = {**item_key("i-1", asked.agent.username), **request_attributes(asked)}
    return attributes | {name: typed(value) for name, value in more.items()}


@given(agents)
def test_an_agent_survives_the_way_to_dynamodb_and_back(agent: Agent) -> None:
    asked = replace(ASKED, agent=agent, agent_hash=agent.hash)

    assert agent_of(as_plain(agent)) == agent
    assert read_item({**item_key("i-1", agent.username), **request_attributes(asked)}).request == asked


@given(agents, agents)
def test_two_agents_have_one_hash_only_if_they_are_equal(one: Agent, other: Agent) -> None:
    assert (one.hash == other.hash) == (one == other)


def test_the_order_of_security_profiles_is_no_difference() -> None:
    assert replace(ADA, security_profiles=ADA.security_profiles[::-1]).hash == ADA.hash


def test_no_statement_and_an_empty_text_are_two_hashes() -> None:
    assert replace(ADA, email=None).hash != ADA.hash


def test_an_item_has_what_both_functions_wrote() -> None:
    item = read_item(image(status=ACTIVE, user_id="u-1", settled_hash=ADA.hash, last_result="created"))

    assert item == RosterItem("i-1", "ada", ASKED, ACTIVE, user_id="u-1", settled_hash=ADA.hash, last_result="created")
    assert item.is_settled_well


@pytest.mark.parametrize(("status", "settled"), [(FAILED, ADA.hash), (ACTIVE, "0" * 64), ("PENDING", ADA.hash)])
def test_an_item_of_another_request_is_not_settled_well(status: str, settled: str) -> None:
    assert not read_item(image(status=status, settled_hash=settled)).is_settled_well


@pytest.mark.parametrize(
    "agent",
    [
        None,
        {},
        {"username": "ada"},
        {"username": "ada", "routing_profile": "x", "security_profiles": "Agent"},
        {"username": "ada", "routing_profile": "x", "security_profiles": ["Agent"], "auto_accept": "yes"},
        {"username": "ada", "routing_profile": "x", "security_profiles": ["Agent"], "tags": {"a": 1}},
        {"username": "ada", "routing_profile": "x", "security_profiles": ["a"], "after_contact_work_seconds": True},
    ],
)
def test_an_item_that_another_writer_damaged_has_no_request(agent: Any) -> None:
    assert read_item(image() | {"agent": typed(agent)}).request is None


@pytest.mark.parametrize("attributes", [{}, {"instance_id": {"S": "i"}}, {**image(), "x": {"B": b""}}, {"x": {}}])
def test_an_item_that_is_none_of_this_table_is_refused(attributes: Any) -> None:
    with pytest.raises(ValueError, match=r"item|type"):
        read_item(attributes)


def test_keys_of_a_later_version_are_ignored() -> None:
    assert agent_of({**as_plain(ADA), "languages": ["en"]}) == ADA


def test_a_new_item_and_a_changed_request_ask_for_something() -> None:
    later = replace(ASKED, sequencer=sequencer_text("0055AED6DCD90281E6"))

    assert is_request(None, image())
    assert is_request(image(status=ACTIVE), image(later))
    assert is_request(image(status=FAILED), image(later)), "a row that failed may be uploaded again"


def test_writes_of_the_other_function_ask_for_nothing() -> None:
    assert not is_request(image(), image(status=ACTIVE, user_id="u-1"))
    assert not is_request(image(), image(user_id="u-1"))
    assert not is_request(image(status=ACTIVE), image(status=ACTIVE, last_error="x"))
    assert not is_request(image(), None)


def test_sequencers_sort_as_s3_sorts_them() -> None:
    """S4-19: the shorter one is filled with zeros at its end."""
    assert sorted(["0055b", "0055AED6", "0055AED600"], key=sequencer_text) == ["0055AED6", "0055AED600", "0055b"]


def test_typed_values_have_their_plain_form() -> None:
    plain = {"S": "a", "N": 7, "L": [True, None, {"x": "y"}]}

    assert untyped(typed(plain)) == plain
    assert untyped({"SS": ["b", "a"]}) == ["a", "b"]
    assert str(untyped({"N": "1.5"})) == "1.5"
    with pytest.raises(ValueError, match="float has no form"):
        typed(1.5)
