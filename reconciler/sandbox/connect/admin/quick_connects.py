"""Quick connects: a type and the configuration that goes with it."""

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
        """The whole configuration, its type too [inferred: the request cannot say it otherwise]."""
        _refuse_wrong_config(params["QuickConnectConfig"])
        return self.update_one(QUICK_CONNECT, "UpdateQuickConnectConfig", params)

    def delete_quick_connect(self, params: Params) -> Answer:
        """Takes it out of the queues that had it [inferred]."""
        holdings, connect = self.one(QUICK_CONNECT, params)
        for queue in holdings.of(QUEUE.name).values():
            queue.links.get(CONNECTS, {}).pop(connect.id, None)
        return self.delete_one(QUICK_CONNECT, "DeleteQuickConnect", params)

    def facts(self, holdings: Holdings, resource: Resource) -> Answer:
        found = super().facts(holdings, resource)
        if resource.type is QUICK_CONNECT:
            found["QuickConnectType"] = resource.said["QuickConnectConfig"]["QuickConnectType"]
        return found


def _refuse_wrong_config(config: Params) -> None:
    """The one of its type is required [service model]; that others beside it are refused is inferred.

    Phone numbers are E.164 [service model]; the model's own pattern has its backslashes doubled and matches none.
    """
    wanted = CONFIGS[config["QuickConnectType"]]
    if config.get(wanted) is None:
        raise invalid(f"QuickConnectConfig.{wanted}: is required for {config['QuickConnectType']}")
    if others := [name for name in CONFIGS.values() if name != wanted and config.get(name) is not None]:
        raise invalid(f"QuickConnectConfig.{others[0]}: does not go with {config['QuickConnectType']}")
    if wanted == "PhoneConfig" and not E164.fullmatch(config[wanted]["PhoneNumber"]):
        raise invalid("QuickConnectConfig.PhoneConfig.PhoneNumber: must be in E.164 format")
