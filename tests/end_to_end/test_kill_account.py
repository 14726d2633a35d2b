"""Killed at any call of a run over roles, log groups and schedules: the next run finishes it and repeats nothing."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from tests.builders.roles import trust
from tests.cli.running import Repository, Server, client_of
from tests.end_to_end.killing import applied, declared, finishes_after, prepared

CALLS = 31
ACCEPTED = 23  # the plan asks for a role, a group and a schedule that do not exist yet
SAMPLE = (17,)
# An even call is killed before AWS carries it out, an odd one after it. Only an accepted call can be killed after it.
OTHERS = [call for call in range(1, CALLS + 1) if call not in SAMPLE and (call % 2 == 0 or call <= ACCEPTED)]


@pytest.fixture(scope="module")
def server(one_server: Server) -> Server:
    return one_server


@pytest.fixture
def repository(server: Server, tmp_path: Path) -> Repository:
    return prepared(server, tmp_path, *resources())


def resources() -> list[dict[str, Any]]:
    allowed = {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "s3:GetObject", "Resource": "*"}]}
    target = {"arn": "arn:aws:lambda:us-east-1:111122223333:function:f", "role": "caller"}
    role = {
        "assumeRolePolicyDocument": trust("scheduler.amazonaws.com"),
        "inlinePolicies": [{"name": "main", "document": allowed}],
        "managedPolicyArns": ["arn:aws:iam::aws:policy/ReadOnlyAccess"],
    }
    return [
        declared("LogGroup", "/calls", retentionInDays=30),
        declared("IamRole", "caller", **role),
        declared("ScheduleGroup", "jobs"),
        declared("Schedule", "jobs/nightly", scheduleExpression="rate(1 hours)", target=target),
    ]


def finished_after(repository: Repository, server: Server, call: int) -> None:
    finishes_after(repository, server, call)

    assert there(server) == (["/calls"], ["caller"], ["jobs/nightly"])


def there(server: Server) -> tuple[list[str], ...]:
    """Returns the resources that a client lists."""
    schedules = client_of(server, "scheduler").list_schedules()["Schedules"]
    return (
        [each["logGroupName"] for each in client_of(server, "logs").describe_log_groups()["logGroups"]],
        [each["RoleName"] for each in client_of(server, "iam").list_roles()["Roles"]],
        [f"{each['GroupName']}/{each['Name']}" for each in schedules],
    )


@pytest.mark.slow
@pytest.mark.parametrize("call", SAMPLE)
def test_killed_at_a_call_here_and_there(repository: Repository, server: Server, call: int) -> None:
    finished_after(repository, server, call)


@pytest.mark.slow
@pytest.mark.parametrize("call", OTHERS)
def test_killed_at_every_other_call(repository: Repository, server: Server, call: int) -> None:
    finished_after(repository, server, call)


def test_the_run_takes_so_many_calls(repository: Repository, server: Server) -> None:
    assert applied(repository) == 0

    assert sum(server.calls().values()) == CALLS
