"""The sandbox over HTTP: one real server for these tests, on a free port."""

from __future__ import annotations

import http.client
import json
import os
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import botocore.session
import pytest
from botocore.auth import SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.config import Config
from botocore.credentials import Credentials
from botocore.exceptions import ClientError, ConnectionClosedError

from reconciler.sandbox import ACCOUNT, INSTANCE_ARN, INSTANCE_ID
from reconciler.sandbox.guard import TOKEN_HEADER, TOKEN_VARIABLE

from .calls import DUPLICATE, cell, keyed, make, refused

TOKEN = "the token of these tests"  # noqa: S105 - of our own server


def start(*arguments: str) -> tuple[subprocess.Popen[str], str]:
    command = [sys.executable, "-m", "reconciler.sandbox", *arguments]
    environ = {**os.environ, TOKEN_VARIABLE: TOKEN}
    process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env=environ)
    assert process.stdout
    return process, process.stdout.readline()


def end(process: subprocess.Popen[str], number: int = signal.SIGTERM) -> tuple[int, str, str]:
    process.send_signal(number)
    out, err = process.communicate(timeout=20)
    return process.returncode, out, err


@pytest.fixture(scope="module")
def endpoint() -> Iterator[str]:
    process, ready = start()
    yield ready.split()[1]
    code, out, err = end(process)
    assert (code, out, err) == (0, "", "")


@pytest.fixture
def server(endpoint: str) -> str:
    assert ask(endpoint, "POST", "/_sandbox/reset")[0] == 200
    return endpoint


@pytest.fixture
def remote(server: str, session: botocore.session.Session) -> Any:
    once = Config(retries={"total_max_attempts": 1}, parameter_validation=False)
    made = session.create_client("connect", region_name="us-east-1", endpoint_url=server, config=once)
    yield made
    made.close()


def ask(endpoint: str, method: str, path: str, body: Any = None) -> tuple[int, Any]:
    connection = http.client.HTTPConnection(endpoint.removeprefix("http://"), timeout=10)
    try:
        content = None if body is None else body if isinstance(body, str) else json.dumps(body)
        connection.request(method, path, content, {TOKEN_HEADER: TOKEN})
        reply = connection.getresponse()
        return reply.status, json.loads(reply.read())
    finally:
        connection.close()


def signed(endpoint: str, method: str, path: str, body: str = "") -> dict[str, str]:
    """Headers as the AWS command line sends them, for invented keys."""
    request = AWSRequest(method, endpoint + path, data=body, headers={"Content-Type": "application/json"})
    SigV4Auth(Credentials("ANYBODY", "anything"), "connect", "us-east-1").add_auth(request)
    return dict(request.headers.items())


@pytest.mark.slow
def test_the_first_line_says_where_the_server_is_and_sigterm_ends_it_with_0() -> None:
    process, ready = start()
    word, endpoint, label, arn = ready.rstrip("\n").split(" ")

    assert (word, label, arn) == ("ready", "instance", INSTANCE_ARN)
    assert ask(endpoint, "GET", "/_sandbox")[1]["pid"] == process.pid
    assert end(process) == (0, "", "")


@pytest.mark.slow
def test_sigint_ends_it_with_0_and_faults_may_come_from_a_file(tmp_path: Path) -> None:
    faults = tmp_path / "faults.json"
    faults.write_text('{"error": {"every": 1}}', encoding="utf-8")
    process, ready = start("--faults", str(faults))
    endpoint = ready.split()[1]
    connection = http.client.HTTPConnection(endpoint.removeprefix("http://"))
    connection.request(
        "GET", f"/data-tables/{INSTANCE_ID}", headers=signed(endpoint, "GET", f"/data-tables/{INSTANCE_ID}")
    )

    assert connection.getresponse().status == 500
    connection.close()
    assert end(process, signal.SIGINT) == (0, "", "")


@pytest.mark.slow
@pytest.mark.parametrize("faults", ['{"nope": 1}', "{", "no-such-file.json"])
def test_wrong_faults_end_it_with_words_and_no_ready_line(faults: str) -> None:
    process, ready = start("--faults", faults)
    _, err = process.communicate(timeout=20)

    assert (ready, process.returncode) == ("", 1)
    assert err.startswith("reconciler.sandbox: ")
    assert "Traceback" not in err


@pytest.mark.slow
def test_data_tables_are_answered_over_http(remote: Any) -> None:
    table = keyed(remote, "Größe: 顧客")
    table.attribute("a/b".replace("/", ":") + " @'|")
    table.create(cell("a", "ü", {"k": "r"}))

    assert table.values()[0]["Value"] == "ü"
    assert table.described_attribute("a:b @'|")["Name"] == "a:b @'|"
    assert refused(lambda: make(remote, "größe: 顧客")) == DUPLICATE


def test_other_services_are_moto_for_the_same_account(server: str, session: botocore.session.Session) -> None:
    place = {"region_name": "us-east-1", "endpoint_url": server}
    sts, secrets = session.create_client("sts", **place), session.create_client("secretsmanager", **place)

    secrets.create_secret(Name="s", SecretString="x")

    assert sts.get_caller_identity()["Account"] == ACCOUNT
    assert ACCOUNT in secrets.list_secrets()["SecretList"][0]["ARN"]
    assert ask(server, "GET", "/_sandbox/stats")[1]["calls"]["sts:GetCallerIdentity"] == 1
    sts.close()
    secrets.close()


def test_one_connection_serves_many_requests(server: str) -> None:
    connection = http.client.HTTPConnection(server.removeprefix("http://"), timeout=10)
    connection.connect()
    sock = connection.sock

    for number in range(5):
        body = json.dumps({"Name": f"T{number}", "TimeZone": "UTC", "ValueLockLevel": "NONE", "Status": "PUBLISHED"})
        path = f"/data-tables/{INSTANCE_ID}"
        connection.request("PUT", path, body, signed(server, "PUT", path, body))
        reply = connection.getresponse()
        reply.read()
        assert reply.status == 200
        assert reply.headers["x-amzn-RequestId"]

    assert connection.sock is sock
    connection.close()


def test_an_arn_in_the_path_arrives_whole(server: str, remote: Any) -> None:
    arn = make(remote).described()["Arn"]
    path = f"/data-tables/{INSTANCE_ARN}/{arn}".replace(":", "%3A").replace("instance/", "instance%2F")
    path = path.replace("/data-table/", "%2Fdata-table%2F")
    connection = http.client.HTTPConnection(server.removeprefix("http://"), timeout=10)
    connection.request("GET", path, headers=signed(server, "GET", path))
    reply = connection.getresponse()

    assert json.loads(reply.read())["DataTable"]["Arn"] == arn
    connection.close()


def test_a_lost_reply_closes_the_connection_after_the_write(server: str, remote: Any) -> None:
    assert (
        ask(server, "POST", "/_sandbox/faults", {"lostReply": {"every": 1, "operations": ["CreateDataTable"]}})[0]
        == 200
    )

    with pytest.raises(ConnectionClosedError):
        make(remote)

    assert len(remote.list_data_tables(InstanceId=INSTANCE_ARN)["DataTableSummaryList"]) == 1
    assert ask(server, "GET", "/_sandbox/stats")[1]["faults"] == {"lostReply": 1}


def test_throttling_over_http_is_a_429(server: str, remote: Any) -> None:
    ask(server, "POST", "/_sandbox/faults", {"rate": {"perSecond": 0.001, "burst": 1}})
    remote.list_data_tables(InstanceId=INSTANCE_ARN)

    with pytest.raises(remote.exceptions.ThrottlingException) as caught:
        remote.list_data_tables(InstanceId=INSTANCE_ARN)

    assert caught.value.response["ResponseMetadata"]["RequestId"]
    assert ask(server, "GET", "/_sandbox/stats")[1]["throttled"] == {"connect:ListDataTables": 1}


def test_stats_are_shown_and_their_counters_reset(server: str, remote: Any) -> None:
    make(remote)
    shown = {"calls": {"connect:CreateDataTable": 1}, "total": 1, "throttled": {}, "faults": {}}

    assert ask(server, "GET", "/_sandbox/stats") == (200, shown)
    assert ask(server, "POST", "/_sandbox/stats/reset") == (200, {})
    assert ask(server, "GET", "/_sandbox/stats")[1]["total"] == 0
    assert len(remote.list_data_tables(InstanceId=INSTANCE_ARN)["DataTableSummaryList"]) == 1


def test_reset_empties_tables_faults_and_counters(server: str, remote: Any) -> None:
    make(remote)
    ask(server, "POST", "/_sandbox/faults", {"error": {"every": 1}})

    assert ask(server, "POST", "/_sandbox/reset") == (200, {})

    assert remote.list_data_tables(InstanceId=INSTANCE_ARN)["DataTableSummaryList"] == []
    assert remote.describe_instance(InstanceId=INSTANCE_ID)["Instance"]["Arn"] == INSTANCE_ARN


@pytest.mark.parametrize("body", [{"nope": 1}, [], "{"])
def test_wrong_faults_are_a_400_with_a_message(server: str, body: Any) -> None:
    status, answer = ask(server, "POST", "/_sandbox/faults", body)

    assert status == 400
    assert answer["message"].startswith("faults")


def test_what_no_operation_creates_is_seeded_over_http(server: str, remote: Any) -> None:
    status, answer = ask(server, "POST", "/_sandbox/seed", {"type": "User", "members": {"Username": "ada"}})

    (found,) = remote.list_users(InstanceId=INSTANCE_ID)["UserSummaryList"]
    assert (status, answer, found["Username"]) == (200, {"id": found["Id"]}, "ada")


@pytest.mark.parametrize(
    "body", [{"type": "User"}, {"type": "Queue", "members": {}}, "{", {"type": "User", "members": {}, "instance": "x"}]
)
def test_wrong_seeds_are_a_400_with_a_message(server: str, body: Any) -> None:
    status, answer = ask(server, "POST", "/_sandbox/seed", body)

    assert (status, answer["message"].split(":")[0]) == (400, "seed")


def test_quotas_are_raised_over_http_and_the_faults_own_outweigh_them(server: str, remote: Any) -> None:
    """M6: reconcile.yaml says what AWS has raised."""
    ask(server, "POST", "/_sandbox/faults", {"quotas": {"attributes": 1}})

    raised = ask(server, "POST", "/_sandbox/quotas", {"tables": 1, "attributes": 300})
    table = make(remote)
    table.attribute("one")

    assert raised == (200, {})
    assert refused(lambda: make(remote, "U"))[0] == "ServiceQuotaExceededException"
    assert refused(lambda: table.attribute("two"))[0] == "ServiceQuotaExceededException"
    assert ask(server, "POST", "/_sandbox/quotas", {"tables": "many"})[0] == 400
    assert ask(server, "POST", "/_sandbox/quotas", {"tables": 2}) == (200, {})
    make(remote, "U")


def test_an_unknown_control_address_says_which_there_are(server: str) -> None:
    status, answer = ask(server, "GET", "/_sandbox/nope")

    assert status == 404
    assert "/_sandbox/stats" in answer["message"]


@pytest.mark.slow
def test_a_taken_port_is_reported_and_stops_the_server(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        process, ready = start("--port", str(taken.getsockname()[1]))
        _, err = process.communicate(timeout=20)

    assert (ready, process.returncode) == ("", 1)
    assert "in use" in err


@pytest.mark.parametrize(
    ("service", "operation", "asked"),
    [
        (
            "iam",
            "simulate_principal_policy",
            {"PolicySourceArn": "arn:aws:iam::111122223333:role/r", "ActionNames": ["a:b"]},
        ),
        ("service-quotas", "list_service_quotas", {"ServiceCode": "connect"}),
        ("ec2", "describe_verified_access_groups", {}),
        ("secretsmanager", "validate_resource_policy", {"ResourcePolicy": "{}"}),
        ("qconnect", "list_assistants", {}),
        ("lambda", "get_runtime_management_config", {"FunctionName": "f"}),
    ],
)
def test_what_moto_does_not_have_is_not_implemented_in_one_line(
    server: str, session: botocore.session.Session, service: str, operation: str, asked: dict[str, Any]
) -> None:
    """By protocol: query, JSON, EC2, a service that moto does not know, and a path that it does not know."""
    client = session.create_client(service, region_name="us-east-1", endpoint_url=server)

    with pytest.raises(ClientError) as wrong:
        getattr(client, operation)(**asked)
    client.close()

    assert wrong.value.response["Error"]["Code"] == "NotImplemented"
    assert "\n" not in wrong.value.response["Error"]["Message"]
    assert wrong.value.response["ResponseMetadata"]["HTTPStatusCode"] == 501
