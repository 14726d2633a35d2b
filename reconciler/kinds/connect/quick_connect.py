"""The QuickConnect kind: a destination to which agents transfer contacts with one click."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Annotated, Any, Literal

from pydantic import Field

from reconciler.kinds.base import Kind
from reconciler.kinds.connect.words import PURPOSE, Blankable, Flow, Name, PhoneNumber, QueueName
from reconciler.kinds.groups import Identity, Reading, Writing
from reconciler.kinds.services import CONNECT
from reconciler.kinds.verbs import Listing, Update
from reconciler.kinds.words import Tagged
from reconciler.model import Problem, RefTo, Spec, WrittenRecords
from reconciler.model.environment import Quota, Quotas
from reconciler.model.spec import meanings

# The structure that each type needs. Source: service model, QuickConnectConfig.
NEEDED = {"USER": "userConfig", "QUEUE": "queueConfig", "PHONE_NUMBER": "phoneConfig", "FLOW": "flowConfig"}


class UserConfig(Spec):
    """An agent, and the flow that transfers to them."""

    user: Annotated[str, RefTo("User", undeclared=True)] = Field(
        description="The user name of the agent.", examples=["ann"]
    )
    contact_flow: Flow


class QueueDestination(Spec):
    """A queue, and the flow that transfers to it."""

    queue: QueueName
    contact_flow: Flow


class PhoneConfig(Spec):
    """A phone number outside the contact centre."""

    phone_number: PhoneNumber


class FlowConfig(Spec):
    """A flow."""

    contact_flow: Flow


class QuickConnectConfig(Spec):
    """The destination. Exactly the structure of its type is declared."""

    quick_connect_type: Literal["USER", "QUEUE", "PHONE_NUMBER", "FLOW"] = Field(
        description="The type of the destination, which decides which structure is needed.",
        json_schema_extra=meanings(
            USER="An agent: needs userConfig.",
            QUEUE="A queue: needs queueConfig.",
            PHONE_NUMBER="A phone number: needs phoneConfig.",
            FLOW="A flow: needs flowConfig.",
        ),
    )
    user_config: UserConfig | None = None
    queue_config: QueueDestination | None = None
    phone_config: PhoneConfig | None = None
    flow_config: FlowConfig | None = None


class QuickConnect(Tagged):
    """A destination for transfers: an agent, a queue, a phone number or a flow."""

    name: Name = Field(description="The name of the quick connect, which agents see.", examples=["Back office"])
    description: Blankable = Field("", description=PURPOSE)
    quick_connect_config: QuickConnectConfig


class QuickConnectKind(Kind[QuickConnect]):
    spec = QuickConnect
    service = CONNECT
    identity = Identity("QuickConnectId")
    reading = Reading(
        search=Listing("SearchQuickConnects", "QuickConnects", {"MaxResults": 100}),
        lookup=Listing("ListQuickConnects", "QuickConnectSummaryList", {"MaxResults": 1000}),
        describe=("DescribeQuickConnect", "QuickConnect"),
    )
    writing = Writing(
        create="CreateQuickConnect",
        delete="DeleteQuickConnect",
        updates=(
            Update("UpdateQuickConnectName", ("name", "description")),
            Update("UpdateQuickConnectConfig", ("quick_connect_config",)),
        ),
    )
    quotas = (Quota("quick connect", "instance", service="connect", code="L-68BBE2E8"),)

    def problems(self, declared: Mapping[str, Any], written: WrittenRecords, quotas: Quotas) -> Iterator[Problem]:
        config = declared.get("quickConnectConfig")
        if not isinstance(config, Mapping) or (needed := NEEDED.get(str(config.get("quickConnectType")))) is None:
            return
        if needed not in config:
            yield Problem("error", ("quickConnectConfig",), f"a {config['quickConnectType']} needs {needed}")
        for other in sorted({*NEEDED.values()} & config.keys() - {needed}):
            message = f"a {config['quickConnectType']} has only {needed}; delete {other}"
            yield Problem("error", ("quickConnectConfig", other), message)
