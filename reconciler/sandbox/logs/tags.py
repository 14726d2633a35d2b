"""Tags of log groups, by ARN and by name.

An ARN has no `:*` here: the pattern of the service model refuses it. The switch `log_arn_wildcard` can accept it.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from reconciler.sandbox.errors import Refused
from reconciler.sandbox.logs.room import Answer, LogRoom, Params, Proceed, invalid

TAGS = 50  # "as many as 50 tags with a CloudWatch Logs resource" [service model]


class LogTags(LogRoom):
    def tag_resource(self, params: Params, proceed: Proceed) -> Any:
        if _is_destination(params):
            return proceed()
        self._tag(self.group_of(params["resourceArn"]).arn, params["tags"])
        return {}

    def untag_resource(self, params: Params, proceed: Proceed) -> Any:
        if _is_destination(params):
            return proceed()
        self.backend.untag_resource(self.group_of(params["resourceArn"]).arn, params["tagKeys"])
        return {}

    def list_tags_for_resource(self, params: Params, proceed: Proceed) -> Any:
        if _is_destination(params):
            return proceed()
        return {"tags": self.tags_of(self.group_of(params["resourceArn"]).arn)}

    def tag_log_group(self, params: Params, proceed: Proceed) -> Answer:
        self._tag(self.group(params["logGroupName"]).arn, params["tags"])
        return {}

    def tags_of(self, arn: str) -> dict[str, str]:
        return self.backend.list_tags_for_resource(arn)

    def _tag(self, arn: str, tags: Mapping[str, str]) -> None:
        refuse_reserved(tags)
        if len(self.tags_of(arn) | dict(tags)) > TAGS:
            raise Refused("TooManyTagsException", f"A log group has at most {TAGS} tags.")
        self.backend.tag_resource(arn, dict(tags))


def refuse_reserved(tags: Mapping[str, str]) -> None:
    if any(key.lower().startswith("aws:") for key in tags):  # Reserved [tagging guide]; the code is inferred.
        raise invalid("Tag keys that begin with aws: are reserved.")


def _is_destination(params: Params) -> bool:
    return ":destination:" in params["resourceArn"]
