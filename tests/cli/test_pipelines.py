"""Pipelines on the local AWS: one document is applied, its deployed function runs, and its alarms change."""

from __future__ import annotations

import json
from typing import Any

import pytest

from reconciler.packaging import LAMBDAS
from reconciler.sandbox import INSTANCE_ARN
from tests.cli.pipelines.documents import without
from tests.cli.running import Done, Reconcile, Repository, Server, client_of, resource, written
from tests.worlds.archives import share_with

pytestmark = pytest.mark.slow

FUNCTION = "shop-lab-session-data"
NOTHING = {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "logs:*", "Resource": "*"}]}
SESSION, CONTACT = "00000000-0000-4000-8000-0000000000e1", "00000000-0000-4000-8000-0000000000c1"
ASSISTANT = resource("QAssistant", "desk")
ENVIRONMENT = {"AI_ASSISTANT_ID": "${QAssistant/desk.id}"}
PIPELINE = resource("Pipeline", "session-data", {"type": "session_data", "environment": ENVIRONMENT})


@pytest.fixture
def deployed(repository: Repository, reconcile: Reconcile, server: Server) -> Done:
    repository.declare(ASSISTANT, PIPELINE)
    done = reconcile("apply", "--auto-approve")
    assert done.code == 0, done.err
    return done


@pytest.fixture
def contact(deployed: Done, server: Server) -> str:
    """Returns the id of a contact with a session of the declared assistant."""
    (assistant,) = client_of(server, "qconnect").list_assistants()["assistantSummaries"]
    session = f"arn:aws:wisdom:us-east-1:111122223333:session/{assistant['assistantId']}/{SESSION}"
    server.seed("Session", {"assistantId": assistant["assistantId"], "sessionId": SESSION})
    server.seed("Contact", {"Id": CONTACT, "Channel": "VOICE", "WisdomInfo": {"SessionArn": session}})
    return CONTACT


def invoke(server: Server, contact: str, **parameters: str) -> Any:
    """Calls the deployed function as a contact flow does, and returns its answer."""
    event = json.loads((LAMBDAS / "session_data" / "smoke-event.json").read_text(encoding="utf-8"))
    event["Details"]["ContactData"] |= {"ContactId": contact, "InstanceARN": INSTANCE_ARN}
    event["Details"]["Parameters"] = parameters
    answer = client_of(server, "lambda").invoke(FunctionName=FUNCTION, Payload=json.dumps(event))
    assert "FunctionError" not in answer
    return json.loads(answer["Payload"].read())


def states(server: Server) -> dict[str, str]:
    alarms = client_of(server, "cloudwatch").describe_alarms()["MetricAlarms"]
    return {alarm["AlarmName"].removeprefix(f"{FUNCTION}-"): alarm["StateValue"] for alarm in alarms}


def test_one_command_deploys_a_function_that_writes_session_data(contact: str, server: Server) -> None:
    """S1-17, S1-25, S1-51."""
    answer = invoke(server, contact, intent="billing")

    assert (answer["status"], answer["updatedCount"]) == ("updated", "1")
    assert server.session_data()[SESSION] == {"intent": "billing"}


def test_a_pipeline_that_is_applied_again_makes_no_write(deployed: Done, reconcile: Reconcile, server: Server) -> None:
    before = server.calls()

    again = reconcile("apply", "--auto-approve")

    made = {name for name, count in server.calls().items() if count > before.get(name, 0)}
    assert again.code == 0, again.err
    assert "No changes" in again.out
    assert written(made) == set()


def test_planning_three_deployed_pipelines_takes_few_calls(
    repository: Repository, reconcile: Reconcile, server: Server
) -> None:
    share_with(repository.root)
    schedules = {"every-two-hours": {"expression": "cron(40 */2 * * ? *)", "timeZone": "America/New_York"}}
    warehouse, bucket = {"secret": "contact-calls/redshift"}, {"name": "example-centre-calls"}
    spec = {"type": "contact_calls", "schedules": schedules, "bucket": bucket, "warehouse": warehouse}
    agents = {"type": "agent_import", "bucket": {"name": "example-centre-agents"}}
    repository.declare(
        ASSISTANT, PIPELINE, resource("Pipeline", "contact-calls", spec), resource("Pipeline", "agents", agents)
    )
    applied = reconcile("apply", "--auto-approve")
    before = sum(server.calls().values())

    plan = reconcile("plan")

    assert applied.code == 0, applied.err
    assert "Pipeline/contact-calls · all 16 resources" in applied.out
    assert "Pipeline/session-data · all 8 resources" in applied.out
    assert "Pipeline/agents · all 18 resources" in applied.out
    assert "No changes. 43 items match." in plan.out
    assert sum(server.calls().values()) - before <= 120


@pytest.mark.parametrize("change", ["function", "role", "log group", "alarm", "dashboard", "association"])
def test_a_change_by_hand_is_drift_and_is_repaired(
    deployed: Done, reconcile: Reconcile, server: Server, change: str
) -> None:
    match change:
        case "function":
            client_of(server, "lambda").update_function_configuration(FunctionName=FUNCTION, Timeout=60)
        case "role":
            client_of(server, "iam").put_role_policy(
                RoleName=FUNCTION, PolicyName="main", PolicyDocument=json.dumps(NOTHING)
            )
        case "log group":
            client_of(server, "logs").delete_retention_policy(logGroupName=f"/aws/lambda/{FUNCTION}")
        case "alarm":
            client_of(server, "cloudwatch").delete_alarms(AlarmNames=[f"{FUNCTION}-slow"])
        case "dashboard":
            client_of(server, "cloudwatch").put_dashboard(DashboardName=FUNCTION, DashboardBody='{"widgets": []}')
        case _:
            arn = client_of(server, "lambda").get_function(FunctionName=FUNCTION)["Configuration"]["FunctionArn"]
            client_of(server, "connect").disassociate_lambda_function(InstanceId=INSTANCE_ARN, FunctionArn=arn)

    drift = reconcile("drift")
    repaired = reconcile("apply", "--auto-approve")

    assert drift.code == 2
    assert "Pipeline/session-data · 1 of 8 resources" in drift.out
    assert repaired.code == 0, repaired.err
    assert reconcile("drift").code == 0


def test_an_alarm_begins_when_its_metric_says_so_and_ends_again(contact: str, server: Server) -> None:
    for _ in range(5):
        assert invoke(server, "00000000-0000-4000-8000-0000000000c9", intent="x")["status"] == "error"
    server.advance("5m")
    during = states(server)

    server.advance("30m")

    assert during["errors"] == "ALARM"
    assert states(server)["errors"] == "OK"


def test_a_role_that_lacks_one_action_fails_the_run_and_the_alarm_goes_off(contact: str, server: Server) -> None:
    """The function's calls pass the policies of its role."""
    iam, policy = client_of(server, "iam"), {"RoleName": FUNCTION, "PolicyName": "main"}
    granted = iam.get_role_policy(**policy)["PolicyDocument"]
    assert invoke(server, contact, intent="billing")["status"] == "updated"
    iam.put_role_policy(**policy, PolicyDocument=json.dumps(without(granted, "wisdom:UpdateSessionData")))

    answers = [invoke(server, contact, intent="sales") for _ in range(5)]
    server.advance("5m")

    assert {answer["errorCode"] for answer in answers} == {"AWS_ERROR"}
    assert "AccessDenied" in answers[0]["awsErrorCode"]
    assert server.session_data()[SESSION] == {"intent": "billing"}
    assert states(server)["errors"] == "ALARM"


def test_without_its_document_a_pipeline_is_deleted_and_its_logs_wait_for_permission(
    deployed: Done, repository: Repository, reconcile: Reconcile, server: Server
) -> None:
    repository.declare(ASSISTANT)

    plan = reconcile("plan", "--prune")
    done = reconcile("apply", "--prune", "--auto-approve")

    assert done.code == 3
    assert f"! blocked LogGroup//aws/lambda/{FUNCTION}" in plan.out
    functions = client_of(server, "lambda").list_functions()["Functions"]
    groups = client_of(server, "logs").describe_log_groups()["logGroups"]
    assert (functions, [group["logGroupName"] for group in groups]) == ([], [f"/aws/lambda/{FUNCTION}"])


def test_provisioned_concurrency_brings_an_alias_that_follows_the_function(
    repository: Repository, reconcile: Reconcile, server: Server
) -> None:
    spec = {"type": "session_data", "environment": ENVIRONMENT, "function": {"provisionedConcurrency": 2}}
    repository.declare(ASSISTANT, resource("Pipeline", "session-data", spec))
    plan = reconcile("plan")
    first = reconcile("apply", "--auto-approve")
    spec["function"] = {"provisionedConcurrency": 2, "memoryMegabytes": 1024}
    repository.declare(ASSISTANT, resource("Pipeline", "session-data", spec))
    second = reconcile("apply", "--auto-approve")

    aws = client_of(server, "lambda")
    alias = aws.get_alias(FunctionName=FUNCTION, Name="live")
    ready = aws.get_provisioned_concurrency_config(FunctionName=FUNCTION, Qualifier="live")
    callable_by_flows = client_of(server, "connect").list_lambda_functions(InstanceId=INSTANCE_ARN)["LambdaFunctions"]
    assert (first.code, second.code) == (0, 0), first.err + second.err
    assert "provisioned concurrency of 2 by the hour while it exists" in plan.out
    assert alias["FunctionVersion"] == "2"
    assert aws.get_function_configuration(FunctionName=FUNCTION, Qualifier="live")["MemorySize"] == 1024
    assert ready["RequestedProvisionedConcurrentExecutions"] == 2
    assert callable_by_flows == [alias["AliasArn"]]
    assert "No changes" in reconcile("plan").out


def test_an_alias_that_another_writer_moves_is_drift(
    repository: Repository, reconcile: Reconcile, server: Server
) -> None:
    spec = {"type": "session_data", "environment": ENVIRONMENT, "function": {"provisionedConcurrency": 1}}
    repository.declare(ASSISTANT, resource("Pipeline", "session-data", spec))
    reconcile("apply", "--auto-approve")
    aws = client_of(server, "lambda")
    aws.update_function_configuration(FunctionName=FUNCTION, Timeout=60)
    aws.get_waiter("function_updated").wait(FunctionName=FUNCTION)
    other = aws.publish_version(FunctionName=FUNCTION)["Version"]
    aws.update_alias(FunctionName=FUNCTION, Name="live", FunctionVersion=other)

    drift = reconcile("drift")
    repaired = reconcile("apply", "--auto-approve")

    live = aws.get_function_configuration(FunctionName=FUNCTION, Qualifier="live")
    assert (drift.code, repaired.code) == (2, 0), repaired.err
    assert f'release: "version {other}"' in drift.out
    assert live["Timeout"] == 10
    assert reconcile("drift").code == 0
