"""The AgentStatus kind. AWS's own statuses, Available and Offline, can be declared too."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from reconciler.kinds.base import Kind
from reconciler.kinds.connect.words import PURPOSE, Blankable, Name
from reconciler.kinds.groups import Deletion, Identity, Reading, Writing
from reconciler.kinds.services import CONNECT
from reconciler.kinds.verbs import Listing, Update
from reconciler.kinds.words import Tagged
from reconciler.model import Call, Clearable, Ref
from reconciler.model.environment import Quota
from reconciler.model.spec import meanings


class AgentStatus(Tagged):
    """A status that agents can choose, such as Lunch. AWS never deletes one."""

    name: Name = Field(description="The name of the status, which agents see.", examples=["Lunch"])
    description: Blankable = Field("", description=PURPOSE)
    state: Literal["ENABLED", "DISABLED"] = Field(
        description="The state of the status.",
        json_schema_extra=meanings(ENABLED="Agents can choose it.", DISABLED="Agents cannot choose it any more."),
    )
    display_order: Annotated[int | None, Clearable()] = Field(
        None,
        ge=1,
        le=50,
        description="The position in the list of the agent, from 1 to 50. Null removes the position.",
        examples=[3],
    )


class AgentStatusKind(Kind[AgentStatus]):
    spec = AgentStatus
    service = CONNECT
    identity = Identity("AgentStatusId")
    reading = Reading(
        search=Listing("SearchAgentStatuses", "AgentStatuses", {"MaxResults": 100}),
        lookup=Listing("ListAgentStatuses", "AgentStatusSummaryList", {"MaxResults": 1000}),
        describe=("DescribeAgentStatus", "AgentStatus"),
    )
    writing = Writing(
        create="CreateAgentStatus",
        delete="",
        updates=(Update("UpdateAgentStatus", ("name", "description", "state", "display_order")),),
    )
    deletion = Deletion(impossible="declare it with state: DISABLED, so that agents cannot choose it any more")
    quotas = (Quota("agent status", "instance", items="agent statuses", service="connect", code="L-D945C9A8"),)

    def replace_call(self, ref: Ref, update: Update, spec: AgentStatus) -> Call:
        call = super().replace_call(ref, update, spec)
        reset = {"ResetOrderNumber": True} if spec.display_order is None else {}
        return Call(call.service, call.operation, {**call.params, **reset})
