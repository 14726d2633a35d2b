"""Facts about queues that moto does not keep: a backend like moto's, which moto's reset empties."""

from __future__ import annotations

from moto.core.base_backend import BackendDict, BaseBackend


class SqsStore(BaseBackend):
    """`deleted`: the times of deletions by name. `allowed`: the redrive allow policies by name."""

    def __init__(self, region_name: str, account_id: str) -> None:
        super().__init__(region_name, account_id)
        self.deleted: dict[str, float] = {}
        self.allowed: dict[str, str] = {}


sqs_stores = BackendDict(SqsStore, "sqs")
