"""Integration associations in plans: what is read of them, how they are named, and what a reviewer must know."""

from __future__ import annotations

from typing import Any

from reconciler.model import Action, Manifest, Ref
from tests.builders.manifests import manifest
from tests.worlds.exporting import exported
from tests.worlds.world import World

REF = Ref("IntegrationAssociation", "assistant")
ARN = "arn:aws:wisdom:us-east-1:111122223333:assistant/00000000-0000-4000-8000-00000000000{}"


def association(at: int = 1, **more: Any) -> Manifest:
    spec = {"integrationType": "WISDOM_ASSISTANT", "integrationArn": ARN.format(at)}
    return manifest(REF.kind, REF.name, spec, **more)


def seed(world: World, type: str, arn: str) -> None:
    world.control.seed(REF.kind, {"IntegrationType": type, "IntegrationArn": arn})


def test_one_list_and_the_tags_of_each_are_all_that_is_read(world: World) -> None:
    seed(world, "SES_IDENTITY", "arn:aws:ses:us-east-1:111122223333:identity/example.com")
    world.run(association())
    world.calls()

    plan = world.plan(association())
    called = world.calls()

    assert not plan.changes
    assert (called["ListIntegrationAssociations"], called["ListTagsForResource"]) == (1, 2)


def test_a_plan_without_associations_reads_none(world: World) -> None:
    seed(world, "WISDOM_ASSISTANT", ARN.format(1))

    world.plan()

    assert "ListIntegrationAssociations" not in world.calls()


def test_a_plan_says_what_a_deletion_and_a_replacement_break(world: World) -> None:
    world.run(association())

    (gone,) = world.plan(removed=[str(REF)]).changes
    (other,) = world.plan(association(2), allow_delete=frozenset({str(REF)})).changes

    assert (gone.action, gone.irreversible) == (Action.DELETE, False)
    assert other.action is Action.REPLACE
    for change in (gone, other):
        assert "until it is created again, flows and agents lose what it connects" in change.reason


def test_a_live_association_is_matched_by_its_type_and_arn(world: World) -> None:
    seed(world, "WISDOM_ASSISTANT", ARN.format(1))
    seed(world, "WISDOM_KNOWLEDGE_BASE", ARN.format(1))

    (blocked,) = world.plan(association()).changes

    assert "adopt it with" in blocked.reason
    assert not world.plan(association(adopt=True)).changes


def test_an_e_mail_domain_is_associated_before_its_addresses(world: World) -> None:
    world.control.set_faults({"switches": {"unknownEmailDomain": "InvalidParameterException"}})
    domain = {
        "integrationType": "SES_IDENTITY",
        "integrationArn": "arn:aws:ses:us-east-1:111122223333:identity/example.com",
    }
    addresses = [manifest("EmailAddress", f"{name}@example.com", {}) for name in ("care", "sales")]

    done = world.run(*addresses, manifest(REF.kind, "domain", domain))

    assert done.exit_code == 0


def test_an_export_names_an_association_by_its_type_and_resource(world: World) -> None:
    seed(world, "SES_IDENTITY", "arn:aws:ses:us-east-1:111122223333:identity/example.com")

    found = exported(world, world.environment.root, kinds=[REF.kind])

    text = next(path.read_text() for path in found.written if "SES_IDENTITY" in path.read_text())
    assert "name: SES_IDENTITY:example.com" in text.replace('"', "")
