"""Killed at the call that replaces a list of a namespace: the next run attaches the role, and no other one is lost."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.builders.roles import trust
from tests.cli.running import Repository, Server, client_of
from tests.end_to_end.killing import applied, check_outcomes, declared, journals, killed_at, prepared

UPDATE = 26  # the number of the call that replaces the list
SETTLES = 2  # the reads after it, until AWS has finished the change
pytestmark = pytest.mark.slow


@pytest.fixture
def server(one_server: Server) -> Server:
    return one_server


@pytest.fixture
def repository(server: Server, tmp_path: Path) -> Repository:
    """A repository that attaches a role to a namespace. Others own both, and have attached another role."""
    made = prepared(server, tmp_path, declared("RedshiftRole", "analytics/copy"))
    iam, redshift = client_of(server, "iam"), client_of(server, "redshift-serverless")
    policy = json.dumps(trust("redshift.amazonaws.com"))
    arns = {
        name: iam.create_role(RoleName=name, AssumeRolePolicyDocument=policy)["Role"]["Arn"]
        for name in ("copy", "theirs")
    }
    redshift.create_namespace(namespaceName="analytics", iamRoles=[arns["theirs"]])
    redshift.list_namespaces()
    return made


def roles(server: Server) -> list[str]:
    live = client_of(server, "redshift-serverless").get_namespace(namespaceName="analytics")["namespace"]
    return [text.rpartition("/")[2].removesuffix(")") for text in live["iamRoles"]]


@pytest.mark.parametrize("when", ["before", "after"])
def test_a_killed_run_loses_no_role(repository: Repository, server: Server, when: str) -> None:
    killed_at(repository, server, UPDATE, when)
    begun = journals(repository)

    assert applied(repository) == 0

    assert roles(server) == ["theirs", "copy"]
    check_outcomes(repository, begun)


def test_the_list_is_replaced_at_that_call(repository: Repository, server: Server) -> None:
    before = sum(server.calls().values())

    assert applied(repository) == 0

    assert sum(server.calls().values()) - before == UPDATE + SETTLES
