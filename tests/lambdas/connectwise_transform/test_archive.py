"""The built archive under AWS's own runtime client, against the local AWS over HTTP."""

from __future__ import annotations

import zipfile
from pathlib import Path
from typing import Any

import pytest

from reconciler.packaging.building import package
from tests.cli.running import Server
from tests.lambdas.clients import client_at
from tests.lambdas.connectwise_transform.guarded import TENANT_POLICY, TENANT_ROLE, create_role
from tests.lambdas.connectwise_transform.world import ENVIRON, TENANT, TransformWorld, seen
from tests.lambdas.runtime import build_elsewhere, running
from tests.worlds.archives import built

pytestmark = pytest.mark.slow
HANDLER = "reconciler.lambdas.connectwise_transform.handler.handler"


@pytest.fixture(scope="module")
def archive(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return build_elsewhere("connectwise_transform", tmp_path_factory.mktemp("built"), "connectwise", "shared")


class Served(dict[str, Any]):
    """Clients of a server, by service."""

    def __init__(self, endpoint: str) -> None:
        super().__init__()
        self._endpoint = endpoint

    def __missing__(self, service: str) -> Any:
        self[service] = client_at(self._endpoint, service)
        return self[service]

    def __contains__(self, service: object) -> bool:
        return True


def test_the_built_archive_continues_a_history(archive: Path, one_server: Server, tmp_path: Path, session: Any) -> None:
    """S2-11: two commits in two invocations of one warm container, after an empty tenant list."""
    one_server.reset()
    world = TransformWorld(tmp_path, session, Served(one_server.endpoint))
    world.client("dynamodb").delete_item(TableName="tenant-services", Key={"tenant_id": {"S": TENANT}})
    create_role(world, "tenant", TENANT_POLICY)
    environ = {
        **ENVIRON,
        "TENANT_ROLE_ARN": TENANT_ROLE,
        "AWS_ENDPOINT_URL": one_server.endpoint,
        "HOME": "/nonexistent",
    }

    with running(archive, HANDLER, tmp_path, environ, timeout=300) as function:
        empty = function.invoke({})
        world.add_tenant(TENANT)
        world.add_raw([seen(1, 900, "planted-content")])
        first = function.invoke(world.lane())
        world.add_raw([seen(1, 1050, "b")])
        second = function.invoke(world.lane())

    assert not any(it.is_error for it in (empty, first, second)), function.logged()
    assert (empty.body["pairs"], empty.body["more"]) == ([], False)
    assert [it.body["pairs"][0]["canonical"][0]["commit"] for it in (first, second)] == [1, 2]
    assert [row[1:4] for row in world.rows()] == [("planted-content", 900, 1050), ("b", 1050, None)]
    assert "planted-content" not in function.logged()


def test_the_archive_for_the_runtime_at_aws_is_small_enough(tmp_path: Path) -> None:
    """S2-12: the shared code is in it, and no file of the runtime or of a test."""
    made = package("connectwise_transform", into=built(), python="3.13")

    with zipfile.ZipFile(made.path) as packed:
        names = packed.namelist()
    tops = {name.split("/")[0].partition("-")[0].lower() for name in names}
    assert tops == {"duckdb", "_duckdb.abi3.so", "adbc_driver_duckdb", "reconciler"}
    assert "reconciler/lambdas/connectwise/ledger.py" in names
    assert made.unzipped < 80 * 2**20
    # Lambda takes no larger archive directly.
    assert made.path.stat().st_size < 50 * 10**6
