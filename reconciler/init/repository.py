"""Finds the GitHub repository that a folder is a clone of."""

from __future__ import annotations

import re
import subprocess
from pathlib import Path

from reconciler.errors import UsageError

_NAME = re.compile(r"[A-Za-z0-9](?:[A-Za-z0-9-]*)/[A-Za-z0-9._-]+")
_REMOTE = re.compile(r"(?:\S+[/@])?github\.[a-z0-9.-]+(?::[0-9]+)?[/:](?P<name>[^/:]+/[^/:]+?)(?:\.git)?/?")


def named_repository(name: str) -> str:
    """Returns the name of a repository.

    Raises `UsageError` if it is not valid, because it becomes part of a role's trust policy.
    """
    if not _NAME.fullmatch(name):
        raise UsageError(f"--repository {name}: write OWNER/NAME, as in example/contact-centre")
    return name


def repository_of(folder: Path) -> str:
    """Returns OWNER/NAME of git's remote `origin`; empty if it is not on GitHub."""
    command = ["git", "-C", str(folder), "remote", "get-url", "origin"]
    try:
        done = subprocess.run(command, capture_output=True, text=True, check=False)  # noqa: S603 - our own words
    except OSError:  # Without git, there is no remote.
        return ""
    match = _REMOTE.fullmatch(done.stdout.strip()) if done.returncode == 0 else None
    return match["name"] if match and _NAME.fullmatch(match["name"]) else ""
