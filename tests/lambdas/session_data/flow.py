"""A contact flow that calls the Lambda, within this process and in a time of its own; events as flows send them."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import cache
from types import SimpleNamespace
from typing import Any

from reconciler.lambdas.session_data.function import SessionData
from reconciler.lambdas.shared.calls import client
from reconciler.lambdas.shared.surroundings import Surroundings
from reconciler.sandbox import ACCOUNT, INSTANCE_ARN, REGION, Control
from tests.lambdas.clients import signed_session
from tests.lambdas.invocations import Clock

ASSISTANT = "00000000-0000-4000-8000-0000000000a1"
OTHER_ASSISTANT = "00000000-0000-4000-8000-0000000000a2"
CONTACT = "00000000-0000-4000-8000-0000000000c1"
SESSION = "00000000-0000-4000-8000-0000000000e1"
OTHER_SESSION = "00000000-0000-4000-8000-0000000000e2"
SESSION_ARN = f"arn:aws:wisdom:{REGION}:{ACCOUNT}:session/{ASSISTANT}/{SESSION}"
PHONE = "+1 555 0100 199"
KEYS = (
    *("status", "receivedCount", "updatedCount", "skippedCount", "failedCount", "truncatedCount", "skippedKeys"),
    *("sessionId", "errorCode", "errorMessage", "awsErrorCode", "version"),
)


def session_arn(session: str = SESSION, assistant: str = ASSISTANT) -> str:
    return f"arn:aws:wisdom:{REGION}:{ACCOUNT}:session/{assistant}/{session}"


def event(parameters: Any = None, **contact: Any) -> dict[str, Any]:
    """With the numbers of two people in it, as every real one; a member of the contact that is None is left out."""
    message = {
        "ContactId": CONTACT,
        "InitialContactId": CONTACT,
        "PreviousContactId": CONTACT,
        "InstanceARN": INSTANCE_ARN,
        "Channel": "VOICE",
        "InitiationMethod": "INBOUND",
        "LanguageCode": "en-US",
        "CustomerEndpoint": {"Address": PHONE, "Type": "TELEPHONE_NUMBER"},
        "SystemEndpoint": {"Address": PHONE, "Type": "TELEPHONE_NUMBER"},
        "Queue": None,
        "Attributes": {"phone": PHONE},
    } | contact
    data = {key: value for key, value in message.items() if value is not None or key == "Queue"}
    return {"Name": "ContactFlowEvent", "Details": {"ContactData": data, "Parameters": parameters or {}}}


@cache
def _client(service: str, region: str) -> Any:
    return client(service, region, session=signed_session())


@dataclass
class Flow:
    """Only sleeping moves `clock`."""

    control: Control
    clock: Clock
    environ: dict[str, str] = field(default_factory=dict)
    lines: list[str] = field(default_factory=list)
    clients: list[tuple[str, str]] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.environ = {"AWS_REGION": REGION, "AI_ASSISTANT_ID": ASSISTANT} | self.environ
        self.function = self.container()

    def container(self) -> SessionData:
        """A new one, which knows nothing yet."""
        clock = self.clock
        return SessionData(
            Surroundings(
                self.environ, self._made, clock, lambda: 1_700_000_000.5, clock.sleep, lambda: 0.5, self.lines.append
            )
        )

    def answer(self, parameters: Any = None, context: Any = None, **contact: Any) -> dict[str, Any]:
        return self.send(event(parameters, **contact), context)

    def send(self, event: Any, context: Any = None) -> dict[str, Any]:
        return self.function.answer(event, context or a_context())

    def holds(self, session: str = SESSION) -> dict[str, str]:
        return self.control.session_data()[session]

    def calls(self) -> dict[str, int]:
        """Since the last time."""
        calls: dict[str, int] = self.control.stats()["calls"]
        self.control.reset_stats()
        return calls

    def logged(self) -> list[dict[str, Any]]:
        return [json.loads(line) for line in self.lines]

    def last(self) -> dict[str, Any]:
        return self.logged()[-1]

    def _made(self, service: str, region: str) -> Any:
        self.clients.append((service, region))
        return _client(service, region)


def a_context(remaining: Callable[[], int] | None = None) -> Any:
    """The second argument of the runtime."""
    return SimpleNamespace(
        aws_request_id="00000000-0000-4000-8000-00000000aaaa",
        function_name="session_data",
        get_remaining_time_in_millis=remaining or (lambda: 10_000),
    )


def seed(control: Control, members: Mapping[str, Any] | None = None) -> None:
    """A contact with its session."""
    control.seed("Session", {"assistantId": ASSISTANT, "sessionId": SESSION})
    number = {"Address": PHONE, "Type": "TELEPHONE_NUMBER"}
    message = {"Id": CONTACT, "CustomerEndpoint": number, "WisdomInfo": {"SessionArn": SESSION_ARN}, **(members or {})}
    control.seed("Contact", {key: value for key, value in message.items() if value is not None})
