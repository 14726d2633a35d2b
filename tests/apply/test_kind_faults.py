"""A contact centre of every kind becomes another one under every fault, in simulated time.

Nothing is lost, duplicated or changed by mistake, and the next run finishes the rest.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import pytest

from reconciler.apply.verdict import verdict
from reconciler.model import Manifest, Outcome, Status, items
from reconciler.model.environment import Retries
from reconciler.pacing import Rates
from reconciler.reconcile import Preview
from reconciler.sandbox import Control, in_process
from tests.tiers import tiers, with_chance
from tests.worlds.centre import GONE, beside, centre, expected, set_beside, there
from tests.worlds.centre_voice import NUMBERS, RELEASED, check_unfinished, furnish, left, unpublished
from tests.worlds.other_writer import OtherWriter
from tests.worlds.simulated import Time, timed
from tests.worlds.world import World

# Faults of calls: they begin after the plan.
CALLS: dict[str, dict[str, Any]] = {
    "a rate below ours": {"rate": {"perSecond": 1.5, "burst": 2}},
    "throttling in bursts": {"error": {"every": 5, "burst": 2, "code": "ThrottlingException"}},
    "an internal error every fourth call": {"error": {"every": 4}},
    "an error of the platform": {"error": {"every": 5, "code": "ServiceUnavailable"}},
    "an error now and then": {"error": {"probability": 0.1}, "seed": 7},
    "every third write dropped before it began": {"dropBefore": {"every": 3}},
    **{f"every reply of {every} lost": {"lostReply": {"every": every}} for every in (1, 2, 3, 7)},
    "everything at once": {
        "rate": {"perSecond": 3, "burst": 3},
        "error": {"probability": 0.03},
        "lostReply": {"every": 5},
        "dropBefore": {"every": 9},
        "pageCap": 2,
        "shuffle": True,
    },
}
# Faults of reading: they are active during the plan too.
READING: dict[str, dict[str, Any]] = {
    "two items a page": {"pageCap": 2},
    "empty pages with a token": {"emptyPage": {"every": 2}},
    "lists in any order": {"shuffle": True, "pageCap": 5},
    "a search that lags": {"searchLag": {"calls": 3}},
    "what is new is found late": {"consistency": {"calls": 6}, "searchLag": {"calls": 3}},
    "a claim takes a while": {"claim": {"calls": 12}},
    "a claim takes a while, and no list shows it": {
        "claim": {"calls": 12},
        "switches": {"unfinishedNumbers": "unlisted"},
    },
}
SWITCHES: dict[str, dict[str, Any]] = {
    "what is left out is lost": {"leftOutMembers": "reset", "securityProfileUpdate": "reset"},
    "what is associated may be again": {"existingLink": "accepted", "missingLink": "accepted"},
    "what is not associated is invalid": {"missingLink": "InvalidRequestException"},
    "a missing reference is invalid": {"missingReference": "InvalidParameterException"},
    "names by their letters": {"nameCase": "exact", "searchCase": "exact"},
    "groups are unique in the instance": {"hierarchyNames": "instance"},
    "defaults are told": {"unsetMembers": "defaults"},
    "arns everywhere": {"arns": "everywhere"},
    "quick connects hold queues": {"quickConnectsHoldQueues": True},
    "every draft has the status of one": {"draftStatus": "SAVED"},
    "searches show contents": {"searchedContent": "shown"},
    "a flow of a number may be deleted": {"flowInUse": "deleted"},
    "a claim that comes again is another one": {"clientTokens": "ignored"},
    "no flow has what nothing leads to": {"unreachableActions": "refused", "eventHooks": "one"},
}
# The sandbox does not count these faults. Its own tests check that they are served.
UNCOUNTED = {"a search that lags", "a claim takes a while", "a claim takes a while, and no list shows it", *SWITCHES}
# The second version has few new resources, and no reference needs them at once.
UNCOUNTED_IN_CHANGES = {*UNCOUNTED, "what is new is found late"}
# AWS never shows where a sound came from. A call without a reply is repeated, and fails if none ever comes.
UNSEEN = {("every reply of 1 lost", "s3Uri")}
# Under these faults, AWS may refuse a call for good. The next run makes it. A regular error can meet every attempt of a
# claim: the lookup in between takes as many calls as there are errors between two of them.
LASTING = {"an error now and then", "an internal error every fourth call", "everything at once"}


# The faults of the quick test tier.
MADE = {"what is new is found late"}
CHANGED = {"every reply of 3 lost", "everything at once", "what is left out is lost"}


@pytest.fixture
def time() -> Time:
    return Time(1_800_000_000.0)


@pytest.fixture
def control(time: Time, monkeypatch: pytest.MonkeyPatch) -> Iterator[Control]:
    """Gives the service, botocore's retries and the run the same clock."""
    monkeypatch.setattr("botocore.endpoint.time", time)
    with in_process(clock=time.clock, sleep=time.sleep) as control:
        yield control


@pytest.fixture
def patient(world: World) -> World:
    furnish(world)
    return world.with_settings(retries=Retries(attempts=10), quotas=NUMBERS)


def served(world: World, fault: dict[str, Any]) -> None:
    """Serves a fault. Users sign in with SAML, as those of the examples."""
    world.control.set_faults({**fault, "switches": {"signIn": "SAML", **fault.get("switches", {})}})


def applied(world: World, seen: Preview, time: Time) -> Outcome:
    """Applies the centre, and checks that every item has a result."""
    run, _ = timed(world, seen, Rates(default=None), time)
    assert set(run.results) == set(items(seen.plan))
    done = verdict(seen.plan, run.results, started=datetime.now(UTC), operations={})
    totals = done.totals
    assert totals.asked == totals.done + totals.unchanged + totals.skipped + totals.failed + totals.conflict
    return done


def goes_on(world: World, time: Time, wanted: list[Manifest], *removed: str) -> None:
    """Checks that the next run without faults finishes the rest, and that a third one has nothing to do."""
    served(world, {})
    done = applied(world, world.preview(*wanted, removed=removed, allow_delete=RELEASED), time)
    check_unfinished(world, done, "ContactFlow/Draft")
    assert not world.plan(*wanted, removed=removed, allow_delete=RELEASED).changes


def judge(done: Outcome, name: str) -> None:
    """Checks that every call is made in the end, whatever the fault does."""
    for item, result in done.results.items() if name not in LASTING else ():
        change = done.plan.changes[item.change]
        is_unseen = item.part == "field" and (name, change.fields[item.position].field) in UNSEEN
        assert result.status is Status.DONE or (is_unseen and result.code == "Unanswered"), (change.ref, result)


def is_served(world: World) -> bool:
    stats = world.control.stats()
    return bool(stats["faults"] or stats["throttled"])


def made_under(world: World, time: Time, name: str, fault: dict[str, Any]) -> None:
    served(world, fault if name in READING else {})
    seen = world.preview(*centre())
    served(world, fault)
    done = applied(world, seen, time)
    judge(done, name)
    assert is_served(world) or name in UNCOUNTED
    served(world, {})
    check_unfinished(world, done, "ContactFlow/Draft")
    goes_on(world, time, centre())
    assert there(world) == expected(centre())
    assert unpublished(world) == {"ContactFlow/Draft"}


def changed_under(world: World, time: Time, name: str, fault: dict[str, Any]) -> None:
    served(world, {})
    applied(world, world.preview(*centre()), time)
    set_beside(OtherWriter(world, world.preview(*centre())))
    by = OtherWriter(world, world.preview(*centre()))
    others, wanted = beside(by), centre(second=True)
    world.control.reset_stats()
    served(world, fault if name not in CALLS else {})
    seen = world.preview(*wanted, removed=GONE, allow_delete=RELEASED)
    served(world, fault)
    done = applied(world, seen, time)
    judge(done, name)
    assert is_served(world) or name in UNCOUNTED_IN_CHANGES
    served(world, {})
    check_unfinished(world, done)
    goes_on(world, time, wanted, *GONE)
    assert beside(by) == others
    assert there(world) == expected([*wanted, *left()], "theirs")
    assert unpublished(world) == set()


@tiers("name", CALLS, MADE)
def test_a_centre_is_created_under_faults_of_calls(patient: World, time: Time, name: str) -> None:
    made_under(patient, time, name, CALLS[name])


@tiers("name", READING, MADE)
def test_a_centre_is_created_under_faults_of_reading(patient: World, time: Time, name: str) -> None:
    made_under(patient, time, name, READING[name])


@tiers("name", CALLS, CHANGED)
def test_a_centre_changes_under_faults_of_calls(patient: World, time: Time, name: str) -> None:
    changed_under(patient, time, name, CALLS[name])


@pytest.mark.slow
@tiers("name", READING, CHANGED)
def test_a_centre_changes_under_faults_of_reading(patient: World, time: Time, name: str) -> None:
    changed_under(patient, time, name, READING[name])


@tiers("name", SWITCHES, CHANGED)
def test_a_centre_changes_under_every_allowed_behaviour(patient: World, time: Time, name: str) -> None:
    changed_under(patient, time, name, {"switches": SWITCHES[name]})


@pytest.mark.slow
@pytest.mark.parametrize("name", with_chance(CALLS | READING))
@pytest.mark.parametrize("seed", [2, 3])
def test_other_seeds_end_as_well(patient: World, time: Time, name: str, seed: int) -> None:
    changed_under(patient, time, name, {**(CALLS | READING)[name], "seed": seed})


@pytest.mark.slow
def test_a_stale_search_creates_no_duplicates(patient: World, time: Time) -> None:
    served(patient, {"searchLag": {"calls": 100_000}})
    applied(patient, patient.preview(*centre()), time)

    again = applied(patient, patient.preview(*centre()), time)

    assert {result.status for result in again.results.values()} == {Status.UNCHANGED}
    assert there(patient) == expected(centre())
