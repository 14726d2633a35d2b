"""Help, examples, and shell completion."""

from __future__ import annotations

import os
import shlex
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import click
import pytest

from reconciler.cli import root
from reconciler.cli.completing import SHELLS
from reconciler.cli.flags import Flagged
from tests.cli.completing import completed
from tests.cli.running import SANDBOX, Done, Repository, environ, resource, table

Reconcile = Callable[..., Done]


def commands(group: Any = root, path: tuple[str, ...] = ()) -> Iterator[tuple[str, ...]]:
    for name, command in sorted(group.commands.items()):
        yield (*path, name)
        if isinstance(command, click.Group):
            yield from commands(command, (*path, name))


EVERY = list(commands())
GROUPS = ("agents", "github", "pipelines", "secret")  # they only have commands


def command_of(path: tuple[str, ...]) -> Flagged:
    found: Any = root
    for name in path:
        found = found.commands[name]
    assert isinstance(found, Flagged)
    return found


@pytest.mark.parametrize("path", EVERY, ids=" ".join)
def test_every_command_has_help_by_every_name_for_it(reconcile: Reconcile, path: tuple[str, ...]) -> None:
    """m4."""
    long, short, word = reconcile(*path, "--help"), reconcile(*path, "-h"), reconcile("help", *path)

    assert long.code == short.code == word.code == 0
    assert long.out == short.out == word.out
    assert long.out.startswith(f"Usage: reconcile {' '.join(path)}")


def test_help_without_a_command_is_the_root_help(reconcile: Reconcile) -> None:
    """m4."""
    assert reconcile("help").out == reconcile("--help").out == reconcile("-h").out


def test_help_of_an_unknown_command_suggests_one(reconcile: Reconcile) -> None:
    """m4."""
    done = reconcile("help", "plam")

    assert done.code == 64
    assert 'did you mean "plan"?' in done.err


@pytest.mark.parametrize("path", [each for each in EVERY if each not in ((word,) for word in GROUPS)], ids=" ".join)
def test_every_command_shows_an_example_that_it_understands(reconcile: Reconcile, path: tuple[str, ...]) -> None:
    """m5: an example that is wrong usage would be worse than none."""
    command = command_of(path)
    assert command.example
    help_text = reconcile(*path, "--help").out.partition("Examples:\n")[2]

    for line in command.example.splitlines():
        assert f"  {line}\n" in help_text
        words = shlex.split(line.removeprefix("source <(").removesuffix(")"))
        assert words[0] == "reconcile"
        with root.make_context("reconcile", words[1:]) as context:
            rest, here = [*context._protected_args, *context.args], root
            for _ in path:
                _, here, rest = here.resolve_command(context, rest)  # type: ignore[assignment]
            assert here is command
            command.make_context(path[-1], rest, parent=context)


@pytest.mark.parametrize("arguments", [["--help"], ["github", "--help"]])
def test_no_text_in_a_list_of_commands_is_cut(reconcile: Reconcile, arguments: list[str]) -> None:
    """m5."""
    assert "..." not in reconcile(*arguments).out.partition("Commands:")[2]


@pytest.fixture
def declared(repository: Repository, reconcile: Reconcile) -> Repository:
    """Two environments, and one manifest among them that holds a mistake."""
    repository.configure({"lab": SANDBOX, "loft": SANDBOX})
    hours = resource("HoursOfOperation", "Basic Hours", {"timeZone": "UTC", "config": []})
    repository.declare(table(), hours, resource("Queue", "Sales", {"hoursOfOperation": "Nowhere"}))
    return repository


@pytest.mark.parametrize(
    "words",
    [
        ("plan", "--target"),
        ("plan", "--exclude"),
        ("apply", "--allow-delete"),
        ("apply", "--allow-create"),
        ("undo", "--target"),
        ("export", "--target"),
        ("graph", "--of"),
        ("adopt",),
        ("adopt", "DataTable/Tiers"),
        ("--target",),
    ],
)
def test_addresses_are_completed_from_the_manifests(declared: Repository, words: tuple[str, ...]) -> None:
    """m6: offline, and although a manifest holds a mistake."""
    assert completed(*words) == ["DataTable/Tiers", "HoursOfOperation/Basic Hours", "Queue/Sales"]
    assert completed(*words, incomplete="Ho") == ["HoursOfOperation/Basic Hours"]


@pytest.mark.parametrize("words", [("-e",), ("plan", "-e"), ("plan", "--environment")])
def test_environments_are_completed(declared: Repository, words: tuple[str, ...]) -> None:
    """m6."""
    assert completed(*words) == ["lab", "loft"]
    assert completed(*words, incomplete="lo") == ["loft"]


def test_the_folder_of_the_command_line_is_the_one_that_is_read(
    declared: Repository, monkeypatch: pytest.MonkeyPatch
) -> None:
    """m6: -C before the word that is completed."""
    monkeypatch.chdir("/")

    assert completed("plan", "-e") == []
    assert completed("-C", str(declared.root), "plan", "-e") == ["lab", "loft"]


def test_kinds_and_lambdas_are_completed(declared: Repository) -> None:
    """m6."""
    assert completed("schema", incomplete="Que") == ["Queue"]
    assert "contact_calls" in completed("package")


def test_convert_completes_folders_and_the_word_for_agents_and_then_its_file(declared: Repository) -> None:
    assert completed("convert") == ["", "agents"]
    assert completed("convert", incomplete="conf") == ["conf"]
    assert completed("convert", "agents", incomplete="ag") == ["ag"]


def test_a_configuration_that_cannot_be_read_completes_nothing(
    declared: Repository, capsys: pytest.CaptureFixture[str]
) -> None:
    """m6: a shell shows no errors while it completes."""
    (declared.root / "reconcile.yaml").write_text("{")

    assert completed("plan", "-e") == completed("plan", "--target") == []
    assert capsys.readouterr() == ("", "")


@pytest.mark.slow
def test_bash_gets_addresses_that_its_command_line_keeps_whole(declared: Repository) -> None:
    """m6: the real shell runs the real script; a space would end the word."""
    script = SHELLS["bash"](root, {}, "reconcile", "_RECONCILE_COMPLETE").source()
    path = Path(declared.root / "bin")
    path.mkdir()
    (path / "reconcile").write_text(f'#!/bin/sh\nexec {shlex.quote(sys.executable)} -m reconciler "$@"\n')
    (path / "reconcile").chmod(0o755)
    asked = 'COMP_WORDS=(reconcile plan --target Ho) COMP_CWORD=3; _reconcile_completion reconcile; echo "$COMPREPLY"'

    done = subprocess.run(
        ["bash", "--norc", "-c", f"{script}\n{asked}"],
        cwd=declared.root,
        env=environ(PATH=f"{path}:{os.environ['PATH']}"),
        capture_output=True,
        text=True,
        check=True,
    )

    assert done.stdout == "HoursOfOperation/Basic\\ Hours\n"


@pytest.mark.parametrize("shell", SHELLS)
def test_help_shows_how_to_install_completion(reconcile: Reconcile, shell: str) -> None:
    """m6."""
    help_text = reconcile("completion", "--help").out

    assert f"reconcile completion {shell}" in help_text
    assert "To install it" in help_text
