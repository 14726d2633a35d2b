"""Agent statuses: their order can be removed, and no operation deletes one."""

from __future__ import annotations

from reconciler.sandbox.connect.admin.catalogue import AGENT_STATUS
from reconciler.sandbox.connect.admin.resources import Resources
from reconciler.sandbox.connect.room import Answer, Params


class AgentStatuses(Resources):
    def update_agent_status(self, params: Params) -> Answer:
        """Updates a status; ResetOrderNumber removes DisplayOrder [inferred].

        The model's text calls it a number, its shape a boolean.
        """
        reset = params.pop("ResetOrderNumber", None)
        answer = self.update_one(AGENT_STATUS, "UpdateAgentStatus", params)
        if reset:
            _, status = self.one(AGENT_STATUS, params)
            status.members = {name: value for name, value in status.members.items() if name != "DisplayOrder"}
        return answer
