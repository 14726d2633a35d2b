"""Amazon SQS in the sandbox: moto's queues and messages, with the rules of AWS that moto lacks.

A rule is a method named in snake case after its operation. It takes the request's parameters and `proceed`, which lets
moto answer. moto alone answers an operation without a method.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from botocore import xform_name

from reconciler.sandbox.sqs.queues import Params, Proceed, QueueRules


class Sqs(QueueRules):
    """The rules of one account and Region."""

    def operation(self, name: str) -> Callable[[Params, Proceed], Any]:
        """Returns the function that answers an operation."""
        return getattr(self, xform_name(name), None) or self._answered_by_moto

    def _answered_by_moto(self, params: Params, proceed: Proceed) -> Any:
        """Lets moto answer, once the queue that the request names is known."""
        if params.get("QueueUrl"):
            self.queue(params)
        return proceed()
