"""`sandbox`: in the foreground, in the background, and found by environments that ask for it."""

from __future__ import annotations

import json
import signal
from collections.abc import Iterator
from pathlib import Path

import pytest

from reconciler.sandbox import INSTANCE_ARN
from reconciler.sandbox.background import stop
from tests.cli.running import Repository, Server, command, start, table


@pytest.fixture
def own(tmp_path: Path) -> Iterator[Repository]:
    """A repository without a server; one that is started for it ends with the test."""
    made = Repository(tmp_path)
    made.configure()
    made.declare(table())
    yield made
    stop(tmp_path / ".reconcile")


def test_in_the_foreground_the_first_line_says_where_it_is(own: Repository) -> None:
    faults = own.root / "faults.json"
    faults.write_text(json.dumps({"error": {"every": 1}}))

    with start(own.root, "sandbox", "--faults", str(faults)) as running:
        assert running.stdout
        ready, endpoint, word, instance = running.stdout.readline().split()
        Server(int(endpoint.rpartition(":")[2]), running.pid).set_faults()
        running.send_signal(signal.SIGINT)
        out, err = running.communicate(timeout=10)

    assert (ready, word, instance) == ("ready", "instance", INSTANCE_ARN)
    assert (running.returncode, out, err) == (0, "", "")


def test_in_the_foreground_it_is_the_sandbox_of_the_environments_beside_it(own: Repository) -> None:
    with start(own.root, "sandbox") as running:
        assert running.stdout
        running.stdout.readline()
        planned = command(own.root, "plan")
        noted = json.loads((own.root / ".reconcile" / "sandbox.json").read_text())
        running.send_signal(signal.SIGINT)
        running.communicate(timeout=10)

    assert planned.code == 0
    assert noted["pid"] == running.pid


def test_in_the_background_it_stays_until_it_is_stopped(own: Repository) -> None:
    started = command(own.root, "sandbox", "--background", "--faults", '{"pageCap": 3}')
    again = command(own.root, "sandbox", "--background")
    other = command(own.root, "sandbox", "--background", "--port", "1")
    emptied = command(own.root, "sandbox", "--reset")
    stopped = command(own.root, "sandbox", "--stop")
    nothing = command(own.root, "sandbox", "--stop")

    assert started.out.startswith("ready http://127.0.0.1:")
    assert again.out == started.out
    assert (other.code, other.out) == (64, "")
    assert [done.out for done in (emptied, stopped, nothing)] == ["reset\n", "stopped\n", "no sandbox runs\n"]
    assert not (own.root / ".reconcile" / "sandbox.json").exists()


def test_an_environment_starts_its_sandbox_where_none_answers(own: Repository) -> None:
    first = command(own.root, "apply", "--auto-approve")
    second = command(own.root, "plan", "--detailed-exitcode")

    assert (first.code, second.code) == (0, 0)
    assert (own.root / ".reconcile" / "sandbox.json").is_file()


def test_without_a_configuration_its_state_is_here(own: Repository) -> None:
    (own.root / "reconcile.yaml").unlink()

    done = command(own.root, "sandbox", "--background")

    assert done.code == 0
    assert (own.root / ".reconcile" / "sandbox.json").is_file()
