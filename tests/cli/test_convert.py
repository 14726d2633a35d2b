"""`convert`: where it writes, and that what it writes is as good as its source."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from reconciler.cli import run
from reconciler.sandbox import INSTANCE_ARN
from tests.builders.json_layouts import ARN, KEY, TIER, layout, row
from tests.cli.running import Done, Repository, Server, client, table, table_id

Reconcile = Callable[..., Done]
ROWS = [row(("K", "a"), Tier="Gold"), row(("K", "b"), Tier="Silver"), row(Tier="Basic")]


@pytest.fixture
def old(repository: Repository) -> Path:
    return layout(repository.root, rows=ROWS)


@pytest.fixture
def bare(repository: Repository, old: Path) -> Repository:
    """Without a reconcile.yaml, and without manifests."""
    (repository.root / "reconcile.yaml").unlink()
    repository.declare()
    return repository


def files(folder: Path) -> dict[str, bytes]:
    return {str(path.relative_to(folder)): path.read_bytes() for path in sorted(folder.rglob("*")) if path.is_file()}


def test_a_converted_folder_is_valid_and_applied_and_then_its_plan_is_empty(
    bare: Repository, server: Server, reconcile: Reconcile
) -> None:
    converted = reconcile("convert", "old")
    valid, applied = reconcile("validate"), reconcile("apply", "-e", "sandbox", "--auto-approve")
    planned = reconcile("plan", "-e", "sandbox", "--detailed-exitcode")

    assert (converted.code, converted.last) == (0, "Convert: 3 new, 0 replaced, 0 unchanged")
    assert [valid.code, applied.code, planned.code] == [0, 0, 0], valid.out + applied.out + planned.out
    listed = client(server).list_data_table_values(InstanceId=INSTANCE_ARN, DataTableId=table_id(server, "T"))
    stored = {(*(key["Value"] for key in each.get("PrimaryValues", [])), each["Value"]) for each in listed["Values"]}
    assert stored == {("a", "Gold"), ("b", "Silver"), ("Basic",)}


def test_without_a_reconcile_yaml_one_is_written_with_the_instance(bare: Repository, reconcile: Reconcile) -> None:
    reconcile("convert", "old")

    assert (bare.root / "reconcile.yaml").read_text() == (
        f'stack: contact-centre\nenvironments:\n  sandbox: {{sandbox: true}}\n  prod:\n    instance: "{ARN}"\n'
    )


def test_an_existing_reconcile_yaml_stays_with_a_printed_note(
    repository: Repository, old: Path, reconcile: Reconcile
) -> None:
    before = (repository.root / "reconcile.yaml").read_bytes()

    done = reconcile("convert", "old")

    assert (repository.root / "reconcile.yaml").read_bytes() == before
    assert f'add to environments: prod: {{instance: "{ARN}"}}' in done.err


def test_an_instance_with_an_environment_needs_no_note(repository: Repository, old: Path, reconcile: Reconcile) -> None:
    repository.configure({"live": {"instance": ARN}})

    assert "environments" not in reconcile("convert", "old").err


@pytest.mark.parametrize("into", [[], ["--into", "new"], ["--into", "manifests/base"]])
def test_converting_twice_writes_the_same_bytes_and_nothing_new(
    bare: Repository, reconcile: Reconcile, into: list[str]
) -> None:
    reconcile("convert", "old", *into)
    first = files(bare.root)

    again = reconcile("convert", "old", *into)

    assert again.last == "Convert: 0 new, 0 replaced, 2 unchanged"
    assert files(bare.root) == first


def test_another_folder_becomes_a_repository_of_its_own(bare: Repository, reconcile: Reconcile) -> None:
    reconcile("convert", "old", "--into", "new")

    assert set(files(bare.root / "new")) == {
        "reconcile.yaml",
        "manifests/base/data-tables/T.csv",
        "manifests/base/data-tables/T.yaml",
    }
    assert reconcile("-C", "new", "validate").code == 0


def test_within_a_repository_the_folder_is_written_as_it_is_named(
    repository: Repository, old: Path, reconcile: Reconcile
) -> None:
    reconcile("convert", "old", "--into", "copy")

    assert set(files(repository.root / "copy")) == {"data-tables/T.csv", "data-tables/T.yaml"}


def test_differing_files_are_replaced_only_with_overwrite(bare: Repository, reconcile: Reconcile) -> None:
    reconcile("convert", "old")
    csv = bare.root / "manifests/base/data-tables/T.csv"
    csv.write_text("K,Tier\nmine,Gold\n")

    refused, replaced = reconcile("convert", "old"), reconcile("convert", "old", "--overwrite")

    assert refused.code == 1
    assert "exists with other contents; nothing was written" in refused.err
    assert (replaced.code, replaced.last) == (0, "Convert: 0 new, 1 replaced, 1 unchanged")
    assert csv.read_text() == "K,Tier\na,Gold\nb,Silver\n"


def test_a_table_that_another_file_declares_is_skipped(repository: Repository, old: Path, reconcile: Reconcile) -> None:
    repository.declare(table("t"))

    done = reconcile("convert", "old")

    assert done.last == "Convert: 0 new, 0 replaced, 0 unchanged, 1 left alone"
    assert "DataTable/T is declared in manifests/base/0.yaml; skipped" in done.err


def test_a_dry_run_of_a_conversion_writes_no_file(bare: Repository, reconcile: Reconcile) -> None:
    before = files(bare.root)

    done = reconcile("convert", "old", "--dry-run")

    assert "would write manifests/base/data-tables/T.yaml" in done.out
    assert files(bare.root) == before


def test_mistakes_exit_with_1_and_nothing_is_written(bare: Repository, reconcile: Reconcile) -> None:
    layout(bare.root, [KEY, TIER, {"name": "N", "valueType": "NUMBER"}], [row(("K", "a"), N="x"), row(("K", "a"))])
    before = files(bare.root)

    done = reconcile("convert", "old")

    assert done.code == 1
    assert "old/attribute_values/T.json:14:15: N of K=a: valueType NUMBER" in done.err
    assert done.err.rstrip().endswith("2 mistakes; nothing was written")
    assert files(bare.root) == before


def test_keys_that_are_not_converted_are_listed_on_stderr(bare: Repository, reconcile: Reconcile) -> None:
    layout(bare.root, rows=ROWS, owner="me")

    done = reconcile("convert", "old")

    assert "warning: old/data_tables_config.json:6:4: $.dataTables[0].owner: unknown key" in done.err


def test_it_needs_no_account_or_service(bare: Repository, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(bare.root)
    monkeypatch.setattr("socket.socket", None)

    assert run(["convert", "old"]) == 0


def test_a_folder_without_the_layout_is_wrong_usage(bare: Repository, reconcile: Reconcile) -> None:
    done = reconcile("convert", "manifests")

    assert done.code == 64
    assert "manifests/data_tables_config.json does not exist" in done.err


def test_manifests_that_cannot_be_read_stop_it(repository: Repository, old: Path, reconcile: Reconcile) -> None:
    (repository.root / "manifests/base/broken.yaml").write_text(json.dumps({"kind": "Nothing"}))

    assert reconcile("convert", "old").code == 1


@pytest.mark.parametrize(
    ("file", "expected"),
    [
        ("data_tables_config.json", '{"instanceARN": "arn:aws:connect:…", "dataTables": ['),
        ("attributes/T.json", '{"tableName": "T", "attributes": [{"name": "Key", "valueType": "TEXT"'),
        ("attribute_values/T.json", '{"tableName": "T", "values": [{"primaryValues": ['),
    ],
)
def test_a_file_of_another_shape_names_the_expected_shape(
    bare: Repository, reconcile: Reconcile, file: str, expected: str
) -> None:
    """m28."""
    (bare.root / "old" / file).write_text("[]")

    done = reconcile("convert", "old")

    assert done.code == 1
    assert f"old/{file}:1:1: $ must be an object, is a list; expected {expected}" in done.err


def test_help_shows_the_layout_that_is_converted(reconcile: Reconcile) -> None:
    """m28."""
    help_text = reconcile("convert", "--help").out

    for words in ("data_tables_config.json", "attributes/T.json", "attribute_values/T.json", '"primaryValues"'):
        assert words in help_text
    assert "the exit code is still 0" in " ".join(help_text.split())


def test_keys_that_are_not_converted_are_counted_with_exit_0(bare: Repository, reconcile: Reconcile) -> None:
    """m28."""
    layout(bare.root, rows=ROWS, owner="me", colour="red")
    (bare.root / "old/attributes/Stray.json").write_text("{}")

    lossy = reconcile("convert", "old")
    layout(bare.root, rows=ROWS)
    (bare.root / "old/attributes/Stray.json").unlink()
    whole = reconcile("convert", "old")

    assert lossy.code == 0
    assert "warning: 3 keys or files were not converted, as listed above" in lossy.err
    assert "carried over" not in whole.err
