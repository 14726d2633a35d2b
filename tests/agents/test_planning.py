"""The plan of an upload: which users it creates, changes and leaves, and which rows it refuses."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from reconciler.agents import Settings, files, plan_live, plan_offline, read_file, settings_of
from reconciler.errors import ManifestError, UsageError
from reconciler.lambdas.agents import rows
from reconciler.model import Action, Change, Manifest, Plan, Ref
from reconciler.report import dumps, plan_html, plan_json, plan_markdown, plan_text
from tests.builders.agent_files import ADA, MANAGED, MARY, NEWEST, SAML, SECRET, agent_csv
from tests.builders.manifests import manifest
from tests.worlds.agents import add_user, agent, sign_in
from tests.worlds.hierarchies import LEVELS, create
from tests.worlds.world import World

IMPORTED = {"reconciler:stack": "contact-centre/test:Pipeline/agents"}
WITH_PASSWORDS = tuple({**row, "password": SECRET} for row in (ADA, MARY))


def planned(
    world: World,
    text: str,
    declared: Mapping[Ref, Manifest] | None = None,
    settings: Settings = Settings(),  # noqa: B008 - frozen
) -> Plan:
    path = world.environment.root / "agents.csv"
    path.write_bytes(text.encode())
    return plan_live(world.environment, world.aws, read_file(path), declared or {}, settings)


def managed(rows: Any = WITH_PASSWORDS) -> str:
    return agent_csv(MANAGED, rows)


def changes(plan: Plan) -> dict[str, Change]:
    return {change.ref.name: change for change in plan.changes}


def import_user(world: World, name: str = "ada", **members: Any) -> str:
    """Creates a user as the import does."""
    phone = {"PhoneType": "SOFT_PHONE", "AutoAccept": True, "AfterContactWorkTimeLimit": 30}
    return add_user(world, name, **{"Tags": IMPORTED, "PhoneConfig": phone, **members})


def test_a_row_without_a_user_is_a_create_with_its_fields_and_calls(world: World) -> None:
    plan = planned(world, managed())

    ada = changes(plan)["ada"]
    assert (ada.action, ada.reason) == (Action.CREATE, "row 2: a new user")
    fields = ["identityInfo", "routingProfile", "securityProfiles", "phoneConfig"]
    assert [field.field for field in ada.fields] == fields
    assert plan.estimate.operations["connect:CreateUser"] == 2
    assert str(ada.source).endswith("agents.csv:2:1")


def test_a_row_of_an_imported_user_is_an_update_of_what_differs(world: World) -> None:
    import_user(world)
    row = {**ADA, "last name": "King", "security_profile_name_1|security_profile_name_2": "Agent"}

    plan = planned(world, agent_csv(MANAGED, [row]))

    ada = changes(plan)["ada"]
    assert ada.action is Action.UPDATE
    after = {field.path: field.after for field in ada.fields}
    assert after == {"identityInfo.lastName": "King", "identityInfo.email": None}
    assert ada.reason.startswith("row 2")


def test_a_row_whose_user_is_as_it_states_is_unchanged(world: World) -> None:
    import_user(world)

    plan = planned(world, agent_csv(SAML, [{**ADA, "security_profile_name_1|security_profile_name_2": "Agent"}]))

    assert (plan.changes, plan.unchanged) == ((), 1)


def test_a_refused_row_is_blocked_with_row_column_and_remedy(world: World) -> None:
    rows = ({**WITH_PASSWORDS[0], "routing profile name": "Basic Routing Profil"}, {**ADA, "user login": "a b"})

    plan = planned(world, managed(rows))

    assert {name: change.reason for name, change in changes(plan).items()} == {
        "ada": 'row 2: routing profile name: is not known in the instance; did you mean "Basic Routing Profile"?',
        "row 3": "row 3: user login: is not a valid user name; write up to 100 letters, digits and _ . - @; "
        "with an @, write a whole e-mail address",
    }
    assert {change.action for change in plan.changes} == {Action.BLOCKED}


def test_rows_of_one_user_have_a_place_each(world: World) -> None:
    plan = planned(world, managed((WITH_PASSWORDS[0], WITH_PASSWORDS[0])))

    assert set(changes(plan)) == {"row 2", "row 3"}


def test_a_new_user_without_a_password_is_refused_unless_the_function_generates_one(world: World) -> None:
    text = agent_csv(MANAGED, [ADA])

    assert "password: is empty, and a new user needs one" in changes(planned(world, text))["ada"].reason
    generated = planned(world, text, settings=Settings(generates_passwords=True))
    assert changes(generated)["ada"].action is Action.CREATE


@pytest.mark.parametrize(
    ("tags", "words"),
    [
        ({"reconciler:stack": "contact-centre/test"}, "the user exists, and contact-centre/test declares it"),
        ({"reconciler:stack": "other/prod"}, "the user exists, and other/prod declares it"),
        ({"Team": "Sales"}, "the user exists, and no upload created it"),
    ],
)
def test_a_user_of_another_owner_is_left_alone(world: World, tags: dict[str, str], words: str) -> None:
    import_user(world, Tags=tags)

    change = changes(planned(world, managed()))["ada"]

    assert change.action is Action.BLOCKED
    assert change.reason.startswith(f"row 2: {words}; ")


def test_a_user_that_a_manifest_declares_is_refused_before_it_exists(world: World) -> None:
    manifest = agent("ada")

    change = changes(planned(world, managed(), {manifest.ref: manifest}))["ada"]

    assert change.reason == (
        "row 2: manifests/base/test.yaml:1:1 declares the user; change it there, or leave out the row"
    )


def test_a_saml_instance_takes_no_password_and_no_address(world: World) -> None:
    sign_in(world)

    plan = planned(world, managed())

    assert "password: is filled, but users of this instance sign in with SAML" in changes(plan)["ada"].reason
    assert changes(planned(world, agent_csv(SAML)))["ada"].action is Action.CREATE


def test_a_group_is_known_by_its_path_and_may_be_missing_where_groups_are_created(world: World) -> None:
    world.run(LEVELS)
    create(world, "London")
    rows = ({**WITH_PASSWORDS[0], "agent hierarchy": "London"}, {**WITH_PASSWORDS[1], "agent hierarchy": "Paris"})

    plan = planned(world, agent_csv(NEWEST, rows))

    assert changes(plan)["ada"].action is Action.CREATE
    assert "agent hierarchy: is not known in the instance" in changes(plan)["mary"].reason


def test_an_empty_cell_removes_a_value_of_an_imported_user_and_an_absent_column_leaves_it(world: World) -> None:
    import_user(world)
    row = {**ADA, "security_profile_name_1|security_profile_name_2": "Agent"}

    assert [field.path for field in changes(planned(world, agent_csv(MANAGED, [row])))["ada"].fields] == [
        "identityInfo.email"
    ]
    assert planned(world, agent_csv(SAML, [row])).changes == ()


def test_a_password_of_an_existing_user_has_a_remark(world: World) -> None:
    import_user(world)

    plan = planned(world, managed())

    assert [finding.message for finding in plan.findings] == [
        "1 row of existing users has a password; the upload refuses one that is not the user's first, "
        "because AWS cannot change it"
    ]


def test_a_planted_password_is_in_no_form_of_a_plan(world: World) -> None:
    """S4-31."""
    import_user(world)
    shifted = dict.fromkeys(MANAGED, SECRET)

    plan = planned(world, managed((*WITH_PASSWORDS, shifted)) + f"{SECRET},x\n")

    forms = [
        plan_text(plan, colour=False, full=True, with_calls=True),
        dumps(plan_json(plan)),
        plan_markdown(plan),
        plan_html(plan),
        repr(plan),
    ]
    assert len(plan.changes) == 4
    assert [form for form in forms if SECRET in form] == []


def test_a_plan_writes_nothing(world: World) -> None:
    world.control.reset_stats()

    planned(world, managed())

    made = world.control.stats()["calls"]
    assert [name for name in made if not name.split(":")[1].startswith(("Search", "List", "Describe", "Get"))] == []


def test_offline_a_good_row_is_a_create_and_names_are_not_checked(world: World, tmp_path: Path) -> None:
    path = tmp_path / "agents.csv"
    path.write_text(managed((*WITH_PASSWORDS, {**ADA, "user login": "c", "mobile": "x", "first name": ""})))
    manifest = agent("mary")

    plan = plan_offline(world.environment, read_file(path), {manifest.ref: manifest})

    assert {name: change.action for name, change in changes(plan).items()} == {
        "ada": Action.CREATE,
        "c": Action.BLOCKED,
        "mary": Action.BLOCKED,
    }
    assert "AWS was not asked" in plan.findings[0].message


def test_the_settings_are_those_of_the_one_declared_import() -> None:
    variables = {"ROSTER_TABLE": "r", "QUARANTINE_PREFIX": "q/", "SECRET_PREFIX": "s", "GENERATE_PASSWORDS": "true"}
    fixed = {"role": "r", "runtime": "python3.13", "handler": "main.handler", "code": {"folder": "hello"}}
    first, second, other = (
        manifest("LambdaFunction", name, {**fixed, "environment": environment})
        for name, environment in (("a", variables), ("b", variables), ("c", {"X": "1"}))
    )

    assert settings_of({it.ref: it for it in (first, other)}) == Settings(generates_passwords=True)
    assert settings_of({it.ref: it for it in (first, second)}) == Settings()
    assert settings_of({}, Settings(creates_groups=True)) == Settings(creates_groups=True)


def test_remarks_about_the_file_are_findings(world: World) -> None:
    plan = planned(world, agent_csv((*MANAGED, "shoe size"), WITH_PASSWORDS))

    assert [finding.message.partition("agents.csv: ")[2] for finding in plan.findings] == [
        "column 12 is ignored: no agent has such a value"
    ]


@pytest.mark.parametrize("content", [b"K,Tier\na,Gold\n", b"", b"\0\1"])
def test_another_file_is_refused(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "other.csv"
    path.write_bytes(content)

    with pytest.raises(ManifestError) as raised:
        read_file(path)
    assert "is not a file of agents" in str(raised.value.mistakes[0])


def test_a_file_with_too_many_rows_is_refused_as_the_upload_refuses_it(
    world: World, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(rows, "MOST_ROWS", 1)

    live = planned(world, managed())

    path = tmp_path / "agents.csv"
    path.write_text(managed())
    for plan in (live, plan_offline(world.environment, read_file(path), {})):
        found = changes(plan)
        assert {change.action for change in found.values()} == {Action.BLOCKED}
        assert found["ada"].reason == (
            "row 2: the file has 2 rows, and one upload takes 1; split the file, and upload each part"
        )


@pytest.mark.parametrize("limit", ["LARGEST", "MOST_RECORDS"])
def test_a_file_that_the_upload_does_not_read_is_refused_as_a_whole(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, limit: str
) -> None:
    monkeypatch.setattr(files, limit, {"LARGEST": len(managed()) - 1, "MOST_RECORDS": 1}[limit])
    path = tmp_path / "agents.csv"
    path.write_text(managed())

    with pytest.raises(ManifestError) as raised:
        read_file(path)
    assert "has more than 10 MB or 20,000 rows; split it" in str(raised.value.mistakes[0])


def test_a_file_that_does_not_exist_or_cannot_be_read_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="does not exist"):
        read_file(tmp_path / "none.csv")
    with pytest.raises(ManifestError):
        read_file(tmp_path)


def test_rows_of_a_file_with_line_ends_in_cells_have_the_file_as_their_place(tmp_path: Path) -> None:
    path = tmp_path / "agents.csv"
    path.write_text(agent_csv(rows=[{**ADA, "first name": "Ada\nAugusta"}]))

    assert str(read_file(path).place(2)) == str(path)
