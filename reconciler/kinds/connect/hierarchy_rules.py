"""Checks a hierarchy: no level is missing above another, and no group is deeper than the levels."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from reconciler.kinds.connect.hierarchy_paths import depth, parent
from reconciler.model import Problem, Ref

KEYS = ("levelOne", "levelTwo", "levelThree", "levelFour", "levelFive")


def level_problems(declared: Mapping[str, Any]) -> Iterator[Problem]:
    """Yields levels that have no level above them, and paths of groups that are longer than the levels."""
    there = [declared.get(key) is not None for key in KEYS]
    for at, key in enumerate(KEYS):
        if there[at] and not all(there[:at]):
            yield Problem("error", (key,), f"there is no {KEYS[there.index(False)]} above it; declare it too")
    for at, path in enumerate(_paths(declared)):
        if isinstance(path, str) and depth(path) > sum(there):
            message = f"{path} is {depth(path)} levels deep, but the hierarchy has {sum(there)}; declare more levels"
            yield Problem("error", ("groups", at), message)


def depth_problems(
    hierarchy: Mapping[str, Any], groups: Mapping[Ref, Mapping[str, Any]]
) -> Iterator[tuple[Ref, Problem]]:
    """Yields groups that are deeper than the hierarchy has levels.

    A group is one level below its parent. Source: API reference, CreateUserHierarchyGroup.
    """
    levels = sum(hierarchy.get(key) is not None for key in KEYS)
    for ref in groups:
        if (deep := depth(ref.name)) > levels:
            remedy = f"declare {KEYS[deep - 1]}" if deep <= len(KEYS) else "AWS allows five at most"
            message = f"{ref.name} is {deep} levels deep, but the hierarchy has {levels}; {remedy}"
            yield ref, Problem("error", ("name",), message)


def old_forms(groups: Mapping[Ref, Mapping[str, Any]]) -> Iterator[tuple[Ref, Problem]]:
    """Yields groups whose parentGroup contradicts their name: in earlier versions a name had no path."""
    above: dict[str, str] = {}
    for ref, spec in groups.items():
        if isinstance(written := spec.get("parentGroup"), str):
            paths = [group.name for group in groups if group.name.endswith(f"/{written}")]
            above[ref.name] = paths[0] if len(paths) == 1 else written
    for ref in groups:
        if ref.name in above and above[ref.name] != parent(ref.name):
            path = "/".join(_way(ref.name, above))
            message = (
                f"a name is a path now: write name: {path} in metadata and delete parentGroup, write {path} in "
                "references to the group, and apply keeps the live group"
            )
            yield ref, Problem("error", ("parentGroup",), message)


def too_deep(levels: int, groups: Iterable[str]) -> str:
    """Returns why more levels are needed for the groups of these paths; empty if there are enough."""
    deep = [path for path in sorted(groups) if depth(path) > levels]
    if not deep:
        return ""
    more = f" and {len(deep) - 1} more" if len(deep) > 1 else ""
    level = KEYS[min(levels, len(KEYS) - 1)]
    first = f"UserHierarchyGroup/{deep[0]}"
    return f"AWS keeps {level} while it or a level below has groups: {first}{more}; delete them, or keep the level"


def _paths(declared: Mapping[str, Any]) -> list[Any]:
    groups = declared.get("groups")
    return groups if isinstance(groups, list) else []


def _way(name: str, parents: Mapping[str, str]) -> list[str]:
    """Returns the names from the top down to this one. A cycle is followed once."""
    way = [name]
    while (above := parents.get(way[0])) is not None and above not in way:
        way.insert(0, above)
    return way
