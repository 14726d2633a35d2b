"""Journals of killed runs: what survives a cut at any byte, and two runs side by side."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from reconciler.errors import ReconcileError
from reconciler.model import Item, Result, Status
from reconciler.outcomes.journal import Journal, UnfinishedRun, unfinished

BEGAN = datetime(2026, 3, 4, tzinfo=UTC)
PLAN: dict[str, Any] = {"changes": [{"address": "Queue/Größe 漢字 🎈"}], "unchanged": 0}
FIRST = {Item(0, "field", 0): Result(Status.DONE, request_id="r-1")}
SECOND = {
    Item(0, "field", 0): Result(Status.FAILED, "nein: Größe 🎈", "ValidationException", "r-2"),
    Item(0, "cell", 3): Result(Status.CONFLICT, "theirs", found="漢字", looked=True),
}


def journal(folder: Path, name: str = "j.jsonl", *replies: dict[Item, Result]) -> Path:
    """Writes the journal of a run that was killed after the replies."""
    run = Journal.begin(folder / name, PLAN, BEGAN)
    for at, results in enumerate(replies):
        run.note("connect:UpdateQueueName", f"r-{at}", results)
    run.close()
    return folder / name


def only(folder: Path) -> UnfinishedRun:
    (run,) = unfinished(folder)
    return run


def test_a_journal_reads_back(tmp_path: Path) -> None:
    path = journal(tmp_path, "j.jsonl", FIRST, SECOND)

    run = only(tmp_path)

    assert (run.path, run.plan, run.started_at) == (path, PLAN, BEGAN.isoformat())
    assert run.results == {**FIRST, **SECOND}
    assert run.last_at == json.loads(path.read_text("utf-8").splitlines()[-1])["at"]


def test_a_later_result_of_an_item_replaces_an_earlier_one(tmp_path: Path) -> None:
    journal(tmp_path, "j.jsonl", SECOND, FIRST)

    assert only(tmp_path).results[Item(0, "field", 0)].status is Status.DONE


def test_a_run_without_a_reply_ended_when_it_began(tmp_path: Path) -> None:
    journal(tmp_path)

    run = only(tmp_path)

    assert (run.last_at, run.results) == (BEGAN.isoformat(), {})


def test_half_of_a_surrogate_pair_reads_back(tmp_path: Path) -> None:
    half = {Item(0, "cell", 0): Result(Status.CONFLICT, found="\ud83c", looked=True)}

    journal(tmp_path, "j.jsonl", half)

    assert only(tmp_path).results == half


@pytest.mark.slow
@pytest.mark.parametrize("is_ascii", [True, False], ids=["now", "earlier releases"])
def test_every_whole_line_survives_a_cut_at_any_byte(tmp_path: Path, is_ascii: bool) -> None:
    """A kill may also cut a letter of several bytes."""
    path = journal(tmp_path, "j.jsonl", FIRST, SECOND)
    lines = [json.dumps(json.loads(line), ensure_ascii=is_ascii) for line in path.read_text("utf-8").splitlines()]
    whole = "".join(f"{line}\n" for line in lines).encode()
    assert whole.isascii() is is_ascii
    ends = [at for at in range(len(whole)) if whole[at : at + 1] == b"\n"]
    expected: list[dict[Item, Result] | None] = [None, {}, FIRST, {**FIRST, **SECOND}]

    for cut in range(len(whole) + 1):
        path.write_bytes(whole[:cut])
        runs = [run.results for run in unfinished(tmp_path)]
        wanted = expected[sum(end <= cut for end in ends)]
        assert runs == ([] if wanted is None else [wanted]), f"cut at byte {cut}"


@pytest.mark.parametrize("content", [b"", b"\n", b"\n\n", b'{"plan":', b"\xff\xfe", b"\x00" * 64])
def test_a_journal_without_a_plan_is_left_alone(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "j.jsonl").write_bytes(content)

    assert list(unfinished(tmp_path)) == []
    assert (tmp_path / "j.jsonl").read_bytes() == content


def test_a_folder_without_journals_has_no_runs(tmp_path: Path) -> None:
    (tmp_path / "j.json").write_text("{}")

    assert list(unfinished(tmp_path)) == []
    assert list(unfinished(tmp_path / "missing")) == []


# Newer versions.

DONE = {"status": "done", "message": "", "code": "", "request_id": "r-1", "found": None, "looked": False}
STRANGE: dict[str, tuple[dict[str, Any], str]] = {
    "status": ({"results": [[0, "field", 0, {**DONE, "status": "paused"}]]}, '"paused" is not a known status'),
    "field of a result": ({"results": [[0, "field", 0, {**DONE, "cost": 1}]]}, '"cost" is not a known field'),
    "part": ({"results": [[0, "policy", 0, DONE]]}, '"policy" is not a known part'),
    "number of members": ({"results": [[0, "field", 0, "inner", DONE]]}, "too many values"),
    "result without a status": ({"results": [[0, "field", 0, {}]]}, "null is not a known status"),
    "results": ({"results": {"0": DONE}}, "not enough values"),
}


@pytest.mark.parametrize(("line", "reason"), STRANGE.values(), ids=STRANGE)
def test_a_line_of_a_newer_version_is_named_with_the_remedy(tmp_path: Path, line: dict[str, Any], reason: str) -> None:
    path = journal(tmp_path, "j.jsonl", FIRST)
    with path.open("a") as stream:
        stream.write(json.dumps({"at": "2026-03-04T00:00:00+00:00", **line}) + "\n")

    with pytest.raises(ReconcileError) as error:
        only(tmp_path)

    assert error.value.exit_code == 1
    assert str(error.value).startswith(f"{path}: the journal of a killed run cannot be read: {reason}")
    assert str(error.value).endswith("; run the newer version of reconcile that wrote it, or move the file away")
    assert path.exists()


@pytest.mark.parametrize("line", ["7", "null", "[1]", '{"plan": {}}', "[" * 100_000])
def test_a_line_that_no_version_writes_is_named_too(tmp_path: Path, line: str) -> None:
    (tmp_path / "j.jsonl").write_text(f"{line}\n")

    with pytest.raises(ReconcileError, match=r"^/.*j\.jsonl: the journal of a killed run cannot be read: "):
        only(tmp_path)


# Two runs.


def test_a_run_that_is_alive_is_not_reported_beside_a_killed_one(tmp_path: Path) -> None:
    alive = Journal.begin(tmp_path / "alive.jsonl", PLAN, BEGAN)
    journal(tmp_path, "killed.jsonl", FIRST)

    assert [run.path.name for run in unfinished(tmp_path)] == ["killed.jsonl"]

    alive.end()
    assert [path.name for path in tmp_path.iterdir()] == ["killed.jsonl"]


def test_killed_runs_are_reported_in_the_order_of_their_names(tmp_path: Path) -> None:
    for name in ("b.jsonl", "a.jsonl"):
        journal(tmp_path, name)

    assert [run.path.name for run in unfinished(tmp_path)] == ["a.jsonl", "b.jsonl"]


def test_two_runs_never_write_one_journal(tmp_path: Path) -> None:
    path = journal(tmp_path, "j.jsonl", FIRST)

    with pytest.raises(FileExistsError):
        Journal.begin(path, PLAN, BEGAN)

    assert only(tmp_path).results == FIRST


def test_a_run_that_has_ended_leaves_nothing(tmp_path: Path) -> None:
    run = Journal.begin(tmp_path / "deep" / "j.jsonl", PLAN, BEGAN)

    run.end()
    run.end()

    assert list((tmp_path / "deep").iterdir()) == []


def test_each_reply_is_on_disk_before_the_next(tmp_path: Path) -> None:
    run = Journal.begin(tmp_path / "j.jsonl", PLAN, BEGAN)

    sizes = [len((tmp_path / "j.jsonl").read_text("utf-8").splitlines())]
    for results in (FIRST, SECOND):
        run.note("connect:UpdateQueueName", "r", results)
        sizes.append(len((tmp_path / "j.jsonl").read_text("utf-8").splitlines()))
    run.close()

    assert sizes == [1, 2, 3]
