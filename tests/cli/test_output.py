"""Output: its content, its stream, its verbosity, and values that must never appear."""

from __future__ import annotations

import json
import os
import pty
import subprocess
import sys
from collections.abc import Callable
from io import StringIO
from pathlib import Path
from time import monotonic, sleep

import pytest

from reconciler.cli.choices import Flags
from reconciler.cli.logs import log_of
from reconciler.cli.progress import RunProgress
from tests.cli.running import Done, Repository, Server, command, environ, in_a_shell, rows, shown_on, table

pytestmark = pytest.mark.slow

Reconcile = Callable[..., Done]


def test_each_phase_of_each_table_says_its_start_and_its_end(repository: Repository, reconcile: Reconcile) -> None:
    """S0-61: phase by phase, at the default verbosity, on stderr."""
    repository.declare(table("Tiers", rows=rows(30)), table("Teams"))

    done = reconcile("apply", "--auto-approve")

    for line in (
        "DataTable/Tiers: structure: start, ",
        "DataTable/Tiers: create values: start, 30 items in 2 API calls",
        "DataTable/Tiers: create values: end, 30 done, 0 failed, 0 conflict, 0 skipped",
        "DataTable/Teams: structure: end, ",
    ):
        assert line in done.err
    assert "connect:" not in done.err


def test_v_says_every_batch_with_its_counts(repository: Repository, reconcile: Reconcile) -> None:
    """S0-62: index, size, ok and failed of each batch; S0-64: how old its lock is."""
    repository.declare(table(rows=rows(30), level="DATA_TABLE"))

    done = reconcile("apply", "--auto-approve", "-v")

    assert "connect:BatchCreateDataTableValue 1/2: 25 items, 25 ok, 0 failed, " in done.err
    assert "connect:BatchCreateDataTableValue 2/2: 5 items, 5 ok, 0 failed, " in done.err
    assert " s old, request " in done.err
    assert f"using {repository.root}/reconcile.yaml, environment lab" in done.err


def test_v_reports_refreshed_locks_and_repeated_calls(
    repository: Repository, reconcile: Reconcile, server: Server
) -> None:
    """S0-64: each refresh is reported with its reason."""
    repository.declare(table(rows=rows(50), level="DATA_TABLE"))
    reconcile("apply", "--auto-approve")
    repository.declare(table(rows=rows(20, "Gold"), level="DATA_TABLE"))
    server.set_faults(otherWriter={"every": 1, "mode": "bump", "operations": ["BatchUpdateDataTableValue"]})

    done = reconcile("apply", "--auto-approve", "-v")

    assert "DataTable/Tiers: looked again, locks are fresh: " in done.err
    assert "connect:BatchUpdateDataTableValue: again, attempt 2: " in done.err


def test_q_shows_only_errors(reconcile: Reconcile, repository: Repository) -> None:
    done = reconcile("apply", "--auto-approve", "-q")

    assert (done.code, done.err) == (0, "")
    assert done.last.startswith("Apply complete: ")

    repository.declare(table(timeZone="Mars/Olympus"))

    assert reconcile("plan", "-q").err.startswith("manifests/base/0.yaml:")


def test_logs_as_json_are_a_line_for_every_write(reconcile: Reconcile, server: Server) -> None:
    done = reconcile("--log-format", "json", "apply", "--auto-approve")

    lines = [json.loads(line) for line in done.err.splitlines()]
    writes = [line for line in lines if line["event"] == "write"]
    made = {name: count for name, count in server.calls().items() if "Create" in name}
    assert {name: sum(line["operation"] == name for line in writes) for name in made} == made
    assert all(line["requestId"] and line["time"].endswith("Z") for line in writes)


def test_json_logs_contain_only_writes_of_the_details(reconcile: Reconcile) -> None:
    def details(*arguments: str) -> set[str]:
        lines = map(json.loads, reconcile("--log-format", "json", *arguments).err.splitlines())
        return {line["event"] for line in lines if line["level"] == "debug"}

    assert details("plan") == set()
    assert details("plan", "-v") == {"note", "read"}
    assert details("apply", "--auto-approve") == {"write"}


def test_json_logs_contain_refused_writes(reconcile: Reconcile, server: Server) -> None:
    server.set_faults(error={"every": 1, "code": "AccessDeniedException", "operations": ["CreateDataTable"]})

    done = reconcile("--log-format", "json", "apply", "--auto-approve")

    lines = [json.loads(line) for line in done.err.splitlines()]
    (write,) = [line for line in lines if line["event"] == "write"]
    assert (write["operation"], write["code"]) == ("connect:CreateDataTable", "AccessDeniedException")


@pytest.mark.parametrize("form", ["text", "json"])
def test_no_value_of_a_cell_is_ever_logged(
    repository: Repository, reconcile: Reconcile, server: Server, form: str
) -> None:
    server.set_faults(itemFailure={"every": 2}, lostReply={"every": 3}, error={"every": 5})
    repository.declare(table(rows=[{"id": f"ID-SECRET-{at}", "tier": "TIER-SECRET"} for at in range(40)]))

    done = reconcile("apply", "--auto-approve", "-v", "--log-format", form)

    assert "BatchCreateDataTableValue" in done.err
    assert "SECRET" not in done.err


def test_colours_are_for_terminals_unless_they_are_forced(
    reconcile: Reconcile, monkeypatch: pytest.MonkeyPatch
) -> None:
    plain = reconcile("plan").out
    monkeypatch.setenv("FORCE_COLOR", "1")
    coloured = reconcile("plan").out
    monkeypatch.setenv("NO_COLOR", "1")
    neither = reconcile("plan").out

    assert "\x1b[" not in plain + neither
    assert "\x1b[" in coloured


def test_a_github_runner_does_not_execute_the_plan(
    repository: Repository, reconcile: Reconcile, monkeypatch: pytest.MonkeyPatch
) -> None:
    repository.declare(table(description="::error::x"))
    monkeypatch.setenv("GITHUB_ACTIONS", "true")

    first, second = (reconcile("plan").out.splitlines() for _ in range(2))

    token = first[0].removeprefix("::stop-commands::")
    assert len(token) == 32
    assert first[-1] == f"::{token}::"
    assert first[0] != second[0]
    assert reconcile("plan", "--format", "json").out.startswith("{")


def test_a_line_every_few_seconds_shows_the_progress(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "stderr", StringIO())
    work = RunProgress(log_of(Flags()), heartbeat=0.02)

    with work.during("reading"):
        deadline = monotonic() + 60
        while not sys.stderr.getvalue() and monotonic() < deadline:  # type: ignore[attr-defined]
            sleep(0.01)

    assert sys.stderr.getvalue().startswith("reading: 0 s\n")  # type: ignore[attr-defined]


def test_a_closed_pipe_is_not_an_error(repository: Repository) -> None:
    """A line of the plan is read; what is left goes nowhere, quietly."""
    repository.declare(*(table(f"T{number:03}") for number in range(200)))

    done = in_a_shell(repository.root, "(reconcile plan --detailed-exitcode; echo code $? >&2) | head -n 1")

    assert done.out.startswith("Plan for shop/lab")
    assert done.err == "code 2\n"


def test_a_closed_stderr_does_not_end_a_run(repository: Repository) -> None:
    done = in_a_shell(repository.root, "(reconcile -v apply --auto-approve 2>&1 >out; echo $? >code) | true")

    assert (repository.root / "code").read_text() == "0\n"
    assert done.err == ""
    assert "Apply complete: " in (repository.root / "out").read_text("utf-8")


def test_closed_streams_except_stdout_are_not_an_error(repository: Repository) -> None:
    done = in_a_shell(
        repository.root, "reconcile apply --auto-approve <&- >out 2>&-; echo $?; reconcile apply <&-; echo $?"
    )

    assert done.out == "0\n64\n"


def on_a_terminal(root: Path, answer: str, *arguments: str, **more: str) -> Done:
    """Runs the real command with a terminal for stdin and stderr, and answers its question."""
    controller, terminal = pty.openpty()
    with subprocess.Popen(
        [sys.executable, "-m", "reconciler", *arguments],
        cwd=root,
        env=environ(TERM="xterm", **more),
        stdin=terminal,
        stdout=subprocess.PIPE,
        stderr=terminal,
        text=True,
        encoding="utf-8",
    ) as running:
        os.close(terminal)
        os.write(controller, f"{answer}\n".encode())
        assert running.stdout
        out = running.stdout.read()
        err = shown_on(controller)
    os.close(controller)
    return Done(running.returncode, out, err)


def test_a_terminal_is_asked_and_only_yes_applies(repository: Repository) -> None:
    declined = on_a_terminal(repository.root, "y", "apply")
    applied = on_a_terminal(repository.root, "yes")

    assert declined.code == 1
    assert "Apply these changes to lab (arn:aws:connect:" in declined.err
    assert "Only 'yes' applies." in declined.err
    assert declined.last.startswith("Not applied: 0 created, 0 changed, 0 deleted · ")
    assert applied.code == 0
    assert applied.last.startswith("Apply complete: ")
    assert [outcome["status"] for outcome in repository.outcomes()] == ["declined", "done"]
    assert repository.outcomes()[0]["totals"]["skipped"] == repository.outcomes()[1]["totals"]["done"] > 0


def test_declining_takes_two_lines_below_the_plan(at_a_terminal: Reconcile) -> None:
    """m3: and what follows begins on a line of its own."""
    planned = at_a_terminal("no", "plan")

    declined = at_a_terminal("no", "apply")

    assert declined.out.startswith(planned.out)
    assert len(declined.out.removeprefix(planned.out).splitlines()) == 2
    assert "Declined: nothing was written." in declined.out
    assert declined.err.endswith("\n")


def test_declining_to_destroy_takes_two_lines_too(reconcile: Reconcile, at_a_terminal: Reconcile) -> None:
    """m3."""
    reconcile("apply", "--auto-approve")

    declined = at_a_terminal("no", "destroy")

    assert declined.code == 1
    assert declined.out.splitlines()[-2] == "Declined: nothing was written."
    assert "skipped" not in declined.out.partition("digest")[2].splitlines()[0]


def test_a_terminal_is_shown_a_bar_and_a_job_is_not(reconcile: Reconcile, at_a_terminal: Reconcile) -> None:
    shown = at_a_terminal("yes", "apply")
    reconcile("destroy", "--yes")
    in_ci = at_a_terminal("yes", "apply", CI="true")

    assert "applying " in shown.err
    assert "━" in shown.err
    assert "create values: end" in shown.err
    assert "━" not in in_ci.err
    assert "create values: end" in in_ci.err


def test_destroy_wants_the_name_typed(reconcile: Reconcile, at_a_terminal: Reconcile) -> None:
    reconcile("apply", "--auto-approve")

    declined = at_a_terminal("yes", "destroy")
    destroyed = at_a_terminal("shop/lab", "destroy")

    assert declined.code == 1
    assert "Delete 1 resource, 3 rows and 3 cells from arn:aws:connect:" in declined.err
    assert "Type shop/lab to delete." in declined.err
    assert destroyed.code == 0
    assert "deleted    DataTable/Tiers" in destroyed.out


def test_a_character_that_the_terminal_lacks_is_escaped(repository: Repository) -> None:
    done = command(repository.root, "apply", "--auto-approve", PYTHONIOENCODING="latin-1")

    assert done.code == 0
    assert "\\u2713 done" in done.out
