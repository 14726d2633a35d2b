"""`sandbox`: in the foreground, in the background, and found by environments that ask for it."""

from __future__ import annotations

import json
import signal
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from reconciler.sandbox import INSTANCE_ARN
from reconciler.sandbox.background import stop
from reconciler.sandbox.guard import TOKEN_VARIABLE
from tests.cli.running import Done, Repository, Server, command, start, table

Reconcile = Callable[..., Done]


@pytest.fixture
def own(tmp_path: Path) -> Iterator[Repository]:
    """A repository without a server; one that is started for it ends with the test."""
    made = Repository(tmp_path)
    made.configure()
    made.declare(table())
    yield made
    stop(tmp_path / ".reconcile")


@pytest.fixture
def repository(own: Repository) -> Repository:
    """The one in which `as_user` runs commands."""
    return own


def test_in_the_foreground_the_first_line_has_the_address(own: Repository) -> None:
    faults = own.root / "faults.json"
    faults.write_text(json.dumps({"error": {"every": 1}}))

    with start(own.root, "sandbox", "--faults", str(faults)) as running:
        assert running.stdout
        ready, endpoint, word, instance = running.stdout.readline().split()
        noted = json.loads((own.root / ".reconcile" / "sandbox.json").read_text())
        Server(int(endpoint.rpartition(":")[2]), running.pid, noted["token"]).set_faults()
        running.send_signal(signal.SIGINT)
        out, err = running.communicate(timeout=10)

    assert (ready, word, instance) == ("ready", "instance", INSTANCE_ARN)
    assert (running.returncode, out, err) == (0, "", "")


@pytest.mark.slow
def test_in_the_foreground_a_script_may_choose_the_token(own: Repository) -> None:
    """S-10: also where another sandbox has the folder, whose file then holds another token."""
    with start(own.root, "sandbox") as first:
        assert first.stdout
        first.stdout.readline()
        noted = json.loads((own.root / ".reconcile" / "sandbox.json").read_text())
        with start(own.root, "sandbox", **{TOKEN_VARIABLE: "mine"}) as second:
            assert second.stdout
            endpoint = second.stdout.readline().split()[1]
            Server(int(endpoint.rpartition(":")[2]), second.pid, "mine").reset()
            second.send_signal(signal.SIGINT)
            errors = second.communicate(timeout=60)[1]
        still = json.loads((own.root / ".reconcile" / "sandbox.json").read_text())
        first.send_signal(signal.SIGINT)
        first.communicate(timeout=60)

    assert noted == still
    assert noted["pid"] == first.pid
    assert errors.startswith(f"sandbox: another one runs for {own.root}, and its commands keep using it; ")


@pytest.mark.slow
def test_in_the_foreground_it_is_the_sandbox_of_the_environments_beside_it(own: Repository, as_user: Reconcile) -> None:
    with start(own.root, "sandbox") as running:
        assert running.stdout
        running.stdout.readline()
        planned = as_user("plan")
        noted = json.loads((own.root / ".reconcile" / "sandbox.json").read_text())
        running.send_signal(signal.SIGINT)
        running.communicate(timeout=10)

    assert planned.code == 0
    assert noted["pid"] == running.pid


@pytest.mark.slow
def test_in_the_background_it_stays_until_it_is_stopped(own: Repository, as_user: Reconcile) -> None:
    started = command(own.root, "sandbox", "--background", "--faults", '{"pageCap": 3}')
    again = as_user("sandbox", "--background")
    other = as_user("sandbox", "--background", "--port", "1")
    emptied = as_user("sandbox", "--reset")
    stopped = as_user("sandbox", "--stop")
    nothing = as_user("sandbox", "--stop")

    assert started.out.startswith("ready http://127.0.0.1:")
    assert again.out == started.out
    assert (other.code, other.out) == (64, "")
    assert [done.out for done in (emptied, stopped, nothing)] == ["reset\n", "stopped\n", "no sandbox runs\n"]
    assert "all its data is lost" in emptied.err
    assert stopped.err == "sandbox: stopped; all its data is lost, and the next command starts a new, empty one\n"
    assert (again.err, nothing.err) == ("", "")
    assert "It is new and empty. It runs in the background until it has had no request for 2 hours" in started.err
    assert not (own.root / ".reconcile" / "sandbox.json").exists()


@pytest.mark.slow
def test_a_sandbox_that_was_kept_has_its_resources_at_the_next_start(own: Repository, as_user: Reconcile) -> None:
    as_user("apply", "--auto-approve")

    kept = as_user("sandbox", "--stop", "--keep")
    plan = as_user("plan", "--detailed-exitcode")

    assert (kept.code, kept.out) == (0, "stopped\n")
    assert "the next command starts one with it" in kept.err
    assert "It has the data that was kept." in plan.err
    assert plan.code == 0
    assert not (own.root / ".reconcile" / "sandbox.kept").exists()


@pytest.mark.slow
def test_kept_data_that_does_not_fit_is_refused_and_can_be_deleted(own: Repository, as_user: Reconcile) -> None:
    as_user("sandbox", "--background")
    as_user("sandbox", "--stop", "--keep")
    state = own.root / ".reconcile" / "sandbox.kept" / "state"
    state.write_bytes(b'{"moto": "0"}\n')

    refused = as_user("plan")
    deleted = as_user("sandbox", "--reset")
    plan = as_user("plan")

    assert refused.code == 1
    assert "reconcile sandbox --reset" in refused.err
    assert deleted.out == "the kept data is deleted\nno sandbox runs\n"
    assert (plan.code, "It is new and empty." in plan.err) == (0, True)


def test_keep_needs_stop(own: Repository, as_user: Reconcile) -> None:
    assert as_user("sandbox", "--keep").code == 64


@pytest.mark.slow
def test_an_environment_starts_its_sandbox_if_none_responds(own: Repository, as_user: Reconcile) -> None:
    first = as_user("apply", "--auto-approve")
    second = as_user("plan", "--detailed-exitcode")

    assert (first.code, second.code) == (0, 0)
    assert (own.root / ".reconcile" / "sandbox.json").is_file()


@pytest.mark.slow
def test_the_command_that_starts_one_says_so_in_one_line_and_the_next_does_not(
    own: Repository, as_user: Reconcile
) -> None:
    """M13: what it is, where, that it is empty, until when it runs, how to stop it."""
    first = as_user("plan")
    second = as_user("plan")
    as_user("sandbox", "--stop")
    quiet = as_user("-q", "plan")

    port = json.loads((own.root / ".reconcile" / "sandbox.json").read_text())["port"]
    (line,) = [each for each in first.err.splitlines() if each.startswith("sandbox: ")]
    assert line.startswith("sandbox: started a local AWS at http://127.0.0.1:")
    assert line.endswith(
        "It is new and empty. It runs in the background until it has had no request for 2 hours; stop it with: "
        "reconcile sandbox --stop"
    )
    assert "sandbox: " not in second.err
    assert (quiet.code, quiet.err) == (0, "")
    assert port


@pytest.mark.slow
def test_the_idle_time_can_be_chosen(own: Repository, as_user: Reconcile) -> None:
    """M13."""
    started = as_user("sandbox", "--background", "--idle", "90")
    second_start = as_user("sandbox", "--background", "--idle", "5")
    as_user("sandbox", "--stop")
    lasting = as_user("sandbox", "--background", "--idle", "0")

    assert "until it has had no request for 90 minutes" in started.err
    assert second_start.code == 64
    assert "until you stop it" in lasting.err


def test_a_link_from_a_branch_stops_every_command_that_writes_there(own: Repository, as_user: Reconcile) -> None:
    """S-12: one line that names it and the remedy."""
    victim = own.root / "authorized_keys"
    victim.write_text("ssh-ed25519 AAAA\n")
    (own.root / ".reconcile").mkdir()
    (own.root / ".reconcile" / "sandbox.log").symlink_to(victim)

    done = [as_user(*words) for words in (["plan"], ["sandbox", "--background"], ["sandbox", "--stop"])]

    link = own.root / ".reconcile" / "sandbox.log"
    remedy = f"delete it (rm {link}) and try again"
    message = f"error: {link} is a symbolic link, which reconcile does not follow there; {remedy}\n"
    assert [(each.code, each.out, each.err) for each in done] == [(1, "", message)] * 3
    assert victim.read_text() == "ssh-ed25519 AAAA\n"
    link.unlink()


@pytest.mark.slow
def test_without_a_configuration_its_state_is_in_the_current_folder(own: Repository, as_user: Reconcile) -> None:
    (own.root / "reconcile.yaml").unlink()

    done = as_user("sandbox", "--background")

    assert done.code == 0
    assert (own.root / ".reconcile" / "sandbox.json").is_file()
