"""The names of an instance that rows refer to: routing profiles, security profiles and hierarchy groups.

A name that is unknown, or that two resources have, is a problem with near names. The names come from AWS's lists.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from difflib import get_close_matches
from typing import Any

from reconciler.lambdas.agents.agent import Agent
from reconciler.lambdas.agents.headers import (
    AGENT_HIERARCHY,
    ROUTING_PROFILE,
    SECURITY_PROFILES,
    USER_HIERARCHY,
    Column,
    Header,
)
from reconciler.lambdas.agents.paths import segment
from reconciler.lambdas.agents.rows import Problem, Row

MOST_NEAR = 3
NEAR = 0.6  # of difflib's ratio
SHORTEST_LIST = 5  # names that a message lists whole
_LEVELS = ("LevelOne", "LevelTwo", "LevelThree", "LevelFour", "LevelFive")


@dataclass(frozen=True)
class Names:
    """The ids of each name. A name with two ids is ambiguous; groups are named by their path."""

    routing_profiles: Mapping[str, tuple[str, ...]]
    security_profiles: Mapping[str, tuple[str, ...]]
    groups: Mapping[str, tuple[str, ...]]
    creates_groups: bool = False
    _known: dict[tuple[str, str], Problem | None] = field(default_factory=dict, compare=False, repr=False)

    def problems(self, agent: Agent, hierarchy: Column = AGENT_HIERARCHY) -> list[Problem]:
        """Returns the names of an agent that the instance does not have once. Answers are kept: rows repeat names.

        `hierarchy` is the column from which the file takes the group.
        """
        problems = [self._problem(ROUTING_PROFILE, agent.routing_profile, self.routing_profiles)]
        problems += [self._problem(SECURITY_PROFILES, name, self.security_profiles) for name in agent.security_profiles]
        if agent.hierarchy_group:
            problems.append(self._group_problem(agent.hierarchy_group, hierarchy))
        return [problem for problem in problems if problem]

    def checked(self, row: Row, header: Header) -> Row:
        """Returns the row, refused if it has an unknown name."""
        hierarchy = AGENT_HIERARCHY if AGENT_HIERARCHY in header.columns else USER_HIERARCHY
        problems = self.problems(row.agent, hierarchy) if row.agent else []
        return row.refused(*problems) if problems else row

    def _problem(self, column: Column, name: str, known: Mapping[str, tuple[str, ...]]) -> Problem | None:
        key = (column.name, name)
        if key not in self._known:
            self._known[key] = _judge(column, name, known)
        return self._known[key]

    def _group_problem(self, path: str, column: Column) -> Problem | None:
        if self.creates_groups and path not in self.groups:
            return None
        problem = self._problem(column, path, self.groups)
        ends = sorted(known for known in self.groups if known.endswith(f"/{path}"))
        if problem and path not in self.groups and ends:
            fault = f"is not at the top of the hierarchy; {_listed(ends)} {'ends' if len(ends) == 1 else 'end'} so"
            return Problem(column.name, fault, "write the whole path from the top")
        return problem


def ids_by_name(pairs: Iterable[tuple[str, str]]) -> dict[str, tuple[str, ...]]:
    """Returns the ids of each name, of pairs of name and id."""
    ids: dict[str, tuple[str, ...]] = {}
    for name, id in pairs:
        ids[name] = (*ids.get(name, ()), id)
    return ids


def path_of(group: Mapping[str, Any]) -> str:
    """Returns the path of a group of SearchUserHierarchyGroups, as the rules of `segment` write it."""
    levels = group.get("HierarchyPath") or {}
    names = [levels[level]["Name"] for level in _LEVELS if levels.get(level)]
    return "/".join(map(segment, names or [group["Name"]]))


def _judge(column: Column, name: str, known: Mapping[str, tuple[str, ...]]) -> Problem | None:
    ids = known.get(name, ())
    if len(ids) == 1:
        return None
    if ids:
        return Problem(column.name, f"names {len(ids)} of the instance, which have the same name", "rename one of them")
    alike = [other for other in known if other.casefold() == name.casefold()]
    near = alike or get_close_matches(name, known, MOST_NEAR, NEAR)
    if near:
        return Problem(column.name, "is not known in the instance", f"did you mean {_listed(near)}?")
    return Problem(column.name, "is not known in the instance", _known_ones(known))


def _known_ones(known: Mapping[str, tuple[str, ...]]) -> str:
    names = sorted(known)
    if not names:
        return "the instance has none; create it first"
    more = f" and {len(names) - SHORTEST_LIST} more" if len(names) > SHORTEST_LIST else ""
    return f"write one of {_listed(names[:SHORTEST_LIST])}{more}"


def _listed(names: Iterable[str]) -> str:
    return ", ".join(f'"{name}"' for name in names)
