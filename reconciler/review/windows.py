"""Compares a plan with the change windows: the changes that must wait, and until when."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime

from reconciler.errors import RefusedError
from reconciler.messages import counted
from reconciler.model import Action, Change, Finding, Plan
from reconciler.model.environment import Environment, Policy
from reconciler.model.windows import DAYS, Window, common_opening

EXCLUDE = "leave them out with --exclude"
_OF_FILE, _OF_RUN = "policy.windows", "--window"
_NAMED = 5  # the most changes that a message names


def must_wait(plan: Plan, policy: Policy, now: datetime, remedy: str = EXCLUDE) -> tuple[Finding, ...]:
    """Returns one finding per kind whose changes no open window permits now.

    It is a warning, because apply refuses the plan only until the window opens. An adoption writes only tags, which
    callers do not hear, so it never waits. `remedy`: what the author of the run can do instead of waiting.
    """
    changes: dict[str, list[Change]] = defaultdict(list)
    for change in plan.actionable:
        if change.action is not Action.ADOPT:
            changes[change.ref.kind].append(change)
    findings = []
    for kind, of_kind in sorted(changes.items()):
        groups = _groups(policy, kind)
        opening = common_opening(list(groups.values()), now)
        if opening != now:
            facts = (
                f"no change window ({' and '.join(groups)}) is open for {_names(of_kind)}; {_until(opening, groups)}"
            )
            ways = [way for way in ("run this again then" if opening else "", remedy) if way]
            if _OF_FILE in groups:
                ways.append(f"change {_OF_FILE} in reconcile.yaml in a reviewed change")
            findings.append(Finding("warning", f"{kind}/*", f"{facts}; {', or '.join(ways)}"))
    return tuple(findings)


def check_times(plan: Plan, environment: Environment, now: datetime, remedy: str) -> None:
    """Raises `RefusedError` if the environment is frozen, or if changes must wait for a window."""
    if environment.frozen and plan.actionable:
        raise RefusedError(f'environment "{environment.name}" is frozen: {environment.frozen}')
    if waiting := must_wait(plan, environment.policy, now, remedy):
        raise RefusedError("\n".join(finding.message for finding in waiting))


def _groups(policy: Policy, kind: str) -> dict[str, list[Window]]:
    """Returns the windows that name the kind, by their origin. One of each origin must be open."""
    groups = {}
    for origin, windows in ((_OF_FILE, policy.windows), (_OF_RUN, policy.run_windows)):
        if of_kind := [window for window in windows if kind in window.kinds]:
            groups[origin] = of_kind
    return groups


def _names(changes: Sequence[Change]) -> str:
    names = [str(change.ref) for change in changes[:_NAMED]]
    if more := len(changes) - len(names):
        names.append(counted(more, "other change"))
    *first, last = names
    return f"{', '.join(first)} and {last}" if first else last


def _until(opening: datetime | None, groups: Mapping[str, Sequence[Window]]) -> str:
    if opening is None:
        return "these windows are never open at the same time"
    windows = [window for windows in groups.values() for window in windows]
    zone = next(window.zone for window in windows if window.is_open(opening))
    there, utc = opening.astimezone(zone), opening.astimezone(UTC)
    day = DAYS[there.weekday()].capitalize()
    return f"the next one opens on {day} {there:%Y-%m-%d} at {there:%H:%M} {zone.key} ({utc:%Y-%m-%d %H:%M} UTC)"
