"""The built archive under AWS's own runtime client, against a server."""

from __future__ import annotations

from pathlib import Path

import pytest

from reconciler.packaging.building import package
from tests.cli.running import serving
from tests.lambdas.clients import client_at
from tests.lambdas.connectwise.places import LEDGER, TENANTS, create_tables
from tests.lambdas.connectwise_report.reports import BUCKET, HARBOR, RUN, TICKETS, Reports
from tests.lambdas.granted import keys_of
from tests.lambdas.runtime import PYTHON, running
from tests.worlds.archives import built


@pytest.mark.slow
def test_the_built_archive_reports_a_run(tmp_path: Path) -> None:
    archive = package("connectwise_report", into=built(), python=PYTHON).path
    with serving() as server:
        made = {name: client_at(server.endpoint, name) for name in ("dynamodb", "iam", "s3", "sns", "sqs", "sts")}
        create_tables(made["dynamodb"])
        reports = Reports(None, made)  # type: ignore[arg-type] - the sandbox is another process
        reports.set_up()
        reports.plan(RUN, HARBOR)
        reports.end(RUN, HARBOR, "failed", error="AUTH: 401")
        environ = {"BUCKET_NAME": BUCKET, "TENANT_SERVICES_TABLE": TENANTS, "LAST_UPDATED_TABLE": LEDGER}
        environ |= {"ALERT_TOPIC_ARN": reports.topic, "AWS_ENDPOINT_URL": server.endpoint}
        values = {"BUCKET_NAME": BUCKET, "TENANT_SERVICES_TABLE": TENANTS, "LAST_UPDATED_TABLE": LEDGER}
        values |= {"ALERT_TOPIC_ARN": reports.topic}
        environ |= keys_of(made.__getitem__, "connectwise_report", values)
        handler = "reconciler.lambdas.connectwise_report.handler.handler"
        with running(archive, handler, tmp_path, environ, timeout=60) as function:
            answered = function.invoke({"run": RUN})
        assert not answered.is_error, function.logged()
        assert answered.body == {"run": RUN, "due": 1, "done": 0, "quiet": 0, "behind": 0, "failed": 1}
        assert [subject for subject, _ in reports.messages()] == [f"connectwise FAILED {HARBOR} {TICKETS}"]
