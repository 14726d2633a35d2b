"""When each alarm was judged: a backend like moto's, which moto's reset empties."""

from __future__ import annotations

from moto.core.base_backend import BackendDict, BaseBackend


class EvaluationStore(BaseBackend):
    """`evaluated`: the end of the last period that was judged, by the alarm's ARN."""

    def __init__(self, region_name: str, account_id: str) -> None:
        super().__init__(region_name, account_id)
        self.evaluated: dict[str, float] = {}


evaluation_stores = BackendDict(EvaluationStore, "cloudwatch")
