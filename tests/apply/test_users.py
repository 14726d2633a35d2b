"""Users of an instance, from the manifest to AWS: ways to sign in, profiles, identity, limits."""

from __future__ import annotations

from dataclasses import replace

import pytest

from reconciler.aws.client import Aws
from reconciler.aws.pacer import Pacer
from reconciler.errors import CallError
from reconciler.model import Action, Outcome, Plan, Status
from tests.builders.manifests import manifest
from tests.worlds.agents import HERE, MANAGED, NAMES, add_user, agent, described, id_of, sign_in
from tests.worlds.world import UNLIMITED, World, session

ADA = "User/ada"
PHONE = {"phoneType": "SOFT_PHONE", "autoAccept": False, "afterContactWorkTimeLimit": 30}


def actions(plan: Plan) -> dict[str, Action]:
    return {str(change.ref): change.action for change in plan.changes}


def reasons(plan: Plan) -> dict[str, str]:
    return {str(change.ref): change.reason for change in plan.changes if change.action is Action.BLOCKED}


def statuses(outcome: Outcome) -> set[Status]:
    return {result.status for result in outcome.results.values()}


# Ways to sign in.


def test_a_user_is_created_and_then_nothing_is_left_to_do(world: World) -> None:
    """S4-2, S4-12: documented operations alone, on the sandbox that checks every request by the service model."""
    sign_in(world)
    ada = agent(phoneConfig=PHONE, tags={"Site": "London"})

    done = world.run(ada)

    assert done.exit_code == 0, done
    assert {name for name in world.calls() if name.startswith(("Create", "Update"))} == {"CreateUser"}
    assert described(world)["IdentityInfo"] == {"FirstName": "Ada", "LastName": "Byron"}
    assert not world.plan(ada).changes


def test_a_new_user_without_a_password_is_blocked_and_nothing_is_written(world: World) -> None:
    sign_in(world, "CONNECT_MANAGED")

    done = world.run(agent(), agent("grace"))

    assert (done.exit_code, set(reasons(done.plan))) == (3, {ADA, "User/grace"})
    assert "declare password: {generate: true}, or password: {secret: NAME}" in reasons(done.plan)[ADA]
    assert world.connect.list_users(**HERE)["UserSummaryList"] == []


def test_an_existing_user_with_a_password_is_adopted_updated_and_deleted(world: World) -> None:
    """S4-20: the deletion is verified, and needs a permission."""
    sign_in(world, "CONNECT_MANAGED")
    add_user(world)
    (world.environment.root / "manifests").mkdir()
    changed = agent(identityInfo={"lastName": "King", "email": "ada.king@example.com"})

    assert world.adopt(ADA).exit_code == 0
    updated = world.run(changed)
    kept = world.run(prune=True)
    deleted = world.run(prune=True, allow_delete=frozenset({ADA}))

    assert updated.exit_code == 0
    assert "deleting it is irreversible" in reasons(kept.plan)[ADA]
    assert (deleted.exit_code, actions(deleted.plan)) == (0, {ADA: Action.DELETE})
    assert world.connect.list_users(**HERE)["UserSummaryList"] == []


def test_a_protected_user_is_not_deleted(world: World) -> None:
    """S4-20: deletion protection."""
    sign_in(world)
    world.run(replace(agent(), protect=True))

    plan = world.plan(prune=True, allow_delete=frozenset({ADA}))

    assert "protected by the tag" in reasons(plan)[ADA]


def test_an_address_of_a_user_with_saml_is_blocked_before_the_first_write(world: World) -> None:
    sign_in(world)
    world.run(agent())

    done = world.run(agent(identityInfo={**NAMES, "email": "ada@example.com"}, tags={"Site": "London"}))

    assert "AWS takes no e-mail address" in reasons(done.plan)[ADA]
    assert described(world).get("Tags", {}).get("Site") is None


def test_another_instance_does_not_decide(world: World) -> None:
    """S4-5, S4-9, S4-25: an instance that the same manifests create is not the one of its users."""
    sign_in(world, "CONNECT_MANAGED")
    saml = manifest(
        "ConnectInstance",
        "second",
        {"identityManagementType": "SAML", "inboundCallsEnabled": True, "outboundCallsEnabled": True},
    )

    plan = world.plan(agent(), saml, allow_create=frozenset({"ConnectInstance/second"}))

    assert set(reasons(plan)) == {ADA}


def test_a_user_of_an_instance_that_failed_is_not_attempted(world: World) -> None:
    """S4-14: AWS answered the create, and gave up later."""
    members = {"IdentityManagementType": "SAML", "InboundCallsEnabled": True, "OutboundCallsEnabled": True}
    world.control.set_faults({"creation": {"calls": 1, "fails": "the directory is full"}})
    arn = world.connect.create_instance(**members, InstanceAlias="failed")["Arn"]
    world.connect.list_instances()
    there = world.with_settings(instance=arn)
    there.aws = Aws(session(), arn, Pacer(UNLIMITED))

    with pytest.raises(CallError, match="CREATION_FAILED"):
        there.run(agent())

    assert world.connect.list_users(**HERE)["UserSummaryList"] == []


# Names of profiles.


def test_an_unknown_profile_is_blocked_with_the_name_that_is_near(world: World) -> None:
    """S4-35."""
    sign_in(world)

    plan = world.plan(agent(securityProfiles=["Agnet"]), agent("eve", routingProfile="Basic routing profile"))

    assert 'did you mean "Agent"' in reasons(plan)[ADA]
    assert 'did you mean "Basic Routing Profile"' in reasons(plan)["User/eve"]


def test_names_are_looked_up_once_for_all_users_on_every_page(world: World) -> None:
    """S4-35: 130 profiles are two pages."""
    sign_in(world)
    world.control.raise_quotas({"securityProfiles": 200})
    for number in range(130):
        world.connect.create_security_profile(**HERE, SecurityProfileName=f"Profile {number}")
    users = [agent(f"agent-{number}", securityProfiles=[f"Profile {number}"]) for number in (0, 64, 129)]
    world.calls()

    plan = world.plan(*users)

    assert set(actions(plan).values()) == {Action.CREATE}
    assert world.calls()["SearchSecurityProfiles"] == 2


# Identity.


@pytest.mark.parametrize("switch", ["replaced", "merged"])
def test_an_update_keeps_addresses_that_no_manifest_declares(world: World, switch: str) -> None:
    sign_in(world, "CONNECT_MANAGED", identityUpdate=switch)
    add_user(world, Tags=MANAGED)
    renamed = agent(identityInfo={"lastName": "King"})
    seen = world.preview(renamed)
    moved = {"FirstName": "Ada", "LastName": "Byron", "Email": "new@example.com"}
    world.connect.update_user_identity_info(**HERE, UserId=id_of(world), IdentityInfo=moved)

    done = world.apply(seen)

    assert done.exit_code == 0, done
    assert described(world)["IdentityInfo"] == {**moved, "LastName": "King"}
    assert not world.plan(renamed).changes


def test_a_declared_address_that_another_writer_changed_is_left_alone(world: World) -> None:
    sign_in(world, "CONNECT_MANAGED")
    add_user(world, Tags=MANAGED)
    seen = world.preview(agent(identityInfo={"email": "declared@example.com"}))
    other = {"FirstName": "Ada", "LastName": "Byron", "Email": "other@example.com"}
    world.connect.update_user_identity_info(**HERE, UserId=id_of(world), IdentityInfo=other)

    done = world.apply(seen)

    assert statuses(done) == {Status.CONFLICT}
    assert described(world)["IdentityInfo"]["Email"] == "other@example.com"


def test_a_declared_null_removes_an_address(world: World) -> None:
    sign_in(world, "CONNECT_MANAGED")
    add_user(world, Tags=MANAGED)
    without = agent(identityInfo={"email": None})

    assert world.run(without).exit_code == 0
    assert described(world)["IdentityInfo"] == {"FirstName": "Ada", "LastName": "Byron"}
    assert not world.plan(without).changes


# Profiles in use, and limits.


def test_a_profile_of_a_user_is_kept(world: World) -> None:
    sign_in(world)
    trainees = manifest("SecurityProfile", "Trainees", {})
    world.run(trainees, agent(securityProfiles=["Trainees"]))

    plan = world.preview(agent(securityProfiles=["Trainees"]), removed=["SecurityProfile/Trainees"]).plan

    assert f"{ADA} still" in reasons(plan)["SecurityProfile/Trainees"]


def test_users_beyond_the_quota_fail_and_the_others_are_created(world: World) -> None:
    world.control.set_faults({"switches": {"signIn": "SAML"}, "quotas": {"users": 2}})

    done = world.run(*(agent(f"agent-{number}") for number in range(3)))

    failed = [result for result in done.results.values() if result.status is Status.FAILED]
    assert {result.code for result in failed} == {"LimitExceededException"}
    assert len(world.connect.list_users(**HERE)["UserSummaryList"]) == 2
    assert done.retries == 0
