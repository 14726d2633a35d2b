"""Refusals of AWS that `validate` predicts: repeated items, closed channels, groups below the last level."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.builders.folders import messages, reading
from tests.kinds.documents import HOURS, QUEUE, hours, mistakes

VOICE = "{channel: VOICE, concurrency: 1}"
IN_VOICE = "{queueReference: {queue: Q, channel: VOICE}, priority: 1, delay: 0}"
OVERRIDE = '{name: X, config: [], effectiveFrom: "2026-03-01", effectiveTill: "2026-03-02"}'


def profile(media: str, pairs: str = "", manual: str = "") -> str:
    fields = f"description: x, defaultOutboundQueue: Q, mediaConcurrencies: [{media}], queueConfigs: [{pairs}]"
    return (
        f"kind: RoutingProfile\nmetadata: {{name: R}}\nspec: {{{fields}, manualAssignmentQueueConfigs: [{manual}]}}\n"
    )


def hierarchy(levels: str, groups: str = "") -> str:
    return f"kind: UserHierarchy\nmetadata: {{name: main}}\nspec: {{{levels}, groups: [{groups}]}}\n"


def group(path: str, spec: str = "{}") -> str:
    return f"kind: UserHierarchyGroup\nmetadata: {{name: {path}}}\nspec: {spec}\n"


OLD = (
    "a name is a path now: write name: {path} in metadata and delete parentGroup, write {path} in references to the "
    "group, and apply keeps the live group"
)


@pytest.mark.parametrize(
    ("document", "expected"),
    [
        (profile(f"{VOICE}, {VOICE}"), 'mediaConcurrencies has "VOICE" twice; keep one of them'),
        (
            profile(VOICE, f"{IN_VOICE}, {IN_VOICE.replace('1', '2')}"),
            'queueConfigs has "Q/VOICE" twice; keep one of them',
        ),
        (
            profile(VOICE, manual="{queueReference: {queue: Q, channel: CHAT}}"),
            "mediaConcurrencies has no CHAT, so no agent could serve it; add it, or remove this queue",
        ),
        (
            profile(VOICE, IN_VOICE.replace("VOICE", "TASK")),
            "mediaConcurrencies has no TASK, so no agent could serve it; add it, or remove this queue",
        ),
        (
            profile(f"{VOICE}, {{channel: CHAT, concurrency: 0}}"),
            "0 opens no channel; write 1 to 10, or leave the channel out",
        ),
        (hours(overrides=f"[{OVERRIDE}, {OVERRIDE}]"), 'overrides has "X" twice; keep one of them'),
        (
            "kind: ContactFlowModuleAlias\nmetadata: {name: Greet/live}\nspec: {version: Bye/1}\n",
            "the alias needs a version of its own module; write Greet/DESCRIPTION",
        ),
    ],
)
def test_a_refusal_of_aws_is_reported_offline(tmp_path: Path, document: str, expected: str) -> None:
    others = [HOURS, QUEUE] if "RoutingProfile" in document else []

    assert mistakes(tmp_path, *others, document) == [expected]


def test_an_unreadable_channel_closes_no_queue(tmp_path: Path) -> None:
    (mistake,) = mistakes(tmp_path, HOURS, QUEUE, profile("{channel: VOCE, concurrency: 1}", IN_VOICE))

    assert "VOCE" in mistake


def test_an_item_twice_in_an_overlay_is_reported(tmp_path: Path) -> None:
    over = f"kind: HoursOfOperation\nmetadata: {{name: Day}}\nspec: {{overrides: [{OVERRIDE}, {OVERRIDE}]}}\n"

    found = messages(reading(tmp_path, {"manifests/base/it.yaml": HOURS, "manifests/prod/it.yaml": over}))

    (mistake,) = found
    assert mistake.startswith("manifests/prod/it.yaml:3:")
    assert mistake.endswith('overrides has "X" twice; keep one of them')


@pytest.mark.parametrize(
    ("documents", "expected"),
    [
        (
            (hierarchy("levelOne: {name: Site}", "North"), group("North/Team")),
            "North/Team is 2 levels deep, but the hierarchy has 1; declare levelTwo",
        ),
        (
            (
                hierarchy("levelOne: {name: Site}, levelTwo: {name: Team}", "North, North/Berlin"),
                group("North/Berlin/Desk"),
            ),
            "North/Berlin/Desk is 3 levels deep, but the hierarchy has 2; declare levelThree",
        ),
    ],
)
def test_a_group_is_not_deeper_than_the_levels(tmp_path: Path, documents: tuple[str, ...], expected: str) -> None:
    assert mistakes(tmp_path, *documents) == [expected]


def test_a_group_on_the_last_level_and_one_without_a_hierarchy_are_no_mistakes(tmp_path: Path) -> None:
    deep = [group("A"), group("A/B"), group("A/B/C")]
    declared = hierarchy("levelOne: {name: Site}, levelTwo: {name: Team}", "North")

    assert mistakes(tmp_path / "free", *deep) == []
    assert mistakes(tmp_path / "bound", declared, group("North/Berlin")) == []


def test_two_groups_of_one_name_have_different_parents(tmp_path: Path) -> None:
    levels = "levelOne: {name: Site}, levelTwo: {name: Team}"

    assert mistakes(tmp_path / "two", hierarchy(levels, "North, South, North/Sales, South/Sales")) == []
    (mistake,) = mistakes(tmp_path / "one", hierarchy(levels, "North, North/Sales, North/Sales"))
    assert mistake.startswith("UserHierarchyGroup/North/Sales is also declared at ")
    assert mistake.endswith("the name of a UserHierarchyGroup must be unique; delete one, or give it another name")


# Groups of earlier versions, whose names had no path.


def test_a_group_of_the_old_form_is_reported_with_the_path_to_write(tmp_path: Path) -> None:
    old = [group("Top"), group("North", "{parentGroup: Top}"), group("Sales", "{parentGroup: North}")]

    assert mistakes(tmp_path, *old) == [OLD.format(path="Top/North"), OLD.format(path="Top/North/Sales")]


def test_a_group_of_the_old_form_below_a_path_is_reported_with_the_whole_path(tmp_path: Path) -> None:
    (_, mistake) = mistakes(tmp_path, group("Top"), group("Top/North"), group("Sales", "{parentGroup: North}"))

    assert mistake == OLD.format(path="Top/North/Sales")


def test_a_parent_that_agrees_with_the_path_is_no_mistake(tmp_path: Path) -> None:
    assert mistakes(tmp_path, group("Top"), group("Top/North", "{parentGroup: Top}")) == []


@pytest.mark.parametrize(
    ("names", "hint"),
    [
        (["London"], '; did you mean "London/Sales"?'),
        (["London", "Leeds"], '; write the whole path, one of "Leeds/Sales", "London/Sales"'),
        (
            list("ABCDEF"),
            '; write the whole path, one of "A/Sales", "B/Sales", "C/Sales", "D/Sales", "E/Sales" and 1 more',
        ),
    ],
)
def test_the_last_name_of_a_path_alone_is_reported_with_the_paths(tmp_path: Path, names: list[str], hint: str) -> None:
    """S4-35: an unknown or ambiguous name is an error that lists near matches."""
    groups = [*map(group, names), *(group(f"{name}/Sales") for name in names)]
    profile = "kind: SecurityProfile\nmetadata: {name: S}\nspec: {allowedAccessControlHierarchyGroup: Sales}\n"

    assert mistakes(tmp_path, *groups, profile) == [f"UserHierarchyGroup/Sales is not declared{hint}"]


@pytest.mark.parametrize(
    ("openings", "expected"),
    [
        (("MONDAY 08:00 12:00", "MONDAY 11:59 17:00"), "MONDAY 11:59 to 17:00 overlaps another period"),
        (("SUNDAY 22:00 02:00", "MONDAY 01:00 05:00"), "MONDAY 01:00 to 05:00 overlaps another period"),
        (("FRIDAY 00:00 00:00", "FRIDAY 23:00 00:00"), "FRIDAY 23:00 to 00:00 overlaps another period"),
        (("MONDAY 08:00 12:00", "MONDAY 12:00 17:00"), ""),
        (("MONDAY 00:00 00:00", "TUESDAY 00:00 00:00"), ""),
    ],
)
def test_periods_that_overlap_are_a_warning(tmp_path: Path, openings: tuple[str, ...], expected: str) -> None:
    items = [dict(zip(("day", "startTime", "endTime"), each.split(), strict=True)) for each in openings]

    read = reading(tmp_path, {"manifests/base/it.yaml": hours(config=str(items))})

    assert read.mistakes == ()
    overlaps = [finding.message.partition(";")[0] for finding in read.findings if "overlaps" in finding.message]
    assert overlaps == ([expected] if expected else [])
