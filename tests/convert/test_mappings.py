"""`reconcile convert mappings FILE.json` writes a file for each canonical table, and the lock of their columns."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
import yaml
from jsonschema import Draft7Validator

from reconciler.cli import run
from reconciler.schemas.mapping import mapping_schema

SEED = {"tickets": {"connectwise": {"service/tickets": {"ticket_number": "id", "no": "impact", "urgency": "urgency"}}}}


@pytest.fixture
def file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    (tmp_path / "reconcile.yaml").write_text("stack: s\nenvironments: {sandbox: {sandbox: true}}\n")
    (tmp_path / "manifests" / "base").mkdir(parents=True)
    monkeypatch.chdir(tmp_path)
    path = tmp_path / "canonical_mappings.json"
    path.write_text(json.dumps(SEED, indent=1))
    return path


def test_a_table_gets_a_file_that_its_schema_takes(file: Path, capsys: pytest.CaptureFixture[str]) -> None:
    code = run(["convert", "mappings", file.name])

    folder = file.parent / "manifests" / "mappings" / "connectwise"
    written: Any = yaml.safe_load((folder / "tickets.yaml").read_text())
    columns = written["sources"]["connectwise"]["service/tickets"]["columns"]
    assert (code, columns) == (0, {"ticket_number": "id", "no": "impact", "urgency": None})
    assert not list(Draft7Validator(mapping_schema()).iter_errors(written))
    assert json.loads((folder / "columns.lock.json").read_text()) == {
        "tickets": [
            {"name": "ticket_number", "type": "bigint"},
            {"name": "no", "type": "text"},
            {"name": "urgency", "type": "text"},
        ]
    }
    assert "canonical_mappings.json:7:16: service/tickets has no column urgency" in capsys.readouterr().err


def test_another_file_is_refused_with_its_place(file: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file.write_text('{"tickets": []}')

    assert run(["convert", "mappings", file.name]) == 1
    assert "canonical_mappings.json:1:1: is not a file of canonical tables" in capsys.readouterr().err
