"""Resource policies of secrets."""

from __future__ import annotations

import json
from typing import Any

from reconciler.sandbox.errors import Refused
from reconciler.sandbox.secrets.room import Params, Proceed, SecretRoom


class ResourcePolicies(SecretRoom):
    def put_resource_policy(self, params: Params, proceed: Proceed) -> Any:
        """Attaches a policy. The service also checks its principals and actions; the sandbox checks that it is JSON."""
        self.usable(params["SecretId"])
        try:
            policy = json.loads(params["ResourcePolicy"])
        except ValueError:
            policy = None
        if not isinstance(policy, dict) or not policy.get("Statement"):
            raise Refused("MalformedPolicyDocumentException", "This resource policy contains a syntax error.")
        return proceed()

    def get_resource_policy(self, params: Params, proceed: Proceed) -> Any:
        self.usable(params["SecretId"])
        return proceed()

    def delete_resource_policy(self, params: Params, proceed: Proceed) -> Any:
        self.usable(params["SecretId"])
        return proceed()
