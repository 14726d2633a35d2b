"""The files that outlive a run: whole or not there, for their owner, and readable in every format so far."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from reconciler.errors import ReconcileError
from reconciler.model import Item, Result, Status
from reconciler.outcomes.store import (
    PastRun,
    UnkeptError,
    UnreadyError,
    begin_journal,
    keep,
    must_be_writable,
    past_run,
    past_runs,
    recover,
    write_outcome,
)
from reconciler.private_files import LinkedError
from reconciler.report import dumps, outcome_json
from tests.builders.plans import MOMENT, done_outcome, full_outcome, small_plan


def place(root: Path, name: str = "prod-1") -> Path:
    return root / ".reconcile" / "outcomes" / f"{name}.json"


def files(root: Path) -> list[str]:
    return sorted(str(path.relative_to(root)) for path in root.rglob("*") if path.is_file())


# Outcomes.


@pytest.mark.parametrize("write", [keep, write_outcome])
def test_an_outcome_is_written_whole_and_leaves_no_draft(tmp_path: Path, write: Any) -> None:
    write(place(tmp_path), full_outcome())

    assert place(tmp_path).read_text("utf-8") == dumps(outcome_json(full_outcome()))
    assert files(tmp_path) == [".reconcile/outcomes/prod-1.json"]


@pytest.mark.parametrize("write", [keep, write_outcome])
def test_a_reader_sees_the_old_outcome_or_the_new_one(tmp_path: Path, write: Any) -> None:
    write(place(tmp_path), full_outcome())

    with place(tmp_path).open(encoding="utf-8") as reader:
        write(place(tmp_path), done_outcome())

        assert reader.read() == dumps(outcome_json(full_outcome()))
    assert place(tmp_path).read_text("utf-8") == dumps(outcome_json(done_outcome()))


def test_only_its_owner_may_read_a_kept_outcome(tmp_path: Path) -> None:
    keep(place(tmp_path), done_outcome())

    modes = {path: path.stat().st_mode & 0o777 for path in (place(tmp_path), *place(tmp_path).parents[:2])}
    assert [*modes.values()] == [0o600, 0o700, 0o700]


@pytest.mark.parametrize("blocked", [".reconcile", ".reconcile/outcomes"])
def test_an_outcome_that_cannot_be_kept_is_in_the_error(tmp_path: Path, blocked: str) -> None:
    _file(tmp_path / blocked)

    with pytest.raises(UnkeptError, match=r"the outcome cannot be written to .*prod-1\.json: ") as error:
        keep(place(tmp_path), done_outcome())

    assert error.value.outcome == done_outcome()


def _file(path: Path) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("not a folder")


def test_an_outcome_is_never_kept_through_a_link(tmp_path: Path) -> None:
    place(tmp_path).parent.mkdir(parents=True)
    place(tmp_path).symlink_to(tmp_path / "precious")
    (tmp_path / "precious").write_text("mine")

    with pytest.raises(UnkeptError, match="is a symbolic link"):
        keep(place(tmp_path), done_outcome())

    assert (tmp_path / "precious").read_text() == "mine"


# Before a run.


def test_a_run_begins_with_an_empty_outcomes_folder_and_its_journal(tmp_path: Path) -> None:
    journal = begin_journal(place(tmp_path), small_plan(), MOMENT)
    journal.close()

    assert files(tmp_path) == [".reconcile/journals/prod-1.jsonl"]
    assert place(tmp_path).parent.is_dir()


@pytest.mark.parametrize(
    ("blocked", "what", "folder"),
    [
        (".reconcile", "outcome", "outcomes"),
        (".reconcile/outcomes", "outcome", "outcomes"),
        (".reconcile/journals", "journal", "journals"),
    ],
)
def test_a_run_that_could_not_be_recorded_does_not_begin(tmp_path: Path, blocked: str, what: str, folder: str) -> None:
    _file(tmp_path / blocked)

    with pytest.raises(UnreadyError) as error:
        begin_journal(place(tmp_path), small_plan(), MOMENT)

    state = tmp_path / ".reconcile"
    assert str(error.value).startswith(f"the {what} cannot be written to {state}/{folder}/prod-1.json")
    assert str(error.value).endswith(f"; nothing was applied; make {state}/{folder} writable")
    assert files(tmp_path) == [blocked]


@pytest.mark.parametrize("linked", [".reconcile", ".reconcile/outcomes", ".reconcile/journals"])
def test_a_run_does_not_begin_behind_a_link(tmp_path: Path, linked: str) -> None:
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    (tmp_path / linked).parent.mkdir(exist_ok=True)
    (tmp_path / linked).symlink_to(elsewhere)

    with pytest.raises(UnreadyError, match=f"{linked} is a symbolic link.*; nothing was applied$"):
        begin_journal(place(tmp_path), small_plan(), MOMENT)

    assert list(elsewhere.iterdir()) == []


def test_the_check_before_a_run_leaves_the_last_outcome_as_it_is(tmp_path: Path) -> None:
    keep(place(tmp_path), done_outcome())

    must_be_writable(place(tmp_path))

    assert files(tmp_path) == [".reconcile/outcomes/prod-1.json"]
    assert place(tmp_path).read_text("utf-8") == dumps(outcome_json(done_outcome()))


def test_a_second_run_of_the_same_name_does_not_begin(tmp_path: Path) -> None:
    first = begin_journal(place(tmp_path), small_plan(), MOMENT)

    with pytest.raises(UnreadyError, match=r"the journal cannot be written to .*: File exists; nothing was applied"):
        begin_journal(place(tmp_path), small_plan(), MOMENT)

    first.close()


# Killed runs.


def test_a_killed_run_becomes_an_outcome_once(tmp_path: Path) -> None:
    journal = begin_journal(place(tmp_path), small_plan(), MOMENT)
    journal.note("connect:X", "r-1", {Item(0, "cell", 0): Result(Status.DONE, request_id="r-1")})
    journal.close()

    assert recover(tmp_path) == [place(tmp_path)]
    assert recover(tmp_path) == []
    assert files(tmp_path) == [".reconcile/outcomes/prod-1.json"]
    run = past_run(place(tmp_path))
    assert run
    assert (run.status, run.environment, run.totals["done"], run.has_written) == ("interrupted", "prod", 1, True)


def test_a_run_that_is_alive_is_not_recovered(tmp_path: Path) -> None:
    alive = begin_journal(place(tmp_path, "prod-1"), small_plan(), MOMENT)
    begin_journal(place(tmp_path, "prod-2"), small_plan(), MOMENT).close()

    assert recover(tmp_path) == [place(tmp_path, "prod-2")]
    assert alive.path.exists()

    alive.close()


def test_nothing_is_recovered_in_a_new_project(tmp_path: Path) -> None:
    assert recover(tmp_path) == []
    assert files(tmp_path) == []


@pytest.mark.parametrize("linked", [".reconcile", ".reconcile/journals", ".reconcile/journals/prod-1.jsonl"])
def test_nothing_is_recovered_behind_a_link(tmp_path: Path, linked: str) -> None:
    (tmp_path / linked).parent.mkdir(parents=True, exist_ok=True)
    (tmp_path / linked).symlink_to(tmp_path / "elsewhere")

    with pytest.raises(LinkedError):
        recover(tmp_path)


@pytest.mark.parametrize("plan", [{}, {"changes": [{}]}, {"changes": {"a": 1}}, {"changes": 1}, []])
def test_a_journal_with_another_form_of_plan_is_named_with_the_remedy(tmp_path: Path, plan: Any) -> None:
    journal = begin_journal(place(tmp_path), small_plan(), MOMENT)
    journal.close()
    journal.path.write_text(json.dumps({"plan": plan, "startedAt": "2026-03-04T00:00:00+00:00"}) + "\n")

    with pytest.raises(ReconcileError) as error:
        recover(tmp_path)

    assert str(error.value).startswith(f"{journal.path}: the journal of a killed run cannot be read: ")
    assert str(error.value).endswith("; run the newer version of reconcile that wrote it, or move the file away")
    assert files(tmp_path) == [".reconcile/journals/prod-1.jsonl"]


# Past runs.


def test_past_runs_are_listed_with_the_newest_first(tmp_path: Path) -> None:
    for hour, name in ((1, "b"), (3, "a"), (2, "c")):
        keep(place(tmp_path, name), replace(done_outcome(), started_at=MOMENT.replace(hour=hour)))
    place(tmp_path, "notes").write_text("not an outcome")

    assert [run.path.stem for run in past_runs(tmp_path)] == ["a", "c", "b"]
    assert past_runs(tmp_path / "elsewhere") == []


OUTCOME = {"environment": "prod", "startedAt": "2026", "status": "done", "digest": "d", "totals": {"done": 1}}


def test_an_outcome_needs_only_what_its_summary_shows(tmp_path: Path) -> None:
    path = tmp_path / "o.json"
    path.write_text(json.dumps({**OUTCOME, "format_version": "9.9", "new": [1]}))

    assert past_run(path) == PastRun(path, "prod", "2026", "done", "d", {"done": 1})


@pytest.mark.parametrize(
    ("totals", "has_written"), [({"done": 1}, True), ({"done": 0, "failed": 3}, False), ({}, False)]
)
def test_a_run_has_written_if_an_item_is_done(tmp_path: Path, totals: dict[str, int], has_written: bool) -> None:
    path = tmp_path / "o.json"
    path.write_text(json.dumps({**OUTCOME, "totals": totals}))

    run = past_run(path)

    assert run
    assert run.has_written is has_written


DAMAGED = {
    "empty": b"",
    "text": b"not JSON",
    "cut": json.dumps(OUTCOME).encode()[:-1],
    "bytes": b"\xff\xfe{}",
    "list": b"[]",
    "number": b"7",
    "null": b"null",
    "totals in a list": json.dumps({**OUTCOME, "totals": [1]}).encode(),
    "totals without numbers": json.dumps({**OUTCOME, "totals": {"done": "many"}}).encode(),
    "totals without a value": json.dumps({**OUTCOME, "totals": {"done": None}}).encode(),
    "totals without an end": json.dumps({**OUTCOME, "totals": {"done": float("inf")}}).encode(),
    "too deep": b"[" * 100_000,
    **{f"no {word}": json.dumps({key: it for key, it in OUTCOME.items() if key != word}).encode() for word in OUTCOME},
}


@pytest.mark.parametrize("content", DAMAGED.values(), ids=DAMAGED)
def test_a_file_that_is_not_an_outcome_is_left_out(tmp_path: Path, content: bytes) -> None:
    keep(place(tmp_path), done_outcome())
    place(tmp_path, "damaged").write_bytes(content)

    assert [run.path for run in past_runs(tmp_path)] == [place(tmp_path)]


def test_a_missing_file_is_not_an_outcome(tmp_path: Path) -> None:
    assert past_run(tmp_path / "missing.json") is None
