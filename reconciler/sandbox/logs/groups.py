"""Log groups: retention, class, protection, keys, and the metric filters that go with them."""

from __future__ import annotations

import re
from typing import Any

from moto.logs.models import LogGroup

from reconciler.sandbox.errors import Refused
from reconciler.sandbox.logs.room import RETENTION_DAYS, Answer, LogRoom, Params, Proceed, invalid
from reconciler.sandbox.logs.store import DeletedGroup, GroupFacts
from reconciler.sandbox.logs.tags import refuse_reserved

KEY = re.compile(r"arn:aws[a-z-]*:kms:[a-z0-9-]+:\d{12}:key/[0-9a-zA-Z-]+")
QUERY_RESULTS = re.compile(r"arn:aws[a-z-]*:logs:[a-z0-9-]+:\d{12}:query-result:\*")


class LogGroups(LogRoom):
    def create_log_group(self, params: Params, proceed: Proceed) -> Any:
        name = params["logGroupName"]
        if name.startswith("aws/"):  # [service model]
            raise invalid("Log group names can't start with the string aws/")
        refuse_reserved(params.get("tags") or {})
        if params.get("kmsKeyId"):
            _check_key(params["kmsKeyId"])
        answer = proceed()
        if answer[0] < 400:
            is_protected = bool(params.get("deletionProtectionEnabled"))
            log_class = params.get("logGroupClass") or "STANDARD"
            self.store.groups[name] = GroupFacts(log_class, is_protected, self.world.accepted)
        return answer

    def delete_log_group(self, params: Params, proceed: Proceed) -> Any:
        """Deletes a group with its tags and metric filters. "Deletion protection blocks all deletion operations"
        [service model]; the error is ValidationException [seen: floci, pull request 2256; the model lists it].
        """
        group = self.group(params["logGroupName"])
        if self.facts(group).is_protected:
            raise Refused("ValidationException", "The log group has deletion protection; disable it first.")
        tags = dict(self.backend.list_tags_for_resource(group.arn))
        answer = proceed()
        self.store.groups.pop(group.name, None)
        self.store.deleted.append(DeletedGroup(group.arn, tags, self.world.accepted))
        self.backend.tagger.delete_all_tags_for_resource(group.arn)
        filters = self.backend.filters
        filters.metric_filters = [one for one in filters.metric_filters if one["logGroupName"] != group.name]
        return answer

    def put_log_group_deletion_protection(self, params: Params, proceed: Proceed) -> Answer:
        """Switches the protection. The text of the model takes "the name or ARN", Terraform needs the ARN.

        Source: pull request 45298 of Terraform's AWS provider. A switch says whether a name is accepted.
        """
        given = params["logGroupIdentifier"]
        if given.startswith("arn:"):
            group = self.group_of(given)
        elif self.world.switches.protection_by_name == "refused":
            raise invalid("logGroupIdentifier: must be an ARN")
        else:
            group = self.group(given)
        self.facts(group).is_protected = params["deletionProtectionEnabled"]
        return {}

    def put_retention_policy(self, params: Params, proceed: Proceed) -> Any:
        days = params["retentionInDays"]
        if days not in RETENTION_DAYS:
            raise invalid(f"Value '{days}' at 'retentionInDays' is not one of {', '.join(map(str, RETENTION_DAYS))}")
        return proceed()

    def associate_kms_key(self, params: Params, proceed: Proceed) -> Answer:
        """Sets the key of a group. The service checks that the key exists; the sandbox believes it."""
        _check_key(params["kmsKeyId"])
        if group := self._encrypted(params):
            group.kms_key_id = params["kmsKeyId"]
        return {}

    def disassociate_kms_key(self, params: Params, proceed: Proceed) -> Answer:
        if group := self._encrypted(params):
            group.kms_key_id = None
        return {}

    def put_metric_filter(self, params: Params, proceed: Proceed) -> Any:
        """Creates or replaces a filter [service model]. moto would keep both."""
        name = self.group(params["logGroupName"]).name
        self.backend.filters.delete_filter(params["filterName"], name)
        return proceed()

    def _encrypted(self, params: Params) -> LogGroup | None:
        """Returns the group that a request about a key names, or None if it is about the results of queries."""
        name, arn = params.get("logGroupName"), params.get("resourceIdentifier")
        if (name is None) == (arn is None):  # [service model]
            raise invalid("Specify either logGroupName or resourceIdentifier.")
        if arn is None:
            return self.group(name)
        return None if QUERY_RESULTS.fullmatch(arn) else self.group_of(arn)


def _check_key(given: str) -> None:
    if not KEY.fullmatch(given):
        raise invalid(f"kmsKeyId: {given} is not the ARN of a KMS key")
