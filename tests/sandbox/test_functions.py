"""AWS Lambda: deployed archives run, and fail, as at AWS."""

from __future__ import annotations

import base64
import json
import os
import signal
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from http.client import HTTPConnection
from pathlib import Path
from typing import Any

import pytest

from reconciler.sandbox import ACCOUNT, Control, guard

from .calls import refused
from .deployed import Deployment, archive, packed, read, wait_until
from .processes import end

SHOWS = """
import os, boto3
calls = 0
def handler(event, context):
    global calls
    calls += 1
    print("got", event.get("n"))
    caller = boto3.client("sts").get_caller_identity()["Arn"]
    return {"calls": calls, "caller": caller, "colour": os.environ.get("COLOUR"), "arn": context.invoked_function_arn}
"""
COUNTS = """
calls = 0
def handler(event, context):
    global calls
    calls += 1
    return calls
"""
FAILS = """
import os, sys, time
def handler(event, context):
    how = event["how"]
    if how == "raise":
        raise KeyError("order")
    if how == "exit":
        os._exit(3)
    if how == "kill":
        os.kill(os.getpid(), 9)
    if how == "sleep":
        time.sleep(60)
    return "x" * 7_000_000
"""
MEASURES = """
import json, time
def handler(event, context):
    metric = {"Namespace": "shop", "Dimensions": [["Service"]], "Metrics": [{"Name": "Orders", "Unit": "Count"}]}
    embedded = {"Timestamp": int(time.time() * 1000), "CloudWatchMetrics": [metric]}
    print(json.dumps({"_aws": embedded, "Service": "orders", "Orders": [3, 4]}))
"""


@pytest.fixture
def aws(sandbox: Control, session: Any) -> Deployment:
    return Deployment(session)


@pytest.mark.slow
def test_a_deployed_archive_runs_with_its_environment_under_its_role_and_stays_warm(aws: Deployment) -> None:
    arn = aws.deploy(SHOWS, Environment={"Variables": {"COLOUR": "red"}})

    first, second = aws.invoke({"n": 1}), aws.invoke({"n": 2})

    assert first == {
        "calls": 1,
        "caller": f"arn:aws:sts::{ACCOUNT}:assumed-role/worker/f",
        "colour": "red",
        "arn": arn,
    }
    assert second["calls"] == 2


@pytest.mark.slow
def test_a_change_of_code_or_configuration_makes_a_new_container(aws: Deployment) -> None:
    aws.deploy(COUNTS)
    assert (aws.invoke(), aws.invoke()) == (1, 2)

    aws("lambda").update_function_configuration(FunctionName="f", Environment={"Variables": {"COLOUR": "blue"}})
    assert (aws.invoke(), aws.invoke()) == (1, 2)

    aws("lambda").update_function_code(FunctionName="f", ZipFile=archive("def handler(event, context): return 'new'"))
    assert aws.invoke() == "new"


@pytest.mark.slow
@pytest.mark.parametrize(
    ("how", "kind", "message"),
    [
        ("raise", "KeyError", "'order'"),
        ("exit", "Runtime.ExitError", "Error: Runtime exited with error: exit status 3"),
        ("kill", "Runtime.ExitError", "Error: Runtime exited with error: signal: killed"),
        ("sleep", "Sandbox.Timedout", "Error: Task timed out after 1.00 seconds"),
        ("much", "Function.ResponseSizeTooLarge", "maximum allowed payload size"),
    ],
)
def test_failures_have_the_forms_of_aws(aws: Deployment, how: str, kind: str, message: str) -> None:
    aws.deploy(FAILS, Timeout=1)

    answer = aws("lambda").invoke(FunctionName="f", Payload=json.dumps({"how": how}))
    body = read(answer)

    assert (answer["StatusCode"], answer["FunctionError"], body["errorType"]) == (200, "Unhandled", kind)
    assert message in body["errorMessage"]


@pytest.mark.slow
@pytest.mark.parametrize(
    ("handler", "kind"),
    [("missing.handler", "Runtime.ImportModuleError"), ("code.missing", "Runtime.HandlerNotFound")],
)
def test_a_wrong_handler_is_an_error_of_the_start(aws: Deployment, handler: str, kind: str) -> None:
    aws.deploy(COUNTS, Handler=handler)

    assert aws.invoke()["errorType"] == kind


@pytest.mark.slow
def test_after_a_failure_a_new_container_answers(aws: Deployment) -> None:
    aws.deploy(FAILS + COUNTS.replace("def handler", "def other"), Timeout=1)
    aws.invoke({"how": "exit"})

    assert aws.invoke({"how": "raise"})["errorType"] == "KeyError"


@pytest.mark.slow
def test_logs_have_start_output_end_and_report_of_each_request(aws: Deployment) -> None:
    aws.deploy(SHOWS)

    answer = aws("lambda").invoke(FunctionName="f", Payload=b'{"n": 7}', LogType="Tail")
    lines = aws.logged()
    request = lines[0].split()[2]

    assert lines[:3] == [f"START RequestId: {request} Version: $LATEST", "got 7", f"END RequestId: {request}"]
    assert lines[3].startswith(f"REPORT RequestId: {request}\tDuration: ")
    assert "\tMemory Size: 128 MB\tMax Memory Used: " in lines[3]
    assert "\tInit Duration: " in lines[3]
    assert base64.b64decode(answer["LogResult"]).decode().splitlines() == lines


@pytest.mark.slow
def test_logs_go_to_the_group_and_have_the_form_that_is_configured(aws: Deployment) -> None:
    code = "import logging\ndef handler(event, context): logging.getLogger().error('late')"
    aws.deploy(code, LoggingConfig={"LogFormat": "JSON", "LogGroup": "/shop/functions"})

    aws.invoke()
    events = aws("logs").filter_log_events(logGroupName="/shop/functions")["events"]
    (line,) = [json.loads(event["message"]) for event in events if event["message"].startswith("{")]

    assert (line["level"], line["message"]) == ("ERROR", "late")


@pytest.mark.slow
def test_embedded_metrics_and_those_of_lambda_arrive_in_cloudwatch(aws: Deployment) -> None:
    aws.deploy(MEASURES)
    aws.deploy(FAILS, "broken")

    aws.invoke()
    aws.invoke({"how": "raise"}, "broken")

    assert aws.total("shop", "Orders", Service="orders") == 7
    assert aws.total("AWS/Lambda", "Invocations", FunctionName="f") == 1
    assert aws.total("AWS/Lambda", "Errors", FunctionName="f") == 0
    assert aws.total("AWS/Lambda", "Errors", FunctionName="broken") == 1


@pytest.mark.slow
def test_reserved_concurrency_refuses_what_is_above_it(aws: Deployment) -> None:
    aws.deploy("import time\ndef handler(event, context): time.sleep(1)")
    aws("lambda").put_function_concurrency(FunctionName="f", ReservedConcurrentExecutions=1)

    def attempt(number: int) -> Any:
        try:
            return aws.invoke()
        except aws("lambda").exceptions.TooManyRequestsException as limit:
            return limit.response["ResponseMetadata"]["HTTPStatusCode"], limit.response["Reason"]

    with ThreadPoolExecutor(3) as callers:
        outcomes = list(callers.map(attempt, range(3)))

    refusal = (429, "ReservedFunctionConcurrentInvocationLimitExceeded")
    assert [outcomes.count(None), outcomes.count(refusal)] == [1, 2]
    assert aws.total("AWS/Lambda", "Throttles", FunctionName="f") == 2


@pytest.mark.slow
def test_a_version_keeps_running_its_own_code(aws: Deployment) -> None:
    aws.deploy("def handler(event, context): return 'one'")
    aws("lambda").get_waiter("function_active_v2").wait(FunctionName="f")
    aws("lambda").publish_version(FunctionName="f")
    aws("lambda").update_function_code(FunctionName="f", ZipFile=archive("def handler(event, context): return 'two'"))

    assert (aws.invoke(Qualifier="1"), aws.invoke()) == ("one", "two")


@pytest.mark.slow
def test_a_layer_is_imported_after_the_code(aws: Deployment) -> None:
    content = packed({"python/shared.py": "COLOUR = 'green'", "python/code.py": "broken"})
    made = aws("lambda").publish_layer_version(LayerName="l", Content={"ZipFile": content})
    aws.deploy("import shared\ndef handler(event, context): return shared.COLOUR", Layers=[made["LayerVersionArn"]])

    assert aws.invoke() == "green"


def test_what_is_not_json_is_refused(aws: Deployment) -> None:
    aws.deploy(COUNTS)

    def invoke(**members: Any) -> Any:
        return refused(lambda: aws("lambda").invoke(FunctionName="f", **members))

    assert invoke(Payload=b"{") == ("InvalidRequestContentException", 400)
    assert aws("lambda").invoke(FunctionName="f", InvocationType="DryRun")["StatusCode"] == 204
    assert refused(lambda: aws.invoke(name="g")) == ("ResourceNotFoundException", 404)


@pytest.mark.slow
def test_functions_of_other_languages_are_refused(aws: Deployment) -> None:
    aws.deploy(COUNTS, Runtime="nodejs22.x")

    assert refused(lambda: aws.invoke()) == ("NotImplemented", 501)


@pytest.mark.slow
@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGKILL])
def test_no_container_outlives_the_sandbox(process: Any, session: Any, number: int) -> None:
    aws = Deployment(session, endpoint_url=process[1])
    aws.deploy("import os, threading, time\ndef handler(event, context): return os.getpid()")
    pid = aws.invoke()
    assert Path(f"/proc/{pid}").exists()

    end(process[0], number)

    wait_until(lambda: not Path(f"/proc/{pid}").exists())


@pytest.mark.slow
def test_the_command_line_of_aws_invokes_what_is_deployed(process: Any, session: Any, tmp_path: Path) -> None:
    aws = Deployment(session, endpoint_url=process[1])
    aws.deploy("def handler(event, context): return {'hello': event['name']}")
    command = Path(os.environ.get("RECONCILE_AWSCLI", Path(sys.prefix).parent / ".venv-awscli" / "bin" / "aws"))
    place = {"AWS_ACCESS_KEY_ID": "k", "AWS_SECRET_ACCESS_KEY": "s", "AWS_DEFAULT_REGION": "us-east-1"}
    words = ["lambda", "invoke", "--function-name", "f"]
    words += ["--payload", '{"name": "Ada"}', "--endpoint-url", process[1], str(tmp_path / "out.json")]

    done = subprocess.run(
        [str(command.parent / "python"), str(command), *words],
        env={"PATH": os.environ["PATH"], **place},
        capture_output=True,
        text=True,
        check=True,
    )

    assert json.loads(done.stdout) == {"StatusCode": 200, "ExecutedVersion": "$LATEST"}
    assert json.loads((tmp_path / "out.json").read_text(encoding="utf-8")) == {"hello": "Ada"}


@pytest.mark.slow
def test_other_users_neither_take_an_event_nor_answer_one(
    aws: Deployment, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    aws.deploy("import os\ndef handler(event, context): return os.environ['AWS_LAMBDA_RUNTIME_API']")
    place = aws.invoke()
    empty = tmp_path / "tcp"  # the kernel's table without a connection of this user
    empty.write_text("header\n", encoding="ascii")
    monkeypatch.setattr(guard, "_CONNECTIONS", empty)

    statuses = []
    for method, path in (("GET", "next"), ("POST", "1/response")):
        connection = HTTPConnection(place, timeout=10)
        connection.request(method, f"/2018-06-01/runtime/invocation/{path}", b"{}" if method == "POST" else None)
        statuses.append(connection.getresponse().status)
        connection.close()

    assert statuses == [403, 403]


@pytest.mark.slow
def test_reset_ends_the_containers(aws: Deployment, sandbox: Control, session: Any) -> None:
    aws.deploy("import os\ndef handler(event, context): return os.getpid()")
    pid = aws.invoke()

    sandbox.reset()

    wait_until(lambda: not Path(f"/proc/{pid}").exists())
    assert Deployment(session)("lambda").list_functions()["Functions"] == []
