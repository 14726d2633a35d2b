"""Agent status: what an agent may say of himself; AWS's own, Available and Offline, can be declared too."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from reconciler.kinds.base import Kind
from reconciler.kinds.connect.words import FOR_WHAT, Blankable, Name, Tagged
from reconciler.kinds.tables import Listing, Update
from reconciler.model import Call, Clearable, Ref


class AgentStatus(Tagged):
    """A status that agents may choose, such as Lunch."""

    name: Name
    description: Blankable = Field("", description=FOR_WHAT)
    state: Literal["ENABLED", "DISABLED"] = Field(description="A disabled one can not be chosen.")
    display_order: Annotated[int | None, Clearable()] = Field(
        None, ge=1, le=50, description="Its place in the agent's list; null: none of its own."
    )


class AgentStatusKind(Kind[AgentStatus]):
    spec = AgentStatus
    id_param = "AgentStatusId"
    search = Listing("SearchAgentStatuses", "AgentStatuses", {"MaxResults": 100})
    lookup = Listing("ListAgentStatuses", "AgentStatusSummaryList", {"MaxResults": 1000})
    describe = ("DescribeAgentStatus", "AgentStatus")
    create = "CreateAgentStatus"
    delete = ""
    no_delete = "declare it with state: DISABLED, and nobody can choose it any more"
    updates = (Update("UpdateAgentStatus", ("name", "description", "state", "display_order")),)

    def replace_call(self, ref: Ref, update: Update, spec: AgentStatus) -> Call:
        call = super().replace_call(ref, update, spec)
        reset = {"ResetOrderNumber": True} if spec.display_order is None else {}
        return Call(call.service, call.operation, {**call.params, **reset})
