"""Runs the pipelines end to end on this machine: deployed to a local AWS by one document each, and run there.

    python scripts/demo_pipelines.py [--archives FOLDER]     FOLDER has built archives, and gets those that are missing

Each pipeline prints its input and the data that arrived, and checks it. The demo exits with 1 at the first failure.
"""

from __future__ import annotations

import argparse
import json
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from reconciler.packaging import LAMBDAS  # noqa: E402 - this repository's, from wherever this is run
from scripts.demo_agents import agents  # noqa: E402
from scripts.demo_connectwise import connectwise  # noqa: E402
from scripts.demo_contact_calls import contact_calls  # noqa: E402
from scripts.demo_deployed import Stack, deployed  # noqa: E402
from scripts.demo_screen import ask, check, say, show  # noqa: E402

FUNCTION = "centre-sandbox-session-data"
SESSION = "00000000-0000-4000-8000-0000000000e1"
CONTACT = "00000000-0000-4000-8000-0000000000c1"
CONNECT_VALUES = {"$.Attributes.product": "fibre 500", "$.Queue.Name": "", "$.Attributes.customerTier": "Gold"}
MANIFEST = """\
kind: Pipeline
metadata: {name: session-data}
spec:
  type: session_data
  environment: {AI_ASSISTANT_ID: "${QAssistant/desk.id}"}
---
kind: QAssistant
metadata: {name: desk}
"""


def main() -> int:
    parser = argparse.ArgumentParser()
    parser.add_argument("--archives", type=Path)
    archives = parser.parse_args().archives
    for story in STORIES:
        # The name is short: a socket of the database lies in the folder.
        with tempfile.TemporaryDirectory(prefix="demo-") as folder, deployed(Path(folder), archives) as stack:
            story(stack)
    return 0


def session_data(stack: Stack) -> None:
    """Sends a contact flow's parameters to the session of Q in Connect."""
    say("session_data: data of a contact flow, for prompts and agents")
    stack.declare("session-data", MANIFEST)
    show("manifest", f"{len(MANIFEST.splitlines())} lines")
    show("apply", stack.reconcile("apply", "--auto-approve").splitlines()[-3])
    check("No changes" in stack.reconcile("plan"), "a second plan has nothing to do")
    _seed(stack)
    _hand_over(stack)
    _changed_by_hand(stack)


# One line per pipeline, in this order: a function that gets an empty stack, in a file of its own if it is long.
STORIES: tuple[Callable[[Stack], None], ...] = (session_data, contact_calls, agents, connectwise)


def _hand_over(stack: Stack) -> None:
    local = stack.local
    handed = _sample_parameters()
    show("input from the flow", handed)
    answer = stack.invoke(FUNCTION, _event(handed))
    show("answer to the flow", {key: value for key, value in answer.items() if value})
    arrived = ask(local, "GET", "session-data")[SESSION]
    show(f"session {SESSION} holds", arrived)
    check(
        arrived == {"intent": "billing question", "product": "fibre 500", "customerTier": "Gold"}, "three values arrive"
    )
    check(answer["skippedKeys"] == "queue:empty", "the answer names the empty one")

    say("the same with throttles, lost replies and broken calls")
    own = ["DescribeContact", "UpdateSessionData"]
    ask(
        local,
        "POST",
        "faults",
        {"lostReply": {"every": 2, "operations": own}, "error": {"every": 4, "operations": own}},
    )
    many = {f"history{number:02}": f"step {number}" for number in range(60)}
    answer = stack.invoke(FUNCTION, _event({**many, "intent": "cancellation"}))
    show("faults served", ask(local, "GET", "stats")["faults"])
    show("answer to the flow", {key: answer[key] for key in ("status", "receivedCount", "updatedCount")})
    arrived = ask(local, "GET", "session-data")[SESSION]
    check(
        answer["updatedCount"] == "61" and many.items() <= arrived.items(),
        "all 61 arrive, in two calls",
    )

    say("a contact whose flow has no assistant block")
    ask(local, "POST", "faults", {})
    answer = stack.invoke(FUNCTION, _event({"intent": "billing"}, ContactId=CONTACT.replace("c1", "c2")))
    show("answer to the flow", {key: answer[key] for key in ("status", "errorCode", "errorMessage")})
    check(answer["errorCode"] == "SESSION_NOT_FOUND", "the flow can branch on it")
    show("the log", stack.log(FUNCTION)[-1]["message"])


def _changed_by_hand(stack: Stack) -> None:
    say("a change of the function in the console")
    stack.client("lambda").update_function_configuration(FunctionName=FUNCTION, Timeout=60)
    drift = [line.strip() for line in stack.reconcile("drift").splitlines() if "timeout" in line]
    show("drift", drift)
    check(drift == ["~ timeout: 60 → 10"], "the night's run sees it")
    stack.reconcile("apply", "--auto-approve")
    check("No changes" in stack.reconcile("plan"), "apply restores what is declared")


def _sample_parameters() -> dict[str, str]:
    """Returns the parameters of the sample flow, with values that Connect would insert for `$.…`."""
    flow = json.loads((LAMBDAS / "session_data" / "sample-flow.json").read_text(encoding="utf-8"))
    block = next(action for action in flow["Actions"] if action["Type"] == "InvokeLambdaFunction")
    attributes = block["Parameters"]["LambdaInvocationAttributes"]
    own = ("SESSION_ARN", "AI_ASSISTANT_ID")
    return {key: CONNECT_VALUES.get(value, value) for key, value in attributes.items() if key not in own}


def _event(parameters: dict[str, str], **contact: str) -> dict[str, Any]:
    event = json.loads((LAMBDAS / "session_data" / "smoke-event.json").read_text(encoding="utf-8"))
    event["Details"]["ContactData"] |= {"ContactId": CONTACT, **contact}
    return {**event, "Details": {**event["Details"], "Parameters": parameters}}


def _seed(stack: Stack) -> None:
    (assistant,) = stack.client("qconnect").list_assistants()["assistantSummaries"]
    session = f"arn:aws:wisdom:us-east-1:111122223333:session/{assistant['assistantId']}/{SESSION}"
    for type, members in (
        ("Session", {"assistantId": assistant["assistantId"], "sessionId": SESSION}),
        ("Contact", {"Id": CONTACT, "Channel": "VOICE", "WisdomInfo": {"SessionArn": session}}),
        ("Contact", {"Id": CONTACT.replace("c1", "c2"), "Channel": "VOICE"}),
    ):
        ask(stack.local, "POST", "seed", {"type": type, "members": members})


if __name__ == "__main__":
    sys.exit(main())
