"""Event sources while the clock runs: no order moves it."""

from __future__ import annotations

from typing import Any

import pytest

from reconciler.sandbox import ACCOUNT, REGION, Control

from .deployed import Deployment, wait_until

pytestmark = pytest.mark.slow

BODIES = """
import json
def handler(event, context):
    print(json.dumps([record["body"] for record in event["Records"]]))
"""


def test_a_full_batch_is_delivered_while_the_clock_runs(sandbox: Control, session: Any) -> None:
    aws = Deployment(session)
    aws.queue("q")
    aws.deploy(BODIES)
    arn = f"arn:aws:sqs:{REGION}:{ACCOUNT}:q"
    aws("lambda").create_event_source_mapping(FunctionName="f", EventSourceArn=arn, BatchSize=1)

    aws.put("one")
    wait_until(lambda: bool(aws.printed()))

    assert aws.printed() == [["one"]]
