"""The ids of names: routing profiles, security profiles and hierarchy groups of the instance, read once and kept."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from reconciler.lambdas.agent_roster.failures import TAKEN, Refused, TryAgain
from reconciler.lambdas.agents.agent import Agent
from reconciler.lambdas.agents.connect_user import Wanted
from reconciler.lambdas.agents.names import Names, ids_by_name, path_of
from reconciler.lambdas.agents.paths import own_name
from reconciler.lambdas.shared.calls import CallFailed

KEPT_SECONDS = 300.0
PAGE, GROUP_PAGE = 1000, 100  # the largest pages [service model]
Connect = Callable[..., Mapping[str, Any]]
"""Makes a call on the instance: the operation's name, and its parameters by name."""


@dataclass
class Lookups:
    """The knowledge of a container about the instance. `clock` counts seconds. Lists are kept for `KEPT_SECONDS`."""

    clock: Callable[[], float]
    creates_groups: bool
    _known: dict[str, tuple[float, dict[str, tuple[str, ...]]]] = field(default_factory=dict)

    def wanted(self, connect: Connect, agent: Agent, tags: Mapping[str, str]) -> Wanted:
        """Returns the agent with ids. Raises `Refused` with near names, and what `connect` raises.

        A name that is unknown is looked up again, unless the list is new. `tags` are those of a created group.
        """
        begins = self.clock()
        names = self._names(connect, agent)
        if names.problems(agent) and self._is_older_than(begins):
            self.forget()
            names = self._names(connect, agent)
        if problems := names.problems(agent):
            columns = dict.fromkeys(problem.column for problem in problems)
            raise Refused(", ".join(columns), ". ".join(map(str, problems)))
        return Wanted(
            agent,
            names.routing_profiles[agent.routing_profile][0],
            tuple(names.security_profiles[name][0] for name in agent.security_profiles),
            self._group(connect, agent.hierarchy_group, tags),
        )

    def routing_profile(self, connect: Connect, name: str) -> str:
        """Returns the id of the only routing profile of that name; "" if there is none."""
        return next(iter(self._list("routing", lambda: _routing_profiles(connect)).get(name, ())), "")

    def security_profile(self, connect: Connect, name: str) -> str:
        return next(iter(self._list("security", lambda: _security_profiles(connect)).get(name, ())), "")

    def forget(self) -> None:
        self._known.clear()

    def _names(self, connect: Connect, agent: Agent) -> Names:
        return Names(
            self._list("routing", lambda: _routing_profiles(connect)),
            self._list("security", lambda: _security_profiles(connect)),
            self._groups(connect) if agent.hierarchy_group else {},
            self.creates_groups,
        )

    def _groups(self, connect: Connect) -> dict[str, tuple[str, ...]]:
        return self._list("groups", lambda: _groups(connect))

    def _list(self, what: str, read: Callable[[], Mapping[str, tuple[str, ...]]]) -> dict[str, tuple[str, ...]]:
        at, known = self._known.get(what, (0.0, {}))
        if what not in self._known or self.clock() - at > KEPT_SECONDS:
            at, known = self.clock(), dict(read())
            self._known[what] = at, known
        return known

    def _is_older_than(self, moment: float) -> bool:
        return any(at < moment for at, _ in self._known.values())

    def _group(self, connect: Connect, path: str | None, tags: Mapping[str, str]) -> str | None:
        """Returns the id of a group. Groups of the path that do not exist are created, from the top."""
        if not path:
            return path
        above = ""
        for depth in range(path.count("/") + 1):
            part = "/".join(path.split("/")[: depth + 1])
            known = self._groups(connect)
            if part not in known:
                known[part] = (self._created(connect, part, above, tags),)
            above = known[part][0]
        return above

    def _created(self, connect: Connect, path: str, above: str, tags: Mapping[str, str]) -> str:
        parent = {"ParentGroupId": above} if above else {}
        try:
            answer = connect("CreateUserHierarchyGroup", Name=own_name(path), Tags=dict(tags), **parent)
        except CallFailed as failed:
            if failed.code != TAKEN:
                raise
            # Another writer, or a call of this function whose reply was lost.
            self._known.pop("groups")
            raise TryAgain("a hierarchy group exists, and no list shows it yet") from failed
        return str(answer["HierarchyGroupId"])


def _routing_profiles(connect: Connect) -> dict[str, tuple[str, ...]]:
    return ids_by_name(
        (it["Name"], it["Id"]) for it in pages(connect, "ListRoutingProfiles", "RoutingProfileSummaryList", PAGE)
    )


def _security_profiles(connect: Connect) -> dict[str, tuple[str, ...]]:
    return ids_by_name(
        (it["Name"], it["Id"]) for it in pages(connect, "ListSecurityProfiles", "SecurityProfileSummaryList", PAGE)
    )


def _groups(connect: Connect) -> dict[str, tuple[str, ...]]:
    """Returns the ids of each path. The search also lists a pseudo group of level 0 [API reference]."""
    groups = pages(connect, "SearchUserHierarchyGroups", "UserHierarchyGroups", GROUP_PAGE)
    return ids_by_name((path_of(group), group["Id"]) for group in groups if group.get("LevelId") != "0")


def pages(connect: Connect, operation: str, member: str, size: int) -> Iterator[Mapping[str, Any]]:
    """Yields the items of all pages."""
    following: dict[str, str] = {}
    while True:
        answer = connect(operation, MaxResults=size, **following)
        yield from answer.get(member) or ()
        if not answer.get("NextToken"):
            return
        following = {"NextToken": answer["NextToken"]}
