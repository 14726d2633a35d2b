"""The common parts of the rules of Lambda: finding a function, its state, and errors.

Creations and updates are asynchronous. A new function is Pending, and a changed one has LastUpdateStatus InProgress.
That lasts for the accepted calls of the fault `settling`, by default one. AWS refuses changes meanwhile [developer
guide, "Lambda function states"; seen: terraform-provider-aws, issue 5154].
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from uuid import uuid4

from moto.awslambda.models import LambdaBackend
from moto.awslambda.models import LambdaFunction as MotoFunction

from reconciler.sandbox.errors import Refused
from reconciler.sandbox.functions.store import FunctionFacts, FunctionStore
from reconciler.sandbox.world import World

Params = dict[str, Any]
Answer = dict[str, Any]
Proceed = Callable[[], Any]
STALE = (
    "The Revision Id provided does not match the latest Revision Id. Call the GetFunction/GetAlias API to retrieve the "
    "latest Revision Id"
)


class FunctionRoom:
    def __init__(self, world: World, backend: LambdaBackend, store: FunctionStore) -> None:
        self.world, self.backend, self.store = world, backend, store

    def function(self, name: str) -> MotoFunction:
        """Returns a function by its name or its ARN. moto raises the error of AWS if there is none."""
        return self.backend.get_function(name, None)

    def facts(self, function: MotoFunction) -> FunctionFacts:
        """Returns the facts of a function. One that a template or another rule of moto made has none yet."""
        return self.store.functions.setdefault(function.function_name, FunctionFacts(is_new=False))

    def is_settled(self, function: MotoFunction) -> bool:
        facts = self.facts(function)
        settled = self.world.accepted > facts.until
        if settled and self.world.switches.function_revision == "moves" and not facts.is_moved and facts.until >= 0:
            facts.revision, facts.is_moved = str(uuid4()), True
        return settled

    def changeable(self, name: str, revision: str | None = None) -> MotoFunction:
        """Returns a function that is not in the middle of another change, and has the revision."""
        function = self.function(name)
        if not self.is_settled(function):
            raise conflict(_busy(function, self.facts(function)))
        if revision and revision != self.facts(function).revision:
            raise Refused("PreconditionFailedException", STALE)
        return function

    def new_revision(self) -> str:
        return str(uuid4())

    def settles_at(self) -> int:
        """Returns the number of the accepted call until which a change is in progress."""
        return self.world.accepted + self.world.faults.settling.calls


def _busy(function: MotoFunction, facts: FunctionFacts) -> str:
    if facts.is_new:
        return (
            "The operation cannot be performed at this time. The function is currently in the following state: Pending"
        )
    arn = function.function_arn
    return f"The operation cannot be performed at this time. An update is in progress for resource: {arn}"


def invalid(message: str) -> Refused:
    return Refused("InvalidParameterValueException", message)


def conflict(message: str) -> Refused:
    return Refused("ResourceConflictException", message)
