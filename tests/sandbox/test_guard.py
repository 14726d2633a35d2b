"""S-10: what the sandbox refuses although it listens on 127.0.0.1 alone: web pages, foreign names, orders of others."""

from __future__ import annotations

import http.client
import json
import os
import socket
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import botocore.session
import pytest
from botocore.config import Config
from botocore.exceptions import ClientError

from reconciler.sandbox import guard
from reconciler.sandbox.guard import TOKEN_HEADER
from tests.cli.running import Server, serving

KEYS = {"aws_access_key_id": "AKIDEXAMPLE", "aws_secret_access_key": "secret"}


@pytest.fixture(scope="module")
def server() -> Iterator[Server]:
    with serving() as server:
        yield server


def send(
    server: Server, method: str = "GET", path: str = "/_sandbox", body: str = "", **headers: str
) -> tuple[int, dict[str, str], bytes]:
    """Sends headers, named with `_` for `-`. The default `Host` is the sandbox's own."""
    connection = http.client.HTTPConnection("127.0.0.1", server.port, timeout=10)
    try:
        connection.putrequest(method, path, skip_host=True)
        given = {"Host": f"127.0.0.1:{server.port}", "Content_Length": str(len(body)), **headers}
        for name, value in given.items():
            if value:
                connection.putheader(name.replace("_", "-"), value)
        connection.endheaders(body.encode())
        reply = connection.getresponse()
        return reply.status, {name.lower(): value for name, value in reply.getheaders()}, reply.read()
    finally:
        connection.close()


@pytest.mark.parametrize("name", ["127.0.0.1", "localhost", "LOCALHOST", "[::1]", "some-bucket.localhost"])
def test_this_machines_own_names_are_answered(server: Server, name: str) -> None:
    """S-10."""
    assert send(server, Host=f"{name}:{server.port}")[0] == 200


@pytest.mark.parametrize(
    "host",
    [
        "rebound.evil.example",
        "rebound.evil.example:{port}",
        "127.0.0.1",
        "127.0.0.1:1",
        "localhost.evil.example:{port}",
        "evil.example/localhost:{port}",
        "connect.us-east-1.amazonaws.com:{port}",
        "",
    ],
)
@pytest.mark.parametrize("path", ["/_sandbox", "/some-bucket", "/moto-api/data.json"])
def test_a_name_that_was_pointed_to_this_machine_is_misdirected(server: Server, host: str, path: str) -> None:
    """S-10: DNS rebinding."""
    status, _, body = send(server, path=path, Host=host.format(port=server.port))

    assert status == 421
    assert f"127.0.0.1:{server.port}" in json.loads(body)["message"]


@pytest.mark.parametrize(
    "headers",
    [
        {"Origin": "https://evil.example"},
        {"Origin": "null"},
        {"Origin": "http://127.0.0.1"},
        {"Sec_Fetch_Site": "cross-site"},
        {"Sec_Fetch_Site": "same-site"},
    ],
)
@pytest.mark.parametrize(("method", "path"), [("GET", "/"), ("POST", "/_sandbox/reset"), ("OPTIONS", "/some-bucket")])
def test_a_web_page_is_refused_and_no_answer_is_for_its_eyes(
    server: Server, headers: dict[str, str], method: str, path: str
) -> None:
    """S-10: also a page that has somehow learnt the token."""
    status, sent, _ = send(server, method, path, **{TOKEN_HEADER: server.token}, **headers)

    assert status == 403
    assert not [name for name in sent if name.startswith("access-control-")]


def test_an_answer_of_motos_allows_no_origin(server: Server) -> None:
    """S-10: moto would allow every one."""
    _, sent, body = send(server, path="/some-bucket")

    assert b"NoSuchBucket" in body
    assert not [name for name in sent if name.startswith("access-control-")]


@pytest.mark.parametrize("act", ["reset", "faults", "seed", "stats/reset", "quotas"])
@pytest.mark.parametrize("token", ["", "wrong"])
def test_orders_need_the_token(server: Server, act: str, token: str) -> None:
    """S-10: other users of the machine reach the port too."""
    status, _, body = send(server, "POST", f"/_sandbox/{act}", "{}", **{TOKEN_HEADER: token})

    assert status == 403
    assert TOKEN_HEADER in json.loads(body)["message"]


def test_reading_what_was_asked_needs_no_token(server: Server) -> None:
    assert send(server, path="/_sandbox/stats")[0] == 200


@pytest.mark.parametrize(
    ("service", "operation"),
    [
        ("batch", "describe_job_queues"),
        ("codebuild", "list_projects"),
        ("ec2", "describe_instances"),
        ("kms", "list_keys"),
        ("ecs", "list_clusters"),
    ],
)
def test_services_that_nothing_here_uses_are_not_served(server: Server, service: str, operation: str) -> None:
    """S-10: some of moto's services start containers that mount any folder."""
    with pytest.raises(ClientError) as wrong:
        getattr(_client(service, server.endpoint), operation)()

    assert wrong.value.response["Error"]["Code"] == "NotImplemented"
    assert (
        "only connect, qconnect, cloudwatch, dynamodb, dynamodbstreams, events, iam, lambda, logs"
        in wrong.value.response["Error"]["Message"]
    )


def test_only_the_owner_of_the_sandbox_deploys_and_invokes_functions() -> None:
    """Functions run as programs of the owner, and other users of the machine reach the port."""
    with socket.create_server(("127.0.0.1", 0)) as server, socket.create_connection(server.getsockname()) as client:
        ports = client.getsockname()[1], server.getsockname()[1]
        table = Path("/proc/net/tcp").read_text(encoding="ascii")

        assert guard.user_of(table, *ports) == os.getuid()
        assert guard.from_another_user(*ports, os.getuid()) == ""
        assert "only the user who started" in guard.from_another_user(1, 2, os.getuid())


def test_the_kernels_table_names_the_user_of_a_call(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    table = "  sl  local_address\n 0: 0100007F:1F90 0100007F:0050 01 00000000:00000000 00:00000000 00000000 4711 0 1\n"
    (tmp_path / "tcp").write_text(table, encoding="ascii")
    monkeypatch.setattr(guard, "_CONNECTIONS", tmp_path / "tcp")

    assert "only the user who started" in guard.from_another_user(0x1F90, 0x50, 1000)
    assert guard.from_another_user(0x1F90, 0x50, 4711) == ""


@pytest.mark.parametrize("path", ["/moto-api/data.json", "/moto-api/", "/latest/meta-data/", "/favicon.ico"])
def test_motos_own_addresses_are_not_served(server: Server, path: str) -> None:
    """S-10: `POST /moto-api/reset` would need no token."""
    assert send(server, path=path)[0] == 501
    assert send(server, "POST", "/moto-api/reset")[0] == 501


@pytest.mark.slow
def test_services_of_the_lambdas_and_of_the_command_are_served(server: Server) -> None:
    made = {name: _client(name, server.endpoint) for name in ("sts", "s3", "dynamodb", "secretsmanager", "connect")}
    made["s3"].create_bucket(Bucket="some-bucket")
    made["secretsmanager"].create_secret(Name="s", SecretString="x")

    assert made["sts"].get_caller_identity()["Account"] == "111122223333"
    assert [each["Name"] for each in made["s3"].list_buckets()["Buckets"]] == ["some-bucket"]
    assert made["dynamodb"].list_tables()["TableNames"] == []
    assert made["secretsmanager"].get_secret_value(SecretId="s")["SecretString"] == "x"
    assert len(made["connect"].list_instances()["InstanceSummaryList"]) == 1


def _client(service: str, endpoint: str) -> Any:
    once = Config(retries={"total_max_attempts": 1})
    return botocore.session.Session().create_client(
        service, region_name="us-east-1", endpoint_url=endpoint, config=once, **KEYS
    )
