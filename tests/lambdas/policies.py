"""A policy of a Lambda as IAM would judge it: filled in, taken by IAM, and evaluated by moto's evaluator."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from typing import Any

from moto.iam.access_control import IAMPolicy, PermissionResult
from moto.iam.policy_validation import IAMPolicyDocumentValidator

VARIABLE = re.compile(r"\$\{var:(\w+)\}")


def filled_in(policy: Any, values: Mapping[str, str]) -> str:
    return VARIABLE.sub(lambda match: values[match[1]], json.dumps(policy))


class Evaluated:
    """The policy with its variables filled in."""

    def __init__(self, policy: Any, values: Mapping[str, str]) -> None:
        text = filled_in(policy, values)
        IAMPolicyDocumentValidator(text).validate()
        self._policy = IAMPolicy(text)

    def allows(self, action: str, resource: str) -> bool:
        return self._policy.is_action_permitted(action, resource) == PermissionResult.PERMITTED
