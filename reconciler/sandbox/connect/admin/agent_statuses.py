"""Agent statuses: an order that can be taken away, and no way to delete one."""

from __future__ import annotations

from reconciler.sandbox.connect.admin.catalogue import AGENT_STATUS
from reconciler.sandbox.connect.admin.resources import Resources
from reconciler.sandbox.connect.room import Answer, Params


class AgentStatuses(Resources):
    def update_agent_status(self, params: Params) -> Answer:
        """ResetOrderNumber takes DisplayOrder away [inferred: the model calls it a number and makes it a boolean]."""
        reset = params.pop("ResetOrderNumber", None)
        answer = self.update_one(AGENT_STATUS, "UpdateAgentStatus", params)
        if reset:
            _, status = self.one(AGENT_STATUS, params)
            status.said = {name: value for name, value in status.said.items() if name != "DisplayOrder"}
        return answer
