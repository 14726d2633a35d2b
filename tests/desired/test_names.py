"""Names across manifests: environments, duplicates, references, renames, tombstones."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

import pytest

from reconciler.desired import Examination, examine
from reconciler.errors import Source
from reconciler.kinds.base import Kind
from reconciler.kinds.groups import Identity, Writing
from reconciler.kinds.services import CONNECT
from reconciler.model import RefTo, Resource, Spec
from tests.builders.folders import BASE, messages, reading, write


class Team(Resource):
    """A kind whose fields refer to others."""

    lead: Annotated[str | None, RefTo("Agent")] = None
    members: tuple[Annotated[str, RefTo("Agent")], ...] = ()
    shifts: tuple[Shift, ...] = ()
    motto: str = ""


class Shift(Spec):
    """A part that refers to one."""

    agent: Annotated[str, RefTo("Agent")]


class Agent(Resource):
    """A kind to refer to."""


def _table(spec: type[Resource]) -> dict[str, object]:
    return {"spec": spec, "service": CONNECT, "identity": Identity(""), "writing": Writing(f"Create{spec.__name__}")}


def kinds() -> dict[str, Kind[Any]]:
    specs = (Team, Agent)
    return {spec.__name__: type(f"{spec.__name__}Kind", (Kind,), _table(spec))() for spec in specs}


def teams(root: Path, spec: str) -> Examination:
    text = f"kind: Team\nmetadata: {{name: A}}\nspec: {spec}\n---\nkind: Agent\nmetadata: {{name: Ann}}\n"
    return examine(write(root, {"manifests/base/a.yaml": text}), {}, kinds=kinds())


def tables(root: Path, *metadata: str) -> list[str]:
    texts = [f"kind: DataTable\nmetadata: {{{each}}}\nspec: {{timeZone: UTC}}\n" for each in metadata]
    return messages(reading(root, {"manifests/base/a.yaml": "---\n".join(texts)}))


def removed(root: Path, addresses: str, more: str = "") -> Examination:
    text = f"kind: Removed\nspec: {{addresses: {addresses}}}\n---\n{more}"
    return reading(root, {"manifests/base/a.yaml": text})


TABLE = (
    "kind: DataTable\nmetadata: {name: T}\n"
    "spec: {timeZone: UTC, attributes: [{name: A, valueType: TEXT, primary: true}]}\n"
)


def test_names_are_unique_in_a_kind(tmp_path: Path) -> None:
    (mistake,) = tables(tmp_path, "name: T", "name: T")

    assert mistake.startswith('manifests/base/a.yaml:6:18: DataTable "T" is also declared at manifests/base/a.yaml:1:1')


def test_names_that_differ_only_in_case_collide_if_aws_ignores_case(tmp_path: Path) -> None:
    (mistake,) = tables(tmp_path, "name: Tiers", "name: tiers")

    assert "AWS ignores case" in mistake


def test_names_that_differ_in_case_are_two_if_aws_distinguishes_case(tmp_path: Path) -> None:
    text = "kind: Agent\nmetadata: {name: Ann}\n---\nkind: Agent\nmetadata: {name: ann}\n"

    assert messages(examine(write(tmp_path, {"manifests/base/a.yaml": text}), {}, kinds=kinds())) == []


def test_names_that_variables_make_equal_are_duplicates(tmp_path: Path) -> None:
    assert len(tables(tmp_path, "name: support", "name: '${var:TEAM}'")) == 1


def test_equal_names_in_different_environments_are_not_duplicates(tmp_path: Path) -> None:
    files = {
        f"manifests/{folder}/a.yaml": f"kind: DataTable\nmetadata: {{name: {name}, environments: [{environment}]}}\n"
        "spec: {timeZone: UTC}\n"
        for folder, name, environment in (("base/a", "T", "test"), ("base/b", "t", "prod"))
    }

    read = reading(tmp_path, files)

    assert read.desired
    assert [ref.name for ref in read.desired.manifests] == ["t"]


@pytest.mark.parametrize("kind", ["DataTable", "Removed"])
def test_a_manifest_for_no_environment_is_a_mistake(tmp_path: Path, kind: str) -> None:
    text = f"kind: {kind}\nmetadata: {{name: T, environments: []}}\nspec: {{timezone: UTC}}\n"

    found = messages(reading(tmp_path, {"manifests/base/a.yaml": text}))

    assert any("metadata.environments must have at least 1 item, has 0; name them as in [prod]" in it for it in found)
    assert any('3:8: unknown key "timezone" in spec' in mistake for mistake in found)


@pytest.mark.parametrize("kind", ["DataTable", "Removed"])
def test_only_the_shape_of_other_environments_manifests_is_checked(tmp_path: Path, kind: str) -> None:
    text = f"kind: {kind}\nmetadata: {{name: T, environments: [test]}}\nspec: {{timezone: '${{var:NONE}}'}}\n"

    found = messages(reading(tmp_path, {"manifests/base/a.yaml": text}))

    assert any('3:8: unknown key "timezone" in spec' in mistake for mistake in found)
    assert not any("NONE" in mistake for mistake in found)


def test_fields_of_another_environments_overlay_may_be_missing_here(tmp_path: Path) -> None:
    text = "kind: DataTable\nmetadata: {name: T, environments: [test]}\nspec: {description: x}\n"

    assert messages(reading(tmp_path, {**BASE, "manifests/base/a.yaml": text})) == []


def test_a_manifest_for_other_environments_is_left_out(tmp_path: Path) -> None:
    text = "kind: DataTable\nmetadata: {name: T, environments: [test]}\nspec: {timeZone: UTC}\n"

    read = reading(tmp_path, {"manifests/base/a.yaml": text})

    assert read.desired
    assert read.desired.manifests == {}


def test_an_unknown_environment_is_a_mistake_among_others(tmp_path: Path) -> None:
    text = "kind: DataTable\nmetadata: {name: T, environments: [tst]}\nspec: {timezone: UTC}\n"

    found = messages(reading(tmp_path, {"manifests/base/a.yaml": text}))

    assert ['did you mean "test"?' in found[0], 'did you mean "timeZone"?' in found[1], len(found)] == [True, True, 2]


def test_every_environment_is_accepted_if_none_is_known(tmp_path: Path) -> None:
    text = "kind: DataTable\nmetadata: {name: T, environments: [prod, other]}\nspec: {timeZone: UTC}\n"

    assert messages(examine(write(tmp_path, {"manifests/base/a.yaml": text}), {})) == []


@pytest.mark.parametrize(
    ("spec", "at"),
    [
        ("{lead: An}", "3:14"),
        ("{members: [Ann, An]}", "3:23"),
        ("{shifts: [{agent: Ann}, {agent: An}]}", "3:39"),
        ("{motto: 'Ask ${Agent/An.id}'}", "3:15"),
    ],
)
def test_a_field_that_names_a_resource_must_name_a_declared_one(tmp_path: Path, spec: str, at: str) -> None:
    (mistake,) = messages(teams(tmp_path, spec))

    assert mistake == f'manifests/base/a.yaml:{at}: Agent/An is not declared; did you mean "Agent/Ann"?'


def test_fields_may_name_declared_resources(tmp_path: Path) -> None:
    assert teams(tmp_path, "{lead: Ann, members: [Ann], shifts: [{agent: Ann}]}").desired


def test_secrets_are_refused_with_the_kinds_name(tmp_path: Path) -> None:
    (mistake,) = messages(teams(tmp_path, "{motto: '${secret:X}'}"))

    assert "a field of Team cannot contain a secret" in mistake


@pytest.mark.parametrize(
    ("metadata", "words"),
    [
        (["name: A, renamedFrom: A"], "renamed to itself"),
        (["name: A, renamedFrom: B", "name: B"], "is still declared"),
        (["name: A, renamedFrom: C", "name: B, renamedFrom: C"], "is already renamed at"),
    ],
)
def test_a_former_name_must_be_free(tmp_path: Path, metadata: list[str], words: str) -> None:
    (mistake,) = tables(tmp_path, *metadata)

    assert words in mistake


def test_tombstones_are_addresses_with_positions(tmp_path: Path) -> None:
    read = removed(tmp_path, "[DataTable/Old, DataTable/T/Gone]", TABLE)

    assert read.desired
    assert read.desired.removed == {
        "DataTable/Old": Source("manifests/base/a.yaml", 2, 20),
        "DataTable/T/Gone": Source("manifests/base/a.yaml", 2, 35),
    }


def test_tombstones_may_be_in_overlays_and_several_documents(tmp_path: Path) -> None:
    text = "kind: Removed\nspec: {{addresses: [DataTable/{}]}}\n"
    files = {
        "manifests/base/a.yaml": f"{text.format('A')}---\n{text.format('B')}",
        "manifests/prod/b.yaml": text.format("A"),
    }

    read = reading(tmp_path, files)

    assert read.desired
    assert [(address, source.file) for address, source in read.desired.removed.items()] == [
        ("DataTable/A", "manifests/base/a.yaml"),
        ("DataTable/B", "manifests/base/a.yaml"),
    ]


def test_tombstones_may_be_for_some_environments(tmp_path: Path) -> None:
    text = "kind: Removed\nmetadata: {environments: [test]}\nspec: {addresses: [DataTable/A]}\n"

    read = reading(tmp_path, {"manifests/base/a.yaml": text})

    assert read.desired
    assert read.desired.removed == {}


@pytest.mark.parametrize(
    ("addresses", "words"),
    [
        ("[DataTable/T]", "DataTable/T is still declared at manifests/base/a.yaml:4:1"),
        ("[DataTable/T/A]", "DataTable/T/A is still declared at manifests/base/a.yaml:6:"),
        ("[DataTabel/Old]", 'did you mean "DataTable"?'),
        ("[Old]", "an address such as"),
        ("[DataTable/]", "an address such as"),
        ("[DataTable/ Old]", "spaces around"),
        ("[DataTable/Old/]", "empty name"),
        ("[5]", "must be a text"),
        ("[]", "at least 1 item"),
        ("Old", "must be a list"),
        ("['${var:NONE}']", "RECONCILE_VAR_NONE"),
        ("['${DataTable/T.id}']", "is a reference"),
    ],
)
def test_a_tombstone_must_not_name_a_declared_resource(tmp_path: Path, addresses: str, words: str) -> None:
    (mistake,) = messages(removed(tmp_path, addresses, TABLE))

    assert words in mistake


def test_a_tombstone_may_name_a_log_group_whose_name_begins_with_a_slash(tmp_path: Path) -> None:
    text = "kind: Removed\nspec: {addresses: [LogGroup//aws/lambda/calls]}\n"

    read = reading(tmp_path, {"manifests/base/a.yaml": text})

    assert read.desired
    assert [*read.desired.removed] == ["LogGroup//aws/lambda/calls"]


def test_unknown_keys_of_a_tombstone_are_mistakes(tmp_path: Path) -> None:
    text = "kind: Removed\nmetadata: {protect: true}\nspec: {adresses: [DataTable/A]}\n"

    assert ["unknown key" in each for each in messages(reading(tmp_path, {"manifests/base/a.yaml": text}))] == [
        True,
        True,
    ]
