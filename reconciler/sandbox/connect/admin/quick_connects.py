"""Quick connects: a type and its configuration."""

from __future__ import annotations

import re

from reconciler.sandbox.connect.admin.catalogue import QUEUE, QUICK_CONNECT
from reconciler.sandbox.connect.admin.queues import CONNECTS
from reconciler.sandbox.connect.admin.resources import Resources
from reconciler.sandbox.connect.admin.types import Holdings, Resource
from reconciler.sandbox.connect.room import Answer, Params
from reconciler.sandbox.errors import invalid

CONFIGS = {"USER": "UserConfig", "QUEUE": "QueueConfig", "PHONE_NUMBER": "PhoneConfig", "FLOW": "FlowConfig"}
E164 = re.compile(r"\+[1-9]\d{1,14}")


class QuickConnects(Resources):
    def create_quick_connect(self, params: Params) -> Answer:
        _refuse_wrong_config(params["QuickConnectConfig"])
        return self.create_one(QUICK_CONNECT, "CreateQuickConnect", params)

    def update_quick_connect_config(self, params: Params) -> Answer:
        """Replaces the configuration with its type [inferred: the request cannot express less]."""
        _refuse_wrong_config(params["QuickConnectConfig"])
        return self.update_one(QUICK_CONNECT, "UpdateQuickConnectConfig", params)

    def delete_quick_connect(self, params: Params) -> Answer:
        """Deletes a quick connect, also from its queues [inferred]."""
        holdings, connect = self.one(QUICK_CONNECT, params)
        for queue in holdings.of(QUEUE.name).values():
            queue.links.get(CONNECTS, {}).pop(connect.id, None)
        return self.delete_one(QUICK_CONNECT, "DeleteQuickConnect", params)

    def facts(self, holdings: Holdings, resource: Resource) -> Answer:
        facts = super().facts(holdings, resource)
        if resource.type is QUICK_CONNECT:
            facts["QuickConnectType"] = resource.members["QuickConnectConfig"]["QuickConnectType"]
        return facts


def _refuse_wrong_config(config: Params) -> None:
    """Requires the configuration of the type [service model], and refuses others beside it [inferred].

    Phone numbers are E.164 [service model]. The model's own pattern has doubled backslashes and matches none.
    """
    wanted = CONFIGS[config["QuickConnectType"]]
    if config.get(wanted) is None:
        raise invalid(f"QuickConnectConfig.{wanted}: is required for {config['QuickConnectType']}")
    if others := [name for name in CONFIGS.values() if name != wanted and config.get(name) is not None]:
        raise invalid(f"QuickConnectConfig.{others[0]}: does not go with {config['QuickConnectType']}")
    if wanted == "PhoneConfig" and not E164.fullmatch(config[wanted]["PhoneNumber"]):
        raise invalid("QuickConnectConfig.PhoneConfig.PhoneNumber: must be in E.164 format")
