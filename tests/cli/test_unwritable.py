"""If stdout or the outcome cannot be written, nothing is applied.

One line says why, and the exit code is the contract's.
"""

from __future__ import annotations

import json
import socket
from collections.abc import Callable

import pytest

from tests.cli.running import Done, Repository, in_a_shell

Reconcile = Callable[..., Done]
SLOW = pytest.mark.slow


@pytest.mark.parametrize(
    "command", ["--version", pytest.param("validate", marks=SLOW), pytest.param("apply --auto-approve", marks=SLOW)]
)
def test_a_full_disk_under_stdout_is_reported_in_one_line(repository: Repository, command: str) -> None:
    done = in_a_shell(repository.root, f"reconcile -q {command} >/dev/full")

    assert done.code == 1
    assert done.err == "error: stdout cannot be written: No space left on device; " + REMEDY
    assert not (repository.root / ".reconcile" / "outcomes").exists()


REMEDY = "send it to a place with free space, or to /dev/null\n"


@pytest.mark.parametrize("command", ["--help", pytest.param("apply --auto-approve", marks=SLOW)])
def test_a_closed_stdout_is_reported_before_any_work(repository: Repository, command: str) -> None:
    done = in_a_shell(repository.root, f"reconcile {command} >&-")

    assert done.code == 1
    assert done.err == "error: stdout is closed; send it to a file or to /dev/null\n"
    assert not (repository.root / ".reconcile" / "outcomes").exists()


@pytest.mark.slow
def test_a_full_disk_under_stderr_ends_no_run(repository: Repository) -> None:
    done = in_a_shell(repository.root, "reconcile -v apply --auto-approve 2>/dev/full")

    assert done.code == 0
    assert "Apply complete: " in done.out


@pytest.mark.parametrize("folder", ["outcomes", "journals"])
def test_what_could_not_be_kept_is_not_begun(reconcile: Reconcile, repository: Repository, folder: str) -> None:
    place = repository.root / ".reconcile" / folder
    place.parent.mkdir(exist_ok=True)
    place.write_text("no folder", "utf-8")

    done = reconcile("-q", "apply", "--auto-approve")
    place.unlink()

    assert done.code == 1
    assert f"the {folder[:-1]} cannot be written to {place}/" in done.err
    assert f"nothing was applied; make {place} writable" in done.err
    assert reconcile("plan", "--detailed-exitcode").code == 2


def test_an_outcome_file_that_is_a_socket_is_refused(
    reconcile: Reconcile, repository: Repository, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(repository.root)
    with socket.socket(socket.AF_UNIX) as server:
        server.bind("s.json")

        done = reconcile("-q", "apply", "--auto-approve", "--outcome", "s.json")

    assert done.code == 1
    assert done.err == (
        "error: the outcome cannot be written to s.json: No such device or address; nothing was applied; "
        "name another file\n"
    )


@pytest.mark.slow
def test_the_outcome_goes_into_a_device_and_through_a_link(repository: Repository) -> None:
    (repository.root / "link.json").symlink_to("kept.json")

    first = in_a_shell(repository.root, "reconcile -q apply --auto-approve --outcome link.json >/dev/null")
    second = in_a_shell(repository.root, "reconcile -q apply --auto-approve --outcome /dev/stderr >/dev/null")

    assert (first.code, second.code) == (0, 0)
    assert (repository.root / "link.json").is_symlink()
    assert json.loads((repository.root / "kept.json").read_text())["status"] == "done"
    assert json.loads(second.err)["status"] == "unchanged"


def test_a_second_outcome_file_that_cannot_be_written_is_refused(reconcile: Reconcile, repository: Repository) -> None:
    (repository.root / "file").touch()

    done = reconcile("-q", "apply", "--auto-approve", "--outcome", "file/outcome.json")

    assert done.code == 1
    assert "the outcome cannot be written to file/outcome.json: " in done.err
    assert "nothing was applied; make file writable" in done.err
