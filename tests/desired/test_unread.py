"""Files that reconcile does not read, and missing folders, are reported with the remedy (M4, m13)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

import pytest

from reconciler.config import read_config
from reconciler.desired import examine
from reconciler.errors import Mistake, Source
from reconciler.model import Finding
from tests.builders.folders import BASE, ROWS, TIERS, write

PROD = Path("environments/prod")
TEST = Path("environments/test")
OVERLAY = "kind: DataTable\nmetadata: {name: Tiers}\nspec: {description: Other}\n"


def unread(
    root: Path, files: Mapping[str, str | bytes], overlays: tuple[Path, ...] = (), others: tuple[Path, ...] = ()
) -> list[Finding]:
    environment = replace(write(root, files), overlays=overlays, overlays_of_all=(*overlays, *others))
    return list(examine(environment, {}, ("prod", "test")).findings)


def files_of(findings: list[Finding]) -> list[str]:
    assert {finding.severity for finding in findings} <= {"warning"}
    return [finding.source.file for finding in findings if finding.source]


@pytest.mark.parametrize(
    "name", ["queues/extra.yaml", "a/b/c/extra.yml", "environments/prod/extra.yaml", "stray.yaml", "old/rows.csv"]
)
def test_a_file_outside_base_and_overlays_is_a_warning(tmp_path: Path, name: str) -> None:
    """M4: at any depth below the manifests folder."""
    (finding,) = unread(tmp_path, {**BASE, f"manifests/{name}": TIERS})

    assert finding.severity == "warning"
    assert finding.source == Source(f"manifests/{name}")
    assert "is not read" in finding.message
    assert "manifests/base" in finding.message
    assert "overlay" in finding.message


def test_an_unread_folder_is_one_warning(tmp_path: Path) -> None:
    """M4, M7."""
    files = {f"manifests/queues/{number}.yaml": TIERS for number in range(300)}

    (finding,) = unread(tmp_path, {**BASE, **files})

    assert "all of manifests/queues (300 files)" in finding.message


def test_the_folder_of_a_known_environment_gets_the_line_that_reads_it(tmp_path: Path) -> None:
    """M4: an overlay's folder that `overlays:` does not name."""
    (finding,) = unread(tmp_path, {**BASE, "manifests/environments/prod/x.yaml": OVERLAY})

    assert "write `overlays: [environments/prod]` for prod" in finding.message


def test_the_folder_of_one_environment_gets_its_own_line(tmp_path: Path) -> None:
    files = {**BASE, "manifests/environments/prod/x.yaml": OVERLAY, "manifests/environments/test/x.yaml": OVERLAY}

    (finding,) = unread(tmp_path, files, (PROD,))

    assert "write `overlays: [environments/test]` for test" in finding.message


def test_the_overlay_of_another_environment_is_read_somewhere(tmp_path: Path) -> None:
    files = {**BASE, "manifests/environments/prod/x.yaml": OVERLAY, "manifests/environments/test/x.yaml": OVERLAY}

    assert unread(tmp_path, files, (PROD,), (TEST,)) == []


def test_manifests_in_a_folder_named_like_the_environment_are_explained(tmp_path: Path) -> None:
    """M4: nothing was read, so the message says where manifests belong."""
    nothing, stray = unread(tmp_path, {"manifests/prod/x.yaml": TIERS, "manifests/prod/Tiers.csv": ROWS})

    assert nothing.message.startswith("there is no manifest in manifests/base, so every resource")
    assert "all of manifests/prod (2 files)" in stray.message


def test_manifests_for_other_environments_alone_are_not_called_unread(tmp_path: Path) -> None:
    other = TIERS.replace("name: Tiers", "name: Tiers\n  environments: [test]")

    (finding,) = unread(tmp_path, {**BASE, "manifests/base/Tiers.yaml": other})

    assert finding.message.startswith("no manifest is for environment prod")


def test_a_csv_file_that_no_manifest_names_is_a_warning(tmp_path: Path) -> None:
    """M4."""
    (finding,) = unread(tmp_path, {**BASE, "manifests/base/x/Teirs.csv": ROWS})

    assert finding.source == Source("manifests/base/x/Teirs.csv")
    assert "no manifest names it; write `values: {file: Teirs.csv}`" in finding.message


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("manifests/base/y.yaml", TIERS.replace("name: Tiers", "name: T\n  environments: [test]")),
        ("manifests/base/y.yaml", "kind: [\nfile: More.csv\n"),
        ("manifests/environments/test/y.yaml", "spec: {values: {file: ../../base/More.csv}}"),
    ],
)
def test_a_csv_file_that_another_environment_may_name_is_not_a_warning(tmp_path: Path, name: str, text: str) -> None:
    files = {**BASE, name: text.replace("Tiers.csv", "More.csv"), "manifests/base/More.csv": ROWS}

    assert unread(tmp_path, files, (), (TEST,)) == []


def test_a_csv_file_named_by_a_variable_is_named(tmp_path: Path) -> None:
    files = {**BASE, "manifests/base/Tiers.yaml": TIERS.replace("Tiers.csv", "${var:TEAM}.csv")}

    assert unread(tmp_path, {**files, "manifests/base/support.csv": ROWS}) == unread(tmp_path, files)
    assert files_of(unread(tmp_path, files)) == ["manifests/base/Tiers.csv"]


def test_a_named_csv_file_beside_the_base_is_read(tmp_path: Path) -> None:
    files = {"manifests/base/Tiers.yaml": TIERS.replace("Tiers.csv", "../rows/Tiers.csv")}

    assert unread(tmp_path, {**files, "manifests/rows/Tiers.csv": ROWS}) == []


def test_a_manifest_with_an_upper_case_suffix_is_a_warning(tmp_path: Path) -> None:
    (finding,) = unread(tmp_path, {**BASE, "manifests/base/Queue.YAML": TIERS})

    assert "must end in .yaml or .yml, in lower case; rename it" in finding.message


def test_hidden_files_are_ignored(tmp_path: Path) -> None:
    assert unread(tmp_path, {**BASE, "manifests/.old/x.yaml": "", "manifests/.x.yaml": ""}) == []


def test_a_repository_as_manifests_folder_may_contain_other_files(tmp_path: Path) -> None:
    environment = write(tmp_path, {"base/Tiers.yaml": TIERS, "base/Tiers.csv": ROWS, "docs/x.yaml": ""})

    assert examine(replace(environment, manifests=Path()), {}).findings == ()


def configured(root: Path, text: str, files: Mapping[str, str | bytes]) -> tuple[Mistake, ...]:
    write(root, {"reconcile.yaml": text, **files})
    config = read_config(root / "reconcile.yaml", {})
    return examine(config.environments["prod"], {}, tuple(config.environments)).mistakes


SANDBOX = "stack: s\n{}environments:\n  prod: {{sandbox: true{}}}\n"


@pytest.mark.parametrize("named", ["manifets", "config"])
def test_a_missing_manifests_folder_gets_a_suggestion_at_its_line(tmp_path: Path, named: str) -> None:
    """m13."""
    found = configured(tmp_path, SANDBOX.format(f"manifests: {named}\n", ""), BASE)

    message = f'manifests: there is no folder "{named}"; did you mean "manifests"?'
    assert found == (Mistake(Source("reconcile.yaml", 2, 12), message),)


def test_a_missing_overlay_gets_a_suggestion_at_its_line(tmp_path: Path) -> None:
    """m13, of overlays."""
    files = {**BASE, "manifests/environments/prod/x.yaml": OVERLAY}

    found = configured(tmp_path, SANDBOX.format("", ", overlays: [environments/prd]"), files)

    message = 'overlays: there is no folder "environments/prd" in manifests; did you mean "environments/prod"?'
    assert found == (Mistake(Source("reconcile.yaml", 3, 36), message),)


def test_a_missing_folder_without_suggestion_must_be_created(tmp_path: Path) -> None:
    (mistake,) = configured(tmp_path, SANDBOX.format("manifests: deep/config\n", ""), {})

    assert mistake.message.endswith("create it with a file in it, because git does not keep empty folders")
