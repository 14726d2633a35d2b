"""`undo`: an outcome's file, the way back as a plan, and what becomes of it."""

from __future__ import annotations

import json
import shlex
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from reconciler.sandbox import INSTANCE_ARN
from tests.cli.running import SANDBOX, Done, Repository, Server, client, rows, table, table_id, write_cell

pytestmark = pytest.mark.slow

Reconcile = Callable[..., Done]


@pytest.fixture
def changed(repository: Repository, reconcile: Reconcile) -> Repository:
    """Three rows, of which a second run has changed two; its outcome is in o.json."""
    reconcile("apply", "--auto-approve")
    repository.declare(table(rows=[*rows(2, "Gold"), *rows(3)[2:]]))
    reconcile("apply", "--auto-approve", "--outcome", "o.json")
    return repository


def printed_undo(err: str) -> list[str]:
    """The arguments of the command that stderr names."""
    (line,) = (line for line in err.splitlines() if line.startswith("undo it with: "))
    return shlex.split(line.partition(": ")[2])[1:]


def tiers(server: Server) -> list[str]:
    where = {"InstanceId": INSTANCE_ARN, "DataTableId": table_id(server)}
    listed = client(server).list_data_table_values(**where)["Values"]
    found = {each["PrimaryValues"][0]["Value"]: each["Value"] for each in listed if each["AttributeName"] == "tier"}
    return [found[key] for key in sorted(found)]


def test_a_run_is_undone_and_leaves_an_outcome_of_its_own(
    changed: Repository, server: Server, reconcile: Reconcile
) -> None:
    done = reconcile("undo", "o.json", "--auto-approve", "--outcome", "back.json")

    assert done.code == 0
    assert tiers(server) == ["Basic", "Basic", "Basic"]
    back = json.loads((changed.root / "back.json").read_text())
    assert (back["status"], back["totals"]["done"]) == ("done", 2)
    assert changed.outcomes()[-1]["digest"] == back["digest"]


def test_undoing_an_undo_does_it_again(changed: Repository, server: Server, reconcile: Reconcile) -> None:
    reconcile("undo", "o.json", "--auto-approve", "--outcome", "back.json")

    assert reconcile("undo", "back.json", "--auto-approve").code == 0
    assert tiers(server) == ["Gold", "Gold", "Basic"]


def test_without_a_terminal_approval_is_required(changed: Repository, reconcile: Reconcile) -> None:
    done = reconcile("undo", "o.json")

    assert done.code == 64
    assert "--auto-approve" in done.err


def test_a_dry_run_shows_the_plan_in_any_form_and_writes_nothing(
    changed: Repository, server: Server, reconcile: Reconcile
) -> None:
    shown = reconcile("undo", "o.json", "--dry-run", "--format", "json", "--out", "p.md", "--detailed-exitcode")

    document = json.loads(shown.out)
    assert shown.code == 2
    assert document["summary"]["cells"] == {"create": 0, "update": 2, "delete": 0}
    assert "Basic" in (changed.root / "p.md").read_text()
    assert tiers(server) == ["Gold", "Gold", "Basic"]
    assert reconcile("undo", "o.json", "--dry-run").code == 0


def test_format_requires_a_dry_run(changed: Repository, reconcile: Reconcile) -> None:
    assert reconcile("undo", "o.json", "--auto-approve", "--format", "json").code == 64


def test_an_undone_run_has_nothing_to_undo(changed: Repository, server: Server, reconcile: Reconcile) -> None:
    reconcile("undo", "o.json", "--auto-approve")

    done = reconcile("undo", "o.json", "--auto-approve")

    assert done.code == 0
    assert "nothing to undo" in done.err
    assert tiers(server) == ["Basic", "Basic", "Basic"]


def test_only_the_reviewed_changes_are_undone(changed: Repository, server: Server, reconcile: Reconcile) -> None:
    digest = json.loads(reconcile("undo", "o.json", "--dry-run", "--format", "json", "--out", "p.json").out)["digest"]
    write_cell(server, "C000", "Theirs")

    by_digest = reconcile("undo", "o.json", "--auto-approve", "--expect", digest[:12])
    by_file = reconcile("undo", "o.json", "--auto-approve", "--plan", "p.json")

    assert by_digest.code == 4
    assert by_file.code == 3
    assert "changed since" in by_file.out
    assert tiers(server) == ["Theirs", "Basic", "Basic"]


def test_values_changed_since_are_3_and_the_rest_is_undone(
    changed: Repository, server: Server, reconcile: Reconcile
) -> None:
    write_cell(server, "C001", "Theirs")

    done = reconcile("undo", "o.json", "--auto-approve")

    assert done.code == 3
    assert tiers(server) == ["Basic", "Theirs", "Basic"]


def test_a_created_table_needs_its_permission(repository: Repository, server: Server, reconcile: Reconcile) -> None:
    reconcile("apply", "--auto-approve", "--outcome", "o.json")

    without = reconcile("undo", "o.json", "--auto-approve")
    done = reconcile("undo", "o.json", "--auto-approve", "--allow-delete", "DataTable/Tiers")

    assert without.code == 3
    assert "--allow-delete DataTable/Tiers" in without.out
    assert done.code == 0
    assert not client(server).list_data_tables(InstanceId=INSTANCE_ARN)["DataTableSummaryList"]


def test_the_policy_applies_to_an_undo(changed: Repository, server: Server, reconcile: Reconcile) -> None:
    changed.declare(table(rows=[*rows(2, "Gold"), *rows(40)[2:]]))
    reconcile("apply", "--auto-approve", "--outcome", "o.json")

    done = reconcile("undo", "o.json", "--auto-approve")

    assert done.code == 3
    assert "policy.maxDelete" in done.err
    assert len(tiers(server)) == 40


@pytest.mark.parametrize("word", ["stack", "environment", "instance"])
def test_an_outcome_of_another_place_is_4_and_nothing_is_written(
    changed: Repository, server: Server, reconcile: Reconcile, word: str
) -> None:
    document = json.loads((changed.root / "o.json").read_text())
    (changed.root / "o.json").write_text(json.dumps({**document, word: "other"}))
    before = len(changed.outcomes())

    done = reconcile("undo", "o.json", "--auto-approve")

    assert done.code == 4
    assert f'the outcome is of {word} "other"' in done.err
    assert tiers(server) == ["Gold", "Gold", "Basic"]
    assert len(changed.outcomes()) == before


@pytest.mark.parametrize(
    ("text", "words"),
    [
        (None, "cannot be read"),
        ("{", "is not an outcome: invalid JSON"),
        ("{}", "is not an outcome: format_version is missing; runs write one to .reconcile/outcomes"),
        ('{"format_version": "1.0"}', "is damaged: stack is missing; use the file as the run wrote it"),
        ("plan", "is a plan, not an outcome file"),
    ],
)
def test_a_file_that_is_not_an_outcome_is_wrong_usage(
    changed: Repository, reconcile: Reconcile, text: str | None, words: str
) -> None:
    path = changed.root / "x.json"
    if text == "plan":
        reconcile("plan", "--out", str(path))
    elif text is not None:
        path.write_text(text)

    done = reconcile("undo", str(path), "--auto-approve")

    assert done.code == 64
    assert words in done.err


def test_an_outcome_with_a_status_of_a_newer_version_is_not_undone(
    changed: Repository, server: Server, reconcile: Reconcile
) -> None:
    document = json.loads((changed.root / "o.json").read_text())
    document["changes"][0]["cells"][0]["status"] = "paused"
    (changed.root / "o.json").write_text(json.dumps(document))

    done = reconcile("undo", "o.json", "--auto-approve")

    assert done.code == 64
    assert 'changes[0].cells[0].status is "paused", which this version of reconcile does not know' in done.err
    assert "or use the newer version that wrote it" in done.err
    assert tiers(server) == ["Gold", "Gold", "Basic"]


def test_a_journal_of_a_newer_version_stops_a_run_in_one_line(
    changed: Repository, server: Server, reconcile: Reconcile
) -> None:
    path = changed.root / ".reconcile" / "journals" / "lab-20261120T100000Z-0123456789ab.jsonl"
    path.parent.mkdir(exist_ok=True)
    newer = {"plan": {"changes": []}, "startedAt": "2026", "results": [[0, "cell", 0, {"status": "paused"}]]}
    path.write_text(json.dumps(newer) + "\n")

    done = reconcile("-q", "apply", "--auto-approve")

    assert done.code == 1
    assert done.err == (
        f'error: {path}: the journal of a killed run cannot be read: "paused" is not a known status; '
        "run the newer version of reconcile that wrote it, or move the file away\n"
    )
    assert path.exists()


def test_one_of_several_environments_must_be_named(changed: Repository, reconcile: Reconcile) -> None:
    other: dict[str, Any] = {"instance": INSTANCE_ARN}
    changed.configure({"lab": {"sandbox": True}, "prod": other})

    assert reconcile("undo", "o.json", "--auto-approve").code == 64


def test_a_killed_run_is_undone_from_its_journal(repository: Repository, server: Server, reconcile: Reconcile) -> None:
    reconcile("apply", "--auto-approve")
    repository.declare(table(rows=rows(3, "Gold")))
    reconcile("apply", "--auto-approve", "--outcome", "o.json")
    path = _as_after_a_kill(repository)
    reconcile("apply", "--auto-approve")

    done = reconcile("undo", str(path), "--auto-approve")

    assert done.code == 0
    assert tiers(server) == ["Basic", "Basic", "Basic"]


def _outcomes(repository: Repository) -> list[Path]:
    return list((repository.root / ".reconcile/outcomes").glob("lab-*.json"))


def _as_after_a_kill(repository: Repository) -> Path:
    """The last run has left its journal and no outcome."""
    last = sorted((repository.root / ".reconcile" / "outcomes").glob("*.json"))[-1]
    document = json.loads(last.read_text())
    last.unlink()
    done = [[0, "cell", at, {"status": "done"}] for at in range(len(document["changes"][0]["cells"]))]
    head = {"plan": document, "startedAt": document["startedAt"], "pid": 2**22 - 1}
    lines = [head, {"at": document["finishedAt"], "operation": "", "requestId": "", "results": done}]
    journal = repository.root / ".reconcile" / "journals" / f"{last.stem}.jsonl"
    journal.parent.mkdir(parents=True, exist_ok=True)
    journal.write_text("".join(f"{json.dumps(line)}\n" for line in lines))
    return last


def test_it_is_undone_although_the_manifests_are_broken(
    changed: Repository, server: Server, reconcile: Reconcile
) -> None:
    (changed.root / "manifests/base/broken.yaml").write_text("{")

    assert reconcile("undo", "o.json", "--auto-approve").code == 0
    assert tiers(server) == ["Basic", "Basic", "Basic"]


def test_apply_prints_its_outcome_and_the_undo_command(
    repository: Repository, server: Server, reconcile: Reconcile
) -> None:
    """M11: on stderr, so that stdout still ends with the totals."""
    reconcile("apply", "--auto-approve")
    repository.declare(table(rows=rows(3, "Gold")))

    done = reconcile("apply", "--auto-approve")

    (path,) = (line.partition(": ")[2] for line in done.err.splitlines() if line.startswith("outcome: "))
    assert json.loads((repository.root / path).read_text())["status"] == "done"
    assert done.last.startswith("Apply complete: ")
    assert reconcile(*printed_undo(done.err), "--auto-approve").code == 0
    assert tiers(server) == ["Basic", "Basic", "Basic"]


def test_the_command_to_undo_is_printed_as_it_must_be_from_another_folder(
    repository: Repository, reconcile: Reconcile, monkeypatch: pytest.MonkeyPatch
) -> None:
    """M11: -C and an absolute path."""
    monkeypatch.chdir("/")

    done = reconcile("-C", str(repository.root), "apply", "--auto-approve")

    undone = reconcile(*printed_undo(done.err), "--auto-approve", "--allow-delete", "DataTable/Tiers")
    assert undone.code == 0


def test_a_run_that_wrote_nothing_names_no_command(changed: Repository, reconcile: Reconcile) -> None:
    """M11."""
    done = reconcile("apply", "--auto-approve")

    assert "undo" not in done.err
    assert "outcome: " not in done.err


def test_machines_get_the_path_as_a_member_and_quiet_runs_none(changed: Repository, reconcile: Reconcile) -> None:
    """M11: the output for machines keeps its form."""
    changed.declare(table(rows=rows(3, "Silver")))
    loud = reconcile("--log-format", "json", "apply", "--auto-approve")
    changed.declare(table(rows=rows(3, "Bronze")))
    quiet = reconcile("-q", "apply", "--auto-approve")

    events = [json.loads(line) for line in loud.err.splitlines()]
    (path,) = (event["path"] for event in events if "path" in event)
    assert (changed.root / path).is_file()
    assert quiet.err == ""


def test_the_last_run_that_wrote_is_undone_without_its_path(
    changed: Repository, server: Server, reconcile: Reconcile
) -> None:
    """M11: a run that wrote nothing, or was of another environment, is not the last one."""
    reconcile("apply", "--auto-approve")
    changed.configure({"lab": SANDBOX, "loft": SANDBOX})
    other = json.loads((changed.root / "o.json").read_text()) | {"environment": "loft", "startedAt": "2999-01-01"}
    (changed.root / ".reconcile/outcomes/loft-29990101.json").write_text(json.dumps(other))

    done = reconcile("-e", "lab", "undo", "--last", "--auto-approve")

    assert done.code == 0
    assert tiers(server) == ["Basic", "Basic", "Basic"]


def test_the_last_run_may_be_one_that_was_killed(repository: Repository, server: Server, reconcile: Reconcile) -> None:
    """M11: its outcome is written from its journal first."""
    reconcile("apply", "--auto-approve")
    repository.declare(table(rows=rows(3, "Gold")))
    reconcile("apply", "--auto-approve")
    _as_after_a_kill(repository)

    done = reconcile("undo", "--last", "--auto-approve")

    assert done.code == 0
    assert "an earlier run was killed" in done.err
    assert tiers(server) == ["Basic", "Basic", "Basic"]


def test_without_a_run_that_wrote_there_is_no_last_run(repository: Repository, reconcile: Reconcile) -> None:
    """M11."""
    done = reconcile("undo", "--last", "--auto-approve")

    assert (done.code, done.out) == (1, "")
    assert "no run of environment lab has written anything" in done.err


@pytest.mark.parametrize("arguments", [[], ["o.json", "--last"]])
def test_one_run_must_be_named_to_be_undone(changed: Repository, reconcile: Reconcile, arguments: list[str]) -> None:
    """M11."""
    done = reconcile("undo", *arguments, "--auto-approve")

    assert done.code == 64
    assert "reconcile runs" in done.err


def test_the_last_run_of_several_environments_must_be_chosen(changed: Repository, reconcile: Reconcile) -> None:
    """M11."""
    changed.configure({"lab": SANDBOX, "loft": SANDBOX})

    done = reconcile("undo", "--last", "--auto-approve")

    assert done.code == 64
    assert "which environment?" in done.err


def test_a_missing_outcome_is_reported_without_a_terminal(repository: Repository, reconcile: Reconcile) -> None:
    """M11: the missing file is the mistake, not the missing terminal."""
    done = reconcile("undo", "nosuch.json")

    assert done.code == 64
    assert "nosuch.json cannot be read: No such file or directory" in done.err
    assert "terminal" not in done.err


def test_runs_are_listed_the_newest_first(changed: Repository, reconcile: Reconcile) -> None:
    """M11."""
    reconcile("apply", "--auto-approve")
    (changed.root / ".reconcile/outcomes/broken.json").write_text("{")
    older, newest = (json.loads(path.read_text()) for path in sorted(_outcomes(changed))[-2:])

    text, document = reconcile("runs"), json.loads(reconcile("runs", "--format", "json").out)

    lines = text.out.splitlines()
    assert lines[0].split() == ["started", "environment", "digest", "status", "items", "outcome"]
    assert lines[1].split()[:4] == [newest["startedAt"], "lab", newest["digest"][:12], "unchanged"]
    assert "2 done" in lines[2]
    assert [run["digest"] for run in document][:2] == [newest["digest"], older["digest"]]
    assert document[1]["totals"] == older["totals"]
    assert reconcile("undo", document[1]["path"], "--auto-approve").code == 0


def test_runs_of_one_environment_are_listed_alone_and_none_are_none(
    repository: Repository, server: Server, reconcile: Reconcile
) -> None:
    """M11: it needs no confirmation."""
    empty = reconcile("runs")
    reconcile("apply", "--auto-approve")
    repository.configure({"lab": SANDBOX, "loft": SANDBOX})
    before = server.calls()

    assert empty.out == "No runs yet.\n"
    assert len(reconcile("runs").out.splitlines()) == 2
    assert reconcile("runs", "-e", "loft").out == "No runs yet.\n"
    assert server.calls() == before


def test_a_list_of_runs_shows_invisible_characters(changed: Repository, reconcile: Reconcile) -> None:
    """M11: an outcome is a file, and files are written by others too."""
    odd = json.loads((changed.root / "o.json").read_text()) | {"status": "done\x1b[2K\n"}
    (changed.root / ".reconcile/outcomes/odd.json").write_text(json.dumps(odd))

    assert "done\\u001b[2K\\n" in reconcile("runs").out
