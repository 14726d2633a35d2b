"""The instance: how its users sign in, and the names that rows refer to. Both are kept between events."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from reconciler.lambdas.agents.names import Names, ids_by_name, path_of
from reconciler.lambdas.agents.uploads import Call

KEPT = 300.0  # seconds
FRESH = 5.0  # seconds in which names are not read again because of an unknown one
LISTS = {
    "ListRoutingProfiles": "RoutingProfileSummaryList",
    "ListSecurityProfiles": "SecurityProfileSummaryList",
    "SearchUserHierarchyGroups": "UserHierarchyGroups",
}
PAGES = {"ListRoutingProfiles": 1000, "ListSecurityProfiles": 1000, "SearchUserHierarchyGroups": 100}


@dataclass(frozen=True)
class _Kept:
    names: Names
    at: float


class Instance:
    """`clock` counts seconds. One object serves all events of a container."""

    def __init__(self, instance_id: str, clock: Callable[[], float]) -> None:
        self._instance_id, self._clock = instance_id, clock
        self._identity_type = ""
        self._names: _Kept | None = None

    def identity_type(self, call: Call) -> str:
        """Returns how users sign in, which AWS never changes."""
        if not self._identity_type:
            answer = call("connect:DescribeInstance", {"InstanceId": self._instance_id})
            self._identity_type = str(answer["Instance"]["IdentityManagementType"])
        return self._identity_type

    def names(self, call: Call, *, creates_groups: bool, is_fresh: bool = False) -> Names:
        """Returns the names, from AWS if they are older than some minutes, or than seconds if they must be fresh."""
        now = self._clock()
        if self._names is None or now - self._names.at > (FRESH if is_fresh else KEPT):
            self._names = _Kept(self._read(call, creates_groups), now)
        return self._names.names

    def _read(self, call: Call, creates_groups: bool) -> Names:
        routing, security = (
            ids_by_name((item["Name"], item["Id"]) for item in self._listed(call, operation))
            for operation in ("ListRoutingProfiles", "ListSecurityProfiles")
        )
        # A search also has a pseudo group of level 0 (API reference).
        groups = [item for item in self._listed(call, "SearchUserHierarchyGroups") if item.get("LevelId") != "0"]
        paths = ids_by_name((path_of(item), item["Id"]) for item in groups)
        return Names(routing, security, paths, creates_groups)

    def _listed(self, call: Call, operation: str) -> Iterator[Mapping[str, Any]]:
        token: dict[str, str] = {}
        while True:
            page = {"InstanceId": self._instance_id, "MaxResults": PAGES[operation], **token}
            answer = call(f"connect:{operation}", page)
            yield from answer[LISTS[operation]]
            if not answer.get("NextToken"):
                return
            token = {"NextToken": answer["NextToken"]}
