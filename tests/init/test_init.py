"""`init`: the content of a new repository, its use, and that no file of an author is lost."""

from __future__ import annotations

import hashlib
import json
from importlib.metadata import version
from pathlib import Path

import pytest

from tests.cli.running import Reconcile, Repository, Server
from tests.init.instance import INSTANCE


@pytest.fixture(scope="module")
def server(one_server: Server) -> Server:
    return one_server


def files(folder: Path) -> set[str]:
    found = (path.relative_to(folder) for path in folder.rglob("*") if path.is_file())
    return {path.as_posix() for path in found if path.parts[0] not in (".git", ".reconcile")}


# In an empty repository.


def test_a_new_repository_is_valid(reconcile: Reconcile) -> None:
    assert reconcile("init").code == 0

    done = reconcile("validate")

    assert (done.code, done.last) == (0, "valid: 1 resource in 1 environment, 0 findings")


def test_a_new_repository_can_be_applied_in_the_sandbox(reconcile: Reconcile, empty: Path, server: Server) -> None:
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


def test_yml_and_the_configured_overlays_are_mapped_for_editors(reconcile: Reconcile, empty: Path) -> None:
    """m22, M4."""
    environment = {"instance": INSTANCE, "overlays": ["overlays/north", "shared"]}
    (empty / "reconcile.yaml").write_text(json.dumps({"stack": "s", "environments": {"north": environment}}))
    for folder in ("base", "overlays/north", "shared"):
        (empty / "manifests" / folder).mkdir(parents=True)

    reconcile("init")

    assert json.loads((empty / ".vscode" / "settings.json").read_text())["yaml.schemas"] == {
        "schemas/manifest.schema.json": ["manifests/base/**/*.yaml", "manifests/base/**/*.yml"],
        "schemas/overlay.schema.json": [
            "manifests/overlays/north/**/*.yaml",
            "manifests/overlays/north/**/*.yml",
            "manifests/shared/**/*.yaml",
            "manifests/shared/**/*.yml",
        ],
        "schemas/reconcile.schema.json": ["reconcile.yaml"],
    }


@pytest.mark.parametrize("flags", [(), ("--instance", INSTANCE)])
def test_the_new_config_shows_the_overlays_of_the_editor_settings(
    reconcile: Reconcile, empty: Path, flags: tuple[str, ...]
) -> None:
    """M4."""
    reconcile("init", *flags)

    mapped = json.loads((empty / ".vscode" / "settings.json").read_text())["yaml.schemas"]
    assert mapped["schemas/overlay.schema.json"][0].startswith("manifests/environments/")
    assert "overlays: [environments/prod]" in (empty / "reconcile.yaml").read_text()


@pytest.mark.parametrize(
    ("settings", "lacking"),
    [
        (
            '{"files.eol": "auto", "yaml.schemas": {"schemas/manifest.schema.json": "manifests/base/**/*.yaml"}}',
            {
                "files.insertFinalNewline": True,
                "yaml.schemas": {
                    "schemas/manifest.schema.json": ["manifests/base/**/*.yml"],
                    "schemas/overlay.schema.json": [
                        "manifests/environments/**/*.yaml",
                        "manifests/environments/**/*.yml",
                    ],
                    "schemas/reconcile.schema.json": ["reconcile.yaml"],
                },
            },
        ),
        ("{} // a comment", None),
        ("[]", None),
    ],
)
def test_missing_editor_settings_are_printed(
    reconcile: Reconcile, empty: Path, settings: str, lacking: dict[str, object] | None
) -> None:
    """m22."""
    (empty / ".vscode").mkdir()
    (empty / ".vscode" / "settings.json").write_text(settings)

    printed = reconcile("init").err

    text = printed.partition(".vscode/settings.json has your changes and is kept; merge this into it:\n")[2]
    assert (empty / ".vscode" / "settings.json").read_text() == settings
    (empty / ".vscode" / "settings.json").unlink()
    reconcile("init")
    assert json.loads(text) == (lacking or json.loads((empty / ".vscode" / "settings.json").read_text()))


def test_complete_editor_settings_are_not_mentioned(reconcile: Reconcile, empty: Path) -> None:
    """m22."""
    reconcile("init")
    settings = json.loads((empty / ".vscode" / "settings.json").read_text())
    settings["editor.tabSize"] = 2
    settings["yaml.schemas"]["schemas/other.json"] = "other/*.yaml"
    (empty / ".vscode" / "settings.json").write_text(json.dumps(settings))

    assert reconcile("init").err == ""


def test_the_readme_says_how_to_install_validate_and_plan_in_ten_lines(reconcile: Reconcile, empty: Path) -> None:
    """B3: a colleague who clones the repository begins here."""
    reconcile("init")

    text = (empty / "README.md").read_text()
    assert len(text.splitlines()) == 10
    for command in ("pip install --require-hashes -r .reconcile-tool/requirements.lock", "reconcile validate"):
        assert command in text
    assert "reconcile plan" in text


def test_an_existing_readme_stays(reconcile: Reconcile, empty: Path) -> None:
    """B3."""
    (empty / "README.md").write_text("# Mine\n")

    reconcile("init")

    assert (empty / "README.md").read_text() == "# Mine\n"


def test_next_steps_start_with_those_without_an_account(reconcile: Reconcile) -> None:
    output = reconcile("init").out

    assert output.index("reconcile validate") < output.index("reconcile.yaml and run `reconcile init` again")


def test_a_dry_run_writes_nothing(reconcile: Reconcile, empty: Path) -> None:
    done = reconcile("init", "--dry-run")

    assert "would write reconcile.yaml" in done.out
    assert files(empty) == set()


# Again.


def test_init_twice_has_nothing_to_do(reconcile: Reconcile) -> None:
    reconcile("init")

    done = reconcile("init")

    assert (done.code, done.out) == (0, "init: nothing to do\n")


def test_the_authors_files_and_deletions_stay(reconcile: Reconcile, empty: Path) -> None:
    reconcile("init")
    (empty / "manifests/base/data-tables/Greetings.yaml").unlink()
    (empty / ".editorconfig").write_text("root = false\n")

    done = reconcile("init", "--overwrite")

    assert done.code == 0
    assert not (empty / "manifests/base/data-tables/Greetings.yaml").exists()
    assert (empty / ".editorconfig").read_text() == "root = false\n"
    assert ".editorconfig has your changes and is kept" in done.err


def test_a_changed_file_of_the_tool_stops_everything(reconcile: Reconcile, empty: Path) -> None:
    reconcile("init")
    (empty / ".github/workflows/plan.yml").write_text("name: mine\n")
    (empty / "schemas/Queue.schema.json").unlink()

    done = reconcile("init")

    assert done.code == 1
    assert ".github/workflows/plan.yml" in done.err
    assert not (empty / "schemas/Queue.schema.json").exists()


def test_overwrite_puts_it_back(reconcile: Reconcile, empty: Path) -> None:
    reconcile("init")
    written = (empty / ".github/workflows/plan.yml").read_bytes()
    (empty / ".github/workflows/plan.yml").write_text("name: mine\n")

    done = reconcile("init", "--overwrite")

    assert (done.code, (empty / ".github/workflows/plan.yml").read_bytes()) == (0, written)
    assert "replaced .github/workflows/plan.yml" in done.out


@pytest.mark.parametrize("there", ["0.0.9", "7.0.0"])
def test_another_version_of_the_tool_is_named_and_kept(reconcile: Reconcile, empty: Path, there: str) -> None:
    """B3."""
    reconcile("init")
    _pretend_version(empty, there)
    before = files(empty)

    done = reconcile("init")

    assert done.code == 1
    assert f"has reconcile {there}, but this is reconcile {version('reconcile-connect')}" in done.err
    assert "--overwrite" in done.err
    assert files(empty) == before


def test_overwrite_replaces_another_version_of_the_tool(reconcile: Reconcile, empty: Path) -> None:
    """B3."""
    reconcile("init")
    before = files(empty)
    _pretend_version(empty, "0.0.9")

    done = reconcile("init", "--overwrite")

    assert done.code == 0
    assert "deleted .reconcile-tool/reconcile_connect-0.0.9-py3-none-any.whl" in done.out
    assert files(empty) == before
    assert reconcile("init").out == "init: nothing to do\n"


def test_another_build_of_the_same_version_is_named(reconcile: Reconcile, empty: Path) -> None:
    """B3."""
    reconcile("init")
    (wheel,) = (empty / ".reconcile-tool").glob("*.whl")
    wheel.write_bytes(wheel.read_bytes() + b" ")

    done = reconcile("init")

    assert done.code == 1
    assert f"has another build of reconcile {version('reconcile-connect')}" in done.err


def _pretend_version(folder: Path, other: str) -> None:
    """The tool of a repository becomes that of another version."""
    (wheel,) = (folder / ".reconcile-tool").glob("*.whl")
    wheel.rename(wheel.with_name(f"reconcile_connect-{other}-py3-none-any.whl"))
    lock = folder / ".reconcile-tool" / "requirements.lock"
    lock.write_text(lock.read_text().replace(f"-{version('reconcile-connect')}-", f"-{other}-"))


def test_lines_are_added_to_the_end_of_a_file(reconcile: Reconcile, empty: Path) -> None:
    (empty / ".gitignore").write_text("/build\n/plan.json")

    reconcile("init")

    assert (empty / ".gitignore").read_text() == "/build\n/plan.json\n/.reconcile/\n/.venv/\n/outcome.json\n"


@pytest.mark.parametrize(
    "flags",
    [("--stack", "a b"), ("--instance", "arn:aws:connect"), ("--repository", "example"), ("--subject", "repo:*")],
)
def test_invalid_flags_are_wrong_usage(reconcile: Reconcile, empty: Path, flags: tuple[str, str]) -> None:
    done = reconcile("init", *flags)

    assert (done.code, files(empty)) == (64, set())
    assert f"{flags[0]} {flags[1]}" in done.err


def test_a_folder_name_that_is_not_a_stack_needs_a_flag(reconcile: Reconcile, empty: Path) -> None:
    done = reconcile("init", "--into", "Größe & Co")

    assert done.code == 64
    assert 'a stack cannot have the folder\'s name, "Größe & Co"; give --stack NAME' in done.err


def test_only_written_files_are_reported_as_written(reconcile: Reconcile, empty: Path) -> None:
    (empty / ".vscode").write_text("in the way")

    done = reconcile("init")

    assert done.code == 1
    assert ".vscode" in done.err
    assert {f"wrote {name}" for name in files(empty) - {".vscode"}} == set(done.out.splitlines())


def test_manifests_that_no_workflow_watches_are_a_warning(reconcile: Reconcile, empty: Path) -> None:
    config = {"stack": "s", "manifests": "connect", "environments": {"prod": {"instance": INSTANCE}}}
    (empty / "reconcile.yaml").write_text(json.dumps(config))

    assert "manifests are in connect, but the workflows watch manifests only" in reconcile("init").err


def test_a_flag_that_contradicts_the_config_is_wrong_usage(reconcile: Reconcile) -> None:
    reconcile("init")

    assert reconcile("init", "--stack", "other").code == 64
    assert reconcile("init", "--instance", INSTANCE).code == 64


# The commands of the workflows.


def test_environments_are_those_in_an_account(reconcile: Reconcile) -> None:
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


def test_an_environment_name_that_github_rejects_is_wrong_usage(reconcile: Reconcile, empty: Path) -> None:
    (empty / "reconcile.yaml").write_text(json.dumps({"stack": "s", "environments": {"a b": {"instance": INSTANCE}}}))

    done = reconcile("environments", "--format", "json")

    assert (done.code, done.out) == (64, "")


# The tool.


def test_the_lock_has_the_hash_of_the_tool_and_its_requirements(reconcile: Reconcile, empty: Path) -> None:
    reconcile("init")

    lock = (empty / ".reconcile-tool" / "requirements.lock").read_text()
    first = lock.splitlines()[0]
    path, _, digest = first.partition(" --hash=sha256:")

    assert hashlib.sha256((empty / path).read_bytes()).hexdigest() == digest
    assert "boto3==" in lock
    assert "moto[server]==" in lock
