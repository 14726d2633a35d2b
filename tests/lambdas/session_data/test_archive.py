"""The built archive under AWS's own runtime client, against the local AWS over HTTP."""

from __future__ import annotations

import base64
import hashlib
import json
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import boto3
import pytest

from reconciler.packaging import LAMBDAS
from reconciler.sandbox import ACCOUNT, INSTANCE_ID, in_process
from reconciler.sandbox.guard import TOKEN_HEADER
from tests.cli.running import Server, serving
from tests.lambdas.policies import filled_in
from tests.lambdas.runtime import Lambda, build_elsewhere, running
from tests.lambdas.session_data.flow import ASSISTANT, CONTACT, KEYS, PHONE, SESSION, SESSION_ARN, event

pytestmark = pytest.mark.slow

HANDLER = "reconciler.lambdas.session_data.handler.handler"
FOUR = {"intent": "billing", "tier": "Gold", "product": "router", "callback": PHONE}
SECRET = "hunter2-in-a-parameter"  # noqa: S105 - planted


@pytest.fixture(scope="module")
def archive(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return build_elsewhere("session_data", tmp_path_factory.mktemp("built"), "shared")


@pytest.fixture(scope="module")
def server() -> Iterator[Server]:
    with serving() as server:
        yield server


@contextmanager
def deployed(archive: Path, server: Server, folder: Path, **environ: str) -> Iterator[Lambda]:
    """With a contact and its session in an AWS that has nothing else."""
    server.reset()
    ask(server, "POST", "seed", {"type": "Session", "members": {"assistantId": ASSISTANT, "sessionId": SESSION}})
    contact = {"Id": CONTACT, "WisdomInfo": {"SessionArn": SESSION_ARN}}
    ask(server, "POST", "seed", {"type": "Contact", "members": contact})
    message = {"AI_ASSISTANT_ID": ASSISTANT, "AWS_ENDPOINT_URL": server.endpoint, **environ}
    with running(archive, HANDLER, folder, message) as found:
        yield found


def ask(server: Server, method: str, path: str, body: Any = None) -> Any:
    asked = urllib.request.Request(  # noqa: S310 - our own server
        f"{server.endpoint}/_sandbox/{path}", json.dumps(body).encode() if body is not None else None, method=method
    )
    asked.add_header(TOKEN_HEADER, server.token)
    with urllib.request.urlopen(asked) as reply:  # noqa: S310
        return json.load(reply)


def held(server: Server) -> dict[str, str]:
    found: dict[str, str] = ask(server, "GET", "session-data")[SESSION]
    return found


def test_the_built_archive_answers_the_smoke_event_as_the_page_says(
    archive: Path, server: Server, tmp_path: Path
) -> None:
    """S1-26: Connect does not know its contact."""
    smoke = json.loads((LAMBDAS / "session_data" / "smoke-event.json").read_text(encoding="utf-8"))

    with deployed(archive, server, tmp_path) as function:
        answer = function.invoke(smoke)

    assert (answer.is_error, answer.body["errorCode"]) == (False, "AWS_ERROR")
    assert answer.body["awsErrorCode"] == "ResourceNotFoundException"


def test_the_local_aws_takes_the_archive_as_a_function_of_the_documented_runtime(archive: Path) -> None:
    """S1-26: uploaded with the role's policy, and there byte for byte. The server has no Lambda, this process has."""
    with in_process():
        upload(archive)


def upload(archive: Path) -> None:
    keys = {"region_name": "us-east-1", "aws_access_key_id": "any", "aws_secret_access_key": "any"}
    iam, functions = boto3.client("iam", **keys), boto3.client("lambda", **keys)
    trust = {"Effect": "Allow", "Principal": {"Service": "lambda.amazonaws.com"}, "Action": "sts:AssumeRole"}
    document = json.dumps({"Version": "2012-10-17", "Statement": [trust]})
    role = iam.create_role(RoleName="session-data", AssumeRolePolicyDocument=document)["Role"]["Arn"]
    policy = json.loads((LAMBDAS / "session_data" / "policy.json").read_text(encoding="utf-8"))
    values = {"PARTITION": "aws", "REGION": "us-east-1", "ACCOUNT": ACCOUNT, "FUNCTION_NAME": "session-data"}
    values |= {"CONNECT_INSTANCE_ID": INSTANCE_ID, "AI_ASSISTANT_ID": ASSISTANT}
    iam.put_role_policy(RoleName="session-data", PolicyName="main", PolicyDocument=filled_in(policy, values))

    functions.create_function(
        FunctionName="session-data",
        Runtime="python3.13",
        Role=role,
        Handler=HANDLER,
        Code={"ZipFile": archive.read_bytes()},
        Timeout=10,
        MemorySize=512,
    )

    held = functions.get_function_configuration(FunctionName="session-data")
    assert held["CodeSha256"] == base64.b64encode(hashlib.sha256(archive.read_bytes()).digest()).decode()
    assert (held["Runtime"], held["Handler"], held["Role"]) == ("python3.13", HANDLER, role)


def test_the_built_archive_writes_what_a_flow_hands_over(archive: Path, server: Server, tmp_path: Path) -> None:
    """S1-1, S1-8, S1-26, S1-61: runs as documented, by its handler's name, with its source folder gone."""
    with deployed(archive, server, tmp_path) as function:
        answer = function.invoke(event(FOUR))

    assert not answer.is_error, answer.body
    assert tuple(answer.body) == KEYS
    assert (answer.body["status"], answer.body["updatedCount"]) == ("updated", "4")
    assert held(server) == FOUR
    assert server.calls() == {"connect:DescribeContact": 1, "qconnect:UpdateSessionData": 1}
    (line,) = function.lines()
    assert (line["level"], line["updatedDataCount"]) == ("INFO", 4)
    assert "555" not in function.logged()


@pytest.mark.slow
def test_invalid_settings_are_reported_without_a_call(archive: Path, server: Server, tmp_path: Path) -> None:
    """S1-57: by a container that started in spite of them."""
    with deployed(archive, server, tmp_path, BUDGET_SECONDS="soon") as function:
        answer = function.invoke(event(FOUR))

    assert answer.body["errorCode"] == "CONFIG_INVALID"
    assert server.calls() == {}


@pytest.mark.slow
@pytest.mark.parametrize("operation", ["DescribeContact", "UpdateSessionData"])
def test_a_service_that_hangs_keeps_no_flow_waiting(
    archive: Path, server: Server, tmp_path: Path, operation: str
) -> None:
    """S1-3: real time-outs of real sockets; a flow waits 8 s."""
    with deployed(archive, server, tmp_path) as function:
        function.invoke(event({"warm": "1", **({"SESSION_ARN": SESSION_ARN} if operation[0] == "D" else {})}))
        server.set_faults(latencyMs=60_000)
        answer = function.invoke(event(FOUR))
        server.set_faults()

    assert (answer.body["status"], answer.body["errorCode"]) == ("error", "AWS_ERROR")
    assert answer.body["awsErrorCode"] == "ReadTimeoutError"
    assert function.lines()[-1]["durationMs"] < 8000


@pytest.mark.slow
def test_throttles_lost_replies_and_broken_calls_are_lived_through(
    archive: Path, server: Server, tmp_path: Path
) -> None:
    """S1-59: every reported entry is written, and every written one is reported, at least as unclear."""
    with deployed(archive, server, tmp_path) as function:
        server.set_faults(
            seed=7,
            rate={"perSecond": 20, "burst": 5},
            error={"probability": 0.2},
            lostReply={"every": 4, "operations": ["UpdateSessionData"]},
        )
        answers = [function.invoke(event({f"key{number}": str(number)})).body for number in range(30)]
        server.set_faults()

    there = held(server)
    for number, answer in enumerate(answers):
        if answer["status"] == "updated":
            assert there[f"key{number}"] == str(number)
        elif f"key{number}" in there:
            assert "may have been carried out" in answer["errorMessage"]
    assert {answer["status"] for answer in answers} <= {"updated", "error"}
    assert sum(answer["status"] == "updated" for answer in answers) > 20


@pytest.mark.slow
def test_an_event_that_comes_three_times_is_written_once(archive: Path, server: Server, tmp_path: Path) -> None:
    with deployed(archive, server, tmp_path) as function:
        answers = [function.invoke(event(FOUR)).body for _ in range(3)]

    assert answers == [answers[0]] * 3
    assert held(server) == FOUR
    assert server.calls() == {"connect:DescribeContact": 1, "qconnect:UpdateSessionData": 3}


@pytest.mark.slow
def test_the_error_branch_is_taken_where_it_is_asked_for(archive: Path, server: Server, tmp_path: Path) -> None:
    """S1-64."""
    with deployed(archive, server, tmp_path, FAIL_MODE="raise") as function:
        fine, failed = function.invoke(event(FOUR)), function.invoke(event({"a": SECRET}, ContactId="unknown"))

    assert (fine.is_error, failed.is_error) == (False, True)
    assert failed.body["errorType"] == "SessionDataFailed"
    assert failed.body["errorMessage"].startswith("AWS_ERROR: connect:DescribeContact was refused: ResourceNotFound")
    assert SECRET not in function.logged() + json.dumps(failed.body)


@pytest.mark.slow
def test_planted_secrets_are_in_no_log_whatever_the_mode(archive: Path, server: Server, tmp_path: Path) -> None:
    """S1-12."""
    with deployed(archive, server, tmp_path, DEBUG_LOG="true", LOGGED_KEYS="phone") as function:
        answers = [function.invoke(event({"phone": PHONE, "password": SECRET, "note": SECRET})).body]
        server.set_faults(error={"every": 1})
        answers.append(function.invoke(event({"phone": PHONE, "note": SECRET})).body)
        server.set_faults()

    seen = function.logged() + json.dumps(answers)
    assert [each for each in (PHONE, SECRET, "AKIDEXAMPLE") if each in seen] == []
    assert [line["level"] for line in function.lines()] == ["DEBUG", "DEBUG", "INFO", "DEBUG", "ERROR"]
