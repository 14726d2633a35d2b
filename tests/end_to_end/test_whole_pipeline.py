"""A whole pipeline, deployed while AWS fails, while its run is killed, and while another run writes too."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from reconciler.cli import run
from tests.cli.running import Repository, Server, client_of, environ
from tests.end_to_end.killing import applied, declared, finishes_after, prepared

pytestmark = pytest.mark.slow

FUNCTION = "shop-lab-session-data"


def resources() -> list[dict[str, Any]]:
    environment = {"AI_ASSISTANT_ID": "${QAssistant/desk.id}"}
    spec = {"type": "session_data", "environment": environment, "function": {"provisionedConcurrency": 2}}
    return [declared("QAssistant", "desk"), declared("Pipeline", "session-data", **spec)]


@pytest.fixture(scope="module")
def server(one_server: Server) -> Server:
    return one_server


@pytest.fixture
def declaring(server: Server, tmp_path: Path) -> Repository:
    """A repository that declares the pipeline for an empty sandbox."""
    return prepared(server, tmp_path, *resources())


def is_whole(repository: Repository, server: Server) -> None:
    """Checks that all is there once, and that nothing is left to do."""
    functions = client_of(server, "lambda").list_functions()["Functions"]
    alarms = client_of(server, "cloudwatch").describe_alarms()["MetricAlarms"]
    assistants = client_of(server, "qconnect").list_assistants()["assistantSummaries"]
    assert [it["FunctionName"] for it in functions] == [FUNCTION]
    assert (len(alarms), len(assistants)) == (3, 1)
    assert run(["-C", str(repository.root), "-q", "plan", "--detailed-exitcode"]) == 0


@pytest.mark.parametrize("call", range(30, 53, 4))
def test_a_run_that_is_killed_is_finished_by_the_next(declaring: Repository, server: Server, call: int) -> None:
    finishes_after(declaring, server, call)

    server.set_faults()
    is_whole(declaring, server)


@pytest.mark.parametrize(
    "faults",
    [
        {"lostReply": {"every": 2}},
        {"consistency": {"calls": 3}},
        {"propagation": {"calls": 4}},
        {"settling": {"calls": 4}},
        {"rate": {"perSecond": 20, "burst": 3}},
    ],
    ids=json.dumps,
)
def test_a_pipeline_is_deployed_although_aws_fails(
    declaring: Repository, server: Server, faults: Mapping[str, Any]
) -> None:
    server.set_faults(**faults)

    code = applied(declaring)

    server.set_faults()
    assert code == 0
    is_whole(declaring, server)


def test_two_runs_at_once_deploy_one_pipeline(declaring: Repository, server: Server) -> None:
    command = [sys.executable, "-m", "reconciler", "-C", str(declaring.root), "-q", "apply", "--auto-approve"]
    runs = [subprocess.Popen(command, env=environ(), stdout=subprocess.DEVNULL) for _ in range(2)]
    codes = [one.wait(120) for one in runs]

    again = applied(declaring)

    assert set(codes) <= {0, 1, 3, 5}
    assert again == 0
    is_whole(declaring, server)


def test_another_writers_change_between_plan_and_apply_is_kept(declaring: Repository, server: Server) -> None:
    """AWS has no lock of most of these kinds, so apply reads right before it writes."""
    assert applied(declaring) == 0
    spec = resources()[1]["spec"] | {"function": {"provisionedConcurrency": 2, "timeoutSeconds": 20}}
    declaring.declare(declared("QAssistant", "desk"), declared("Pipeline", "session-data", **spec))
    client_of(server, "logs").put_retention_policy(logGroupName=f"/aws/lambda/{FUNCTION}", retentionInDays=1)

    assert applied(declaring) == 0

    live = client_of(server, "lambda").get_function_configuration(FunctionName=FUNCTION)
    assert live["Timeout"] == 20
    is_whole(declaring, server)
