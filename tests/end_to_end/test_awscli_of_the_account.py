"""The AWS command line, which knows nothing of us, reads back resources of the account: what watches and orchestrates.

Starting the command line takes longer than the rest, so all of these are slow.
"""

from __future__ import annotations

import json
import os
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from reconciler.cli import run
from reconciler.sandbox import ACCOUNT, INSTANCE_ID, REGION, background

ROOT = Path(__file__).resolve().parents[2]
AWS = Path(os.environ.get("RECONCILE_AWSCLI", ROOT / ".venv-awscli" / "bin" / "aws"))
ENVIRONMENTS = """\
stack: contact-centre
environments:
  sandbox:
    sandbox: true
    rates: unlimited
"""
MANIFESTS = {
    "etl.yaml": """\
kind: EmrServerlessApplication
metadata: {name: etl}
spec:
  releaseLabel: emr-7.9.0
  type: SPARK
  maximumCapacity: {cpu: 16 vCPU, memory: 64 GB}
  tags: {Team: care}
""",
    "warehouse.yaml": """\
kind: RedshiftNamespace
metadata: {name: analytics}
spec: {dbName: calls, logExports: [userlog]}
---
kind: RedshiftWorkgroup
metadata: {name: analytics}
spec: {namespace: analytics, baseCapacity: 8, maxCapacity: 64}
---
kind: IamRole
metadata: {name: copy}
spec:
  assumeRolePolicyDocument:
    Version: "2012-10-17"
    Statement: [{Effect: Allow, Principal: {Service: redshift.amazonaws.com}, Action: "sts:AssumeRole"}]
---
kind: RedshiftRole
metadata: {name: analytics/copy}
""",
    "assistants.yaml": """\
kind: QAssistant
metadata: {name: contact-centre}
spec: {description: Answers for agents}
---
kind: IntegrationAssociation
metadata: {name: assistant}
spec: {integrationType: WISDOM_ASSISTANT, integrationArn: "${QAssistant/contact-centre.arn}"}
""",
    "machines.yaml": """\
kind: IamRole
metadata: {name: nightly}
spec:
  assumeRolePolicyDocument:
    Version: "2012-10-17"
    Statement: [{Effect: Allow, Principal: {Service: states.amazonaws.com}, Action: "sts:AssumeRole"}]
---
kind: LogGroup
metadata: {name: /aws/vendedlogs/states/nightly}
spec: {retentionInDays: 30}
---
kind: StateMachine
metadata: {name: nightly}
spec:
  role: nightly
  definition:
    StartAt: Done
    States: {Done: {Type: Succeed, Comment: "${LogGroup//aws/vendedlogs/states/nightly.arn}"}}
  loggingConfiguration:
    level: ALL
    destinations:
      - cloudWatchLogsLogGroup: {logGroupArn: "${LogGroup//aws/vendedlogs/states/nightly.arn}"}
""",
    "schedules.yaml": """\
kind: IamRole
metadata: {name: scheduler}
spec:
  assumeRolePolicyDocument:
    Version: "2012-10-17"
    Statement: [{Effect: Allow, Principal: {Service: scheduler.amazonaws.com}, Action: "sts:AssumeRole"}]
---
kind: ScheduleGroup
metadata: {name: calls}
spec: {tags: {Team: care}}
---
kind: Schedule
metadata: {name: calls/every-two-hours}
spec:
  scheduleExpression: cron(40 */2 * * ? *)
  scheduleExpressionTimezone: America/New_York
  target:
    arn: arn:aws:lambda:us-east-1:111122223333:function:calls
    role: scheduler
    input: {time: <aws.scheduler.scheduled-time>}
---
kind: Secret
metadata: {name: contact-calls/redshift}
spec: {description: The login of the loader}
""",
    "alarms.yaml": """\
kind: Alarm
metadata: {name: calls-behind}
spec:
  namespace: reconcile/contact_calls
  metricName: BehindSeconds
  dimensions: [{name: FunctionName, value: contact-calls}]
  statistic: Maximum
  period: 300
  evaluationPeriods: 3
  threshold: 7200
  comparisonOperator: GreaterThanThreshold
  alarmActions: ["arn:aws:sns:us-east-1:111122223333:alerts"]
  tags: {Team: care}
---
kind: CompositeAlarm
metadata: {name: contact-centre}
spec:
  alarmRule: ALARM("${Alarm/calls-behind.arn}")
  actionsEnabled: false
---
kind: Dashboard
metadata: {name: contact-centre-sandbox}
spec:
  dashboardBody: {widgets: [{type: alarm, properties: {alarms: ["${Alarm/calls-behind.arn}"]}}]}
""",
}

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def root(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """The manifests, applied by the command to a sandbox of its own."""
    root = tmp_path_factory.mktemp("account")
    folder = root / "manifests" / "base"
    folder.mkdir(parents=True)
    for name, text in MANIFESTS.items():
        (folder / name).write_text(text, encoding="utf-8")
    (root / "reconcile.yaml").write_text(ENVIRONMENTS, encoding="utf-8")
    assert run(["-C", str(root), "-e", "sandbox", "-q", "apply", "--auto-approve"]) == 0
    yield root
    background.stop(root / ".reconcile")


def aws(root: Path, *words: str) -> Any:
    assert AWS.exists(), f"{AWS} is missing: `make test` builds it"
    endpoint = f"http://127.0.0.1:{json.loads((root / '.reconcile' / 'sandbox.json').read_text())['port']}"
    environ = {
        "PATH": os.environ["PATH"],
        "AWS_ACCESS_KEY_ID": "testing",
        "AWS_SECRET_ACCESS_KEY": "testing",
        "AWS_DEFAULT_REGION": REGION,
        "AWS_CONFIG_FILE": os.devnull,
    }
    # pip writes the path of the environment into the first line of `aws`, where the kernel allows no space.
    command = [str(AWS.parent / "python"), str(AWS), *words, "--endpoint-url", endpoint, "--output", "json"]
    done = subprocess.run(command, env=environ, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


def tags(pairs: list[dict[str, str]]) -> dict[str, str]:
    return {pair.get("Key") or pair["key"]: pair.get("Value") or pair["value"] for pair in pairs}


def test_an_alarm_is_there_with_its_action_and_its_tags(root: Path) -> None:
    (alarm,) = aws(root, "cloudwatch", "describe-alarms", "--alarm-names", "calls-behind")["MetricAlarms"]
    tagged = aws(root, "cloudwatch", "list-tags-for-resource", "--resource-arn", alarm["AlarmArn"])["Tags"]

    assert alarm["AlarmArn"] == f"arn:aws:cloudwatch:{REGION}:{ACCOUNT}:alarm:calls-behind"
    assert (alarm["Statistic"], alarm["Period"], alarm["Threshold"]) == ("Maximum", 300, 7200.0)
    assert alarm["AlarmActions"] == [f"arn:aws:sns:us-east-1:{ACCOUNT}:alerts"]
    assert tags(tagged).items() >= {"Team": "care", "reconciler:stack": "contact-centre/sandbox"}.items()


def test_a_composite_alarm_is_there_with_the_arn_of_its_alarm(root: Path) -> None:
    found = aws(root, "cloudwatch", "describe-alarms", "--alarm-types", "CompositeAlarm")["CompositeAlarms"]

    (composite,) = found
    assert composite["AlarmRule"] == f'ALARM("arn:aws:cloudwatch:{REGION}:{ACCOUNT}:alarm:calls-behind")'
    assert (composite["AlarmName"], composite["ActionsEnabled"]) == ("contact-centre", False)


def test_a_dashboard_is_there_with_the_arn_of_its_alarm(root: Path) -> None:
    found = aws(root, "cloudwatch", "get-dashboard", "--dashboard-name", "contact-centre-sandbox")

    assert found["DashboardArn"] == f"arn:aws:cloudwatch::{ACCOUNT}:dashboard/contact-centre-sandbox"
    alarm = f"arn:aws:cloudwatch:{REGION}:{ACCOUNT}:alarm:calls-behind"
    assert json.loads(found["DashboardBody"]) == {"widgets": [{"type": "alarm", "properties": {"alarms": [alarm]}}]}


def test_a_state_machine_is_there_with_its_role_and_its_log(root: Path) -> None:
    arn = f"arn:aws:states:{REGION}:{ACCOUNT}:stateMachine:nightly"
    group = f"arn:aws:logs:{REGION}:{ACCOUNT}:log-group:/aws/vendedlogs/states/nightly"

    found = aws(root, "stepfunctions", "describe-state-machine", "--state-machine-arn", arn)
    tagged = aws(root, "stepfunctions", "list-tags-for-resource", "--resource-arn", arn)["tags"]

    assert (found["status"], found["roleArn"]) == ("ACTIVE", f"arn:aws:iam::{ACCOUNT}:role/reconcile/nightly")
    assert json.loads(found["definition"])["States"]["Done"]["Comment"] == group
    (destination,) = found["loggingConfiguration"]["destinations"]
    assert destination == {"cloudWatchLogsLogGroup": {"logGroupArn": f"{group}:*"}}
    assert tags(tagged)["reconciler:address"] == "StateMachine/nightly"


def test_a_log_group_is_there_with_its_retention(root: Path) -> None:
    prefix = ("--log-group-name-prefix", "/aws/vendedlogs/")

    (group,) = aws(root, "logs", "describe-log-groups", *prefix)["logGroups"]

    assert (group["logGroupName"], group["retentionInDays"]) == ("/aws/vendedlogs/states/nightly", 30)


def test_a_schedule_is_there_in_its_group_with_its_role_and_its_input(root: Path) -> None:
    found = aws(root, "scheduler", "get-schedule", "--group-name", "calls", "--name", "every-two-hours")
    arn = aws(root, "scheduler", "get-schedule-group", "--name", "calls")["Arn"]
    tagged = aws(root, "scheduler", "list-tags-for-resource", "--resource-arn", arn)["Tags"]

    assert found["ScheduleExpression"] == "cron(40 */2 * * ? *)"
    assert (found["ScheduleExpressionTimezone"], found["State"]) == ("America/New_York", "ENABLED")
    assert found["Target"]["RoleArn"] == f"arn:aws:iam::{ACCOUNT}:role/reconcile/scheduler"
    assert json.loads(found["Target"]["Input"]) == {"time": "<aws.scheduler.scheduled-time>"}
    assert tags(tagged).items() >= {"Team": "care", "reconciler:address": "ScheduleGroup/calls"}.items()


def test_a_secret_is_there_without_a_value(root: Path) -> None:
    found = aws(root, "secretsmanager", "describe-secret", "--secret-id", "contact-calls/redshift")

    assert found["Description"] == "The login of the loader"
    assert found.get("VersionIdsToStages", {}) == {}
    assert tags(found["Tags"])["reconciler:address"] == "Secret/contact-calls/redshift"


def test_an_assistant_is_there_and_the_instance_uses_it(root: Path) -> None:
    (assistant,) = aws(root, "qconnect", "list-assistants")["assistantSummaries"]
    instance = ("--instance-id", INSTANCE_ID)
    listed = aws(root, "connect", "list-integration-associations", *instance)["IntegrationAssociationSummaryList"]

    assert (assistant["name"], assistant["status"]) == ("contact-centre", "ACTIVE")
    assert assistant["tags"]["reconciler:address"] == "QAssistant/contact-centre"
    assert [each["IntegrationArn"] for each in listed] == [assistant["assistantArn"]]


def test_a_namespace_is_there_with_a_password_that_aws_manages(root: Path) -> None:
    found = aws(root, "redshift-serverless", "get-namespace", "--namespace-name", "analytics")["namespace"]

    assert (found["dbName"], found["logExports"], found["status"]) == ("calls", ["userlog"], "AVAILABLE")
    assert "adminPasswordSecretArn" in found


def test_a_namespace_has_the_role_that_a_document_attaches(root: Path) -> None:
    found = aws(root, "redshift-serverless", "get-namespace", "--namespace-name", "analytics")["namespace"]

    arn = f"arn:aws:iam::{ACCOUNT}:role/reconcile/copy"
    assert found["iamRoles"] == [f"IamRole(applyStatus=in-sync, iamRoleArn={arn})"]


def test_a_workgroup_is_there_with_its_capacity_and_its_tags(root: Path) -> None:
    found = aws(root, "redshift-serverless", "get-workgroup", "--workgroup-name", "analytics")["workgroup"]
    arn = ("--resource-arn", found["workgroupArn"])

    tagged = aws(root, "redshift-serverless", "list-tags-for-resource", *arn)["tags"]

    assert (found["namespaceName"], found["baseCapacity"], found["maxCapacity"]) == ("analytics", 8, 64)
    assert tags(tagged)["reconciler:address"] == "RedshiftWorkgroup/analytics"


def test_an_application_is_there_with_its_cap(root: Path) -> None:
    (listed,) = aws(root, "emr-serverless", "list-applications")["applications"]
    found = aws(root, "emr-serverless", "get-application", "--application-id", listed["id"])["application"]

    assert (found["name"], found["type"], found["state"]) == ("etl", "Spark", "CREATED")
    assert found["maximumCapacity"] == {"cpu": "16 vCPU", "memory": "64 GB"}
    assert found["tags"].items() >= {"Team": "care", "reconciler:address": "EmrServerlessApplication/etl"}.items()
