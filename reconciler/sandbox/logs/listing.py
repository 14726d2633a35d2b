"""Lists of log groups, with and without the details."""

from __future__ import annotations

import re
from fnmatch import fnmatchcase
from typing import Any

from moto.logs.models import LogGroup

from reconciler.sandbox import paging
from reconciler.sandbox.errors import Refused
from reconciler.sandbox.logs.account_policies import AccountPolicies
from reconciler.sandbox.logs.room import Answer, Params, Proceed, invalid
from reconciler.sandbox.logs.tags import LogTags

PAGE = 50  # "If you don't specify a value, the default is up to 50 items" [service model]
PATTERN_SHOWS = ("arn", "creationTime", "logGroupName")
LOW_COST = ("INFREQUENT_ACCESS", "ESSENTIALS")


class Listings(AccountPolicies, LogTags):
    def describe_log_groups(self, params: Params, proceed: Proceed) -> Answer:
        """Describes groups. With a pattern only three members are shown [service model]."""
        prefix, pattern, names = (
            params.get(name) for name in ("logGroupNamePrefix", "logGroupNamePattern", "logGroupIdentifiers")
        )
        if prefix is not None and pattern is not None:
            raise invalid("LogGroup name prefix and LogGroup name pattern are mutually exclusive parameters.")
        if names and any(params.get(name) for name in ("logGroupNamePrefix", "logGroupNamePattern", "logGroupClass")):
            raise invalid("logGroupIdentifiers: the only other filter is includeLinkedAccounts")
        rows = []
        for group in self.backend.groups.values():
            is_named = not names or group.name in names or group.arn in names
            if is_named and group.name.startswith(prefix or "") and (pattern or "") in group.name:
                rows.append((group.name, self._described(group, is_short=pattern is not None)))
        wanted = params.get("logGroupClass")
        if wanted:
            classes = LOW_COST if wanted in LOW_COST else (wanted,)
            rows = [row for row in rows if self.facts(self.group(row[0])).log_class in classes]
        return self._page("DescribeLogGroups", params, rows)

    def list_log_groups(self, params: Params, proceed: Proceed) -> Answer:
        """Lists groups that satisfy all filters [service model]."""
        pattern, wanted = params.get("logGroupNamePattern"), params.get("logGroupClass")
        rows = []
        for group in self.backend.groups.values():
            log_class, tags = self.facts(group).log_class, self.tags_of(group.arn)
            has_tags = all(_satisfies(tags, wish) for wish in params.get("logGroupTags") or [])
            is_named = pattern is None or re.search(pattern, group.name) is not None
            if has_tags and is_named and wanted in (None, log_class):
                summary = {"logGroupName": group.name, "logGroupArn": group.arn, "logGroupClass": log_class}
                rows.append((group.name, summary))
        return self._page("ListLogGroups", params, rows)

    def _described(self, group: LogGroup, is_short: bool) -> Answer:
        members = group.to_describe_dict()
        if is_short:
            return {name: members[name] for name in PATTERN_SHOWS}
        facts = self.facts(group)
        filters = self.backend.filters.get_matching_filters(log_group_name=group.name)
        members |= {"metricFilterCount": len(filters), "logGroupClass": facts.log_class}
        members["deletionProtectionEnabled"] = facts.is_protected
        return self.under_account_policy(members)

    def _page(self, operation: str, params: Params, rows: list[tuple[str, Answer]]) -> Answer:
        fixed = {name: value for name, value in params.items() if name not in ("nextToken", "limit")}
        size, token = int(params.get("limit") or PAGE), params.get("nextToken")
        try:
            listing = paging.open_listing(f"logs:{operation}", {"NextToken": token}, fixed=fixed, size=size)
        except Refused as refused:
            raise invalid("The specified nextToken is invalid.") from refused
        page, rest = paging.cut(self.world, listing, rows)
        return {"logGroups": page} | ({"nextToken": rest["NextToken"]} if rest else {})


def _satisfies(tags: dict[str, str], wish: dict[str, Any]) -> bool:
    """Returns whether a group has the tag, with one of the values if there are any."""
    if wish["key"] not in tags:
        return False
    values = wish.get("values") or []
    return not values or any(_is_value(tags[wish["key"]], value) for value in values)


def _is_value(value: str, wanted: str) -> bool:
    """Compares a tag's value: `!` negates, `*` is a wildcard that ignores case [service model]."""
    if wanted.startswith("!"):
        return not _is_value(value, wanted[1:])
    if "*" in wanted:
        return fnmatchcase(value.lower(), wanted.lower().replace("[", "[[]").replace("?", "[?]"))
    return value == wanted
