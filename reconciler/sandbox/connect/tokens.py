"""Client tokens: a repeated request with the same token gets the same answer.

"To ensure the idempotency of the request" [service model]. A token with another request is a new one, and tokens never
expire [both inferred]. Refusals are not remembered.
"""

from __future__ import annotations

import json
from collections.abc import Callable

from reconciler.sandbox import shapes
from reconciler.sandbox.connect.room import Answer, Params, Room


class Tokens(Room):
    def once(self, operation: str, carry_out: Callable[[Params], Answer], params: Params) -> Answer:
        if not params.get("ClientToken") or self.world.switches.client_tokens == "ignored":
            return carry_out(params)
        answered: dict[str, Answer] = self.backend.__dict__.setdefault("client_tokens", {})
        request = json.dumps([operation, params], sort_keys=True)
        if request not in answered:
            answered[request] = carry_out(params)
        return answered[request]


def has_token(operation: str) -> bool:
    shape = shapes.operation("connect", operation).input_shape
    return shape is not None and "ClientToken" in shape.members
