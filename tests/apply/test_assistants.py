"""Assistants of Amazon Q in Connect and their associations with the instance."""

from __future__ import annotations

from typing import Any

import pytest

from reconciler.model import Action, Manifest
from reconciler.sandbox import INSTANCE_ID
from tests.builders.manifests import manifest
from tests.worlds.world import World

ADDRESS = "QAssistant/help"


def assistant(**spec: Any) -> Manifest:
    return manifest("QAssistant", "help", spec)


def association() -> Manifest:
    spec = {"integrationType": "WISDOM_ASSISTANT", "integrationArn": f"${{{ADDRESS}.arn}}"}
    return manifest("IntegrationAssociation", "help", spec)


def used(world: World) -> list[str]:
    listed = world.connect.list_integration_associations(InstanceId=INSTANCE_ID)
    return [each["IntegrationArn"] for each in listed["IntegrationAssociationSummaryList"]]


def there(world: World) -> list[dict[str, Any]]:
    return list(world.client("qconnect").list_assistants()["assistantSummaries"])


@pytest.fixture(autouse=True)
def without_waiting(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("reconciler.apply.waiting.PAUSE", 0.0)
    monkeypatch.setattr("reconciler.apply.sending.backoff", lambda attempt: 0.0)


def test_the_instance_uses_an_assistant_when_it_is_ready(world: World) -> None:
    world.control.set_faults({"creation": {"calls": 4}})

    done = world.run(assistant(), association())

    assert done.exit_code == 0, done
    assert used(world) == [there(world)[0]["assistantArn"]]
    assert not world.plan(assistant(), association()).changes


def test_a_lost_reply_makes_neither_twice(world: World) -> None:
    world.control.set_faults({"lostReply": {"every": 1}})

    done = world.run(assistant(), association())

    world.control.set_faults({})
    assert done.exit_code == 0, done
    assert (len(there(world)), len(used(world))) == (1, 1)


def test_a_creation_that_fails_is_reported(world: World) -> None:
    world.control.set_faults({"creation": {"calls": 1, "fails": "no key"}})

    done = world.run(assistant(description="d"))

    assert done.exit_code == 1
    assert {result.message for result in done.results.values()} == {"its creation failed: CREATE_FAILED"}


def test_the_association_goes_before_the_assistant(world: World) -> None:
    world.run(assistant(), association())

    done = world.run(removed=[ADDRESS, "IntegrationAssociation/help"])

    assert done.exit_code == 0, done
    assert (there(world), used(world)) == ([], [])


def test_a_replacement_needs_its_flag_and_leaves_no_old_assistant(world: World) -> None:
    world.run(assistant(description="a"))

    (blocked,) = world.plan(assistant(description="b")).changes
    done = world.run(assistant(description="b"), allow_delete=frozenset({ADDRESS}))

    assert blocked.action is Action.BLOCKED
    assert done.exit_code == 0, done
    assert [each["description"] for each in there(world)] == ["b"]
