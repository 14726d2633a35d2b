"""Facts about state machines that moto does not keep: a backend like moto's, which moto's reset empties."""

from __future__ import annotations

from dataclasses import dataclass

from moto.core.base_backend import BackendDict, BaseBackend


@dataclass
class MachineFacts:
    """`created`: the number of the accepted call that created the machine. `request`: the members of that call.

    `deleted_after`: the number of the accepted call after which a machine that is being deleted is gone.
    """

    created: int
    request: str
    deleted_after: int | None = None


class MachineStore(BaseBackend):
    def __init__(self, region_name: str, account_id: str) -> None:
        super().__init__(region_name, account_id)
        self.machines: dict[str, MachineFacts] = {}


machine_stores = BackendDict(MachineStore, "stepfunctions")
