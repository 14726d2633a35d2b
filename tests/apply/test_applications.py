"""Applications of Amazon EMR Serverless: names that are not unique, and changes that wait for a stop."""

from __future__ import annotations

from typing import Any

import pytest

from reconciler.model import Action, Manifest
from tests.builders.manifests import manifest
from tests.worlds.world import World

ADDRESS = "EmrServerlessApplication/etl"


def application(**spec: Any) -> Manifest:
    return manifest("EmrServerlessApplication", "etl", {"releaseLabel": "emr-7.9.0", "type": "SPARK", **spec})


def states(world: World) -> list[str]:
    return sorted(it["state"] for it in world.client("emr-serverless").list_applications()["applications"])


@pytest.fixture(autouse=True)
def without_waiting(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("reconciler.apply.waiting.PAUSE", 0.0)
    monkeypatch.setattr("reconciler.apply.sending.backoff", lambda attempt: 0.0)


def test_a_lost_reply_makes_no_second_application(world: World) -> None:
    world.control.set_faults({"lostReply": {"every": 1}, "creation": {"calls": 3}})

    done = world.run(application())

    assert done.exit_code == 0, done
    assert len(states(world)) == 1


def test_a_started_application_is_changed_after_its_stop(world: World) -> None:
    world.run(application())
    emr = world.client("emr-serverless")
    id = emr.list_applications()["applications"][0]["id"]
    emr.start_application(applicationId=id)

    (blocked,) = world.plan(application(releaseLabel="emr-7.10.0")).changes
    unchanged = world.plan(application()).changes
    emr.stop_application(applicationId=id)
    done = world.run(application(releaseLabel="emr-7.10.0"))

    assert (blocked.action, f"--application-id {id}" in blocked.reason) == (Action.BLOCKED, True)
    assert unchanged == ()
    assert done.exit_code == 0, done


def test_a_terminated_application_does_not_stand_in_the_way(world: World) -> None:
    world.run(application())
    world.run(removed=[ADDRESS])

    done = world.run(application())

    assert done.exit_code == 0, done
    assert states(world) == ["CREATED", "TERMINATED"]
    assert not world.plan(application()).changes
