"""Spreadsheets and manifests change a user by the same calls: the cases of the kind `User` are played here."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reconciler.lambdas.agents.agent import Agent
from reconciler.lambdas.agents.connect_user import Wanted, changes, creation
from tests.kinds.cases import Case, name_of, paths, read_case

PERSON = {
    "firstName": "first_name",
    "lastName": "last_name",
    "email": "email",
    "secondaryEmail": "secondary_email",
    "mobile": "mobile",
}
PHONE = {
    "phoneType": "phone_type",
    "autoAccept": "auto_accept",
    "afterContactWorkTimeLimit": "after_contact_work_seconds",
    "deskPhoneNumber": "desk_phone_number",
}
SAYABLE = {"identityInfo", "routingProfile", "securityProfiles", "hierarchyGroup", "phoneConfig", "tags", "password"}
OWNED = {"reconciler:stack": "contact-centre/test", "reconciler:address": "User/agent-001"}


def wanted_of(case: Case) -> Wanted | None:
    """Returns the agent of a case that a spreadsheet can state; `None` for any other."""
    declared = case.declared or {}
    spec = dict(declared.get("spec", {}))
    live = case.live or {}
    if "SearchUsers" not in live:
        spec.pop("proficiencies", None)  # A spreadsheet has none; they have a call of their own.
    elif "DescribeUser" not in live:
        return None  # The functions read users by DescribeUser alone, whose units differ.
    if not spec or not spec.keys() <= SAYABLE or case.also or case.removed or "renamedFrom" in declared["metadata"]:
        return None
    stated = {
        field: "" if part[key] is None else part[key]
        for names, part in ((PERSON, spec.get("identityInfo", {})), (PHONE, spec.get("phoneConfig", {})))
        for key, field in names.items()
        if key in part
    }
    group = spec.get("hierarchyGroup", "")
    agent = Agent(
        username=declared["metadata"]["name"],
        routing_profile=spec["routingProfile"],
        security_profiles=tuple(spec["securityProfiles"]),
        tags=tuple(sorted(spec["tags"].items())) if "tags" in spec else None,
        **stated,
    )
    return Wanted(
        agent,
        f"${{RoutingProfile/{agent.routing_profile}.id}}",
        tuple(f"${{SecurityProfile/{name}.id}}" for name in agent.security_profiles),
        None if "hierarchyGroup" not in spec else "" if group is None else f"${{UserHierarchyGroup/{group}.id}}",
    )


CASES = [path for path in paths("User") if wanted_of(read_case(path))]
OF_OTHERS = {"AssociateUserProficiencies", "CreateSecret", "GetSecretValue"}


@pytest.mark.parametrize("path", CASES, ids=name_of)
def test_the_calls_are_those_of_the_kind(path: Any) -> None:
    case = read_case(path)
    wanted = wanted_of(case)
    assert wanted

    live = (case.live or {}).get("DescribeUser")
    if live:
        made = [{it.name: dict(it.params)} for it in changes(live["User"], wanted)]
    else:
        create = creation(wanted, OWNED)
        made = [{create.name: {name: value for name, value in create.params.items() if name != "Password"}}]

    expected = [call for call in case.calls if not call.keys() & OF_OTHERS]
    for call in expected:
        call.get("CreateUser", {}).pop("Password", None)
    blocked = [change for change in case.changes if change["action"] == "blocked"]
    assert blocked or made == expected


TEXTS = st.sampled_from(["", "a@example.com", "b@example.com"])
MAYBE = st.none() | TEXTS
AGENTS = st.builds(
    Agent,
    username=st.just("agent-001"),
    routing_profile=st.just("r"),
    security_profiles=st.just(("s",)),
    first_name=st.sampled_from([None, "Ann", "Bo"]),
    email=MAYBE,
    mobile=MAYBE,
    phone_type=st.sampled_from([None, "SOFT_PHONE", "DESK_PHONE"]),
    desk_phone_number=st.sampled_from([None, "+15550100100"]),
    auto_accept=st.sampled_from([None, True, False]),
    after_contact_work_seconds=st.sampled_from([None, 0, 30]),
    tags=st.none() | st.dictionaries(st.sampled_from("xyz"), TEXTS).map(lambda it: tuple(sorted(it.items()))),
)
IDS = st.sampled_from(["1", "2", "3"])
WANTED = st.builds(
    Wanted, AGENTS, IDS, st.lists(IDS, min_size=1, unique=True).map(tuple), st.none() | st.just("") | IDS
)


def live_after(live: dict[str, Any], wanted: Wanted) -> dict[str, Any]:
    """Returns a user as AWS has it after the calls: each replaces its part."""
    after = {**live, "Tags": dict(live["Tags"])}
    for operation in changes(live, wanted):
        params = {name: value for name, value in operation.params.items() if name != "UserId"}
        match operation.name:
            case "TagResource":
                after["Tags"] |= params["tags"]
            case "UntagResource":
                after["Tags"] = {key: value for key, value in after["Tags"].items() if key not in params["tagKeys"]}
            case "UpdateUserHierarchy":
                after["HierarchyGroupId"] = params.get("HierarchyGroupId")
            case _:
                after |= params
    return after


@given(first=WANTED, second=WANTED)
def test_a_second_look_at_a_user_finds_nothing_to_do(first: Wanted, second: Wanted) -> None:
    created = creation(first, OWNED).params
    live: dict[str, Any] = {**created, "Id": "u", "Arn": "arn:u"}

    after = live_after(live, second)

    assert list(changes(live, first)) == []
    assert list(changes(after, second)) == []
    assert OWNED.items() <= after["Tags"].items()


def test_the_kind_has_enough_cases_that_a_spreadsheet_can_state() -> None:
    assert len(CASES) >= 10
