"""Retention policies of the account, which override the retention of log groups. Other policies are moto's."""

from __future__ import annotations

import json
import re
from typing import Any

from reconciler.sandbox.logs.room import RETENTION_DAYS, Answer, LogRoom, Params, Proceed, invalid, missing
from reconciler.sandbox.logs.store import NEVER, RetentionPolicy

TYPE = "RETENTION_POLICY"
SHORTEST = 30  # days [service model]
MODES = ("NEW_ONLY", "RETROACTIVE")
# "The only supported selectionCriteria filter is LogGroupNamePrefix" [service model]; its form is inferred.
CRITERIA = re.compile(r"LogGroupNamePrefix IN (?P<prefixes>\[.*\])")


class AccountPolicies(LogRoom):
    def put_account_policy(self, params: Params, proceed: Proceed) -> Any:
        if params["policyType"] != TYPE:
            return proceed()
        if params.get("dryRun"):
            raise invalid("dryRun: the sandbox does not estimate the effect of a policy")
        days, mode = _read_document(params["policyDocument"])
        criteria = params.get("selectionCriteria")
        policy = RetentionPolicy(
            params["policyName"],
            params["policyDocument"],
            criteria,
            _prefixes(criteria),
            days,
            mode == "NEW_ONLY",
            self.world.accepted,
            self.world.now(),
        )
        self.store.policies[policy.name] = policy
        return {"accountPolicy": self._shown(policy)}

    def describe_account_policies(self, params: Params, proceed: Proceed) -> Any:
        if params["policyType"] != TYPE:
            return proceed()
        name = params.get("policyName")
        policies = [policy for policy in self.store.policies.values() if name in (None, policy.name)]
        if name and not policies:
            raise missing("The specified policy does not exist.")
        return {"accountPolicies": [self._shown(policy) for policy in policies]}

    def delete_account_policy(self, params: Params, proceed: Proceed) -> Any:
        if params["policyType"] != TYPE:
            return proceed()
        if self.store.policies.pop(params["policyName"], None) is None:
            raise missing("The specified policy does not exist.")
        return {}

    def under_account_policy(self, members: Answer) -> Answer:
        """Returns a described group with the retention of the account's policy, if one applies [service model].

        The one with the longest prefix wins [inferred].
        """
        facts = self.facts(self.group(members["logGroupName"]))
        applying = [one for one in self.store.policies.values() if one.applies_to(members["logGroupName"], facts)]
        if not applying:
            return members
        policy = max(applying, key=lambda one: max(map(len, one.prefixes), default=0))
        members = {name: value for name, value in members.items() if name != "retentionInDays"}
        days = {} if policy.days == NEVER else {"retentionInDays": policy.days}
        return members | days | {"retentionPolicyName": policy.name}

    def _shown(self, policy: RetentionPolicy) -> Answer:
        criteria = {"selectionCriteria": policy.criteria} if policy.criteria else {}
        return {
            "policyName": policy.name,
            "policyDocument": policy.document,
            "policyType": TYPE,
            "scope": "ALL",
            "accountId": self.backend.account_id,
            "lastUpdatedTime": int(policy.time * 1000),
            **criteria,
        }


def _read_document(text: str) -> tuple[int | str, str]:
    """Returns the days and the mode of a retention policy. Raises `Refused`."""
    try:
        document = json.loads(text)
        days, mode = document["retentionInDays"], document["enforcementMode"]
    except (ValueError, KeyError, TypeError) as wrong:
        raise invalid("policyDocument: needs retentionInDays and enforcementMode") from wrong
    if days != NEVER and (days not in RETENTION_DAYS or days < SHORTEST):
        raise invalid(f"policyDocument: {days!r} is not a retention of a policy")
    if mode not in MODES:
        raise invalid(f"policyDocument: enforcementMode must be one of {', '.join(MODES)}")
    return days, mode


def _prefixes(criteria: str | None) -> tuple[str, ...]:
    if not criteria:
        return ()
    match = CRITERIA.fullmatch(criteria)
    try:
        prefixes = json.loads(match["prefixes"]) if match else None
    except ValueError:
        prefixes = None
    if not isinstance(prefixes, list):
        raise invalid('selectionCriteria: must be LogGroupNamePrefix IN ["…"]')
    return tuple(map(str, prefixes))
