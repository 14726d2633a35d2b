"""A move under review: approved by its place, and made only in its change window."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest

from reconciler.errors import StalePlanError
from reconciler.model import Manifest, Status
from reconciler.model.environment import Policy
from reconciler.model.windows import Window
from reconciler.report import dumps, plan_json
from reconciler.review.agreement import check_reviewed
from reconciler.review.digest import digest
from reconciler.review.windows import must_wait
from tests.builders.manifests import manifest
from tests.worlds.other_instance import ALLOWED, MANAGED, NUMBER, Other
from tests.worlds.world import World


def number() -> Manifest:
    return manifest("PhoneNumber", "support-line", {"phoneNumber": NUMBER, "contactFlow": "Main"})


def test_a_review_approves_a_move_only_from_the_place_that_it_showed(world: World) -> None:
    other = Other(world, MANAGED)
    seen = {way: world.plan(number(), **selection) for way, selection in (("with", ALLOWED), ("without", {}))}
    plans = {way: dict(json.loads(dumps(plan_json(plan)))) for way, plan in seen.items()}
    elsewhere = json.loads(json.dumps(plans["with"]))
    elsewhere["changes"][0]["fields"][0]["before"] = other.instance

    assert check_reviewed(seen["with"], plans["with"]) == {}
    assert [result.status for result in check_reviewed(seen["with"], elsewhere).values()] == [Status.CONFLICT]
    assert digest(seen["with"]) != digest(seen["without"])
    with pytest.raises(StalePlanError, match="nothing was written"):
        check_reviewed(seen["with"], plans["without"])


def test_a_move_waits_for_its_window(world: World) -> None:
    Other(world)
    policy = Policy(windows=(Window(ZoneInfo("UTC"), 20 * 60, 22 * 60),))

    plan = world.plan(number(), **ALLOWED)

    assert [it.address for it in must_wait(plan, policy, datetime(2026, 8, 14, 9, tzinfo=UTC))] == ["PhoneNumber/*"]
    assert must_wait(plan, policy, datetime(2026, 8, 14, 21, tzinfo=UTC)) == ()
