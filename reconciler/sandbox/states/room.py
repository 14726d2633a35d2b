"""The common parts of the rules of Step Functions: finding a machine, and errors."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from moto.stepfunctions.models import StateMachine, StepFunctionBackend

from reconciler.sandbox.errors import Refused
from reconciler.sandbox.states.store import MachineFacts, MachineStore
from reconciler.sandbox.world import World

Params = dict[str, Any]
Answer = dict[str, Any]
Proceed = Callable[[], Any]


class MachineRoom:
    def __init__(self, world: World, backend: StepFunctionBackend, store: MachineStore) -> None:
        self.world = world
        self.backend = backend
        self.store = store
        self._drop_deleted_machines()

    def find(self, arn: str) -> StateMachine | None:
        return next((machine for machine in self.backend.state_machines if machine.arn == arn), None)

    def machine(self, arn: str) -> StateMachine:
        if (machine := self.find(arn)) is None:
            raise Refused("StateMachineDoesNotExist", f"State Machine Does Not Exist: '{arn}'")
        return machine

    def facts(self, arn: str) -> MachineFacts:
        """Returns the sandbox's facts about a machine. Those that moto creates itself have the defaults."""
        return self.store.machines.setdefault(arn, MachineFacts(0, ""))

    def is_leaving(self, arn: str) -> bool:
        return self.facts(arn).deleted_after is not None

    def _drop_deleted_machines(self) -> None:
        for arn, facts in list(self.store.machines.items()):
            if facts.deleted_after is not None and self.world.accepted > facts.deleted_after:
                self.backend.delete_state_machine(arn)
                self.backend.tagger.delete_all_tags_for_resource(arn)
                del self.store.machines[arn]
