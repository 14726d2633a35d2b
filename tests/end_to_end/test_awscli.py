"""The AWS command line, which knows nothing of us, reads back what was applied.

The quick tier reads the tables and a queue: single resources, lists in pages, and lists that belong to a resource.
"""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from reconciler.cli import run
from reconciler.sandbox import INSTANCE_ID, background
from tests.worlds import awscli

ROOT = Path(__file__).resolve().parents[2]

# Resources that the example does not have.
MAIL = """\
kind: EmailAddress
metadata: {name: care@example.com}
spec: {displayName: Care, aliasConfigurations: [help@example.com]}
---
kind: EmailAddress
metadata: {name: help@example.com}
---
kind: IntegrationAssociation
metadata: {name: mail}
spec: {integrationType: SES_IDENTITY, integrationArn: "arn:aws:ses:us-east-1:111122223333:identity/example.com"}
"""
FUNCTION = """\
kind: IamRole
metadata: {name: greeting}
spec:
  assumeRolePolicyDocument:
    Version: "2012-10-17"
    Statement: [{Effect: Allow, Principal: {Service: lambda.amazonaws.com}, Action: "sts:AssumeRole"}]
  inlinePolicies:
    - name: main
      document:
        Version: "2012-10-17"
        Statement:
          - Effect: Allow
            Action: ["sqs:ReceiveMessage", "sqs:DeleteMessage", "sqs:GetQueueAttributes"]
            Resource: "${SqsQueue/greetings.arn}"
---
kind: SqsQueue
metadata: {name: greetings}
spec: {visibilityTimeout: 60}
---
kind: EventSourceMapping
metadata: {name: greetings}
spec:
  eventSourceArn: "${SqsQueue/greetings.arn}"
  functionName: greeting
  batchSize: 5
  functionResponseTypes: [ReportBatchItemFailures]
---
kind: LambdaFunction
metadata: {name: greeting}
spec:
  code: {package: session_data}
  runtime: python3.13
  handler: reconciler.lambdas.session_data.handler.handler
  role: greeting
  memorySize: 512
  reservedConcurrentExecutions: 5
  maximumRetryAttempts: 0
  permissions:
    - {statementId: reconcile-uploads, action: "lambda:InvokeFunction", principal: s3.amazonaws.com}
---
kind: LambdaAlias
metadata: {name: greeting/live}
spec: {release: "2026-11", provisionedConcurrentExecutions: 2, maximumRetryAttempts: 1}
"""


@pytest.fixture(scope="module")
def root(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """The example, applied by the command to a sandbox of its own."""
    root = tmp_path_factory.mktemp("clone")
    shutil.copytree(ROOT / "manifests", root / "manifests")
    (root / "manifests" / "base" / "mail.yaml").write_text(MAIL, encoding="utf-8")
    (root / "manifests" / "base" / "function.yaml").write_text(FUNCTION, encoding="utf-8")
    text = (ROOT / "reconcile.yaml").read_text(encoding="utf-8")
    (root / "reconcile.yaml").write_text(
        text.replace("    sandbox: true\n", "    sandbox: true\n    rates: unlimited\n")
    )
    assert run(["-C", str(root), "-e", "sandbox", "-q", "apply", "--auto-approve"]) == 0
    yield root
    background.stop(root / ".reconcile")


def aws(root: Path, *words: str) -> Any:
    """Returns the answer to a read of the instance."""
    return awscli.aws(root, "connect", *words, "--instance-id", INSTANCE_ID)


@pytest.mark.slow
def test_the_tables_are_there_with_what_they_were_declared_with(root: Path) -> None:
    """S0-1, S0-3."""
    tables = {table["Name"]: table for table in aws(root, "search-data-tables")["DataTables"]}

    assert set(tables) == {"CustomerTypes", "PriorityLevels"}
    assert tables["CustomerTypes"]["ValueLockLevel"] == "DATA_TABLE"
    assert tables["PriorityLevels"]["TimeZone"] == "Europe/Zurich"
    assert tables["PriorityLevels"]["Tags"]["reconciler:stack"] == "contact-centre/sandbox"


@pytest.mark.slow
@pytest.mark.parametrize(
    ("name", "primaries", "others", "cells"),
    [("CustomerTypes", 1, 5, 100), ("PriorityLevels", 2, 5, 84)],
)
def test_attributes_and_cells_are_there(root: Path, name: str, primaries: int, others: int, cells: int) -> None:
    """S0-4, S0-53, S0-54."""
    tables = aws(root, "list-data-tables")["DataTableSummaryList"]
    table = next(each["Id"] for each in tables if each["Name"] == name)

    attributes = aws(root, "list-data-table-attributes", "--data-table-id", table)["Attributes"]
    values = aws(root, "list-data-table-values", "--data-table-id", table)["Values"]

    assert sum(attribute["Primary"] for attribute in attributes) == primaries
    assert len(attributes) == primaries + others
    assert len(values) == cells


@pytest.mark.slow
def test_a_value_reads_back_as_it_was_written(root: Path) -> None:
    tables = aws(root, "list-data-tables")["DataTableSummaryList"]
    table = next(each["Id"] for each in tables if each["Name"] == "CustomerTypes")

    values = aws(root, "list-data-table-values", "--data-table-id", table)["Values"]

    found = {
        value["AttributeName"]: value["Value"] for value in values if value["PrimaryValues"][0]["Value"] == "CT-1001"
    }
    assert found == {
        "CustomerTier": "Platinum",
        "DiscountPercent": "15",
        "CallbackAllowed": "true",
        "Channels": '["Voice", "Chat", "Email"]',
        "SurveyScores": "[9, 10, 9.5]",
    }


@pytest.mark.slow
def test_a_queue_is_there_with_its_quick_connects(root: Path) -> None:
    queues = named(aws(root, "list-queues", "--queue-types", "STANDARD")["QueueSummaryList"])

    billing = aws(root, "describe-queue", "--queue-id", queues["Billing"]["Id"])["Queue"]
    listed = aws(root, "list-queue-quick-connects", "--queue-id", queues["Billing"]["Id"])["QuickConnectSummaryList"]

    assert (billing["MaxContacts"], billing["Status"]) == (40, "ENABLED")
    assert {key: billing["Tags"][key] for key in ("Team", "reconciler:address")} == {
        "Team": "customer-service",
        "reconciler:address": "Queue/Billing",
    }
    assert set(named(listed)) == {"Outages desk", "Supervisor on call"}


@pytest.mark.slow
def test_the_queues_of_a_routing_profile_are_there_in_their_order(root: Path) -> None:
    profiles = named(aws(root, "list-routing-profiles")["RoutingProfileSummaryList"])

    listed = aws(root, "list-routing-profile-queues", "--routing-profile-id", profiles["First line"]["Id"])

    pairs = listed["RoutingProfileQueueConfigSummaryList"]
    assert sorted((pair["Priority"], pair["QueueName"], pair["Channel"], pair["Delay"]) for pair in pairs) == [
        (1, "Billing", "VOICE", 0),
        (2, "Billing", "CHAT", 0),
        (3, "Outages", "VOICE", 30),
    ]


@pytest.mark.slow
def test_an_address_is_there_with_its_alias_and_its_domain(root: Path) -> None:
    rows = {row["EmailAddress"]: row for row in aws(root, "search-email-addresses")["EmailAddresses"]}
    ids = {name: row["EmailAddressId"] for name, row in rows.items()}

    care = aws(root, "describe-email-address", "--email-address-id", ids["care@example.com"])
    (domain,) = aws(root, "list-integration-associations")["IntegrationAssociationSummaryList"]

    assert care["AliasConfigurations"] == [{"EmailAddressId": ids["help@example.com"]}]
    assert (care["DisplayName"], care["Tags"]["reconciler:address"]) == ("Care", "EmailAddress/care@example.com")
    assert domain["IntegrationType"] == "SES_IDENTITY"
    assert domain["IntegrationArn"].endswith(":identity/example.com")


@pytest.mark.slow
def test_hours_are_there_with_their_overrides(root: Path) -> None:
    listed = named(aws(root, "list-hours-of-operations")["HoursOfOperationSummaryList"])
    where = ("--hours-of-operation-id", listed["Office"]["Id"])

    office = aws(root, "describe-hours-of-operation", *where)["HoursOfOperation"]
    overrides = named(aws(root, "list-hours-of-operation-overrides", *where)["HoursOfOperationOverrideList"])

    thursday = next(each for each in office["Config"] if each["Day"] == "THURSDAY")
    assert (office["TimeZone"], len(office["Config"])) == ("America/Toronto", 5)
    assert thursday["EndTime"] == {"Hours": 20, "Minutes": 0}
    assert {name: each["EffectiveTill"] for name, each in overrides.items()} == {
        "Christmas": "2026-12-27",
        "Stocktaking": "2027-01-29",
    }


@pytest.mark.slow
def test_the_permissions_of_a_security_profile_are_there(root: Path) -> None:
    profiles = named(aws(root, "list-security-profiles")["SecurityProfileSummaryList"])

    lead = profiles["Shift lead"]["Id"]
    permissions = aws(root, "list-security-profile-permissions", "--security-profile-id", lead)["Permissions"]

    assert set(permissions) >= {"BasicAgentAccess", "ManagerListenIn", "RoutingPolicies.View"}
    assert len(permissions) == 5


def named(listed: list[dict[str, Any]]) -> dict[str, dict[str, Any]]:
    return {each["Name"]: each for each in listed}


@pytest.mark.slow
def test_a_function_is_there_with_its_settings_and_its_policy(root: Path) -> None:
    own = ("--function-name", "greeting")

    live = awscli.aws(root, "lambda", "get-function", *own)
    calls = awscli.aws(root, "lambda", "get-function-event-invoke-config", *own)
    policy = json.loads(awscli.aws(root, "lambda", "get-policy", *own)["Policy"])

    configuration = live["Configuration"]
    assert (configuration["MemorySize"], configuration["State"]) == (512, "Active")
    assert live["Concurrency"] == {"ReservedConcurrentExecutions": 5}
    assert live["Tags"]["reconciler:code"].endswith(f":{configuration['CodeSha256']}")
    assert calls["MaximumRetryAttempts"] == 0
    assert [statement["Sid"] for statement in policy["Statement"]] == ["reconcile-uploads"]


@pytest.mark.slow
def test_an_alias_is_there_with_its_version_and_the_concurrency_kept_ready(root: Path) -> None:
    own = ("--function-name", "greeting")
    at_it = (*own, "--qualifier", "live")

    alias = awscli.aws(root, "lambda", "get-alias", *own, "--name", "live")
    versions = awscli.aws(root, "lambda", "list-versions-by-function", *own)["Versions"]
    ready = awscli.aws(root, "lambda", "get-provisioned-concurrency-config", *at_it)
    calls = awscli.aws(root, "lambda", "get-function-event-invoke-config", *at_it)

    published = [each["Version"] for each in versions if each["Version"] != "$LATEST"]
    assert [alias["FunctionVersion"]] == published
    assert alias["Description"] == f"2026-11 (version {published[0]})"
    assert alias["AliasArn"].endswith(":function:greeting:live")
    assert ready["RequestedProvisionedConcurrentExecutions"] == 2
    assert calls["MaximumRetryAttempts"] == 1


@pytest.mark.slow
def test_a_role_is_there_with_a_policy_that_names_a_queue(root: Path) -> None:
    own = ("--role-name", "greeting")

    role = awscli.aws(root, "iam", "get-role", *own)["Role"]
    policy = awscli.aws(root, "iam", "get-role-policy", *own, "--policy-name", "main")["PolicyDocument"]

    (trust,), (granted,) = role["AssumeRolePolicyDocument"]["Statement"], policy["Statement"]
    tags = {pair["Key"]: pair["Value"] for pair in role["Tags"]}
    assert (role["Path"], trust["Principal"]) == ("/reconcile/", {"Service": "lambda.amazonaws.com"})
    assert granted["Resource"] == "arn:aws:sqs:us-east-1:111122223333:greetings"
    assert tags["reconciler:address"] == "IamRole/greeting"


@pytest.mark.slow
def test_a_function_gets_the_messages_of_its_queue_in_batches(root: Path) -> None:
    own = ("--function-name", "greeting")

    (mapping,) = awscli.aws(root, "lambda", "list-event-source-mappings", *own)["EventSourceMappings"]

    assert mapping["EventSourceArn"] == "arn:aws:sqs:us-east-1:111122223333:greetings"
    assert (mapping["BatchSize"], mapping["State"]) == (5, "Enabled")
    assert mapping["FunctionResponseTypes"] == ["ReportBatchItemFailures"]
