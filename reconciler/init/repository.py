"""Which repository on GitHub a folder is a clone of."""

from __future__ import annotations

import re
import subprocess
from pathlib import Path

from reconciler.errors import UsageError

_NAME = re.compile(r"[A-Za-z0-9](?:[A-Za-z0-9-]*)/[A-Za-z0-9._-]+")
_REMOTE = re.compile(r"(?:\S+[/@])?github\.[a-z0-9.-]+(?::[0-9]+)?[/:](?P<name>[^/:]+/[^/:]+?)(?:\.git)?/?")


def named_repository(name: str) -> str:
    """Raises `UsageError` where it can be no repository's name: it becomes part of who may assume a role."""
    if not _NAME.fullmatch(name):
        raise UsageError(f"--repository {name}: write OWNER/NAME, as in example/contact-centre")
    return name


def repository_of(folder: Path) -> str:
    """OWNER/NAME as git's remote `origin` has it, empty where there is none on GitHub."""
    command = ["git", "-C", str(folder), "remote", "get-url", "origin"]
    try:
        done = subprocess.run(command, capture_output=True, text=True, check=False)  # noqa: S603 - our own words
    except OSError:  # There is no git: then there is no remote either.
        return ""
    found = _REMOTE.fullmatch(done.stdout.strip()) if done.returncode == 0 else None
    return found["name"] if found and _NAME.fullmatch(found["name"]) else ""
