"""Asks for confirmation before a run writes, and says which flags replace the question."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

import click

from reconciler.cli.choices import Flags
from reconciler.errors import UsageError

if TYPE_CHECKING:
    from reconciler.model import Plan


def must_be_possible(given: bool, remedy: str) -> None:
    """Raises `UsageError` if a confirmation is needed and there is no terminal.

    It is called before anything is read, so that a CI job fails at once.
    """
    if not given and not (sys.stdin and sys.stdin.isatty()):
        raise UsageError(f"cannot ask for confirmation without a terminal; {remedy}")


def must_be_possible_to_apply(flags: Flags) -> None:
    must_be_possible(flags.auto_approve or flags.dry_run, "give --auto-approve to apply without asking, or --dry-run")


def approves(flags: Flags, plan: Plan) -> bool:
    where = f"{plan.scope.environment} ({plan.scope.place})"
    return flags.auto_approve or _answer(f"Apply these changes to {where}? Only 'yes' applies. ") == "yes"


def agrees(flags: Flags, question: str) -> bool:
    """Asks whether a run without a plan may begin. The question ends with a line end."""
    return flags.auto_approve or _answer(f"{question}Only 'yes' goes on. ") == "yes"


def types_the_name(plan: Plan) -> bool:
    from reconciler.report.caution import deletions_text

    owner, what = plan.scope.owner, deletions_text(plan.actionable)
    return _answer(f"Delete {what} from {plan.scope.place}? Type {owner} to delete. ") == owner


def _answer(question: str) -> str:
    """Asks on stderr, because stdout may be a file."""
    click.echo(question, nl=False, err=True)
    answer = sys.stdin.readline()
    click.echo(err=True)  # Input that is not from a terminal leaves the cursor on the question's line.
    return answer.strip()
