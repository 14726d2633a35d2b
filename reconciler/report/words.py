"""Defines the symbols, words and colours of every report."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from reconciler.messages import command, counted, plural
from reconciler.model import Action, Change, Plan, Ref, Status
from reconciler.report.ordering import listed_under
from reconciler.report.visible import escaped

SYMBOLS = {
    Action.CREATE: "+",
    Action.UPDATE: "~",
    Action.REPLACE: "-/+",
    Action.DELETE: "-",
    Action.ADOPT: "=",
    Action.BLOCKED: "!",
}
# Drift reports describe the live state, not what a run would do.
DRIFT_WORDS = {
    Action.CREATE: "missing",
    Action.UPDATE: "differs",
    Action.REPLACE: "differs",
    Action.DELETE: "still there",
    Action.ADOPT: "not tagged",
    Action.BLOCKED: "blocked",
}
COLOURS = {
    Action.CREATE: "green",
    Action.UPDATE: "yellow",
    Action.REPLACE: "magenta",
    Action.DELETE: "red",
    Action.ADOPT: "cyan",
    Action.BLOCKED: "red",
}
STATUS_SYMBOLS = {
    Status.DONE: "✓",
    Status.UNCHANGED: "=",
    Status.SKIPPED: "·",
    Status.FAILED: "✗",
    Status.CONFLICT: "≠",
}
STATUS_COLOURS = {
    Status.DONE: "green",
    Status.UNCHANGED: "dim",
    Status.SKIPPED: "dim",
    Status.FAILED: "red",
    Status.CONFLICT: "magenta",
}

ORPHANS = "managed by this stack, no longer declared; they stay until you ask to delete them"
HOW_TO_DELETE = (
    "Use --prune to delete orphans that can be recreated; use --allow-delete ADDRESS, or a manifest of kind Removed, "
    "to delete a single one, or one that cannot be recreated. Resources that AWS never deletes stay."
)
# For drift that neither apply nor export resolves.
BLOCKED_ALONE = "Apply cannot resolve these differences; each blocked item says what it needs."

Mark = Callable[[str], str]  # returns the command as this form of report shows it.
Paint = Callable[[str, str], str]  # returns the text in the colour of that name

_CODES = {"bold": 1, "dim": 2, "red": 31, "green": 32, "yellow": 33, "magenta": 35, "cyan": 36}


def in_backticks(command: str) -> str:
    return f"`{command}`"


def remedies(environment: str, mark: Mark = in_backticks) -> str:
    """Returns the two ways to resolve drift."""
    apply = mark(escaped(command("apply", environment=environment)))
    export = mark(escaped(command("export", "--into", "DIR", environment=environment)))
    return (
        f"Run {apply} to restore the declared state. To keep the live state, add it to the manifests "
        f"({export} writes it out) and merge."
    )


def origin_text(change: Change) -> str:
    """Returns which document a resource comes from; empty if a heading says so, or if it has one of its own."""
    return f"from {escaped(str(change.origin))}" if change.origin and not listed_under(change) else ""


def origin_mark(plan: Plan, origin: Ref) -> str:
    """Returns what a heading says of a document that is gone; empty for one that is there."""
    return " (document deleted)" if any(it.ref == origin and it.is_deleted for it in plan.origins) else ""


def orphans_by_origin(plan: Plan) -> Iterator[tuple[Ref | None, tuple[Ref, ...]]]:
    """Yields the orphans by the documents that they come from; those of no document come first."""
    known = {ref for origin in plan.origins for ref in origin.orphans}
    if others := tuple(ref for ref in plan.orphans if ref not in known):
        yield None, others
    yield from ((origin.ref, origin.orphans) for origin in plan.origins if origin.orphans)


def orphans_size(plan: Plan, origin: Ref) -> str:
    """Returns how many of a document's resources stay: `5 of 16 resources stay`."""
    of = next(it for it in plan.origins if it.ref == origin)
    if len(of.orphans) < of.resources and of.is_deleted:
        return f"{len(of.orphans):,} of {counted(of.resources, 'resource')} stay"
    return f"{counted(len(of.orphans), 'resource')} {plural(len(of.orphans), 'stays', 'stay')}"


def holding(plan: Plan, ref: Ref) -> str:
    """Returns how much an orphan holds, after its address; empty if AWS does not say it."""
    return f" · holds {escaped(plan.holds[ref])}" if ref in plan.holds else ""


def origin_size(plan: Plan, origin: Ref) -> str:
    """Returns how many of a document's resources are listed under its heading: `3 of 41 resources`."""
    listed = len({change.part_of or change.ref for change in plan.changes if listed_under(change) == origin})
    every = next((it.resources for it in plan.origins if it.ref == origin), 0)
    if listed < every:
        return f"{listed:,} of {counted(every, 'resource')}"
    return counted(listed, "resource") if listed == 1 else f"all {counted(listed, 'resource')}"


def uncoloured(_: str, text: str) -> str:
    return text


def in_colour(name: str, text: str) -> str:
    return f"\x1b[{_CODES[name]}m{text}\x1b[0m" if text else text
