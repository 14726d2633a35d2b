"""Quick connect: where an agent may transfer a contact with one click."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Annotated, Any, Literal

from pydantic import Field

from reconciler.environment import Quotas
from reconciler.kinds.base import Kind
from reconciler.kinds.connect.words import FOR_WHAT, Blankable, Flow, Name, PhoneNumber, QueueName, Tagged
from reconciler.kinds.tables import Listing, Update
from reconciler.model import Problem, RefTo, Spec, WrittenRecords

# The structure that each type needs (service model, QuickConnectConfig).
NEEDED = {"USER": "userConfig", "QUEUE": "queueConfig", "PHONE_NUMBER": "phoneConfig", "FLOW": "flowConfig"}


class UserConfig(Spec):
    """An agent, and the flow that leads to him."""

    user: Annotated[str, RefTo("User")] = Field(description="The agent, by his user name.")
    contact_flow: Flow


class QueueConfig(Spec):
    """A queue, and the flow that leads to it."""

    queue: QueueName = Field(description="The queue, by its name.")
    contact_flow: Flow


class PhoneConfig(Spec):
    """A number outside."""

    phone_number: PhoneNumber


class FlowConfig(Spec):
    """A flow alone."""

    contact_flow: Flow


class QuickConnectConfig(Spec):
    """Where it leads: the structure of its type, and no other."""

    quick_connect_type: Literal["USER", "QUEUE", "PHONE_NUMBER", "FLOW"] = Field(description="What it leads to.")
    user_config: UserConfig | None = None
    queue_config: QueueConfig | None = None
    phone_config: PhoneConfig | None = None
    flow_config: FlowConfig | None = None


class QuickConnect(Tagged):
    """A transfer destination: a queue, an agent, a flow or a phone number."""

    name: Name
    description: Blankable = Field("", description=FOR_WHAT)
    quick_connect_config: QuickConnectConfig


class QuickConnectKind(Kind[QuickConnect]):
    spec = QuickConnect
    id_param = "QuickConnectId"
    search = Listing("SearchQuickConnects", "QuickConnects", {"MaxResults": 100})
    lookup = Listing("ListQuickConnects", "QuickConnectSummaryList", {"MaxResults": 1000})
    describe = ("DescribeQuickConnect", "QuickConnect")
    create = "CreateQuickConnect"
    delete = "DeleteQuickConnect"
    updates = (
        Update("UpdateQuickConnectName", ("name", "description")),
        Update("UpdateQuickConnectConfig", ("quick_connect_config",)),
    )

    def problems(self, declared: Mapping[str, Any], written: WrittenRecords, quotas: Quotas) -> Iterator[Problem]:
        config = declared.get("quickConnectConfig")
        if not isinstance(config, Mapping) or (needed := NEEDED.get(str(config.get("quickConnectType")))) is None:
            return
        if needed not in config:
            yield Problem("error", ("quickConnectConfig",), f"a {config['quickConnectType']} needs {needed}")
        for other in sorted({*NEEDED.values()} & config.keys() - {needed}):
            message = f"a {config['quickConnectType']} has {needed} alone; delete {other}"
            yield Problem("error", ("quickConnectConfig", other), message)
