"""Facts about log groups that moto does not keep: a backend like moto's, which moto's reset empties."""

from __future__ import annotations

from dataclasses import dataclass

from moto.core.base_backend import BackendDict, BaseBackend

NEVER = "NEVER_EXPIRE"


@dataclass
class GroupFacts:
    """`created`: the number of the accepted call that created the group."""

    log_class: str = "STANDARD"
    is_protected: bool = False
    created: int = 0


@dataclass(frozen=True)
class DeletedGroup:
    """A deleted group, which the tag index lists for a while. `at`: the number of the call that deleted it."""

    arn: str
    tags: dict[str, str]
    at: int


@dataclass(frozen=True)
class RetentionPolicy:
    """A retention policy of the account. `created`: the number of the accepted call that put it."""

    name: str
    document: str
    criteria: str | None
    prefixes: tuple[str, ...]
    days: int | str
    is_for_new_groups: bool
    created: int
    time: float

    def applies_to(self, group: str, facts: GroupFacts) -> bool:
        is_old = self.is_for_new_groups and facts.created <= self.created
        return not is_old and (not self.prefixes or group.startswith(self.prefixes))


class LogsStore(BaseBackend):
    def __init__(self, region_name: str, account_id: str) -> None:
        super().__init__(region_name, account_id)
        self.groups: dict[str, GroupFacts] = {}
        self.policies: dict[str, RetentionPolicy] = {}
        self.deleted: list[DeletedGroup] = []


logs_stores = BackendDict(LogsStore, "logs")
