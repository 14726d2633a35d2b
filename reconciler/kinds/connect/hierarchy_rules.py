"""Checks a hierarchy: no level is missing above another, and no group is deeper than the levels."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from reconciler.model import Problem, Ref

KEYS = ("levelOne", "levelTwo", "levelThree", "levelFour", "levelFive")


def level_problems(declared: Mapping[str, Any]) -> Iterator[Problem]:
    """Yields levels that have no level above them, and paths that are longer than the levels."""
    there = [declared.get(key) is not None for key in KEYS]
    for at, key in enumerate(KEYS):
        if there[at] and not all(there[:at]):
            yield Problem("error", (key,), f"there is no {KEYS[there.index(False)]} above it; declare it too")
    paths = {at: path for at, path in enumerate(_paths(declared)) if isinstance(path, str)}
    known = {path.rpartition("/")[2]: path for path in paths.values()}
    for at, path in paths.items():
        above, _, name = path.rpartition("/")
        actual = known.get(above.rpartition("/")[2], above)
        if path.count("/") >= sum(there):
            message = (
                f"{path} is {path.count('/') + 1} levels deep, but the hierarchy has {sum(there)}; declare more levels"
            )
            yield Problem("error", ("groups", at), message)
        elif actual != above:
            yield Problem("error", ("groups", at), f"there is no {above}, but there is {actual}; write {actual}/{name}")


def depth_problems(
    hierarchy: Mapping[str, Any], groups: Mapping[Ref, Mapping[str, Any]]
) -> Iterator[tuple[Ref, Problem]]:
    """Yields groups that are deeper than the hierarchy has levels. Paths of the hierarchy count as groups too.

    A group is one level below its parent. Source: API reference, CreateUserHierarchyGroup.
    """
    above = {path.rpartition("/")[2]: path.split("/")[-2:-1] for path in _paths(hierarchy) if isinstance(path, str)}
    parents = {name: parent[0] for name, parent in above.items() if parent}
    parents |= {ref.name: str(spec["parentGroup"]) for ref, spec in groups.items() if spec.get("parentGroup")}
    levels = sum(hierarchy.get(key) is not None for key in KEYS)
    for ref in groups:
        way = _way(ref.name, parents)
        if len(way) > levels:
            remedy = f"declare {KEYS[len(way) - 1]}" if len(way) <= len(KEYS) else "AWS allows five at most"
            message = f"{'/'.join(way)} is {len(way)} levels deep, but the hierarchy has {levels}; {remedy}"
            yield ref, Problem("error", ("parentGroup",), message)


def too_deep(levels: int, groups: Mapping[Ref, str | None]) -> str:
    """Returns why more levels are needed for these groups and their parents; empty if there are enough."""
    parents = {ref.name: above for ref, above in groups.items() if above}
    deep = [ref for ref in sorted(groups) if len(_way(ref.name, parents)) > levels]
    if not deep:
        return ""
    more = f" and {len(deep) - 1} more" if len(deep) > 1 else ""
    level = KEYS[min(levels, len(KEYS) - 1)]
    return f"AWS keeps {level} while it or a level below has groups: {deep[0]}{more}; delete them, or keep the level"


def _paths(declared: Mapping[str, Any]) -> list[Any]:
    groups = declared.get("groups")
    return groups if isinstance(groups, list) else []


def _way(name: str, parents: Mapping[str, str]) -> list[str]:
    """Returns the groups from the top down to this one. A cycle, which another rule reports, is followed once."""
    way = [name]
    while (above := parents.get(way[0])) is not None and above not in way:
        way.insert(0, above)
    return way
