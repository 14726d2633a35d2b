"""The schemas on disk match the specs."""

from pathlib import Path

from reconciler.kinds.registry import DECLARABLE
from reconciler.schemas import files

ROOT = Path(__file__).parents[2]


def test_the_committed_schemas_are_fresh():
    assert files.stale(ROOT / "schemas") == []


def test_there_is_a_schema_for_every_kind_and_for_any_document(tmp_path):
    files.write(tmp_path)

    names = {path.name.removesuffix(".schema.json") for path in tmp_path.iterdir()}
    assert names == {*DECLARABLE, "manifest", "mapping", "overlay", "reconcile"}


def test_written_schemas_are_fresh_and_written_again_the_same(tmp_path):
    files.write(tmp_path)
    first = {path.name: path.read_bytes() for path in tmp_path.iterdir()}

    files.write(tmp_path)

    assert files.stale(tmp_path) == []
    assert {path.name: path.read_bytes() for path in tmp_path.iterdir()} == first


def test_missing_outdated_and_leftover_files_are_stale(tmp_path):
    files.write(tmp_path)
    (tmp_path / "DataTable.schema.json").unlink()
    (tmp_path / "overlay.schema.json").write_text("{}\n", encoding="utf-8")
    (tmp_path / "Gone.schema.json").write_text("{}\n", encoding="utf-8")

    assert files.stale(tmp_path) == ["DataTable.schema.json", "Gone.schema.json", "overlay.schema.json"]


def test_writing_deletes_leftover_schemas_and_nothing_else(tmp_path):
    (tmp_path / "Gone.schema.json").write_text("{}\n", encoding="utf-8")
    (tmp_path / "notes.json").write_text("{}\n", encoding="utf-8")

    files.write(tmp_path)

    assert not (tmp_path / "Gone.schema.json").exists()
    assert (tmp_path / "notes.json").exists()


def test_the_command_names_stale_schemas(tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)

    assert files.main(["--check"]) == 1
    assert "schemas/DataTable.schema.json is stale" in capsys.readouterr().err
    assert files.main([]) == 0
    assert files.main(["--check"]) == 0


def test_the_command_refuses_unknown_arguments(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)

    assert files.main(["--chek"]) == 64
    assert list(tmp_path.iterdir()) == []
