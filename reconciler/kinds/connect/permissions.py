"""The permissions of security profiles that AWS publishes, and a check of declared names.

AWS adds names every few months, so an unknown name is a warning, not an error. `permissions.txt` names its sources.
"""

from __future__ import annotations

from collections.abc import Iterator
from difflib import get_close_matches
from pathlib import Path
from typing import Any

from reconciler.kinds.wording import quoted
from reconciler.model import Problem

GUIDE = "https://docs.aws.amazon.com/connect/latest/adminguide/security-profile-list.html"
# A third-party application has the permission <app name>.Access. Source: admin guide, "Agent Applications".
OF_AN_APPLICATION = ".Access"
_NEAR, _VERY_NEAR = 0.6, 0.85


def read_permissions() -> tuple[str, ...]:
    """Returns every known name, sorted."""
    lines = Path(__file__).with_name("permissions.txt").read_text(encoding="utf-8").splitlines()
    return tuple(sorted(line for line in lines if line and not line.startswith("#")))


PERMISSIONS = read_permissions()


def problems(declared: Any) -> Iterator[Problem]:
    """Yields a warning for each name that is not in the list. The schema reports values that are not texts."""
    for at, name in enumerate(declared if isinstance(declared, list | tuple) else ()):
        if not isinstance(name, str) or name in PERMISSIONS:
            continue
        is_application = name.endswith(OF_AN_APPLICATION)
        near = _nearest(name, _VERY_NEAR if is_application else _NEAR)
        if near or not is_application:
            hint = f"did you mean {quoted(near)}?" if near else f"see {GUIDE}"
            yield Problem("warning", ("permissions", at), f"{quoted(name)} is not in AWS's list of permissions; {hint}")


def _nearest(name: str, cutoff: float) -> str:
    folded = {known.casefold(): known for known in PERMISSIONS}
    near = get_close_matches(name.casefold(), folded, 1, cutoff)
    return folded[near[0]] if near else ""
