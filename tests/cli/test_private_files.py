"""Files below `.reconcile` contain names and phone numbers: only their owner may read them, and nothing is written
elsewhere.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from reconciler.outcomes.journal import Journal
from tests.cli.running import Done, Repository, Server

Reconcile = Callable[..., Done]


@pytest.fixture
def no_umask() -> Iterator[None]:
    before = os.umask(0)
    yield
    os.umask(before)


def mode(path: Path) -> str:
    return oct(path.stat().st_mode & 0o777)


@pytest.mark.usefixtures("no_umask")
def test_only_the_owner_may_read_outcomes(reconcile: Reconcile, repository: Repository) -> None:
    """S-18: also where an older release has left wider rights."""
    state = repository.root / ".reconcile"
    (state / "outcomes").mkdir(mode=0o777)

    done = reconcile("-q", "apply", "--auto-approve", "--outcome", "mine.json")

    (outcome,) = (state / "outcomes").iterdir()
    assert done.code == 0
    assert {mode(path) for path in (state, state / "outcomes", state / "journals")} == {"0o700"}
    assert mode(outcome) == "0o600"
    assert mode(repository.root / "mine.json") == "0o666"


@pytest.mark.usefixtures("no_umask")
def test_only_the_owner_may_read_a_journal(tmp_path: Path, repository: Repository) -> None:
    """S-18: it holds what the outcome will hold, while the run goes on."""
    journal = Journal.begin(tmp_path / "journals" / "j.jsonl", {"changes": []}, datetime(2026, 1, 1, tzinfo=UTC))
    journal.close()

    assert (mode(journal.path.parent), mode(journal.path)) == ("0o700", "0o600")


@pytest.mark.parametrize("name", ["outcomes", "journals"])
def test_a_linked_folder_is_refused_before_any_write(
    reconcile: Reconcile, repository: Repository, server: Server, name: str
) -> None:
    """S-12: a branch from elsewhere may bring it along."""
    elsewhere = repository.root / "elsewhere"
    elsewhere.mkdir()
    link = repository.root / ".reconcile" / name
    link.symlink_to(elsewhere)

    done = reconcile("-q", "apply", "--auto-approve")

    assert done.code == 1
    assert done.err.count("\n") == 1
    assert f"{link} is a symbolic link, which reconcile does not follow there; delete it (rm {link})" in done.err
    assert not list(elsewhere.iterdir())
    assert not [call for call in server.calls() if "Create" in call]


def test_a_linked_journal_is_neither_read_nor_removed(reconcile: Reconcile, repository: Repository) -> None:
    """S-12: its target would be reported as the outcome of a killed run."""
    victim = repository.root / "victim.jsonl"
    victim.write_text("{}\n")
    link = repository.root / ".reconcile" / "journals" / "lab-1.jsonl"
    link.parent.mkdir()
    link.symlink_to(victim)

    done = reconcile("-q", "apply", "--auto-approve")

    assert (done.code, victim.read_text()) == (1, "{}\n")
    assert f"{link} is a symbolic link" in done.err
    assert link.is_symlink()


def test_an_archive_follows_a_link_only_in_a_chosen_folder(reconcile: Reconcile, repository: Repository) -> None:
    """S-12: `--into` is the user's own choice."""
    elsewhere = repository.root / "elsewhere"
    elsewhere.mkdir()
    link = repository.root / ".reconcile" / "packages"
    link.symlink_to(elsewhere)

    done = reconcile("package", "session_data")

    assert (done.code, list(elsewhere.iterdir())) == (1, [])
    assert f"error: {link} is a symbolic link" in done.err
