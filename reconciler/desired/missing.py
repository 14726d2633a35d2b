"""Reports folders of reconcile.yaml that do not exist, at their line, with the folder that is probably meant."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

from reconciler.desired.layers import BASE, ManifestFolders, missing_folder
from reconciler.documents.hints import brief, nearest
from reconciler.errors import Mistake, Source
from reconciler.model.environment import Environment

_DEEPEST, _MOST = 3, 1000  # levels and folders that are searched for a similar name


def missing_manifests(environment: Environment, where: ManifestFolders) -> Mistake:
    """Returns the mistake for the folder `manifests`, which does not exist or is not a folder."""
    if environment.manifests_at is None:
        return missing_folder(where.manifests, where)
    folders = list(_folders(where.root))
    # If one folder of the repository has a base, the author means it, whatever its name.
    likely = [folder for folder in folders if Path(where.root, folder, BASE).is_dir()]
    meant = nearest(environment.manifests.as_posix(), folders) or (likely[0] if len(likely) == 1 else None)
    return _named(environment.manifests_at, "manifests", environment.manifests, meant)


def missing_overlay(environment: Environment, at: int, where: ManifestFolders) -> Mistake:
    """Returns the mistake for an overlay, given its position in the environment's list."""
    overlay = environment.overlays[at]
    if at >= len(environment.overlays_at):
        return missing_folder(where.manifests / overlay, where)
    folders = [folder for folder in _folders(where.manifests) if folder.split("/")[0] != BASE]
    return _named(environment.overlays_at[at], "overlays", overlay, nearest(overlay.as_posix(), folders), where)


def _named(source: Source, key: str, folder: Path, meant: str | None, where: ManifestFolders | None = None) -> Mistake:
    inside = f" in {where.name(where.manifests)}" if where else ""
    create = "create it with a file in it, because git does not keep empty folders"
    remedy = f"did you mean {brief(meant)}?" if meant else create
    return Mistake(source, f"{key}: there is no folder {brief(folder.as_posix())}{inside}; {remedy}")


def _folders(root: Path) -> Iterator[str]:
    """Yields folders by their path from `root`, nearest first. Hidden folders are skipped."""
    count, level = 0, [""]
    for _ in range(_DEEPEST):
        below: list[str] = []
        for parent in level:
            for name in _names(root / parent):
                below.append(f"{parent}/{name}" if parent else name)
        yield from below[: _MOST - count]
        count += len(below)
        level = below if count < _MOST else []


def _names(folder: Path) -> list[str]:
    try:
        with os.scandir(folder) as entries:
            return sorted(entry.name for entry in entries if entry.is_dir() and not entry.name.startswith("."))
    except OSError:  # an unreadable folder has no suggestions
        return []
