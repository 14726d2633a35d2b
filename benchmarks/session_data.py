"""Measures session_data against a handler of a few lines of boto3 with the same calls, per event."""

from __future__ import annotations

import random
import time
from collections.abc import Callable, Iterator
from statistics import median
from typing import Any

import boto3

from reconciler.lambdas.session_data.function import SessionData
from reconciler.lambdas.shared.surroundings import Surroundings
from reconciler.sandbox import INSTANCE_ID, in_process
from tests.lambdas.session_data.flow import ASSISTANT, CONTACT, SESSION, a_context, event, seed

RUNS, EVENTS = 9, 100
PARAMETERS = {f"key{number}": f"value {number}" for number in range(8)}


def figures() -> Iterator[str]:
    with in_process() as control:
        seed(control)
        connect, qconnect = (boto3.client(name, "us-east-1", **_keys()) for name in ("connect", "qconnect"))
        written: list[str] = []
        clients = {"connect": connect, "qconnect": qconnect}
        around = Surroundings(
            {"AI_ASSISTANT_ID": ASSISTANT, "AWS_REGION": "us-east-1"},
            lambda service, region: clients[service],
            *(time.monotonic, time.time, time.sleep, random.random, written.append),
        )

        def full_handler() -> None:
            SessionData(around).answer(event(PARAMETERS), a_context())

        def bare() -> None:
            contact = connect.describe_contact(InstanceId=INSTANCE_ID, ContactId=CONTACT)["Contact"]
            data = [{"key": key, "value": {"stringValue": text}} for key, text in PARAMETERS.items()]
            session = contact["WisdomInfo"]["SessionArn"].rpartition("/")[2]
            qconnect.update_session_data(assistantId=ASSISTANT, sessionId=session, data=data)

        full_handler(), bare()
        pairs = [(_cpu(full_handler), _cpu(bare)) for _ in range(RUNS)]
        if control.session_data()[SESSION] != PARAMETERS:
            raise SystemExit("the input did not arrive")
    yield f"an event, look-up and write: {_ratios(pairs)} the two calls alone, in CPU"


def _keys() -> dict[str, str]:
    return {"aws_access_key_id": "AKIDEXAMPLE", "aws_secret_access_key": "secret"}


def _cpu(work: Callable[[], Any]) -> float:
    started = time.process_time()
    for _ in range(EVENTS):
        work()
    return time.process_time() - started


def _ratios(pairs: list[tuple[float, float]]) -> str:
    ratios = [one / other for one, other in pairs]
    return f"{median(ratios):.2f} × (median of {RUNS} pairs, {min(ratios):.2f}–{max(ratios):.2f})"
