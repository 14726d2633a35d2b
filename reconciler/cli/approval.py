"""The yes before anything is written, and who may do without being asked."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

import click

from reconciler.cli.choices import Flags
from reconciler.errors import UsageError

if TYPE_CHECKING:
    from reconciler.model import Plan


def must_be_possible(given: bool, remedy: str) -> None:
    """Said before anything is read: a job that nobody can answer would only find out at the end."""
    if not given and not (sys.stdin and sys.stdin.isatty()):
        raise UsageError(f"there is no terminal to ask at; {remedy}")


def must_be_possible_to_apply(flags: Flags) -> None:
    must_be_possible(flags.auto_approve or flags.dry_run, "give --auto-approve to apply without asking, or --dry-run")


def approves(flags: Flags, plan: Plan) -> bool:
    where = f"{plan.scope.environment} ({plan.scope.instance})"
    return flags.auto_approve or _answer(f"Apply these changes to {where}? Only 'yes' applies. ") == "yes"


def types_the_name(plan: Plan) -> bool:
    from reconciler.report.caution import deletions_text

    owner, what = plan.scope.owner, deletions_text(plan.actionable)
    return _answer(f"Delete {what} from {plan.scope.instance}? Type {owner} to delete. ") == owner


def _answer(question: str) -> str:
    """Asks on stderr, because stdout may be a file."""
    click.echo(question, nl=False, err=True)
    answer = sys.stdin.readline()
    click.echo(err=True)  # An answer that was typed ahead has not ended the line of the question.
    return answer.strip()
