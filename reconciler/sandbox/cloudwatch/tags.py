"""Tags of alarms and dashboards, by ARN."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from moto.core.responses import ActionResult, EmptyResult

from reconciler.sandbox.cloudwatch.room import Params, Proceed, WatchRoom, put_tags
from reconciler.sandbox.cloudwatch.store import Alarm, Dashboard
from reconciler.sandbox.errors import Refused


class CloudWatchTags(WatchRoom):
    def list_tags_for_resource(self, params: Params, proceed: Proceed) -> ActionResult:
        tags = self._tagged(params).tags
        return ActionResult({"Tags": [{"Key": key, "Value": tags[key]} for key in sorted(tags)]})

    def tag_resource(self, params: Params, proceed: Proceed) -> Any:
        tagged = self._tagged(params)
        tagged.tags = put_tags(tagged.tags, params["Tags"])
        return EmptyResult()

    def untag_resource(self, params: Params, proceed: Proceed) -> Any:
        tagged = self._tagged(params)
        for key in params["TagKeys"]:
            tagged.tags.pop(key, None)
        return EmptyResult()

    def _tagged(self, params: Params) -> Alarm | Dashboard:
        arn = params["ResourceARN"]
        for resource in self._resources():
            if resource.arn == arn:
                return resource
        raise Refused("ResourceNotFoundException", f"Resource {arn} does not exist.")

    def _resources(self) -> Iterator[Alarm | Dashboard]:
        yield from self.store.alarms.values()
        yield from self.global_store.dashboards.values()
