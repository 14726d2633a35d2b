"""What no schema can tell of a hierarchy: levels without gaps, and groups that are not deeper than there are levels."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from reconciler.model import Problem, Ref

KEYS = ("levelOne", "levelTwo", "levelThree", "levelFour", "levelFive")


def level_problems(declared: Mapping[str, Any]) -> Iterator[Problem]:
    """A level has all above it, and a path is no longer than there are levels."""
    there = [declared.get(key) is not None for key in KEYS]
    for at, key in enumerate(KEYS):
        if there[at] and not all(there[:at]):
            yield Problem("error", (key,), f"there is no {KEYS[there.index(False)]} above it; levels have no gaps")
    paths = {at: path for at, path in enumerate(_paths(declared)) if isinstance(path, str)}
    known = {path.rpartition("/")[2]: path for path in paths.values()}
    for at, path in paths.items():
        above, _, name = path.rpartition("/")
        there_is = known.get(above.rpartition("/")[2], above)
        if path.count("/") >= sum(there):
            message = f"{path} is {path.count('/') + 1} levels deep, and {sum(there)} are declared"
            yield Problem("error", ("groups", at), message)
        elif there_is != above:
            yield Problem("error", ("groups", at), f"there is no {above}, but {there_is}; write {there_is}/{name}")


def depth_problems(
    hierarchy: Mapping[str, Any], groups: Mapping[Ref, Mapping[str, Any]]
) -> Iterator[tuple[Ref, Problem]]:
    """Groups below more others than the hierarchy has levels (API reference, CreateUserHierarchyGroup: one level below
    its parent). Those that the hierarchy names by their paths are between them."""
    above = {path.rpartition("/")[2]: path.split("/")[-2:-1] for path in _paths(hierarchy) if isinstance(path, str)}
    parents = {name: each[0] for name, each in above.items() if each}
    parents |= {ref.name: str(said["parentGroup"]) for ref, said in groups.items() if said.get("parentGroup")}
    levels = sum(hierarchy.get(key) is not None for key in KEYS)
    for ref in groups:
        way = _way(ref.name, parents)
        if len(way) > levels:
            remedy = f"declare {KEYS[len(way) - 1]}" if len(way) <= len(KEYS) else "AWS has five at most"
            message = f"{'/'.join(way)} is {len(way)} levels deep, and {levels} are declared; {remedy}"
            yield ref, Problem("error", ("parentGroup",), message)


def too_deep(levels: int, groups: Mapping[Ref, str | None]) -> str:
    """Why there must be more levels, for groups each with the one above it; empty where there are enough."""
    parents = {ref.name: above for ref, above in groups.items() if above}
    deep = [ref for ref in sorted(groups) if len(_way(ref.name, parents)) > levels]
    if not deep:
        return ""
    more = f" and {len(deep) - 1} more" if len(deep) > 1 else ""
    level = KEYS[min(levels, len(KEYS) - 1)]
    return f"{level} can not go while groups are on it or below: {deep[0]}{more}; delete them, or keep the level"


def _paths(declared: Mapping[str, Any]) -> list[Any]:
    groups = declared.get("groups")
    return groups if isinstance(groups, list) else []


def _way(name: str, parents: Mapping[str, str]) -> list[str]:
    """From the top down to the group; a circle, which is a mistake of its own, is gone round once."""
    way = [name]
    while (above := parents.get(way[0])) is not None and above not in way:
        way.insert(0, above)
    return way
