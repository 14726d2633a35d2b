"""`init`: what a new repository gets, that it works there, and that nothing of anybody's is lost."""

from __future__ import annotations

import hashlib
import io
import json
import zipfile
from pathlib import Path

import pytest

from reconciler.init.wheel import wheel
from tests.cli.running import Repository, Server, serving
from tests.workflows.conftest import INSTANCE, Reconcile


@pytest.fixture(scope="module")
def server() -> Server:
    with serving() as server:
        yield server


def files(folder: Path) -> set[str]:
    found = (path.relative_to(folder) for path in folder.rglob("*") if path.is_file())
    return {path.as_posix() for path in found if path.parts[0] not in (".git", ".reconcile")}


# In an empty repository.


def test_what_init_makes_is_valid(reconcile: Reconcile) -> None:
    assert reconcile("init").code == 0

    done = reconcile("validate")

    assert (done.code, done.last) == (0, "valid: 1 resource in 1 environment, 0 findings")


def test_what_init_makes_is_planned_and_applied_in_the_sandbox(
    reconcile: Reconcile, empty: Path, server: Server
) -> None:
    server.reset()
    reconcile("init")
    Repository(empty).use(server)

    codes = [reconcile(*words.split()).code for words in ("plan --detailed-exitcode", "-q apply --auto-approve")]

    assert codes == [2, 0]
    assert reconcile("plan", "--detailed-exitcode").code == 0


def test_the_stack_is_named_after_the_folder_or_as_asked(reconcile: Reconcile, empty: Path) -> None:
    reconcile("init", "--into", "other", "--stack", "shop")
    reconcile("init")

    assert 'stack: "shop"' in (empty / "other" / "reconcile.yaml").read_text()
    assert 'stack: "contact-centre"' in (empty / "reconcile.yaml").read_text()


def test_the_schemas_are_those_of_the_command(reconcile: Reconcile) -> None:
    reconcile("init")

    assert reconcile("schema", "--check").code == 0


def test_editors_find_a_schema_for_everything_they_open(reconcile: Reconcile, empty: Path) -> None:
    reconcile("init")

    mapped = json.loads((empty / ".vscode" / "settings.json").read_text())["yaml.schemas"]

    assert all((empty / schema).is_file() for schema in mapped)


def test_next_steps_are_told_and_begin_with_what_needs_no_account(reconcile: Reconcile) -> None:
    told = reconcile("init").out

    assert told.index("reconcile validate") < told.index("reconcile.yaml and run `reconcile init` again")


def test_a_dry_run_writes_nothing(reconcile: Reconcile, empty: Path) -> None:
    done = reconcile("init", "--dry-run")

    assert "would write reconcile.yaml" in done.out
    assert files(empty) == set()


# Again.


def test_init_twice_has_nothing_to_do(reconcile: Reconcile) -> None:
    reconcile("init")

    done = reconcile("init")

    assert (done.code, done.out) == (0, "init: nothing to do\n")


def test_what_an_operator_has_written_stays_and_what_he_has_deleted_stays_away(
    reconcile: Reconcile, empty: Path
) -> None:
    reconcile("init")
    (empty / "manifests/base/data-tables/Greetings.yaml").unlink()
    (empty / ".editorconfig").write_text("root = false\n")

    done = reconcile("init", "--overwrite")

    assert done.code == 0
    assert not (empty / "manifests/base/data-tables/Greetings.yaml").exists()
    assert (empty / ".editorconfig").read_text() == "root = false\n"
    assert ".editorconfig is yours" in done.err


def test_a_file_of_ours_that_differs_stops_everything(reconcile: Reconcile, empty: Path) -> None:
    reconcile("init")
    (empty / ".github/workflows/plan.yml").write_text("name: mine\n")
    (empty / "schemas/Queue.schema.json").unlink()

    done = reconcile("init")

    assert done.code == 1
    assert ".github/workflows/plan.yml" in done.err
    assert not (empty / "schemas/Queue.schema.json").exists()


def test_overwrite_puts_it_back(reconcile: Reconcile, empty: Path) -> None:
    reconcile("init")
    ours = (empty / ".github/workflows/plan.yml").read_bytes()
    (empty / ".github/workflows/plan.yml").write_text("name: mine\n")

    done = reconcile("init", "--overwrite")

    assert (done.code, (empty / ".github/workflows/plan.yml").read_bytes()) == (0, ours)
    assert "replaced .github/workflows/plan.yml" in done.out


def test_lines_go_to_the_end_of_what_is_there(reconcile: Reconcile, empty: Path) -> None:
    (empty / ".gitignore").write_text("/build\n/plan.json")

    reconcile("init")

    assert (empty / ".gitignore").read_text() == "/build\n/plan.json\n/.reconcile/\n/outcome.json\n"


@pytest.mark.parametrize(
    "flags",
    [("--stack", "a b"), ("--instance", "arn:aws:connect"), ("--repository", "example"), ("--subject", "repo:*")],
)
def test_what_can_not_be_right_is_wrong_usage(reconcile: Reconcile, empty: Path, flags: tuple[str, str]) -> None:
    done = reconcile("init", *flags)

    assert (done.code, files(empty)) == (64, set())
    assert f"{flags[0]} {flags[1]}" in done.err


def test_a_folder_whose_name_is_no_stacks_is_told_how_to_name_one(reconcile: Reconcile, empty: Path) -> None:
    done = reconcile("init", "--into", "Größe & Co")

    assert done.code == 64
    assert 'a stack cannot have the folder\'s name, "Größe & Co"; give --stack NAME' in done.err


def test_only_what_has_been_written_is_said_to_be(reconcile: Reconcile, empty: Path) -> None:
    (empty / ".vscode").write_text("in the way")

    done = reconcile("init")

    assert done.code == 1
    assert ".vscode" in done.err
    assert {f"wrote {name}" for name in files(empty) - {".vscode"}} == set(done.out.splitlines())


def test_manifests_that_no_workflow_looks_at_are_told(reconcile: Reconcile, empty: Path) -> None:
    config = {"stack": "s", "manifests": "connect", "environments": {"prod": {"instance": INSTANCE}}}
    (empty / "reconcile.yaml").write_text(json.dumps(config))

    assert "manifests are in connect, and the workflows look at manifests alone" in reconcile("init").err


def test_a_flag_that_contradicts_the_config_is_wrong_usage(reconcile: Reconcile) -> None:
    reconcile("init")

    assert reconcile("init", "--stack", "other").code == 64
    assert reconcile("init", "--instance", INSTANCE).code == 64


# What the workflows ask.


def test_environments_are_those_with_an_instance(reconcile: Reconcile) -> None:
    reconcile("init", "--instance", INSTANCE)

    assert json.loads(reconcile("environments", "--format", "json").out) == [
        {
            "name": "prod",
            "account": "111122223333",
            "region": "eu-west-2",
            "instance": INSTANCE,
            "planRole": "arn:aws:iam::111122223333:role/reconcile-contact-centre-prod-plan",
            "applyRole": "arn:aws:iam::111122223333:role/reconcile-contact-centre-prod-apply",
        }
    ]
    assert reconcile("-e", "sandbox", "environments", "--format", "json").out == "[]\n"
    assert reconcile("environments").out.startswith("prod  arn:aws:connect:eu-west-2")


def test_an_environment_that_github_can_not_name_is_wrong_usage(reconcile: Reconcile, empty: Path) -> None:
    (empty / "reconcile.yaml").write_text(json.dumps({"stack": "s", "environments": {"a b": {"instance": INSTANCE}}}))

    done = reconcile("environments", "--format", "json")

    assert (done.code, done.out) == (64, "")


# The tool.


def test_the_lock_holds_the_tool_and_all_it_needs_by_hash(reconcile: Reconcile, empty: Path) -> None:
    reconcile("init")

    lock = (empty / ".reconcile-tool" / "requirements.lock").read_text()
    first = lock.splitlines()[0]
    path, _, digest = first.partition(" --hash=sha256:")

    assert hashlib.sha256((empty / path).read_bytes()).hexdigest() == digest
    assert "boto3==" in lock
    assert "moto" not in lock


def test_the_wheel_is_the_same_each_time_and_holds_what_its_record_says() -> None:
    made = wheel()

    assert made == wheel()
    with zipfile.ZipFile(io.BytesIO(made.content)) as archive:
        names = archive.namelist()
        (record,) = [name for name in names if name.endswith("/RECORD")]
        assert {line.split(",")[0] for line in archive.read(record).decode().splitlines()} == set(names)
    assert "reconciler/init/templates/workflows/apply.yml" in names
    assert not [name for name in names if "__pycache__" in name]
