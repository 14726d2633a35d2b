"""`convert agents`: where it writes, and that its users are created as in the file."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

import pytest

from reconciler.cli import run
from reconciler.sandbox import INSTANCE_ID
from tests.builders.agent_files import ADA, MANAGED, MARY, SAML, SECRET, agent_csv
from tests.cli.running import Done, Repository, Server, client, resource

Reconcile = Callable[..., Done]
USERS = "manifests/base/users"
HERE = {"InstanceId": INSTANCE_ID}


@pytest.fixture
def centre(repository: Repository) -> Repository:
    """Without manifests, and with a file of two agents."""
    repository.declare()
    write(repository)
    return repository


def write(
    repository: Repository, header: Sequence[str] = SAML, rows: Sequence[Mapping[str, str]] = (ADA, MARY)
) -> None:
    (repository.root / "agents.csv").write_text(agent_csv(header, rows), encoding="utf-8")


def users(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in sorted(folder.rglob("*.yaml")) if path.parent.name == "users"}


def live_users(server: Server) -> list[Any]:
    return sorted(client(server).search_users(**HERE)["Users"], key=lambda user: user["Username"])


def names_of(server: Server, ids: Sequence[str]) -> list[str]:
    listed = client(server).list_security_profiles(**HERE)["SecurityProfileSummaryList"]
    return sorted(profile["Name"] for profile in listed if profile["Id"] in ids)


def test_agents_of_a_file_are_valid_and_created_and_then_the_plan_is_empty(
    centre: Repository, server: Server, reconcile: Reconcile
) -> None:
    """S4-4."""
    server.set_faults(switches={"signIn": "SAML"})
    before = {user["Username"] for user in live_users(server)}

    converted = reconcile("convert", "agents", "agents.csv")
    valid, applied = reconcile("validate"), reconcile("apply", "--auto-approve")
    planned = reconcile("plan", "--detailed-exitcode")

    assert (converted.code, converted.last) == (0, "Convert: 2 new, 0 replaced, 0 unchanged")
    assert [valid.code, applied.code, planned.code] == [0, 0, 0], valid.out + applied.out + planned.out
    ada, mary = (user for user in live_users(server) if user["Username"] not in before)
    assert [ada["Username"], ada["IdentityInfo"]] == ["ada", {"FirstName": "Ada", "LastName": "Byron"}]
    assert names_of(server, ada["SecurityProfileIds"]) == ["Agent", "CallCenterManager"]
    assert names_of(server, mary["SecurityProfileIds"]) == ["Agent"]
    assert ada["RoutingProfileId"] == mary["RoutingProfileId"]
    assert mary["PhoneConfig"]["DeskPhoneNumber"] == "+15550100123"


def test_each_user_has_the_file_that_an_export_gives_it(centre: Repository, reconcile: Reconcile) -> None:
    done = reconcile("convert", "agents", "agents.csv")

    assert done.out.splitlines()[:2] == [f"wrote {USERS}/ada.yaml", f"wrote {USERS}/mary.yaml"]
    assert (centre.root / USERS / "ada.yaml").read_text() == (
        "# yaml-language-server: $schema=../../../schemas/User.schema.json\n"
        "kind: User\n"
        "metadata:\n"
        "  name: ada\n"
        "spec:\n"
        "  identityInfo: {firstName: Ada, lastName: Byron}\n"
        "  routingProfile: Basic Routing Profile\n"
        "  securityProfiles: [CallCenterManager, Agent]\n"
        "  phoneConfig: {phoneType: SOFT_PHONE, autoAccept: true, afterContactWorkTimeLimit: 30}\n"
    )


def test_converting_agents_twice_writes_nothing_new(centre: Repository, reconcile: Reconcile) -> None:
    reconcile("convert", "agents", "agents.csv")
    first = users(centre.root)

    again = reconcile("convert", "agents", "agents.csv")

    assert again.last == "Convert: 0 new, 0 replaced, 2 unchanged"
    assert users(centre.root) == first


def test_a_changed_user_is_replaced_only_with_overwrite(centre: Repository, reconcile: Reconcile) -> None:
    reconcile("convert", "agents", "agents.csv")
    write(centre, rows=[{**ADA, "last name": "Lovelace"}, MARY])

    refused = reconcile("convert", "agents", "agents.csv")
    replaced = reconcile("convert", "agents", "agents.csv", "--overwrite")

    assert refused.code == 1
    assert f"{USERS}/ada.yaml exists with other contents; nothing was written" in refused.err
    assert (replaced.code, replaced.last) == (0, "Convert: 0 new, 1 replaced, 1 unchanged")


def test_a_user_that_another_file_declares_is_skipped(centre: Repository, reconcile: Reconcile) -> None:
    spec = {"routingProfile": "Basic Routing Profile", "securityProfiles": ["Agent"]}
    centre.declare(resource("User", "ada", spec), resource("User", "MARY", spec))

    done = reconcile("convert", "agents", "agents.csv")

    assert done.last == "Convert: 1 new, 0 replaced, 0 unchanged, 1 left alone"
    assert "User/ada is declared in manifests/base/0.yaml; skipped" in done.err
    assert set(users(centre.root)) == {"mary.yaml"}


def test_options_may_stand_between_the_words(centre: Repository, reconcile: Reconcile) -> None:
    done = reconcile("convert", "--into", "copy", "agents", "--overwrite", "agents.csv", "--dry-run")

    assert done.out.splitlines() == ["would write copy/users/ada.yaml", "would write copy/users/mary.yaml"]
    assert users(centre.root) == {}


def test_without_a_reconcile_yaml_a_note_names_init(centre: Repository, reconcile: Reconcile) -> None:
    (centre.root / "reconcile.yaml").unlink()

    here = reconcile("convert", "agents", "agents.csv")
    elsewhere = reconcile("convert", "agents", "agents.csv", "--into", "new")

    assert here.err.endswith("there is no reconcile.yaml yet; create it with: reconcile init\n")
    assert elsewhere.err.endswith("create it with: reconcile -C new init\n")
    assert set(users(centre.root / "new/manifests/base")) == {"ada.yaml", "mary.yaml"}


def test_a_password_is_never_written_and_never_shown(centre: Repository, reconcile: Reconcile) -> None:
    """S4-31."""
    write(centre, MANAGED, [{**ADA, "password": SECRET}, {**MARY, "password": SECRET, "ACW timeout (seconds)": "x"}])
    wrong = reconcile("-v", "convert", "agents", "agents.csv", "--log-format", "json")
    write(centre, MANAGED, [{**ADA, "password": SECRET}, {**MARY, "password": SECRET}])
    done = reconcile("-v", "convert", "agents", "agents.csv")

    written = b"".join(path.read_bytes() for path in centre.root.rglob("*") if path.is_file() and path.suffix != ".csv")
    assert [wrong.code, done.code] == [1, 0]
    assert "warning: agents.csv:1:36: 2 rows have a password; passwords are never converted" in done.err
    assert SECRET not in wrong.out + wrong.err + done.out + done.err
    assert SECRET.encode() not in written


def test_users_of_a_file_with_passwords_get_generated_ones(centre: Repository, reconcile: Reconcile) -> None:
    write(centre, MANAGED, [{**ADA, "password": SECRET}, MARY])

    done = reconcile("convert", "agents", "agents.csv")

    assert "apply generates a password for each new user" in done.err
    for text in users(centre.root).values():
        assert b"\n  password: {generate: true}\n  routingProfile:" in text


def test_users_get_no_password_if_the_author_or_the_file_has_none(centre: Repository, reconcile: Reconcile) -> None:
    reconcile("convert", "agents", "agents.csv")
    saml = users(centre.root)
    write(centre, MANAGED, [{**ADA, "password": SECRET}, MARY])

    done = reconcile("convert", "agents", "agents.csv", "--no-passwords")

    assert (done.last, reconcile("validate").code) == ("Convert: 0 new, 0 replaced, 2 unchanged", 0)
    assert b"generate" not in b"".join(saml.values())


def test_a_layout_has_no_passwords(centre: Repository, reconcile: Reconcile) -> None:
    done = reconcile("convert", "old", "--no-passwords")

    assert done.code == 64
    assert "--no-passwords works with a CSV file: reconcile convert agents FILE.csv" in done.err


def test_equal_mistakes_of_many_rows_are_one_line(centre: Repository, reconcile: Reconcile) -> None:
    rows = [{**ADA, "user login": f"ada{number}", "phone type (soft/desk)": "hard"} for number in range(200)]
    write(centre, rows=rows)

    done = reconcile("convert", "agents", "agents.csv")

    assert done.err.splitlines() == [
        "agents.csv:2:62: phone type (soft/desk): 200 cells are not soft or desk (first: line 2; lines 2–201); "
        "write one",
        "200 mistakes; nothing was written",
    ]
    assert users(centre.root) == {}


def test_a_folder_named_agents_is_still_a_folder(centre: Repository, reconcile: Reconcile) -> None:
    (centre.root / "agents").mkdir()

    done = reconcile("convert", "agents", "--into", "copy")

    assert (done.code, done.err) == (64, "error: agents/data_tables_config.json does not exist\n")


def test_the_word_alone_asks_for_the_file(centre: Repository, reconcile: Reconcile) -> None:
    done = reconcile("convert", "agents")

    assert done.code == 64
    assert "the CSV file is missing; name it: reconcile convert agents FILE.csv" in done.err


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (["agents", "nothing.csv"], "nothing.csv does not exist"),
        (["tables", "agents.csv"], "got unexpected extra argument (agents.csv)"),
        (["agents", "agents.csv", "more.csv"], "got unexpected extra argument (more.csv)"),
    ],
)
def test_other_words_are_wrong_usage(centre: Repository, reconcile: Reconcile, words: list[str], message: str) -> None:
    done = reconcile("convert", *words)

    assert done.code == 64
    assert message in done.err


def test_it_reads_no_account(centre: Repository, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(centre.root)
    monkeypatch.setattr("socket.socket", None)

    assert run(["convert", "agents", "agents.csv"]) == 0
