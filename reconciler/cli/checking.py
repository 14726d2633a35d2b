"""Defines `check`, which tests the account before the first plan."""

from __future__ import annotations

import json
import sys
from collections import Counter
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any

import click

from reconciler.cli import opening, screen
from reconciler.cli.choices import Flags
from reconciler.cli.failing import FAILED
from reconciler.cli.flags import Flagged

if TYPE_CHECKING:
    from reconciler.model import Desired
    from reconciler.model.environment import Environment
    from reconciler.preflight import Check
    from reconciler.reconcile import Options
    from reconciler.report.lines import Look

FORMAT_VERSION = "1.0"
SHOWN = 12  # details of one check in the text form
RESULTS = ("ok", "failed", "warning", "unknown")
SYMBOLS = {"ok": "✓", "failed": "✗", "warning": "!", "unknown": "?"}
COLOURS = {"ok": "green", "failed": "red", "warning": "yellow", "unknown": "cyan"}


@click.command(cls=Flagged, example="reconcile -e prod check")
@click.option(
    "--format", "form", type=click.Choice(["text", "json"]), default="text", show_default=True, help="Output format."
)
@click.pass_obj
def check(flags: Flags, form: str) -> int:
    """Check that the account and its permissions allow plan and apply. Read-only.

    Checks credentials, instance, permissions, data tables, Amazon Q in Connect and quotas. In an environment without an
    instance, it checks what does not need one. Exits with 1 if a check fails. A check that AWS does not answer is
    reported as unknown and is not a failure.
    """
    from reconciler.preflight import CheckResult, preflight

    opened = opening.for_checking(flags)
    environment = opened.options.environment
    with opened.work.during("checking"):
        checks = preflight(opened.options.aws, environment, _desired(opened.options))
    if form == "json":
        screen.say(as_json(environment, checks))
    else:
        screen.report(as_text(environment, checks, colour=screen.has_colour(sys.stdout)))
    return FAILED if any(result.result is CheckResult.FAILED for result in checks) else 0


COMMANDS = (check,)


def _desired(options: Options) -> Desired | None:
    from reconciler.desired import examine

    return examine(options.environment, options.environ, options.known_environments).desired


def as_json(environment: Environment, checks: Sequence[Check]) -> str:
    document: dict[str, Any] = {
        "format_version": FORMAT_VERSION,
        "stack": environment.stack,
        "environment": environment.name,
        "instance": environment.scope.place,
        "summary": _counts(checks),
        "checks": [
            {
                "name": check.name,
                "result": check.result.value,
                "message": check.message,
                "remedy": check.remedy,
                "details": check.details,
            }
            for check in checks
        ],
    }
    return json.dumps(document, indent=2, ensure_ascii=False)


def as_text(environment: Environment, checks: Sequence[Check], *, colour: bool) -> str:
    from reconciler.report.lines import look, printed
    from reconciler.report.visible import escaped

    paint = look(colour, 0)
    where = escaped(f"{environment.stack}/{environment.name} · {environment.scope.place}")
    counts = _counts(checks)
    last = f"Check: {', '.join(f'{counts[word]} {word}' for word in RESULTS)}"
    width = max((len(check.name) for check in checks), default=0)
    lines = [f"{paint.paint('bold', 'Check of')} {where}", ""]
    for check in checks:
        lines += _lines(check, width, paint)
    return printed([*lines, "", last])


def _lines(check: Check, width: int, look: Look) -> Iterator[str]:
    from reconciler.report.lines import folded
    from reconciler.report.visible import escaped

    word = check.result.value
    mark = look.paint(COLOURS[word], f"{SYMBOLS[word]} {word:<7}")
    yield f"{mark}  {check.name:<{width}}  {escaped(check.message)}"
    details = [*check.details[:SHOWN], *folded(check.details, SHOWN, "action")]
    yield from (f"           {escaped(detail)}" for detail in details)
    if check.remedy:
        yield f"           → {escaped(check.remedy)}"


def _counts(checks: Sequence[Check]) -> dict[str, int]:
    counts = Counter(check.result.value for check in checks)
    return {word: counts[word] for word in RESULTS}
