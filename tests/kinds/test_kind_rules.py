"""Mistakes in manifests that the schemas cannot find, each with its place and its remedy."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.builders.flows import block, end, flow_of
from tests.builders.folders import reading
from tests.kinds.documents import HOURS, QUEUE, hours, mistakes


@pytest.mark.parametrize(
    ("spec", "expected"),
    [
        ({"timeZone": "Mars/Olympus"}, "Mars/Olympus"),
        ({"config": '[{day: MONDAY, startTime: "9:00", endTime: "17:00"}]'}, "startTime"),
        (
            {"config": '[{day: MONDAY, startTime: "09:00", endTime: "09:00"}]'},
            "for the whole day, write 00:00 to 00:00",
        ),
        (
            {"overrides": '[{name: X, config: [], effectiveFrom: "2026-02-30", effectiveTill: "2026-03-01"}]'},
            "is not a valid date; write YYYY-MM-DD",
        ),
        (
            {"overrides": '[{name: X, config: [], effectiveFrom: "2026-03-02", effectiveTill: "2026-03-01"}]'},
            "is before effectiveFrom",
        ),
    ],
)
def test_impossible_hours_are_refused(tmp_path: Path, spec: dict[str, str], expected: str) -> None:
    (mistake,) = mistakes(tmp_path, hours(**spec))

    assert expected in mistake


@pytest.mark.parametrize(
    ("config", "expected"),
    [
        ("{quickConnectType: QUEUE, phoneConfig: {phoneNumber: '+15550100100'}}", "a QUEUE needs queueConfig"),
        (
            "{quickConnectType: PHONE_NUMBER, phoneConfig: {phoneNumber: '+15550100'}, flowConfig: {contactFlow: X}}",
            "a PHONE_NUMBER has only phoneConfig; delete flowConfig",
        ),
        ("{quickConnectType: PHONE_NUMBER, phoneConfig: {phoneNumber: '0100'}}", "phoneNumber"),
    ],
)
def test_a_quick_connect_has_the_structure_of_its_type(tmp_path: Path, config: str, expected: str) -> None:
    document = f"kind: QuickConnect\nmetadata: {{name: It}}\nspec: {{quickConnectConfig: {config}}}\n"

    assert any(expected in mistake for mistake in mistakes(tmp_path, document))


def test_a_queue_writes_from_one_of_its_own_addresses(tmp_path: Path) -> None:
    addresses = "emailAddresses: [a@example.com], outboundEmailConfig: {outboundEmailAddress: b@example.com}"
    spec = f"{{hoursOfOperation: Day, {addresses}}}"

    (mistake,) = mistakes(tmp_path, HOURS, f"kind: Queue\nmetadata: {{name: Q}}\nspec: {spec}\n")

    assert "must also be in emailAddresses; add b@example.com there" in mistake


@pytest.mark.parametrize(
    ("aliases", "expected"),
    [
        ({"a": "c", "b": "c"}, "c@example.com is an alias of EmailAddress/a@example.com too"),
        ({"a": "b", "b": "c"}, "b@example.com has an alias of its own, and AWS allows no chain"),
    ],
)
def test_an_address_is_the_alias_of_one_other(tmp_path: Path, aliases: dict[str, str], expected: str) -> None:
    documents = [
        f"kind: EmailAddress\nmetadata: {{name: {name}@example.com}}\n"
        f"spec: {{aliasConfigurations: [{alias}@example.com]}}\n"
        for name, alias in aliases.items()
    ]

    (mistake,) = mistakes(tmp_path, *documents)

    assert expected in mistake


def test_a_number_is_adopted_once(tmp_path: Path) -> None:
    documents = [
        f"kind: PhoneNumber\nmetadata: {{name: {name}}}\nspec: {{phoneNumber: '+15550100'}}\n" for name in ("a", "b")
    ]

    (mistake,) = mistakes(tmp_path, *documents)

    assert "PhoneNumber/a adopts +15550100 too; delete one of the two" in mistake


@pytest.mark.parametrize(
    ("sender", "warned"),
    [("info@example.com", True), ("Care@Example.com", False), ("$.Attributes.sender", False)],
)
def test_a_flow_sends_from_a_declared_address(tmp_path: Path, sender: str, warned: bool) -> None:
    parameters = {"FromEmailAddress": {"EmailAddress": sender}, "DestinationEmailAddress": "$.Email"}
    message = {"EmailMessage": {"MessageSourceType": "RAW", "Subject": "Hello"}}
    sending = block("Send", "StartOutboundEmailContact", parameters | message, then="End", error_NoMatchingError="End")
    flow = json.dumps({"type": "CONTACT_FLOW", "content": flow_of(sending, end())})
    documents = (
        "kind: EmailAddress\nmetadata: {name: care@example.com}\n",
        f"kind: ContactFlow\nmetadata: {{name: Mail}}\nspec: {flow}\n",
    )

    read = reading(tmp_path, {"manifests/base/it.yaml": "---\n".join(documents)})

    assert not read.mistakes
    texts = [finding.message for finding in read.findings]
    assert any("no EmailAddress declares info@example.com; add one" in text for text in texts) == warned


def test_an_agent_has_one_voice_contact(tmp_path: Path) -> None:
    spec = "{description: x, defaultOutboundQueue: Q, mediaConcurrencies: [{channel: VOICE, concurrency: 2}]}"

    (mistake,) = mistakes(tmp_path, HOURS, QUEUE, f"kind: RoutingProfile\nmetadata: {{name: R}}\nspec: {spec}\n")

    assert "an agent can have only one VOICE contact; write 1" in mistake


@pytest.mark.parametrize(
    ("document", "expected"),
    [
        (
            "kind: LambdaAssociation\nmetadata: {name: mine}\n"
            "spec: {functionArn: 'arn:aws:lambda:eu-west-2:111122223333:function:look-up:live'}\n",
            "has no name of its own; call this one look-up:live",
        ),
        ("kind: UserHierarchy\nmetadata: {name: ours}\nspec: {levelOne: {name: Site}}\n", "call this one main"),
    ],
)
def test_a_resource_without_a_name_is_named_after_its_key(tmp_path: Path, document: str, expected: str) -> None:
    (mistake,) = mistakes(tmp_path, document)

    assert expected in mistake


def test_a_directory_belongs_to_an_instance_that_has_one(tmp_path: Path) -> None:
    fields = "inboundCallsEnabled: true, outboundCallsEnabled: true"
    template = "kind: ConnectInstance\nmetadata: {{name: {}}}\nspec: {{identityManagementType: {}, {}}}\n"

    found = mistakes(
        tmp_path,
        template.format("one", "EXISTING_DIRECTORY", fields),
        template.format("two", "SAML", f"directoryId: d-0123456789, {fields}"),
    )

    assert found == [
        "EXISTING_DIRECTORY needs a directoryId; add it",
        "only EXISTING_DIRECTORY has a directory; delete it",
    ]


@pytest.mark.parametrize("kind", ["Queue", "AgentStatus", "SecurityProfile"])
def test_tags_are_checked_for_every_kind(tmp_path: Path, kind: str) -> None:
    spec = {"Queue": "hoursOfOperation: Day", "AgentStatus": "state: ENABLED", "SecurityProfile": "description: x"}[
        kind
    ]
    document = f"kind: {kind}\nmetadata: {{name: It}}\nspec: {{{spec}, tags: {{'reconciler:stack': x}}}}\n"

    (mistake,) = mistakes(tmp_path, HOURS, document)

    assert "marks managed resources" in mistake


# References.


def test_a_referenced_resource_must_be_declared(tmp_path: Path) -> None:
    (mistake,) = mistakes(tmp_path, HOURS, QUEUE.replace("Day", "Dya"))

    assert mistake == 'HoursOfOperation/Dya is not declared; did you mean "HoursOfOperation/Day"?'


@pytest.mark.parametrize(
    "id",
    [
        "00000000-0000-4000-8000-000000000001",
        "arn:aws:connect:eu-west-2:111122223333:instance/i/operating-hours/00000000-0000-4000-8000-000000000001",
    ],
)
def test_an_id_or_arn_may_refer_to_an_undeclared_resource(tmp_path: Path, id: str) -> None:
    assert mistakes(tmp_path, QUEUE.replace("Day", f'"{id}"')) == []


def test_a_queue_and_its_quick_connect_may_name_each_other(tmp_path: Path) -> None:
    queue = QUEUE.replace("Day}", "Day, quickConnects: [Desk]}")
    desk = (
        "kind: QuickConnect\nmetadata: {name: Desk}\nspec:\n  quickConnectConfig:\n"
        "    quickConnectType: QUEUE\n    queueConfig: {queue: Q, contactFlow: Default queue transfer}\n"
    )

    assert mistakes(tmp_path, HOURS, queue, desk) == []


def test_hours_cannot_be_their_own_parents(tmp_path: Path) -> None:
    one = hours(parentHoursOfOperations="[Night]")
    other = hours(parentHoursOfOperations="[Day]").replace("name: Day", "name: Night")

    (mistake,) = mistakes(tmp_path, one, other)

    assert "references form a circle" in mistake
    assert mistake.endswith("so none can be created first; delete one reference")


# A hierarchy's groups, by their paths.

LEVELS = "levelOne: {name: Site}, levelTwo: {name: Team}"
TREE = f"kind: UserHierarchy\nmetadata: {{name: main}}\nspec: {{{LEVELS}, groups: [%s]}}\n"


def test_a_path_stands_for_a_group_below_its_parent(tmp_path: Path) -> None:
    found = reading(tmp_path, {"manifests/base/it.yaml": TREE % "North, North/Berlin"})

    assert found.desired
    specs = {str(ref): manifest.spec for ref, manifest in found.desired.manifests.items()}
    assert specs["UserHierarchyGroup/North/Berlin"].parent_group == "North"
    assert specs["UserHierarchyGroup/North"].parent_group is None


def test_a_group_of_a_path_may_be_named_by_others(tmp_path: Path) -> None:
    profile = "kind: SecurityProfile\nmetadata: {name: S}\nspec: {allowedAccessControlHierarchyGroup: North/Berlin}\n"

    assert mistakes(tmp_path, TREE % "North, North/Berlin", profile) == []


def test_a_group_is_declared_once(tmp_path: Path) -> None:
    group = "kind: UserHierarchyGroup\nmetadata: {name: North}\nspec: {}\n"

    (mistake,) = mistakes(tmp_path, TREE % "North", group)

    assert mistake.startswith("UserHierarchyGroup/North is also declared at manifests/base/it.yaml:")


def test_a_path_may_lead_through_a_live_group_without_a_manifest(tmp_path: Path) -> None:
    assert mistakes(tmp_path, TREE % "North/Berlin") == []


def test_a_path_is_no_deeper_than_the_levels(tmp_path: Path) -> None:
    (mistake,) = mistakes(tmp_path, TREE % "North, North/Berlin, North/Berlin/Desk")

    assert mistake == "North/Berlin/Desk is 3 levels deep, but the hierarchy has 2; declare more levels"


def test_a_level_needs_the_level_above_it(tmp_path: Path) -> None:
    (mistake,) = mistakes(tmp_path, (TREE % "").replace("levelTwo", "levelThree"))

    assert mistake == "there is no levelTwo above it; declare it too"
