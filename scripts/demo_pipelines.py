"""Runs the Lambdas end to end on this machine: built archives under AWS's runtime client, against a local AWS.

    python scripts/demo_pipelines.py

Each pipeline prints its input and the data that arrived, and checks it. The demo exits with 1 at the first failure.
"""

from __future__ import annotations

import json
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from reconciler.packaging import LAMBDAS, package  # noqa: E402 - this repository's, from wherever this is run
from reconciler.sandbox import background  # noqa: E402
from reconciler.sandbox.background import Sandbox  # noqa: E402
from scripts.demo_contact_calls import contact_calls  # noqa: E402
from scripts.demo_screen import PYTHON, ask, check, say, show  # noqa: E402
from tests.lambdas.runtime import Lambda, running  # noqa: E402

ASSISTANT = "00000000-0000-4000-8000-0000000000a1"
SESSION = "00000000-0000-4000-8000-0000000000e1"
CONTACT = "00000000-0000-4000-8000-0000000000c1"
SESSION_ARN = f"arn:aws:wisdom:us-east-1:111122223333:session/{ASSISTANT}/{SESSION}"
CONNECT_VALUES = {"$.Attributes.product": "fibre 500", "$.Queue.Name": "", "$.Attributes.customerTier": "Gold"}


def main() -> int:
    for story in STORIES:
        with tempfile.TemporaryDirectory(prefix="reconcile-demo-") as folder:
            story(Path(folder))
    return 0


def session_data(folder: Path) -> None:
    """Sends a contact flow's parameters to the session of Q in Connect."""
    say("session_data: data of a contact flow, for prompts and agents")
    archive = package("session_data", into=folder, python=PYTHON)
    show("archive", f"{archive.path.name}, {archive.zipped:,} bytes, sha256 {archive.sha256[:12]}…")
    local = background.attach(folder / "aws")
    environ = {"AI_ASSISTANT_ID": ASSISTANT, "AWS_ENDPOINT_URL": local.endpoint}
    handler = "reconciler.lambdas.session_data.handler.handler"
    try:
        _seed(local)
        (folder / "container").mkdir()
        with running(archive.path, handler, folder / "container", environ) as function:
            _hand_over(local, function)
    finally:
        background.stop(folder / "aws")


# One line per pipeline, in this order: a function that gets an empty folder, in a file of its own if it is long.
STORIES: tuple[Callable[[Path], None], ...] = (session_data, contact_calls)


def _hand_over(local: Sandbox, function: Lambda) -> None:
    handed = _sample_parameters()
    show("input from the flow", handed)
    answer = function.invoke(_event(handed)).body
    show("answer to the flow", {key: value for key, value in answer.items() if value})
    arrived = ask(local, "GET", "session-data")[SESSION]
    show(f"session {SESSION} holds", arrived)
    check(
        arrived == {"intent": "billing question", "product": "fibre 500", "customerTier": "Gold"}, "three values arrive"
    )
    check(answer["skippedKeys"] == "queue:empty", "the answer names the empty one")

    say("the same with throttles, lost replies and broken calls")
    faults = {"rate": {"perSecond": 5, "burst": 2}, "lostReply": {"every": 2, "operations": ["UpdateSessionData"]}}
    ask(local, "POST", "faults", {**faults, "error": {"every": 4}})
    many = {f"history{number:02}": f"step {number}" for number in range(60)}
    answer = function.invoke(_event({**many, "intent": "cancellation"})).body
    served = ask(local, "GET", "stats")
    show("faults served", {**served["faults"], "throttled": sum(served["throttled"].values())})
    show("answer to the flow", {key: answer[key] for key in ("status", "receivedCount", "updatedCount")})
    arrived = ask(local, "GET", "session-data")[SESSION]
    check(
        answer["updatedCount"] == "61" and many.items() <= arrived.items(),
        "all 61 arrive, in two calls",
    )

    say("a contact whose flow has no assistant block")
    ask(local, "POST", "faults", {})
    answer = function.invoke(_event({"intent": "billing"}, ContactId=CONTACT.replace("c1", "c2"))).body
    show("answer to the flow", {key: answer[key] for key in ("status", "errorCode", "errorMessage")})
    check(answer["errorCode"] == "SESSION_NOT_FOUND", "the flow can branch on it")
    show("the log", function.lines()[-1])


def _sample_parameters() -> dict[str, str]:
    """Returns the parameters of the sample flow, with values that Connect would insert for `$.…`."""
    flow = json.loads((LAMBDAS / "session_data" / "sample-flow.json").read_text(encoding="utf-8"))
    block = next(action for action in flow["Actions"] if action["Type"] == "InvokeLambdaFunction")
    attributes = block["Parameters"]["LambdaInvocationAttributes"]
    return {key: CONNECT_VALUES.get(value, value) for key, value in attributes.items() if key != "SESSION_ARN"}


def _event(parameters: dict[str, str], **contact: str) -> dict[str, Any]:
    event = json.loads((LAMBDAS / "session_data" / "smoke-event.json").read_text(encoding="utf-8"))
    event["Details"]["ContactData"] |= {"ContactId": CONTACT, **contact}
    return {**event, "Details": {**event["Details"], "Parameters": parameters}}


def _seed(local: Sandbox) -> None:
    for type, members in (
        ("Session", {"assistantId": ASSISTANT, "sessionId": SESSION}),
        ("Contact", {"Id": CONTACT, "Channel": "VOICE", "WisdomInfo": {"SessionArn": SESSION_ARN}}),
        ("Contact", {"Id": CONTACT.replace("c1", "c2"), "Channel": "VOICE"}),
    ):
        ask(local, "POST", "seed", {"type": type, "members": members})


if __name__ == "__main__":
    sys.exit(main())
