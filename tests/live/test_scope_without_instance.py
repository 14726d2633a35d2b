"""A stack without an instance: nothing is asked of Amazon Connect, and its place is the account and the Region."""

from __future__ import annotations

from dataclasses import replace

import pytest

from reconciler.errors import StalePlanError, UsageError
from reconciler.kinds.registry import KINDS
from reconciler.live import read
from reconciler.live.reading import ReadRequest
from reconciler.model import Plan, Ref, Scope
from reconciler.report.as_json import plan_json
from reconciler.review.agreement import check_reviewed
from reconciler.review.digest import digest, digest_of
from tests.builders.kinds_of_services import RoleKind
from tests.builders.resources import hours
from tests.worlds.scripted_aws import ScriptedAws, denied
from tests.worlds.world import World

SCOPE = Scope("shop", "prod", account="111122223333", region="us-east-1")
ROLES = "arn:aws:iam::111122223333:role"
ARN = "arn:aws:connect:us-east-1:111122223333:instance/00000000-0000-4000-8000-000000000001"


def test_nothing_is_asked_of_amazon_connect(world: World) -> None:
    live = read(world.aws, SCOPE, {}, ReadRequest(lambda ref: True))

    assert (dict(live.live), world.calls()) == ({}, {})


@pytest.fixture
def roles(monkeypatch: pytest.MonkeyPatch) -> ScriptedAws:
    """An account with one role of an invented kind. It is read one by one, and its list has no ARNs."""
    monkeypatch.setitem(KINDS, "Role", RoleKind())
    return ScriptedAws({"iam:ListRoles": {"Roles": [{"RoleName": "r"}]}, "iam:GetRole": {"Role": {"RoleName": "r"}}})


def test_a_request_covers_what_is_read_one_by_one_and_is_no_instance(roles: ScriptedAws) -> None:
    roles.answers = {**roles.answers, "iam:ListRoles": {"Roles": [{"RoleName": "r", "Arn": f"{ROLES}/r"}]}}

    live = read(roles, SCOPE, {}, ReadRequest(lambda ref: True, elsewhere=lambda ref: False))

    assert list(live.live) == [Ref("Role", "r")]


def test_an_undeclared_resource_that_the_role_may_not_read_is_left_out(roles: ScriptedAws) -> None:
    roles.answers = {**roles.answers, "iam:GetRole": denied("iam:GetRole")}

    live = read(roles, SCOPE, {}, ReadRequest(lambda ref: True))

    assert (dict(live.live), dict(live.unread)) == ({}, {})


def test_a_declared_resource_of_an_instance_is_refused(world: World) -> None:
    declared = hours()

    with pytest.raises(UsageError, match="declare HoursOfOperation; add its instance"):
        read(world.aws, SCOPE, {declared.ref: declared})


def test_the_place_is_the_instance_or_else_account_and_region() -> None:
    assert replace(SCOPE, instance=ARN).place == ARN
    assert SCOPE.place == "111122223333/us-east-1"
    assert Scope("shop", "prod").place == ""


def test_the_digest_and_the_plans_file_have_the_place() -> None:
    plan, elsewhere = Plan(SCOPE), Plan(replace(SCOPE, region="us-west-2"))
    written = plan_json(plan)

    assert written["instance"] == "111122223333/us-east-1"
    assert digest_of(written) == digest(plan) != digest(elsewhere)
    assert check_reviewed(plan, written) == {}
    with pytest.raises(StalePlanError, match="us-west-2"):
        check_reviewed(elsewhere, written)


def test_account_and_region_do_not_change_the_digest_of_an_instance() -> None:
    bare = Plan(Scope("shop", "prod", ARN))

    assert digest(bare) == digest(Plan(replace(SCOPE, instance=ARN)))
