"""The databases of a sandbox that is kept when it stops."""

from __future__ import annotations

import time
from pathlib import Path
from typing import Any

import pytest

from reconciler.sandbox import REGION, Control, keeping
from tests.worlds.warehouse import DATABASE, WORKGROUP, open_warehouse

from .roles import ONCE

pytestmark = pytest.mark.slow
WHERE = {"WorkgroupName": WORKGROUP, "Database": DATABASE}


@pytest.fixture
def data(sandbox: Control, session: Any) -> Any:
    open_warehouse(lambda service: session.create_client(service, region_name=REGION))
    return session.create_client("redshift-data", region_name=REGION, config=ONCE)


def run(data: Any, *texts: str) -> str:
    """Returns the id of the last statement, when it has ended."""
    id = ""
    for text in texts:
        id = str(data.execute_statement(Sql=text, **WHERE)["Id"])
        while (found := data.describe_statement(Id=id))["Status"] in ("SUBMITTED", "STARTED"):
            time.sleep(0.02)
        assert found["Status"] == "FINISHED", found
    return id


def rows(data: Any, id: str) -> list[list[dict[str, Any]]]:
    return list(data.get_statement_result(Id=id)["Records"])


def test_rows_users_and_endpoints_of_a_warehouse_are_there_again(
    sandbox: Control, session: Any, data: Any, tmp_path: Path
) -> None:
    redshift = session.create_client("redshift-serverless", region_name=REGION)
    last = run(data, "create schema a", "create table a.t (n bigint)", "insert into a.t values (7)", "select 1")
    before = redshift.get_workgroup(workgroupName=WORKGROUP)["workgroup"]["endpoint"]

    keeping.keep(tmp_path / "kept")
    sandbox.reset()
    keeping.resume(tmp_path / "kept")

    assert rows(data, run(data, "select n from a.t")) == [[{"longValue": 7}]]
    assert rows(data, last) == [[{"longValue": 1}]]
    assert redshift.get_workgroup(workgroupName=WORKGROUP)["workgroup"]["endpoint"] == before
    run(data, "insert into a.t values (8)")


def test_a_database_goes_on_if_the_state_cannot_be_kept(sandbox: Control, data: Any, tmp_path: Path) -> None:
    run(data, "create schema a", "create table a.t (n bigint)")
    (tmp_path / "no").write_text("a file, and not a folder")

    with pytest.raises(OSError, match="no"):
        keeping.keep(tmp_path / "no" / "kept")

    run(data, "insert into a.t values (8)")
